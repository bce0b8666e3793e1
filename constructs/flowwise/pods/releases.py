"""Charts of other projects, all installed in one way."""

from typing import Any

from cdk.helm import Release
from flowwise.authoring.expressions import call
from flowwise.authoring.module import Module
from flowwise.tables.charts import Chart

_INSTALL_SECONDS = 600
"""A new node may have to start before the pods can."""


def add_release(
    module: Module[Any, Any],
    name: str,
    chart: Chart,
    *,
    release: str,
    namespace: str,
    values: dict[str, Any],
    **arguments: Any,
) -> Release:
    """Add `helm_release.<name>`, which is there when its pods are ready, and takes back what fails.

    `release` is its name in the cluster; `values` may hold expressions.
    """
    return module.resource(
        Release,
        name,
        name=release,
        namespace=namespace,
        repository=chart.repository,
        chart=chart.name,
        version=chart.version,
        atomic=True,
        cleanup_on_fail=True,
        wait=True,
        timeout=_INSTALL_SECONDS,
        max_history=5,
        values=[call("yamlencode", values)],
        **arguments,
    )
