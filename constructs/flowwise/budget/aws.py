"""The budget on AWS: one of the account, for what bears the environment's tag."""

from cdk.aws import BudgetsBudget, BudgetsBudgetCostFilter, BudgetsBudgetNotification
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module, dynamic
from flowwise.budget import BUDGET, ENVIRONMENT_TAG, FORECAST_THRESHOLD, BudgetInputs, BudgetOutputs
from flowwise.tables.naming import resource_name


class AwsBudget(Module[BudgetInputs, BudgetOutputs]):
    """A cost budget of an account. `scope_id` is the account's number."""

    contract = BUDGET
    path = "modules/budget/aws"

    def build(self, inputs: BudgetInputs) -> BudgetOutputs:
        """Add the module's resources."""
        self.comment(
            f"AWS finds costs by the tag {ENVIRONMENT_TAG} only from the day on which the account that pays the bill "
            "activates it as a cost allocation tag: until then, this budget sees nothing spent. Costs are in US "
            "dollars here, whatever the bill is in. scope_id is the twelve digits of an account."
        )
        budget = self.resource(
            BudgetsBudget,
            "this",
            name=resource_name("cost_budget"),
            account_id=text("var.scope_id"),
            budget_type="COST",
            limit_amount=text("tostring(var.monthly_amount_usd)"),
            limit_unit="USD",
            time_unit="MONTHLY",
            cost_filter=[
                BudgetsBudgetCostFilter(
                    name="TagKeyValue",
                    values=[text(f'format("user:{ENVIRONMENT_TAG}$%s", var.tags.{ENVIRONMENT_TAG})')],
                )
            ],
            notification=[
                BudgetsBudgetNotification(
                    notification_type="FORECASTED",
                    comparison_operator="GREATER_THAN",
                    threshold=FORECAST_THRESHOLD,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=inputs.contact_emails,
                )
            ],
            tags=inputs.tags,
        )
        dynamic(
            budget,
            "notification",
            for_each="var.thresholds",
            content={
                "notification_type": "ACTUAL",
                "comparison_operator": "GREATER_THAN",
                "threshold": text("notification.value"),
                "threshold_type": "PERCENTAGE",
                "subscriber_email_addresses": inputs.contact_emails,
            },
        )
        return BudgetOutputs(budget_id=budget.id, budget_name=text("aws_budgets_budget.this.name"))
