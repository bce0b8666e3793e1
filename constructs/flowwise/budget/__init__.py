"""A monthly budget of an environment, and who hears of it."""

from flowwise.authoring.contract import Contract, Inputs, Outputs, Validation, output, variable
from flowwise.authoring.rules import PREFIX

ENVIRONMENT_TAG = "environment"
"""The tag, or label, by which a budget knows what belongs to the environment."""

NAMES_ENVIRONMENT = Validation(
    f'trimspace(lookup(self, "{ENVIRONMENT_TAG}", "")) != ""',
    f"tags must have a tag called {ENVIRONMENT_TAG}, which the budget finds costs by.",
    rejects={},
)
"""A rule for tags."""

DEFAULT_THRESHOLDS = (50, 80, 100)

FORECAST_THRESHOLD = 100
"""Percent of the amount that the month's forecast may reach before people are told."""


class BudgetInputs(Inputs):
    """What a budget is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    monthly_amount_usd: int = variable(
        "What a month may cost, in US dollars. The account has to be billed in them: the cloud compares the number "
        "with costs in the currency of the bill.",
        example=500,
        validations=[
            Validation(
                "self > 0 && floor(self) == self",
                "monthly_amount_usd must be a whole number of dollars, and more than 0.",
                rejects=0,
            )
        ],
    )
    contact_emails: list[str] = variable(
        "Who is told by e-mail.",
        example=["finops@flowwise.example"],
        validations=[
            # Google Cloud tells five, AWS ten ("NotificationsRule"; "CreateBudget").
            Validation(
                "length(self) >= 1 && length(self) <= 5 && length(distinct(self)) == length(self)",
                "contact_emails must name one to five addresses, and none twice.",
                rejects=[],
            ),
            Validation(
                'alltrue([for email in self : can(regex("^[^@ ]+@[^@ ]+[.][^@ ]+$", email))])',
                "Each of contact_emails must be an address such as finops@flowwise.example.",
                rejects=["finops"],
            ),
        ],
    )
    thresholds: list[int] = variable(
        f"Percent of the amount that, once spent, are told of. A forecast of {FORECAST_THRESHOLD} percent always is.",
        default=list(DEFAULT_THRESHOLDS),
        validations=[
            # Azure and AWS take five notifications, of which the forecast is one ("Budgets", REST; "CreateBudget").
            Validation(
                "length(self) >= 1 && length(self) <= 4 && length(distinct(self)) == length(self)",
                "thresholds must be one to four, and none twice.",
                rejects=[10, 20, 30, 40, 50],
            ),
            Validation(
                "alltrue([for percent in self : percent >= 1 && percent <= 1000 && floor(percent) == percent])",
                "Each of thresholds must be a whole number from 1 to 1000.",
                rejects=[0],
            ),
        ],
    )
    scope_id: str | None = variable(
        "What is billed: the identifier of the subscription, or the account, or the billing account, whichever the "
        "cloud has. Null for the one that Terraform works in.",
        default=None,
        validations=[
            Validation(
                'self == null || try(trimspace(self), "") != ""',
                "scope_id must be an identifier or null.",
                rejects="",
            )
        ],
    )
    start: str = variable(
        "First day of the first month that counts, such as 2026-11-01: of the month in which the budget is made, or of "
        "one of the next twelve. Leave it as it is from then on.",
        example="2026-11-01",
        validations=[
            Validation(
                'can(regex("^20[0-9]{2}-(0[1-9]|1[0-2])-01$", self))',
                "start must be the first day of a month, such as 2026-11-01.",
                rejects="2026-11-15",
            )
        ],
    )
    tags: dict[str, str] = variable(
        f"Tags of every resource. Costs count whose tag {ENVIRONMENT_TAG} is the same as here.",
        example={ENVIRONMENT_TAG: "dev"},
        validations=[NAMES_ENVIRONMENT],
    )


class BudgetOutputs(Outputs):
    """What others need to know of a budget."""

    budget_id: str = output("Identifier of the budget.")
    budget_name: str = output("Name of the budget.")


BUDGET = Contract(
    "budget",
    "A monthly budget of one environment, which tells people when it is used up, or is going to be.",
    BudgetInputs,
    BudgetOutputs,
)
