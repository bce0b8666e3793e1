"""The table [existing]."""

import re
from collections.abc import Mapping

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import CloudId, refusal
from environments.places import check_place
from environments.table import Surroundings, Table
from environments.wording import shown
from flowwise.tables.existing_ids import CLUSTERS, KEYS, LOG_WORKSPACES, REGISTRIES, Identifier

_IDENTIFIERS: Mapping[str, Mapping[str, Identifier]] = {
    "cluster": CLUSTERS,
    "registry": REGISTRIES,
    "encryption_key": KEYS,
    "log_workspace": LOG_WORKSPACES,
}


class Existing(Table):
    """What is there already and is not made, by the cloud's own identifiers; its network is network.existing."""

    cluster: CloudId | None = Field(
        default=None,
        description="Kubernetes cluster in the network of network.existing, which no other environment is in. Its "
        "owner sees to its nodes: [cluster] then tells what is there, and by it pods are placed and reckoned with.",
    )
    registry: CloudId | None = Field(
        default=None,
        description="Container registry; on AWS, the beginning that its repositories have in common; on Google Cloud, "
        "a repository. In it each microservice has images by its name.",
    )
    encryption_key: CloudId | None = Field(
        default=None,
        description="Key that encrypts everything, without its version. On Google Cloud, no other environment has it.",
    )
    log_workspace: CloudId | None = Field(
        default=None, description="Azure: workspace of Log Analytics that everything logs to. It keeps logs as it says."
    )

    @field_validator("cluster")
    @classmethod
    def _tell_the_tables_below(cls, cluster: str | None, info: ValidationInfo) -> str | None:
        Surroundings.of(info).has_cluster = cluster is not None
        return cluster

    @field_validator("cluster", "registry", "encryption_key", "log_workspace")
    @classmethod
    def _as_the_cloud_has_it(cls, identifier: str | None, info: ValidationInfo) -> str | None:
        identifiers, cloud = _IDENTIFIERS[str(info.field_name)], Surroundings.of(info).cloud
        known = identifiers.get(cloud or "")
        if identifier and cloud and not known:
            raise refusal(f"nothing, because cloud is {shown(cloud)}: no service there is told where its logs go")
        if identifier and known and not re.fullmatch(known.pattern, identifier):
            raise refusal(f'the identifier of {known.words}, such as "{known.example}"')
        if identifier and known:
            key = f"existing.{info.field_name}"
            check_place(identifier, info, key, own_account=known.own_account, own_region=known.own_region)
        return identifier
