"""A budget in the currency of the bill, with which the cloud compares it."""

from pathlib import Path
from typing import Any

import pytest

from flowwise.tables.project import CLOUDS
from tests.offline.mocked_apply import Made, copy_of, generated_test, mocked_apply
from tests.workspace import INFRA

REAIS = '  bill = {\n    currency       = "BRL"\n    monthly_amount = 2700\n  }\n'


def budget(cloud: str, folder: Path, bill: str) -> Made:
    infra = copy_of(folder, f"modules/budget/{cloud}")
    generated = generated_test(infra / f"modules/budget/{cloud}")
    generated.write_text(generated.read_text().replace("variables {\n", f"variables {{\n{bill}", 1))
    return mocked_apply(infra, f"modules/budget/{cloud}")


def amount(made: Made) -> Any:
    if values := made.get(("azurerm_consumption_budget_subscription", "this")):
        return values["amount"]
    if values := made.get(("aws_budgets_budget", "this")):
        return (values["limit_amount"], values["limit_unit"])
    ((specified,),) = (each["specified_amount"] for each in made["google_billing_budget", "this"]["amount"])
    return (specified["units"], specified["currency_code"])


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("cloud", "bill", "expected"),
    [
        ("azure", "", 500),
        ("azure", REAIS, 2700),
        ("aws", "", ("500", "USD")),
        ("aws", REAIS, ("500", "USD")),  # costs are in dollars there, also where the bill is not
        ("google", "", ("500", "USD")),
        ("google", REAIS, ("2700", "BRL")),
    ],
)
def test_a_budget_is_in_the_currency_of_the_bill(cloud: str, bill: str, expected: Any, tmp_path: Path) -> None:
    assert cloud in CLOUDS
    assert amount(budget(cloud, tmp_path, bill)) == expected


def test_budgets_are_asked_for_on_behalf_of_the_project() -> None:
    """Google Cloud refuses the credentials of a person who names no project that answers for what they ask.

    That is the pipelines' own, where the environment's is another.
    """
    text = (INFRA / "bootstrap/google/providers.tf").read_text()
    answers = "coalesce(var.management_project_id, var.project_id)"
    assert f"billing_project       = {answers}\n  user_project_override = true\n" in text
