"""The price book: list prices on demand in the Brazilian regions, each with its source and date."""

from collections.abc import Mapping

from costs.prices import aws, azure, google
from costs.prices.book import Price, Unknown
from costs.prices.google import server_named
from flowwise.tables.machines import DATABASE_SHAPES

PRICED_REGION = "brazil"
"""The one region, by our word for it, that the book is about."""

PRICE_BOOK: Mapping[str, Mapping[str, Price | Unknown]] = {
    "azure": azure.PRICES,
    "aws": aws.PRICES,
    "google": google.PRICES,
}
"""By cloud and meter."""


def price_of(cloud: str, region: str, meter: str) -> Price | Unknown:
    """The price of a meter, or why there is none."""
    if region != PRICED_REGION:
        return Unknown("unit", f'the price book is about "{PRICED_REGION}" alone')
    if meter not in PRICE_BOOK[cloud] and cloud == "google" and DATABASE_SHAPES[cloud].has(meter):
        return server_named(meter)
    return PRICE_BOOK[cloud].get(meter, Unknown("unit", "the price book has no row for it"))
