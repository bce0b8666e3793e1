"""Custom resources, through one small chart of our own.

The provider's own way, kubernetes_manifest, asks the cluster for the resource's definition when Terraform plans, and so
cannot plan an operator and its resources together. A chart is only looked at when it is installed.
"""

import posixpath
from collections.abc import Sequence
from typing import Any

from cdk.core import ITerraformDependable
from cdk.helm import Release
from flowwise.authoring.expressions import call
from flowwise.authoring.module import Module

CHART = "charts/custom-resources"
"""Where the chart is, relative to `infra/`."""

FILES = {
    "Chart.yaml": (
        "apiVersion: v2\n"
        "name: custom-resources\n"
        "description: Installs the Kubernetes objects that its values list, as they are.\n"
        "version: 1.0.0\n"
    ),
    "values.yaml": "# Kubernetes objects, whole.\nresources: []\n",
    "templates/resources.yaml": "{{- range .Values.resources }}\n---\n{{ toYaml . }}\n{{- end }}\n",
}
"""The files of the chart."""


def add_custom_resources(
    module: Module[Any, Any],
    name: str,
    *,
    release: str,
    namespace: str,
    resources: Any,
    depends_on: Sequence[ITerraformDependable] = (),
    **arguments: Any,
) -> Release:
    """Add a release of the chart, called `helm_release.<name>`.

    `release` is its name in the cluster; `resources` is a list of objects, or an expression that gives one;
    `depends_on` is whatever installs their definitions.
    """
    return module.resource(
        Release,
        name,
        name=release,
        namespace=namespace,
        chart=f"${{path.module}}/{posixpath.relpath(CHART, module.path)}",
        values=[call("yamlencode", {"resources": resources})],
        atomic=True,
        cleanup_on_fail=True,
        max_history=5,
        depends_on=list(depends_on) or None,
        **arguments,
    )
