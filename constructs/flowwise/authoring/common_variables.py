"""Optional variables that several contracts have, so that every module words and checks them alike."""

from typing import Any

from flowwise.authoring.contract import Validation, variable
from flowwise.tables.retention import LOG_DAYS


def administrators(of: str) -> Any:
    """`dict[str, str]`: who administers what `of` says."""
    return variable(
        f"Groups that administer {of}: a name that people know, and the directory's identifier.",
        default={},
        validations=[
            Validation(
                'alltrue([for group, identifier in self : trimspace(group) != "" && trimspace(identifier) != ""])',
                "administrators must give each group a name and an identifier.",
                rejects={"platform-team": ""},
            )
        ],
    )


_OPERATORS = (
    "Public addresses that Terraform is run from: where a firewall guards encryption keys, it lets only these in."
)
OPERATORS_EXAMPLE = ["203.0.113.7/32"]
_RANGES = Validation(
    "alltrue([for range in self : can(cidrnetmask(range))])",
    "operator_cidrs must be IPv4 ranges such as 203.0.113.7/32.",
    rejects=["203.0.113.7"],
)


def operator_cidrs() -> Any:
    """`list[str]`: whom the firewalls of encryption keys admit."""
    return variable(_OPERATORS, default=[], example=OPERATORS_EXAMPLE, validations=[_RANGES])


def needed_operator_cidrs() -> Any:
    """`list[str]`: the same in a root on Azure, whose vaults and storage admit nobody else, Terraform included."""
    return variable(
        _OPERATORS,
        example=OPERATORS_EXAMPLE,
        validations=[
            _RANGES,
            Validation(
                "length(self) > 0",
                "operator_cidrs must have the address that Terraform is run from: without it, Azure would make vaults "
                "and storage that refuse whoever made them.",
                rejects=[],
            ),
        ],
    )


def private_dns_zone_id(example_zone: str) -> Any:
    """`str | None`: the zone in which a service's private endpoint registers its name."""
    return variable(
        "Private DNS zone for the name of the private endpoint. Null where the cloud needs none.",
        default=None,
        example=(
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-network"
            f"/providers/Microsoft.Network/privateDnsZones/{example_zone}"
        ),
    )


def zone_count() -> Any:
    """`int`: availability zones in use."""
    return variable(
        "Availability zones to spread over.",
        default=3,
        validations=[Validation("contains([1, 2, 3], self)", "zone_count must be 1, 2 or 3.", rejects=4)],
    )


def log_retention_days() -> Any:
    """`int`: one of the numbers that every cloud's log store takes.

    CloudWatch has only fixed ones (AWS API reference, PutRetentionPolicy); Log Analytics begins at 30.
    """
    return variable(
        "Days to keep logs.",
        default=LOG_DAYS,
        validations=[
            Validation(
                "contains([30, 60, 90, 120, 180, 365], self)",
                "log_retention_days must be 30, 60, 90, 120, 180 or 365.",
                rejects=7,
            )
        ],
    )


def log_workspace_id() -> Any:
    """`str | None`: where logs go, if it is nothing that the module makes."""
    return variable(
        "Azure: log workspace that is there already. Null to make one. On other clouds, no service is told of any.",
        default=None,
    )


def tags() -> Any:
    """`dict[str, str]`: tags, or labels where a cloud calls them so."""
    return variable("Tags of every resource.", default={})
