"""The alerts of a cloud, each for all that it is of."""

from typing import Any

from flowwise.alerts import alerts_of
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module


def add_watched(module: Module[Any, Any], cloud: str, targets: str = "var.targets") -> str:
    """Add `local.watched`: each alert of each target. Gives the expression; `targets` is one, like the input."""
    module.comment("The cloud's rows of the table of alerts (alerts.toml).")
    module.local(
        "alerts",
        {
            alert.name: {
                "of": alert.of,
                "says": alert.says,
                "critical": alert.severity == "critical",
                "minutes": alert.minutes,
                "metric": alert.metric,
                "take": alert.take,
                "above": alert.is_above,
                "threshold": alert.threshold,
                "of_disk": alert.is_of_disk,
            }
            for alert in alerts_of(cloud)
        },
    )
    module.local(
        "watched",
        text(
            "merge([\n"
            "  for name, alert in local.alerts : {\n"
            f"    for target, id in lookup({targets}, alert.of, {{}}) : "
            '"${name}-${target}" => merge(alert, { target = target, id = id })\n'
            "  }\n"
            "]...)"
        ),
    )
    return "local.watched"
