"""The table [rabbitmq]."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import BrokerSize, refusal
from environments.table import Surroundings, Table, of_this_cloud, production_wants
from environments.wording import listed
from flowwise.tables.machines import BROKER_SHAPES
from flowwise.tables.sizes import BROKER_SIZES, LEAST_BROKER_STORAGE_GB

_DEFAULT_STORAGE_GB = 10
_NOT_GIVEN: Any = None  # tells a file that says nothing from one that says what is the default


class Rabbitmq(Table):
    """RabbitMQ, which carries messages between the microservices."""

    mode: Literal["in-cluster", "managed"] = Field(
        description='"in-cluster": nodes in the Kubernetes cluster; "managed": a service of the cloud that sells one.'
    )
    size: BrokerSize = Field(description="Size of a node.")
    high_availability: bool = Field(
        description="Three nodes, in zones of their own, and each on a node of the cluster of its own. Production "
        "wants it."
    )
    storage_gb: int = Field(
        default=_NOT_GIVEN,
        ge=LEAST_BROKER_STORAGE_GB,
        le=1000,
        description='Disk of a node, in GB. Only with mode = "in-cluster".',
        json_schema_extra={"default": _DEFAULT_STORAGE_GB},
    )
    accept_password_in_state: bool = Field(
        default=False,
        description="Only for a managed broker, which needs true: its administrator's password is in Terraform's "
        "state, because the provider has no other way.",
    )

    @field_validator("mode")
    @classmethod
    def _managed_where_it_is_sold(cls, mode: str, info: ValidationInfo) -> str:
        cloud = Surroundings.of(info).cloud
        sellers = {seller for clouds in BROKER_SIZES.values() for seller in clouds}
        if mode == "managed" and cloud is not None and cloud not in sellers:
            raise refusal(f'"in-cluster", because cloud "{cloud}" sells no managed RabbitMQ')
        return mode

    @field_validator("size")
    @classmethod
    def _sold_here(cls, size: str, info: ValidationInfo) -> str:
        if info.data.get("mode") == "in-cluster" and size not in BROKER_SIZES:
            raise refusal(f'{listed(BROKER_SIZES)}, or mode = "managed": in the cluster, a node is a pod')
        return of_this_cloud(size, BROKER_SHAPES, info) if info.data.get("mode") == "managed" else size

    @field_validator("high_availability")
    @classmethod
    def _production_wants_three_nodes(cls, high_availability: bool, info: ValidationInfo) -> bool:
        return production_wants(high_availability, info)

    @field_validator("storage_gb", mode="before")
    @classmethod
    def _goes_with_in_cluster(cls, storage_gb: Any, info: ValidationInfo) -> Any:
        if storage_gb is _NOT_GIVEN:
            return _DEFAULT_STORAGE_GB
        if info.data.get("mode") == "managed":
            raise refusal('nothing: with mode = "managed", the disk comes with the size')
        return storage_gb

    @field_validator("accept_password_in_state")
    @classmethod
    def _goes_with_managed(cls, accept: bool, info: ValidationInfo) -> bool:
        mode = info.data.get("mode")
        if mode == "managed" and not accept:
            raise refusal(
                'true, or mode = "in-cluster": Terraform keeps the password of a managed broker in its state, where '
                "whoever reads the state finds it"
            )
        if mode == "in-cluster" and accept:
            raise refusal('false: with mode = "in-cluster" there is no password in the state')
        return accept
