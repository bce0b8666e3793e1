"""Money on the page: by month and year, in dollars and in reais, and how old the prices are that it stands on."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costs.exchange_rate import EXCHANGE_RATE_FILE, ExchangeRateError, exchange_rate
from report.money import money_table
from report.page import Facts, page
from report.price_ages import age_in_words, ages_table
from report.words import Texts

TEXTS = Texts()
NO_BREAK = "\N{NO-BREAK SPACE}"
TO = " \N{EN DASH} "


def test_money_is_said_by_month_and_year_in_reais_and_dollars(facts: Facts) -> None:
    costs = {one["environment"]: one for one in facts.costs["environments"] if one["cloud"]}
    table = money_table(list(costs.values()), facts.rate, TEXTS)
    assert table
    rows = [[getattr(cell, "pt", None) for cell in row] for row in (*table.rows, table.total)]
    assert [row[0] for row in rows] == [*costs, "Total"]
    owns = [one["estimates"][one["cloud"]] for one in costs.values()]
    ranges = [[Decimal(own["low"]), Decimal(own["high"])] for own in owns]
    for row, ends in zip(rows, [*ranges, [sum(column) for column in zip(*ranges, strict=True)]], strict=True):
        assert row[1:] == [
            TO.join(form(end * months) for end in ends) for form in (in_reais, in_dollars) for months in (1, 12)
        ]


def in_reais(amount: Any) -> str:
    whole = (amount * Decimal("5.0119")).quantize(Decimal(1))
    return f"R${NO_BREAK}" + f"{whole:,}".replace(",", ".")


def in_dollars(amount: Any) -> str:
    dollars, cents = f"{amount:,.2f}".split(".")
    return f"US${NO_BREAK}{dollars.replace(',', '.')},{cents}"


def test_without_a_rate_nothing_is_said_in_reais(facts: Facts) -> None:
    without = page(replace(facts, rate=None))
    assert re.search(r"(?<!U)R\$.?\d", page(facts))
    assert not re.search(r"\bR\$.?\d", without)
    assert "No rate is given, so nothing is said in reais" in without


def test_the_rate_of_the_repository_has_a_day_and_a_source() -> None:
    rate = exchange_rate()
    assert rate and 1 < rate.brl_per_usd < 20
    assert rate.day < date.today() and rate.source and rate.where.startswith("https://")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('= "5.', '= "five', "; allowed is a number above 0"),
        ('= "5.', '= "-5.', "; allowed is a number above 0"),
        ('= "5.', "= 5 # ", "brl_per_usd is 5; allowed is a text in quotes"),
        ("day         = ", 'day = "', "is no TOML"),
        ("day         = ", "day = 1 # ", "day is 1; allowed is a date without quotes"),
        ("day  ", "date ", "allowed, and needed, are"),
    ],
)
def test_a_rate_that_is_none_is_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "exchange_rate.toml"
    text = EXCHANGE_RATE_FILE.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    with pytest.raises(ExchangeRateError, match=re.escape(message)):
        exchange_rate(file)
    assert exchange_rate(tmp_path / "none.toml") is None


def test_prices_are_as_old_as_the_money_on_them_and_not_as_their_lines() -> None:
    lines = [
        {"date": "2026-11-01", "high": "90.00"},
        *[{"date": "2019-02-12", "high": "0.50"}] * 18,
        {"date": "2026-01-02", "high": "1.00"},
        {"date": None, "high": None},
    ]
    costs = [{"cloud": "azure", "estimates": {"azure": {"lines": lines}, "aws": {"possible": False}}}]
    table = ages_table(costs, date(2026, 11, 29), TEXTS)
    assert table
    oldest = f"Feb{NO_BREAK}12,{NO_BREAK}2019"
    assert [[getattr(cell, "en", None) for cell in row] for row in table.rows] == [
        ["Azure", "90%", "1%", "0%", "9%", oldest]
    ]
    assert age_in_words(costs, date(2026, 11, 29), TEXTS).en == "91% of the bill at prices of the last year"
