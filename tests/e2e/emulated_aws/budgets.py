"""Who is told by a budget's notifications, and its tags: moto drops the latter, and has no call that shows either."""

import json

from moto.budgets.responses import BudgetsResponse


def complete() -> None:
    create = BudgetsResponse.create_budget

    def create_budget(self: BudgetsResponse) -> str:
        created = create(self)
        name = self._get_param("Budget")["BudgetName"]
        self.backend.budgets[self._get_param("AccountId")][name].tags = self._get_param("ResourceTags", [])
        return created

    BudgetsResponse.create_budget = create_budget
    BudgetsResponse.list_tags_for_resource = list_tags_for_resource
    BudgetsResponse.describe_subscribers_for_notification = describe_subscribers_for_notification


def list_tags_for_resource(self: BudgetsResponse) -> str:
    account, name = self._get_param("ResourceARN").split(":", 4)[4].split(":budget/")
    return json.dumps({"ResourceTags": self.backend.budgets[account][name].tags})


def describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    wanted = self._get_param("Notification")
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    (subscribers,) = (each.subscribers for each in budget.notifications if _same(each.details, wanted))
    return json.dumps({"Subscribers": subscribers})


def _same(one: dict, other: dict) -> bool:
    return all(one[key] == other[key] for key in ("NotificationType", "ComparisonOperator", "Threshold"))
