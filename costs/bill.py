"""What is billed of an environment: quantities of meters a month, before any price."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from costs.usage import usage_of
from environments import Environment

HOURS_A_MONTH = 730
"""A year's hours through twelve, as the clouds' own calculators count."""

DAYS_A_MONTH = Decimal(HOURS_A_MONTH) / 24
"""As many as these hours are."""


@dataclass(frozen=True)
class Range:
    """The least and the most that there is of something in a month."""

    low: Decimal
    high: Decimal

    @classmethod
    def of(cls, low: int | str | Decimal, high: int | str | Decimal | None = None) -> "Range":
        """From numbers as they are written; one number is both ends."""
        return cls(Decimal(low), Decimal(low if high is None else high))

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)

    def __mul__(self, factor: int | Decimal) -> "Range":
        return Range(self.low * factor, self.high * factor)

    def as_dollars(self) -> dict[str, str]:
        """US dollars to the cent, as JSON has them: `{"low": "12.50", "high": "20.00"}`."""
        return {"low": f"{self.low:.2f}", "high": f"{self.high:.2f}"}

    def above(self, free: int) -> "Range":
        """What is left to pay for when so much is free."""
        return Range(max(self.low - free, Decimal(0)), max(self.high - free, Decimal(0)))


@dataclass(frozen=True)
class Line:
    """One meter of one resource.

    `resource` is an address in Terraform, without the key where `instances` of it are counted together: it `is_keyed`
    then, even if there is but one. `quantity` is in the unit of the meter's price. `key` is what to change in the
    environment file to have another quantity.
    """

    service: str
    resource: str
    instances: int
    is_keyed: bool
    meter: str
    quantity: Range
    key: str
    note: str = ""

    @property
    def resource_type(self) -> str:
        """Terraform's type, such as `aws_db_instance`."""
        return self.resource.split(".")[-2]


class Bill:
    """Lines as they are gathered. Iterating gives them in the order in which they came."""

    def __init__(self, environment: Environment) -> None:
        self._lines: list[Line] = []
        self._usage = usage_of(environment.tier)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def usage(self, name: str) -> Range:
        """What is assumed of the environment's use."""
        low, high = self._usage[name]
        return Range.of(low, high)

    def add(
        self,
        service: str,
        resource: str,
        meter: str,
        quantity: Range,
        key: str,
        *,
        instances: int | None = None,
        note: str = "",
    ) -> None:
        """Add so many units of a meter a month. `instances` of resources that Terraform tells apart by a key."""
        is_keyed = instances is not None
        count = 1 if instances is None else instances
        self._lines.append(Line(service, resource, count, is_keyed, meter, quantity, key, note))

    def add_running(
        self,
        service: str,
        resource: str,
        meter: str,
        count: int | Range,
        key: str,
        *,
        instances: int | None = None,
        note: str = "",
    ) -> None:
        """Add so many of what is billed by the hour, and runs all month."""
        hours = (Range.of(count) if isinstance(count, int) else count) * HOURS_A_MONTH
        self.add(service, resource, meter, hours, key, instances=instances, note=note)
