"""The costs of all environments, each beside what it would cost on the other clouds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from costs.bill import HOURS_A_MONTH
from costs.elsewhere import NotThereError, on_cloud
from costs.estimate import Estimate, Item, estimate
from costs.findings import cost_findings
from costs.prices import PRICE_BOOK
from costs.prices.book import Price
from costs.usage import NOT_COUNTED, USAGE
from environments import Environment, load_environments
from environments.findings import Finding, file_of
from environments.promotion import side_by_side
from flowwise.tables.project import CLOUDS


@dataclass(frozen=True)
class EnvironmentCost:
    """An environment's estimates by cloud, or why it cannot be there; none, and no findings, if it is in no cloud."""

    environment: Environment
    file: str
    estimates: Mapping[str, Estimate | NotThereError]
    findings: tuple[Finding, ...]

    @property
    def own(self) -> Estimate | None:
        """On the cloud that it is on."""
        own = self.estimates.get(self.environment.cloud)
        return own if isinstance(own, Estimate) else None

    @property
    def budget(self) -> int | None:
        """US dollars a month."""
        return self.environment.budget.monthly_usd if self.environment.budget else None

    def as_json(self) -> dict[str, Any]:
        """For machines: amounts are texts with two decimals, US dollars a month."""
        return {
            "environment": self.environment.name,
            "file": self.file,
            "cloud": self.environment.cloud if self.environment.in_cloud else None,
            "budget_usd": self.budget,
            "estimates": {cloud: _estimate(found) for cloud, found in self.estimates.items()},
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True)
class CostReport:
    """All environments, side by side as `environments.promotion` has them."""

    environments: tuple[EnvironmentCost, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of all environments."""
        return tuple(finding for cost in self.environments for finding in cost.findings)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        dates = [
            price.source.date for prices in PRICE_BOOK.values() for price in prices.values() if isinstance(price, Price)
        ]
        return {
            "prices": {
                "hours_a_month": HOURS_A_MONTH,
                "oldest": min(dates).isoformat(),
                "newest": max(dates).isoformat(),
                "not_counted": list(NOT_COUNTED),
            },
            "usage": [
                {"name": name, "text": usage.text, "unit": usage.unit, "dev": usage.dev, "prod": usage.prod}
                for name, usage in USAGE.items()
            ],
            "environments": [cost.as_json() for cost in self.environments],
        }


def cost_report(folder: Path) -> CostReport:
    """The costs of the environment files in a folder. Raises EnvironmentFileErrors."""
    return CostReport(tuple(_cost(folder, environment) for environment in side_by_side(load_environments(folder))))


def _cost(folder: Path, environment: Environment) -> EnvironmentCost:
    file = f"{folder.name}/{environment.name}.toml"
    if not environment.in_cloud:
        return EnvironmentCost(environment, file, {}, ())
    own = estimate(environment)
    estimates = {
        cloud: own if cloud == environment.cloud else _estimated(folder, environment, cloud) for cloud in CLOUDS
    }
    findings = cost_findings(environment, own, file_of(folder, environment))
    return EnvironmentCost(environment, file, estimates, tuple(findings))


def _estimated(folder: Path, environment: Environment, cloud: str) -> Estimate | NotThereError:
    try:
        return estimate(on_cloud(folder, environment, cloud))
    except NotThereError as reason:
        return reason


def _estimate(found: Estimate | NotThereError) -> dict[str, Any]:
    if isinstance(found, NotThereError):
        return {"possible": False, "reason": str(found)}
    unknown = [item.line.service for item in found.unknown]
    return {
        "possible": True,
        **found.usd.as_dollars(),
        "services": [
            {"service": service, **usd.as_dollars(), "unknown": unknown.count(service)}
            for service, usd in found.by_service.items()
        ],
        "lines": [_line(item) for item in found.items],
    }


def _line(item: Item) -> dict[str, Any]:
    line, price = item.line, item.price
    described = {
        "service": line.service,
        "resource": line.resource,
        "instances": line.instances,
        "meter": line.meter,
        "unit": price.unit,
        "quantity_low": _number(line.quantity.low),
        "quantity_high": _number(line.quantity.high),
        **(item.usd.as_dollars() if item.usd else {"low": None, "high": None}),
        "key": line.key,
    }
    if not isinstance(price, Price):
        return described | {
            "usd": None,
            "basis": "unknown",
            "source": "",
            "where": "",
            "date": None,
            "note": price.looked,
        }
    return described | {
        "usd": str(price.usd),
        "basis": price.basis,
        "source": price.source.name,
        "where": price.source.where,
        "date": price.source.date.isoformat(),
        "note": "; ".join(filter(None, (line.note, price.note))),
    }


def _number(quantity: Any) -> str:
    """At most two decimals, and none for whole numbers."""
    return f"{quantity:.2f}".rstrip("0").rstrip(".")
