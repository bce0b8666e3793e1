"""Nothing is promised in a module that nobody can have: every input is set by some composition, or says why not."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from flowwise.tables.project import CLOUDS
from tests.environments.texts import (
    apart,
    environment_text,
    in_a_cluster,
    with_alerts,
    with_existing,
    with_existing_cluster,
    with_managed_broker,
    with_monitors,
    with_own_secrets,
    with_proof_in_dns,
    with_storage,
)
from tests.trees import write_tree_of
from tests.workspace import INFRA

_MODULE = re.compile(r'^module "\w+" \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
_SOURCE = re.compile(r'^  source\s+= "(.*)"', re.MULTILINE)
_ARGUMENT = re.compile(r"^  (\w+)\s*=", re.MULTILINE)
_VARIABLE = re.compile(r'^variable "(\w+)"', re.MULTILINE)

_STANDS = "the composition wants its default, which it does not write down"
_OTHERS = "for those who use the module without ours"
NEVER_SET: Mapping[str, str] = {
    "budget/scope_id": _OTHERS,
    "budget/thresholds": _STANDS,
    "certificates/namespace": _STANDS,
    "cluster-secrets/namespace": _STANDS,
    "container-registry/retention_days": _STANDS,
    "remote-state/retention_days": _STANDS,
    **{
        f"{service}/log_retention_days": _STANDS
        for service in (
            *("encryption", "k8s-cluster", "object-storage", "postgres-db", "rabbitmq", "redis", "remote-state"),
            "secret-store",
        )
    },
    "api-gateway/local_rate_limit": _STANDS,
    "namespace/quota": _OTHERS,
    "postgres-db/cpu": _STANDS,
    "postgres-db/memory": _STANDS,
    "postgres-db/operator_namespace": _STANDS,
    "rabbitmq/cpu": _STANDS,
    "rabbitmq/operator_namespace": _STANDS,
}
"""By service and input, why no composition sets it."""


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Path, set[str]]:
    """By the folder that is called, the inputs that some call gives: in the tree, and where one asks for much."""
    files, tree = tmp_path_factory.mktemp("environments"), tmp_path_factory.mktemp("tree")
    text = with_alerts(with_storage(with_monitors(with_managed_broker(environment_text("aws", "shared", "dev")))))
    text = with_proof_in_dns(text)
    runner = '\n[runner]\norganization = "flowwise"\napplication = "Iv23liEXAMPLE0000000"\n'
    texts = {
        "env": with_existing(f"secret_version = 2\n{text}{runner}", "aws"),
        "guest": with_existing_cluster(environment_text("azure", "shared", "dev"), "azure").replace(".20.0.", ".90.0."),
        "laptop": with_own_secrets(in_a_cluster(environment_text("azure", "shared", "dev"))),
    }
    for name, each in apart(texts).items():
        (files / f"{name}.toml").write_text(each)
    write_tree_of(files, tree)
    found: dict[Path, set[str]] = {}
    for infra in (INFRA, tree):
        for file in infra.rglob("main.tf"):
            for body in _MODULE.findall(file.read_text()):
                (source,) = _SOURCE.findall(body)
                folder = (file.parent / source).resolve().relative_to(infra.resolve())
                found.setdefault(folder, set()).update(_ARGUMENT.findall(body))
    return found


def service_of(folder: Path) -> str:
    """What implementations of one contract have in common: they stand beside each other, or are platforms."""
    return folder.parts[1] if folder.parts[0] == "modules" else "platform" if folder.name in CLOUDS else folder.name


def test_every_input_is_set_by_some_composition(calls: Mapping[Path, set[str]]) -> None:
    given: dict[str, set[str]] = {}
    declared: dict[str, set[str]] = {}
    for folder, inputs in calls.items():
        given.setdefault(service_of(folder), set()).update(inputs)
        variables = _VARIABLE.findall((INFRA / folder / "variables.tf").read_text())
        declared.setdefault(service_of(folder), set()).update(variables)
    never = {f"{service}/{name}" for service, names in declared.items() for name in names - given[service]}
    assert never == NEVER_SET.keys()


def test_every_module_is_called(calls: Mapping[Path, set[str]]) -> None:
    modules = {path.parent.relative_to(INFRA) for path in (INFRA / "modules").rglob("variables.tf")}
    assert modules <= calls.keys()
