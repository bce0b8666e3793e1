"""Life after the first day, on stand-ins that replace what the real providers replace: what is there stays there.

Each change of an environment file stands in a table, with what it has to lead to. All are planned at once, for a plan
tells of each resource what happens to it. AWS has the real provider, and changes of its own in tests/e2e.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from environments.shared import SHARED_FILE
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.vendor_keys import RUNNER_KEY
from operations.plan_check import refusals
from operations.planned import Plan, read_plan
from tests.environments.texts import environment_text
from tests.offline import terraform, try_terraform
from tests.trees import write_tree_of
from tests.workspace import use_local_state

pytestmark = pytest.mark.terraform

NAME = "later"
POOLS = {"azurerm_kubernetes_cluster_node_pool", "google_container_node_pool"}
MORE_NODES = "min_nodes = 3\nmax_nodes = 9"


@dataclass(frozen=True)
class Change:
    """One change of the file, and where it arrives: the address of a resource, below the platform, and values in it."""

    old: str
    new: str
    azure: Mapping[str, Mapping[str, Any]]
    google: Mapping[str, Mapping[str, Any]]


SERVER = "azurerm_postgresql_flexible_server.this"
CHANGES = {
    "a pool's minimum is raised and its maximum lowered": Change(
        MORE_NODES,
        "min_nodes = 5\nmax_nodes = 6",
        {'cluster.azurerm_kubernetes_cluster_node_pool.this["general"]': {"min_count": 5, "max_count": 6}},
        {
            'cluster.google_container_node_pool.this["general"]': {
                "autoscaling.0.total_min_node_count": 5,
                "autoscaling.0.total_max_node_count": 6,
            }
        },
    ),
    "a pool gets a label and a taint": Change(
        "max_nodes = 6\n",
        'max_nodes = 6\nlabels = { team = "a" }\ntaints = [{ key = "team", value = "a", effect = "NoSchedule" }]\n',
        {'cluster.azurerm_kubernetes_cluster_node_pool.this["general"]': {"node_labels.team": "a"}},
        {'cluster.google_container_node_pool.this["general"]': {"node_config.0.labels.team": "a"}},
    ),
    "somebody else is the owner": Change(
        'owner               = "plataforma"',
        'owner               = "outra"',
        {"cluster.azurerm_kubernetes_cluster.this": {"tags.owner": "outra"}},
        {"cluster.google_container_node_pool.system": {"node_config.0.resource_labels.owner": "outra"}},
    ),
    "a server is made larger": Change(
        'version           = "17"\nsize              = "medium"',
        'version           = "17"\nsize              = "large"',
        {f'postgres.{SERVER}["consolidacao"]': {"sku_name": "GP_Standard_D4ds_v5"}},
        {
            'postgres.google_sql_database_instance.this["consolidacao"]': {"settings.0.tier": "db-custom-4-16384"},
        },
    ),
    "one server is made larger than the others": Change(
        "[redis]\n",
        '[postgres.servers.lancamentos]\nsize = "xlarge"\n\n[redis]\n',
        {f'postgres.{SERVER}["lancamentos"]': {"sku_name": "GP_Standard_D8ds_v5"}},
        {'postgres.google_sql_database_instance.this["lancamentos"]': {"settings.0.tier": "db-custom-8-32768"}},
    ),
    "the cache is made larger": Change(
        '[redis]\nsize              = "medium"',
        '[redis]\nsize              = "large"',
        {"redis.azurerm_managed_redis.this": {"sku_name": "Balanced_B5"}},
        {"redis.google_memorystore_instance.this": {"node_type": "HIGHMEM_MEDIUM"}},
    ),
    "all passwords are made anew": Change(
        "deletion_protection = true",
        "deletion_protection = true\nsecret_version      = 2",
        {f'postgres.{SERVER}["lancamentos"]': {"administrator_password_wo_version": 2}},
        {'postgres.google_sql_user.administrator["lancamentos"]': {"password_wo_version": 2}},
    ),
    "a microservice is added": Change(
        "[gateway] #",
        '[services.auditoria]\nuses  = ["postgres", "rabbitmq", "redis"]\npaths = ["/auditoria"]\n\n[gateway] #',
        {f'postgres.{SERVER}["auditoria"]': {}},
        {'postgres.google_sql_database_instance.this["auditoria"]': {}},
    ),
    "Kubernetes is upgraded": Change(
        "",
        "",
        {
            "cluster.azurerm_kubernetes_cluster.this": {
                "kubernetes_version": "1.36",
                "default_node_pool.0.orchestrator_version": "1.36",
            },
            'cluster.azurerm_kubernetes_cluster_node_pool.this["general"]': {"orchestrator_version": "1.36"},
        },
        {
            "cluster.google_container_cluster.this": {"min_master_version": "1.36"},
            'cluster.google_container_node_pool.this["general"]': {"version": "1.36"},
            "cluster.google_container_node_pool.system": {"version": "1.36"},
        },
    ),
}


@dataclass(frozen=True)
class Planned:
    """What a plan does, by the address below the platform."""

    cloud: str
    actions: Mapping[str, Sequence[str]]
    types: Mapping[str, str]
    after: Mapping[str, Any]
    root: Path
    plan: Plan
    text: str  # of what is applied


@pytest.fixture(scope="module", params=["azure", "google"])
def planned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """An environment that is applied, and the plan of all the changes."""
    folder = tmp_path_factory.mktemp(request.param)
    files, infra = folder / "environments", folder / "infra"
    files.mkdir()
    text = environment_text(request.param, "dedicated", "prod").replace(
        "min_nodes = 3 # relaxed, as above\nmax_nodes = 3",
        MORE_NODES,
    )
    root = infra / "environments" / NAME
    _write(files, infra, text)
    use_local_state(infra)
    account = ACCOUNTS[request.param]
    given: dict[str, Any] = {
        account.variable: account.example,
        "confirm_environment": NAME,
        "operator_cidrs": ["203.0.113.7/32"],
    }
    given["secret_values"] = {RUNNER_KEY: "a-key-of-an-app"}
    (root / "given.auto.tfvars.json").write_text(json.dumps(given))
    terraform(root, "init", "-input=false")
    terraform(root, "apply", "-input=false", "-auto-approve")
    later = text
    for name, change in CHANGES.items():
        assert change.old in later, name
        later = later.replace(change.old, change.new, 1) if change.old else later
    plan = _plan_of(later, root)
    changes = {_below_the_platform(each["address"]): each for each in plan["resource_changes"]}
    return Planned(
        request.param,
        {address: each["change"]["actions"] for address, each in changes.items()},
        {address: each["type"] for address, each in changes.items()},
        {address: each["change"]["after"] for address, each in changes.items()},
        root,
        read_plan(plan),
        text,
    )


def _plan_of(text: str, root: Path) -> dict[str, Any]:
    """Of an environment whose file has become another, on a newer Kubernetes."""
    infra = root.parents[1]
    _write(infra.parent / "environments", infra, text)
    _upgrade_kubernetes(infra)
    return _planned_changes(root)


def _planned_changes(root: Path) -> dict[str, Any]:
    terraform(root, "plan", "-input=false", "-out=later.tfplan")
    plan: dict[str, Any] = json.loads(terraform(root, "show", "-json", "later.tfplan"))
    return plan


def _write(files: Path, infra: Path, text: str) -> None:
    (files / f"{NAME}.toml").write_text(text)
    assert not (files / SHARED_FILE).exists()
    write_tree_of(files, infra)


def _upgrade_kubernetes(infra: Path) -> None:
    """To a version that no cloud has yet with which all that runs in the cluster has been tried."""
    file = infra / "environments" / NAME / "main.tf"
    text = file.read_text()
    assert text.count('= "1.35"') == 1
    file.write_text(text.replace('= "1.35"', '= "1.36"'))


def _below_the_platform(address: str) -> str:
    path = [part.removesuffix("[0]") for part in address.removeprefix("module.platform.").split(".")]
    return ".".join(part for part in path if part != "module")


def _value(values: Any, path: str) -> Any:
    for step in path.split("."):
        values = values[int(step)] if step.isdecimal() else values[step]
    return values


def test_no_nodes_go(planned: Planned) -> None:
    gone = [
        address
        for address, actions in planned.actions.items()
        if "delete" in actions and planned.types[address] in POOLS
    ]
    assert gone == []


def test_nothing_of_it_has_to_be_accepted(planned: Planned) -> None:
    """Neither what holds data goes, nor does anything become weaker, which protects it."""
    assert refusals(planned.plan, True, []) == []


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_arrives(planned: Planned, name: str) -> None:
    expected = CHANGES[name].azure if planned.cloud == "azure" else CHANGES[name].google
    for address, values in expected.items():
        assert planned.actions[address] == (["update"] if values else ["create"]), address
        assert {path: _value(planned.after[address], path) for path in values} == values


def test_a_microservice_that_is_renamed_is_touched_nowhere_and_without_its_former_name_is_asked_about(
    planned: Planned,
) -> None:
    text = (planned.root.parents[2] / "environments" / f"{NAME}.toml").read_text()
    header = "[services.consolidacao]\n"
    assert text.count(header) == 1
    renamed = _plan_of(text.replace(header, '[services.fluxo]\nwas = "consolidacao"\n'), planned.root)
    changes = {_below_the_platform(each["address"]): each["change"] for each in renamed["resource_changes"]}
    assert {address: change["actions"] for address, change in changes.items()} == planned.actions
    assert {address: change["after"] for address, change in changes.items()} == planned.after
    another = _plan_of(text.replace(header, "[services.fluxo]\n"), planned.root)
    asked = "\n".join(map(str, refusals(read_plan(another), True, [])))
    server = SERVER if planned.cloud == "azure" else "google_sql_database_instance.this"
    assert f'module.platform.module.postgres[0].{server}["consolidacao"]' in asked


def test_a_disk_that_is_to_be_larger_does_not_stay_as_it_is_unheard(planned: Planned) -> None:
    """Terraform leaves disks alone, for they grow by themselves, and a provider makes another server to shrink one."""
    main = planned.root / "main.tf"
    text = main.read_text()
    assert text.count("= 32\n") == 1
    try:
        main.write_text(text.replace("= 32\n", "= 512\n"))
        result = try_terraform(planned.root, "plan", "-input=false")
    finally:
        main.write_text(text)
    said = " ".join(result.stderr.replace("\u2502", " ").split())
    assert result.returncode == 1
    commands = {"azure": "--storage-size 512", "google": "--storage-size=512"}
    assert "The disk is smaller than storage_gb" in said and commands[planned.cloud] in said


def test_one_server_that_is_made_larger_is_changed_in_place_and_alone(planned: Planned) -> None:
    infra, server = planned.root.parents[1], SERVER if planned.cloud == "azure" else "google_sql_database_instance.this"

    def write(says: str) -> None:
        own = f"[postgres.servers.consolidacao]\n{says}\n\n[redis]\n"
        _write(infra.parent / "environments", infra, planned.text.replace("[redis]\n", own))

    write('size = "xlarge"')
    changes = _planned_changes(planned.root)["resource_changes"]
    done = {_below_the_platform(each["address"]): each["change"]["actions"] for each in changes}
    assert {address: actions for address, actions in done.items() if actions != ["no-op"]} == {
        f'postgres.{server}["consolidacao"]': ["update"]
    }
    write("storage_gb = 512")
    result = try_terraform(planned.root, "plan", "-input=false")
    said = " ".join(result.stderr.replace("\u2502", " ").split())
    assert result.returncode == 1
    assert said.count("The disk is smaller than storage_gb") == 1 and "512" in said
    assert re.search(r"(--name|patch) \S+-consolidacao", said), said
