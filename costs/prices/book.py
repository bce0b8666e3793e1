"""What a row of the price book is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

HOUR, MONTH, DAY = "hour", "month", "day"
GB, GB_MONTH = "GB", "GB-month"
TEN_THOUSAND = "10,000 operations"
IMAGE = "image"

LISTED, ESTIMATED, OTHER_REGION = "listed", "estimated", "other region"


@dataclass(frozen=True)
class Source:
    """Where a price was read: who publishes it, where, and the day that it held on or was published."""

    name: str
    where: str
    date: date


@dataclass(frozen=True)
class Price:
    """A list price on demand, in US dollars a unit.

    `basis`: `LISTED` for the region, `ESTIMATED` from other prices as `note` says, or of an `OTHER_REGION`.
    """

    usd: Decimal
    unit: str
    source: Source
    basis: str = LISTED
    note: str = ""


def price(usd: str, unit: str, source: Source, basis: str = LISTED, note: str = "") -> Price:
    """A price whose amount is as its source writes it."""
    return Price(Decimal(usd), unit, source, basis, note)


@dataclass(frozen=True)
class Unknown:
    """No price, because none was found: `looked` says where, and when."""

    unit: str
    looked: str
