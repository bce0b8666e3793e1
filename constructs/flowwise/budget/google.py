"""The budget on Google Cloud: one of the billing account, for what bears the environment's label in the project."""

from cdk.google import (
    BillingBudget,
    BillingBudgetAllUpdatesRule,
    BillingBudgetAmount,
    BillingBudgetAmountSpecifiedAmount,
    BillingBudgetBudgetFilter,
    BillingBudgetThresholdRules,
    DataGoogleProject,
    MonitoringNotificationChannel,
)
from flowwise.authoring.expressions import for_each, strings, text
from flowwise.authoring.module import Module, dynamic
from flowwise.budget import AMOUNT, BUDGET, ENVIRONMENT_TAG, FORECAST_THRESHOLD, BudgetInputs, BudgetOutputs
from flowwise.tables.naming import resource_name


class GoogleBudget(Module[BudgetInputs, BudgetOutputs]):
    """A budget of a billing account. `scope_id` is the billing account's identifier."""

    contract = BUDGET
    path = "modules/budget/google"

    def build(self, inputs: BudgetInputs) -> BudgetOutputs:
        """Add the module's resources."""
        project = self.resource(DataGoogleProject, "current")
        self.resource(
            MonitoringNotificationChannel,
            "contacts",
            for_each=for_each("toset(var.contact_emails)"),
            type="email",
            display_name=text("each.key"),
            labels={"email_address": text("each.key")},
            user_labels=inputs.tags,
        )
        self.comment(
            "A billing account pays for many projects, which may use the same labels: hence the project. The currency "
            "is said, so that Google Cloud refuses a budget of an account that is billed in another. A budget "
            "by calendar months counts from the current one on, and bears no labels. scope_id is that of "
            "a billing account, such as 000000-000000-000000."
        )
        budget = self.resource(
            BillingBudget,
            "this",
            billing_account=text("coalesce(var.scope_id, data.google_project.current.billing_account)"),
            display_name=resource_name("billing_budget"),
            amount=BillingBudgetAmount(
                specified_amount=BillingBudgetAmountSpecifiedAmount(
                    currency_code=text('var.bill == null ? "USD" : var.bill.currency'),
                    units=text(f"tostring({AMOUNT})"),
                )
            ),
            budget_filter=BillingBudgetBudgetFilter(
                calendar_period="MONTH",
                projects=[f"projects/{project.number}"],
                labels={ENVIRONMENT_TAG: text(f"var.tags.{ENVIRONMENT_TAG}")},
            ),
            threshold_rules=[
                BillingBudgetThresholdRules(spend_basis="FORECASTED_SPEND", threshold_percent=FORECAST_THRESHOLD / 100)
            ],
            all_updates_rule=BillingBudgetAllUpdatesRule(
                monitoring_notification_channels=strings(
                    "[for channel in google_monitoring_notification_channel.contacts : channel.id]"
                ),
                # As on the other clouds, those are told who were named.
                disable_default_iam_recipients=True,
            ),
        )
        dynamic(
            budget,
            "threshold_rules",
            for_each="var.thresholds",
            content={"spend_basis": "CURRENT_SPEND", "threshold_percent": text("threshold_rules.value / 100")},
        )
        return BudgetOutputs(budget_id=budget.id, budget_name=text("google_billing_budget.this.display_name"))
