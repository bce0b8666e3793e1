"""What charts of other projects make of our values: Kubernetes takes it, and so do we; and they know each value."""

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from flowwise.tables.charts import CHARTS
from tests.kubernetes.charts.helm import INSTALLED, SOURCES, HelmError, helm, render, sources
from tests.kubernetes.charts.releases import Release, releases_of
from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.policies import EXCEPTIONS, RULES, findings
from tests.kubernetes.roots import roots
from tests.kubernetes.schema import schema_errors
from tests.workspace import copy_of_infra

pytestmark = [
    pytest.mark.terraform,
    pytest.mark.slow,
    pytest.mark.skipif(
        not SOURCES or not INSTALLED.exists(), reason="needs the charts: make charts CHART_SOURCES=<their folder>"
    ),
]

THEIRS = {
    "probes": "whoever makes a program knows how it is asked whether it is well",
    "service_account_tokens": "an operator talks to the Kubernetes API",
}
"""Rules that are not for the objects of charts, and why."""

OF_CHARTS: Mapping[tuple[str, str], str] = {
    ("volume_types", "DaemonSet observability-nodes/otel-nodes-agent"): (
        "The collector on each node reads the logs of pods in the node's files, and nothing else of the node."
    ),
    ("secrets_in_plain_sight", "Secret kube-system/metrics-server"): (
        "Helm makes this certificate itself, and keeps it in the cluster: Terraform sees the values alone."
    ),
}
"""As the policies' own exceptions."""


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Release]]:
    """By chart, what all modules and compositions do with it."""
    infra = copy_of_infra(tmp_path_factory.mktemp("charts"))
    found: dict[str, list[Release]] = defaultdict(list)
    for root in roots():
        for release in releases_of(infra / root.folder, root.variables):
            found[release.chart].append(release)
    return found


@pytest.fixture(params=CHARTS)
def source(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """The name of a chart that we install, and where its source is."""
    chart = CHARTS[request.param]
    path = sources().get((chart.name, chart.version))
    if path is None:
        pytest.skip(f"{SOURCES} has no {chart.name} {chart.version}")
    return request.param, path


def test_kubernetes_takes_what_it_renders(source: tuple[str, Path], releases: Mapping[str, list[Release]]) -> None:
    name, path = source
    objects = [found for release in releases[CHARTS[name].name] for found in objects_of(release, path)]
    native = [found for found in objects if found.is_native]
    assert [f"{found}: {error}" for found in native for error in schema_errors(found.manifest)] == []


def test_policies_find_nothing(source: tuple[str, Path], releases: Mapping[str, list[Release]]) -> None:
    name, path = source
    found = []
    for release in releases[CHARTS[name].name]:
        rendered = objects_of(release, path)
        theirs = {str(each) for each in rendered}
        everything = findings([*rendered, *release.beside], {**EXCEPTIONS, **OF_CHARTS})
        found += [str(each) for each in everything if each.object in theirs and each.rule not in THEIRS]
    assert found == []


def test_it_knows_each_value(source: tuple[str, Path], releases: Mapping[str, list[Release]]) -> None:
    """Helm drops a value that no template asks for, without a word."""
    name, path = source
    known = yaml.safe_load(helm("show", "values", path))
    has_effect: dict[str, bool] = {}
    for release in releases[CHARTS[name].name]:
        values = [yaml.safe_load(each) for each in release.values]
        for each in (each for given in values for each in unnamed(given, known)):
            without = tuple(yaml.safe_dump(left_out(given, each)) for given in values)
            differs = render(replace(release, values=without), path) != render(release, path)
            has_effect[".".join(each)] = differs or has_effect.get(".".join(each), False)
    assert [value for value, differs in has_effect.items() if not differs] == []


def test_its_definitions_are_where_the_table_says(source: tuple[str, Path]) -> None:
    name, path = source
    assert bool(helm("show", "crds", path).strip()) is CHARTS[name].keeps_definitions_apart


def objects_of(release: Release, path: Path) -> list[KubernetesObject]:
    try:
        rendered = render(release, path)
    except HelmError as error:
        pytest.fail(f"{release.address}: {error}")
    return [KubernetesObject(release.address, manifest, release.namespace) for manifest in rendered]


def unnamed(given: Any, known: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of values that a chart's own values do not name; below one that they leave empty, nothing is named."""
    if isinstance(given, dict) and isinstance(known, dict) and known:
        for name, value in given.items():
            if name in known:
                yield from unnamed(value, known[name], (*path, name))
            else:
                yield (*path, name)


def left_out(values: Any, path: tuple[str, ...]) -> Any:
    """A copy without the value at a path, if it is there."""
    changed = copy.deepcopy(values)
    *parents, last = path
    at = changed
    for name in parents:
        at = at.get(name, {})
    at.pop(last, None)
    return changed


def test_what_is_left_out_are_rules() -> None:
    assert {*THEIRS, *(rule for rule, _ in OF_CHARTS)} <= {rule.__name__ for rule in RULES}
