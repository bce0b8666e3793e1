"""A monthly budget of an environment, and who hears of it."""

from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.tables.addresses import EMAIL_EXAMPLE, EMAIL_PATTERN

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


AMOUNT = "var.bill == null ? var.monthly_amount_usd : var.bill.monthly_amount"
"""Expression of the budget's amount, in the currency of the bill."""


class Bill(Object):
    """The amount on a bill that is not in US dollars."""

    currency: str = attribute("Code of its currency, such as BRL.")
    monthly_amount: int = attribute("What a month may cost, in that currency.")


class BudgetInputs(Inputs):
    """What a budget is made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    monthly_amount_usd: int = variable(
        "What a month may cost, in US dollars. Where the account is billed in another currency, say bill as well.",
        example=500,
        validations=[
            Validation(
                "self > 0 && floor(self) == self",
                "monthly_amount_usd must be a whole number of dollars, and more than 0.",
                rejects=0,
            )
        ],
    )
    bill: Bill | None = variable(
        "What a month may cost in the currency of the account's bill, with which Azure and Google Cloud compare costs. "
        "Null where the bill is in US dollars, in which AWS has all budgets.",
        default=None,
        validations=[
            Validation(
                'self == null || can(regex("^[A-Z]{3}$", self.currency))',
                "bill.currency must be a code of three capital letters, such as BRL.",
                rejects=Bill(currency="R$", monthly_amount=1),
            ),
            Validation(
                "self == null || "
                "try(self.monthly_amount > 0 && floor(self.monthly_amount) == self.monthly_amount, false)",
                "bill.monthly_amount must be a whole number, and more than 0.",
                rejects=Bill(currency="BRL", monthly_amount=0),
            ),
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
                f'alltrue([for email in self : can(regex("^{EMAIL_PATTERN}$", email))])',
                f"Each of contact_emails must be an address such as {EMAIL_EXAMPLE}.",
                rejects=["mailto:finops@flowwise.example"],
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
