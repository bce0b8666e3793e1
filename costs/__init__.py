"""What each environment costs a month, from a dated price book."""

from costs.estimate import estimate
from costs.report import CostReport, cost_report

__all__ = ["CostReport", "cost_report", "estimate"]
