"""What an environment costs, by the price book: from an idle month at its smallest to a busy one at its largest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from costs.bill import Line, Range
from costs.bills import BILLS
from costs.prices import price_of
from costs.prices.book import Price, Unknown
from environments import Environment

_CENT = Decimal("0.01")
_NOTHING = Range.of(0)


@dataclass(frozen=True)
class Item:
    """A line of the bill, with its price."""

    line: Line
    price: Price | Unknown

    @property
    def usd(self) -> Range | None:
        """US dollars a month, each end to the cent; None without a price."""
        if isinstance(self.price, Unknown):
            return None
        cost = Range(self.line.quantity.low * self.price.usd, self.line.quantity.high * self.price.usd)
        return Range(_to_the_cent(cost.low), _to_the_cent(cost.high))


@dataclass(frozen=True)
class Estimate:
    """All that an environment costs on a cloud. Sums are of items to the cent, and leave out what has no price."""

    cloud: str
    items: tuple[Item, ...]

    @property
    def usd(self) -> Range:
        """US dollars a month."""
        return _sum(self.items)

    @property
    def by_service(self) -> Mapping[str, Range]:
        """US dollars a month of each service, in the order of the bill."""
        services = dict.fromkeys(item.line.service for item in self.items)
        return {name: _sum(item for item in self.items if item.line.service == name) for name in services}

    @property
    def unknown(self) -> tuple[Item, ...]:
        """What has no price, and so is in no sum."""
        return tuple(item for item in self.items if item.usd is None)


def estimate(environment: Environment) -> Estimate:
    """What an environment costs on its cloud. Raises ValueError of one in a cluster that is there already."""
    region, cloud = environment.known_region, environment.cloud
    lines = BILLS[cloud](environment)
    return Estimate(cloud, tuple(Item(line, price_of(cloud, region, line.meter)) for line in lines))


def _sum(items: Iterable[Item]) -> Range:
    return sum((item.usd for item in items if item.usd is not None), start=_NOTHING)


def _to_the_cent(usd: Decimal) -> Decimal:
    return usd.quantize(_CENT, ROUND_HALF_UP)
