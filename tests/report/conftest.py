"""What the tests of the page make it from: the committed environments, at a rate and on a day of our own."""

from datetime import date
from decimal import Decimal

import pytest

from costs import cost_report
from costs.exchange_rate import ExchangeRate
from environments import load_environments
from environments.promotion import side_by_side
from report.page import Commit, Facts
from report.review import Counts, Review
from sizing import size_of
from tests.workspace import REPOSITORY


@pytest.fixture(scope="session")
def facts() -> Facts:
    folder = REPOSITORY / "environments"
    environments = side_by_side(load_environments(folder))
    return Facts(
        environments,
        cost_report(folder).as_json(),
        [size_of(environment).as_json() for environment in environments],
        REPOSITORY,
        ExchangeRate(Decimal("5.0119"), date(2026, 10, 8), "a bank", "https://bank.example"),
        Review("tree", "3.3.30", "2026-03-08", {"azure": Counts(1000, 0, 20), "roots": Counts(30, 0, 0)}),
        Commit("0123abc", True),
        date(2026, 11, 29),
    )
