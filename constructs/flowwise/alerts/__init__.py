"""Alerts of the cloud itself, which e-mails people of what it runs, whoever else watches the environment.

What there is to tell is a table, alerts.toml. What is inside the cluster, such as requests and their errors, no cloud
knows without an agent of its own: that is the vendor's of observability (docs/decisions).
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.tables.addresses import EMAIL_EXAMPLE, EMAIL_PATTERN

MOST_EMAILS = 5

KINDS = ("database", "cache", "broker", "cluster")
"""What can be watched."""


@dataclass(frozen=True)
class Alert:
    """A row of the table, as one cloud has it: `metric`, what is made of five minutes of it, and where it begins."""

    name: str
    of: str
    says: str
    severity: Literal["critical", "warning"]
    minutes: int
    metric: str
    take: str
    is_above: bool
    threshold: float
    is_of_disk: bool
    """Whether the threshold is a share of a server's disk, of which the cloud counts the bytes."""


@cache
def alerts_of(cloud: str) -> tuple[Alert, ...]:
    """The alerts that a cloud can tell of."""
    return tuple(_alerts(tomllib.loads(Path(__file__).with_name("alerts.toml").read_text()), cloud))


def _alerts(table: Mapping[str, Mapping[str, Any]], cloud: str) -> Iterator[Alert]:
    for name, row in table.items():
        if own := row.get(cloud):
            share = own.get("below_of_disk")
            yield Alert(
                name=name,
                **{key: row[key] for key in ("of", "says", "severity", "minutes")},
                metric=own["metric"],
                take=own["take"],
                is_above=share is None and "above" in row,
                threshold=share if share is not None else row.get("above", row.get("below")),
                is_of_disk=share is not None,
            )


class AlertsInputs(Inputs):
    """What the alerts are made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    emails: list[str] = variable(
        "Who is told by e-mail.",
        example=["plataforma@flowwise.example"],
        validations=[
            Validation(
                f"length(self) >= 1 && length(self) <= {MOST_EMAILS} && length(distinct(self)) == length(self)",
                f"emails must be one to {MOST_EMAILS} addresses, and none twice.",
                rejects=[],
            ),
            Validation(
                f'alltrue([for email in self : can(regex("^{EMAIL_PATTERN}$", email))])',
                f"Each of emails must be an address such as {EMAIL_EXAMPLE}.",
                rejects=["mailto:plataforma@flowwise.example"],
            ),
        ],
    )
    targets: dict[str, dict[str, str]] = variable(
        f"What is watched, by its kind ({', '.join(KINDS)}) and a name: the cloud's identifier of it. The names must "
        "be known when Terraform plans, the identifiers need not be.",
        example={
            "database": {
                "shared": (
                    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-flowwise-dev-postgres"
                    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-flowwise-dev-shared-000000"
                )
            }
        },
        validations=[
            Validation(
                f"length(setsubtract(keys(self), {json.dumps(KINDS)})) == 0",
                f"targets may have {', '.join(KINDS[:-1])} and {KINDS[-1]}, and nothing else.",
                rejects={"queue": {"lancamentos": "lancamentos"}},
            )
        ],
    )
    database_disks_gb: dict[str, int] = variable(
        "Disk of each database's server, in GB, by its name among targets: AWS counts what is free in bytes.",
        default={},
        example={"shared": 32},
    )
    cache_nodes: int = variable("Nodes of the cache, of which AWS watches each by itself.", default=1)
    tags: dict[str, str] = common_variables.tags()


class AlertsOutputs(Outputs):
    """What others that alert can tell the same people by."""

    channel_ids: list[str] = output("Identifiers of what tells people.")


ALERTS = Contract(
    "alerts",
    "Alerts of the cloud itself on what it runs: databases, cache, broker and nodes; by e-mail.",
    AlertsInputs,
    AlertsOutputs,
)
