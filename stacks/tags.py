"""The tags that every resource of an environment carries."""

from flowwise.tables.project import PROJECT


def tags(environment: str, owner: str, cost_center: str) -> dict[str, str]:
    """By key. Each may be an expression."""
    return {
        "project": PROJECT,
        "environment": environment,
        "owner": owner,
        "cost-center": cost_center,
        "managed-by": "terraform",
    }
