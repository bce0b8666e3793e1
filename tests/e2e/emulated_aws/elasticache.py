"""What moto's ElastiCache lacks: groups of users and of parameters, a cache's nodes, its last snapshot and its end."""

from collections.abc import Callable
from typing import Any

from emulated_aws.kms import require_usable
from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.responses import ElastiCacheResponse


class _UserGroupNotFound(ElastiCacheException):
    code = "UserGroupNotFound"


class _ParameterGroupNotFound(ElastiCacheException):
    code = "CacheParameterGroupNotFound"


class _InvalidKMSKey(ElastiCacheException):
    code = "InvalidKMSKeyFault"


def complete() -> None:
    ElastiCacheResponse.create_replication_group = _with_nodes(ElastiCacheResponse.create_replication_group)
    ElastiCacheResponse.modify_replication_group = _when_it_may(ElastiCacheResponse.modify_replication_group)
    ElastiCacheResponse.delete_replication_group = _for_good(ElastiCacheResponse.delete_replication_group)
    for call in _CALLS:
        setattr(ElastiCacheResponse, call.__name__, call)


def _with_nodes(create: Callable[[ElastiCacheResponse], ActionResult]) -> Callable[[ElastiCacheResponse], ActionResult]:
    """Each node is a cluster of its own in the API, and knows what its group was made with."""

    def create_with(self: ElastiCacheResponse) -> ActionResult:
        require_usable(self._get_param("KmsKeyId"), self.elasticache_backend, _InvalidKMSKey)
        result = create(self)
        group = result.result["ReplicationGroup"]
        # moto gives a group one node, however many are asked for.
        group.member_clusters = [
            f"{group.replication_group_id}-{number:03}"
            for number in range(1, self._get_int_param("NumCacheClusters") + 1)
        ]
        for name in group.member_clusters:
            self.elasticache_backend.cache_clusters[name] = _node(self, name)
        return result

    return create_with


def _node(response: ElastiCacheResponse, name: str) -> dict[str, Any]:
    same = ("ReplicationGroupId", "CacheNodeType", "Engine", "PreferredMaintenanceWindow", "CacheSubnetGroupName")
    firewalls = response._get_param("SecurityGroupIds")
    switches = ("AtRestEncryptionEnabled", "AutoMinorVersionUpgrade", "TransitEncryptionEnabled")
    return {key: response._get_param(key) for key in same} | {
        "CacheClusterId": name,
        "CacheClusterStatus": "available",
        "EngineVersion": f"{response._get_param('EngineVersion')}.0",
        **{key: response._get_bool_param(key) for key in switches},
        "TransitEncryptionMode": response._get_param("TransitEncryptionMode"),
        "CacheParameterGroup": {"CacheParameterGroupName": response._get_param("CacheParameterGroupName")},
        "SecurityGroups": [{"SecurityGroupId": id_, "Status": "active"} for id_ in firewalls],
    }


def _when_it_may(
    modify: Callable[[ElastiCacheResponse], ActionResult],
) -> Callable[[ElastiCacheResponse], ActionResult]:
    """Another kind of node waits for the maintenance window, which never comes here, unless it may be at once."""

    def modify_when_it_may(self: ElastiCacheResponse) -> ActionResult:
        group = self.elasticache_backend.replication_groups[self._get_param("ReplicationGroupId")]
        before = group.cache_node_type
        result = modify(self)
        if not self._get_bool_param("ApplyImmediately"):
            group.cache_node_type = before
        for name in group.member_clusters:
            self.elasticache_backend.cache_clusters[name]["CacheNodeType"] = group.cache_node_type
        return result

    return modify_when_it_may


def _for_good(delete: Callable[[ElastiCacheResponse], ActionResult]) -> Callable[[ElastiCacheResponse], ActionResult]:
    """moto leaves a deleted group there, as one that is being deleted for ever, and takes no last snapshot."""

    def delete_for_good(self: ElastiCacheResponse) -> ActionResult:
        backend = self.elasticache_backend
        if snapshot := self._get_param("FinalSnapshotIdentifier"):
            group = backend.replication_groups[self._get_param("ReplicationGroupId")]
            backend.create_snapshot(snapshot, group.replication_group_id, None, group.kms_key_id, [])
        result = delete(self)
        group = backend.replication_groups.pop(self._get_param("ReplicationGroupId"))
        for name in group.member_clusters:
            del backend.cache_clusters[name]
        return result

    return delete_for_good


def _kept(response: ElastiCacheResponse, kind: str) -> dict[str, dict[str, Any]]:
    return response.elasticache_backend.__dict__.setdefault(f"kept_{kind}", {})


def _arn(response: ElastiCacheResponse, kind: str, name: str) -> str:
    return f"arn:aws:elasticache:{response.region}:{response.current_account}:{kind}:{name}"


def _found(
    response: ElastiCacheResponse, kind: str, name: str | None, missing: type[ElastiCacheException]
) -> list[dict[str, Any]]:
    kept = _kept(response, kind)
    if name is None:
        return list(kept.values())
    if name not in kept:
        raise missing(f"{name} not found.")
    return [kept[name]]


def _tag(response: ElastiCacheResponse, arn: str) -> None:
    response.elasticache_backend.tagging_service.tag_resource(arn, response._get_param("Tags", []))


def list_tags_for_resource(self: ElastiCacheResponse) -> ActionResult:
    """As moto's own, of any kind of resource."""
    tags = self.elasticache_backend.tagging_service.list_tags_for_resource(self._get_param("ResourceName"))
    return ActionResult({"TagList": tags["Tags"]})


def create_user_group(self: ElastiCacheResponse) -> ActionResult:
    name = self._get_param("UserGroupId")
    group = {key: self._get_param(key) for key in ("UserGroupId", "Engine", "UserIds")}
    group |= {"ARN": _arn(self, "usergroup", name), "Status": "active"}
    _kept(self, "user_groups")[name] = group
    _tag(self, group["ARN"])
    return ActionResult(group)


def describe_user_groups(self: ElastiCacheResponse) -> ActionResult:
    return ActionResult({"UserGroups": _found(self, "user_groups", self._get_param("UserGroupId"), _UserGroupNotFound)})


def delete_user_group(self: ElastiCacheResponse) -> ActionResult:
    (group,) = _found(self, "user_groups", self._get_param("UserGroupId"), _UserGroupNotFound)
    return ActionResult(_kept(self, "user_groups").pop(group["UserGroupId"]))


def create_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    name = self._get_param("CacheParameterGroupName")
    group = {"CacheParameterGroupName": name, "ARN": _arn(self, "parametergroup", name), "values": {}}
    group |= {key: self._get_param(key) for key in ("CacheParameterGroupFamily", "Description")}
    _kept(self, "parameter_groups")[name] = group
    _tag(self, group["ARN"])
    return ActionResult({"CacheParameterGroup": group})


def _parameter_groups(response: ElastiCacheResponse) -> list[dict[str, Any]]:
    return _found(response, "parameter_groups", response._get_param("CacheParameterGroupName"), _ParameterGroupNotFound)


def describe_cache_parameter_groups(self: ElastiCacheResponse) -> ActionResult:
    return ActionResult({"CacheParameterGroups": _parameter_groups(self)})


def modify_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    (group,) = _parameter_groups(self)
    for parameter in self._get_param("ParameterNameValues"):
        group["values"][parameter["ParameterName"]] = parameter["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


def describe_cache_parameters(self: ElastiCacheResponse) -> ActionResult:
    (group,) = _parameter_groups(self)
    return ActionResult(
        {"Parameters": [{"ParameterName": name, "ParameterValue": value} for name, value in group["values"].items()]}
    )


def delete_cache_parameter_group(self: ElastiCacheResponse) -> EmptyResult:
    (group,) = _parameter_groups(self)
    del _kept(self, "parameter_groups")[group["CacheParameterGroupName"]]
    return EmptyResult()


def delete_cache_subnet_group(self: ElastiCacheResponse) -> EmptyResult:
    backend = self.elasticache_backend
    (group,) = backend.describe_cache_subnet_groups(self._get_param("CacheSubnetGroupName"))
    del backend.cache_subnet_groups[group.cache_subnet_group_name]
    return EmptyResult()


_CALLS = (
    list_tags_for_resource,
    create_user_group,
    describe_user_groups,
    delete_user_group,
    create_cache_parameter_group,
    describe_cache_parameter_groups,
    modify_cache_parameter_group,
    describe_cache_parameters,
    delete_cache_parameter_group,
    delete_cache_subnet_group,
)
