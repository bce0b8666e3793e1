"""What moto's RDS lacks: servers told apart by their resource ids, Performance Insights, and who set a parameter."""

import uuid
from collections.abc import Iterable
from typing import Any

from moto.rds.models import DBInstance, DBParameterGroup

_AUTHORITY = "rds-ca-rsa2048-g1"  # what AWS gives a server that asks for none


def complete() -> None:
    make_server, update_parameters = DBInstance.__init__, DBParameterGroup.update_parameters

    def make_other_server(self: DBInstance, *arguments: Any, **settings: Any) -> None:
        make_server(self, *arguments, **{"ca_certificate_identifier": _AUTHORITY, **settings})
        self.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"
        self.performance_insights_enabled = settings.get("enable_performance_insights", False)
        self.performance_insights_kms_key_id = settings.get("performance_insights_kms_key_id")
        self.performance_insights_retention_period = settings.get("performance_insights_retention_period")

    def update_as_user(self: DBParameterGroup, parameters: Iterable[dict[str, Any]]) -> None:
        update_parameters(self, [{**parameter, "Source": "user"} for parameter in parameters])

    DBInstance.__init__ = make_other_server
    DBParameterGroup.update_parameters = update_as_user
