"""What each cloud bills an environment for, before any price."""

from collections.abc import Callable, Mapping

from costs.bill import Bill
from costs.bills.aws import aws_bill
from costs.bills.azure import azure_bill
from costs.bills.google import google_bill
from environments import Environment

BILLS: Mapping[str, Callable[[Environment], Bill]] = {"azure": azure_bill, "aws": aws_bill, "google": google_bill}
"""By cloud."""
