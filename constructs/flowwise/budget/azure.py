"""The budget on Azure: one of the subscription, for what bears the environment's tag."""

from cdk.azurerm import (
    ConsumptionBudgetSubscription,
    ConsumptionBudgetSubscriptionFilter,
    ConsumptionBudgetSubscriptionFilterTag,
    ConsumptionBudgetSubscriptionNotification,
    ConsumptionBudgetSubscriptionTimePeriod,
    DataAzurermSubscription,
)
from cdk.core import TerraformResourceLifecycle
from flowwise.authoring.expressions import number, text
from flowwise.authoring.module import Module, dynamic
from flowwise.budget import AMOUNT, BUDGET, ENVIRONMENT_TAG, FORECAST_THRESHOLD, BudgetInputs, BudgetOutputs
from flowwise.tables.naming import resource_name


class AzureBudget(Module[BudgetInputs, BudgetOutputs]):
    """A budget of a subscription. `scope_id` is the subscription's UUID."""

    contract = BUDGET
    path = "modules/budget/azure"

    def build(self, inputs: BudgetInputs) -> BudgetOutputs:
        """Add the module's resources."""
        self.comment("scope_id is the UUID of a subscription.")
        subscription = self.resource(DataAzurermSubscription, "current", subscription_id=text("var.scope_id"))
        self.comment(
            "It counts from the month in which it is made, as Azure insists; a change of that would make a new one. "
            "A budget bears no tags. Its amount is in the currency of the bill, whichever that is."
        )
        budget = self.resource(
            ConsumptionBudgetSubscription,
            "this",
            name=resource_name("consumption_budget"),
            subscription_id=subscription.id,
            amount=number(AMOUNT),
            time_grain="Monthly",
            time_period=ConsumptionBudgetSubscriptionTimePeriod(
                start_date=text("formatdate(\"YYYY-MM-01'T00:00:00Z'\", plantimestamp())")
            ),
            filter=ConsumptionBudgetSubscriptionFilter(
                tag=[
                    ConsumptionBudgetSubscriptionFilterTag(
                        name=ENVIRONMENT_TAG, values=[text(f"var.tags.{ENVIRONMENT_TAG}")]
                    )
                ]
            ),
            notification=[
                ConsumptionBudgetSubscriptionNotification(
                    threshold_type="Forecasted",
                    operator="GreaterThanOrEqualTo",
                    threshold=FORECAST_THRESHOLD,
                    contact_emails=inputs.contact_emails,
                )
            ],
            lifecycle=TerraformResourceLifecycle(ignore_changes=["time_period"]),
        )
        dynamic(
            budget,
            "notification",
            for_each="var.thresholds",
            content={
                "threshold_type": "Actual",
                "operator": "GreaterThanOrEqualTo",
                "threshold": text("notification.value"),
                "contact_emails": inputs.contact_emails,
            },
        )
        return BudgetOutputs(budget_id=budget.id, budget_name=budget.name)
