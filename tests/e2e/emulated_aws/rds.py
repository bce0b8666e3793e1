"""What moto's RDS lacks: servers told apart by their ids, Performance Insights, checks, and changes that wait."""

import uuid
from collections.abc import Iterable
from typing import Any

from emulated_aws.kms import require_usable
from moto.ec2.models import ec2_backends
from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue, RDSClientError
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend

_ON_OR_OFF = {"0", "1"}
# What `aws rds describe-engine-default-parameters` lists as allowed, by the first major version that it holds for.
_ALLOWED: dict[str, dict[int, set[str]]] = {
    "log_connections": {
        1: _ON_OR_OFF,
        18: {"receipt", "authentication", "authorization", "setup_durations", "all"},
    },
    "log_disconnections": {1: _ON_OR_OFF},
    "log_lock_waits": {1: _ON_OR_OFF},
    "rds.force_ssl": {1: _ON_OR_OFF},
}
# A gp3 disk's IOPS and MB/s below 400 GB, where nothing else may be asked for, and the least from there on.
_STRIPED_GB, _SMALL_DISK, _STRIPED_DISK = 400, (3000, 125), (12000, 500)
# What waits for the maintenance window, which never comes here, unless it may be at once ("Modifying a DB instance").
_WAITS = ("allocated_storage", "db_instance_class", "engine_version", "iops", "multi_az", "storage_throughput")
_AUTHORITY = "rds-ca-rsa2048-g1"  # what AWS gives a server that asks for none


PASSWORDS: dict[str, str] = {}
"""The administrator's, by the server that was told it last."""


def complete() -> None:
    make_server, update_parameters = DBInstance.__init__, DBParameterGroup.update_parameters
    modify_server = RDSBackend.modify_db_instance
    restore_server = RDSBackend.restore_db_instance_to_point_in_time

    def make_other_server(self: DBInstance, *arguments: Any, **settings: Any) -> None:
        backend = arguments[0]
        require_usable(settings.get("kms_key_id"), backend, lambda why: RDSClientError("KMSKeyNotAccessibleFault", why))
        make_server(self, *arguments, **{"ca_certificate_identifier": _AUTHORITY, **settings})
        PASSWORDS[settings["db_instance_identifier"]] = settings["master_user_password"]
        self.iops, self.storage_throughput = _speed(int(self.allocated_storage), settings)
        self.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"
        self.performance_insights_enabled = settings.get("enable_performance_insights", False)
        self.performance_insights_kms_key_id = settings.get("performance_insights_kms_key_id")
        self.performance_insights_retention_period = settings.get("performance_insights_retention_period")

    def update_as_user(self: DBParameterGroup, parameters: Iterable[dict[str, Any]]) -> None:
        parameters = list(parameters)
        for parameter in parameters:
            _check(self.family or "", parameter["ParameterName"], parameter["ParameterValue"])
        update_parameters(self, [{**parameter, "Source": "user"} for parameter in parameters])

    def modify_disk(self: RDSBackend, name: str, settings: dict[str, Any]) -> DBInstance:
        disk = int(settings.get("allocated_storage") or self.databases[name].allocated_storage)
        speed = _speed(disk, settings)
        if not settings.get("apply_immediately"):
            return modify_server(self, name, {key: value for key, value in settings.items() if key not in _WAITS})
        server = modify_server(self, name, settings)
        server.iops, server.storage_throughput = speed
        if password := settings.get("master_user_password"):
            PASSWORDS[name] = password
        return server

    def restore(self: RDSBackend, source: str, target: str, overrides: dict[str, Any]) -> DBInstance:
        server = restore_server(self, source, target, {**_of_a_new_server(self, source, overrides), **overrides})
        server.deletion_protection = overrides.get("deletion_protection", False)
        return server

    DBInstance.__init__ = make_other_server
    RDSBackend.restore_db_instance_to_point_in_time = restore
    RDSBackend.modify_db_instance = modify_disk
    DBParameterGroup.update_parameters = update_as_user


def _check(family: str, name: str, value: str) -> None:
    version = int(family.removeprefix("postgres") or 1)
    for since, allowed in sorted(_ALLOWED.get(name, {}).items(), reverse=True):
        if version >= since:
            if not set(value.split(",")) <= allowed:
                raise InvalidParameterValue(
                    f"Invalid parameter value: {value} for: {name} allowed values are: {','.join(sorted(allowed))}"
                )
            return


def _speed(disk_gb: int, settings: dict[str, Any]) -> tuple[int, int]:
    """IOPS and MB/s that a gp3 disk gets; refuses what AWS does not sell."""
    usual = _SMALL_DISK if disk_gb < _STRIPED_GB else _STRIPED_DISK
    asked = tuple(settings.get(name) for name in ("iops", "storage_throughput"))
    for wanted, least in zip(asked, usual, strict=True):
        if wanted is not None and disk_gb < _STRIPED_GB and int(wanted) != least:
            raise InvalidParameterCombination(
                f"You can't specify IOPS or storage throughput for engine postgres and a storage size less than "
                f"{_STRIPED_GB}."
            )
        if wanted is not None and int(wanted) < least:
            raise InvalidParameterCombination(f"Invalid iops or throughput {wanted} for a disk of {disk_gb} GB.")
    iops, throughput = (int(wanted or least) for wanted, least in zip(asked, usual, strict=True))
    return iops, throughput


def _of_a_new_server(backend: RDSBackend, source: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Not the source's: the default security group of the network, and the default parameters of the version."""
    (server,) = backend.describe_db_instances(source)
    network = backend.subnet_groups[asked["db_subnet_group_name"]].vpc_id
    groups = ec2_backends[backend.account_id][backend.region_name].groups[network].values()
    return {
        "vpc_security_group_ids": [group.id for group in groups if group.name == "default"],
        "db_parameter_group_name": f"default.postgres{server.engine_version.partition('.')[0]}",
    }
