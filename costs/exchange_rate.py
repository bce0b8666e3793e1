"""What a US dollar costs in reais: the one rate that costs/exchange_rate.toml has, with its day and source."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

EXCHANGE_RATE_FILE = Path(__file__).with_suffix(".toml")
_TEXTS = ("brl_per_usd", "source", "where")


class ExchangeRateError(Exception):
    """The file does not hold a rate: what is wrong with it, and what is allowed."""


@dataclass(frozen=True)
class ExchangeRate:
    """Reais that a US dollar cost on a day, who says so, and where it is to be read."""

    brl_per_usd: Decimal
    day: date
    source: str
    where: str

    def in_brl(self, usd: Decimal) -> Decimal:
        """An amount of US dollars in reais, unrounded."""
        return usd * self.brl_per_usd


def exchange_rate(file: Path = EXCHANGE_RATE_FILE) -> ExchangeRate | None:
    """The rate in a file; None if there is no such file. Raises ExchangeRateError if it is not as it should be."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ExchangeRateError(f"{file.name} is no TOML: {error}") from None
    allowed = {*_TEXTS, "day"}
    if found.keys() != allowed:
        raise ExchangeRateError(f"{file.name} has {sorted(found)}; allowed, and needed, are {sorted(allowed)}")
    for key in _TEXTS:
        if not isinstance(found[key], str) or not found[key].strip():
            raise ExchangeRateError(f"{file.name}: {key} is {found[key]!r}; allowed is a text in quotes")
    day = found["day"]
    if type(day) is not date:
        raise ExchangeRateError(f"{file.name}: day is {day!r}; allowed is a date without quotes, such as 2026-10-08")
    return ExchangeRate(_rate(file, found["brl_per_usd"]), day, found["source"], found["where"])


def _rate(file: Path, text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise ExchangeRateError(f'{file.name}: brl_per_usd is "{text}"; allowed is a number above 0, such as "5.0119"')
    return rate
