"""A microservice that is renamed keeps all that it has: what is deployed goes by the name that it was made by."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from environments import load_environment
from environments.events import queue_of, queues_of
from flowwise.tables.project import CLOUDS
from stacks.flows import flows_of
from stacks.platform_example import platform_example
from stacks.workloads_stack import WorkloadsInputs, workloads_inputs
from synthesis.schemas.provider_facts import provider_facts
from synthesis.tree import write_tree
from tests.environments.texts import (
    environment_text,
    in_a_cluster,
    with_own_secrets,
    with_storage,
    with_worker_and_job,
)
from tests.kubernetes.plans import native_objects_of
from tests.trees import make_tree

NAME = "env"
OLD, NEW = "consolidacao", "fluxo"


def with_a_caller(text: str) -> str:
    header = "[services.lancamentos]\n"
    assert text.count(header) == 1
    return with_worker_and_job(text.replace(header, f'{header}calls = ["{OLD}"]\n'))


IN_CLOUDS = {cloud: with_a_caller(environment_text(cloud, "dedicated", "dev")) for cloud in CLOUDS}


def renamed(text: str, *, was: bool = True) -> str:
    """The text of an environment whose consolidacao, which lancamentos calls, has another name."""
    former = f'was = "{OLD}"\n' if was else ""
    for old, new in ((f"[services.{OLD}]\n", f"[services.{NEW}]\n{former}"), (f'["{OLD}"]', f'["{NEW}"]')):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def tree_of(text: str, folder: Path) -> Mapping[str, str]:
    (folder / f"{NAME}.toml").write_text(text)
    return make_tree(folder)


def changed(before: Mapping[str, str], after: Mapping[str, str], path: str) -> tuple[set[str], set[str]]:
    """The lines that go and those that come, however they are lined up."""
    old, new = ({" ".join(line.split()) for line in tree[path].splitlines()} for tree in (before, after))
    return old - new, new - old


@pytest.mark.parametrize("cloud", CLOUDS)
def test_nothing_of_the_platform_has_another_name(cloud: str, tmp_path: Path) -> None:
    """Readers of databases alone are told by either name: a variable, which says today what it says."""
    before, after = tree_of(IN_CLOUDS[cloud], tmp_path), tree_of(renamed(IN_CLOUDS[cloud]), tmp_path)
    assert before.keys() == after.keys()
    terraform = {path for path in before if path.endswith((".tf", ".hcl", ".json")) and before[path] != after[path]}
    platform, workloads = f"environments/{NAME}/main.tf", f"environments/{NAME}/workloads/main.tf"
    assert terraform == {platform, workloads, f"environments/{NAME}/workloads/tests/root.tftest.hcl"}
    assert changed(before, after, platform) == (
        {"database_readers = var.database_readers"},
        {
            "database_readers = {",
            "for name, reader in var.database_readers : name => {",
            "identifier = reader.identifier",
            f'services = [for service in reader.services : lookup({{ "{NEW}" : "{OLD}" }}, service, service)]',
        },
    )
    assert changed(before, after, workloads) == (
        {"images = var.images"},
        {
            f'called = "{NEW}"',
            "images = {",
            *(f'{name} = var.images["{name}"]' for name in ("lancamentos", "auditoria", "fechamento")),
            f'{OLD} = var.images["{NEW}"]',
        },
    )


@pytest.mark.parametrize("cloud", CLOUDS)
def test_its_files_and_its_own_secrets_stay(cloud: str, tmp_path: Path) -> None:
    text = with_own_secrets(with_storage(environment_text(cloud, "shared", "dev")))
    header = "[services.lancamentos]\n"
    assert text.count(header) == 1
    before = tree_of(text, tmp_path)
    after = tree_of(text.replace(header, '[services.diario]\nwas = "lancamentos"\n'), tmp_path)
    for root in ("", "workloads/"):
        gone, _ = changed(before, after, f"environments/{NAME}/{root}main.tf")
        assert gone == {"images = var.images" if root else "database_readers = var.database_readers"}
        variables = f"environments/{NAME}/{root}variables.tf"
        assert before[variables] == after[variables], "secret_values goes by the name that it was made by"


def test_a_cluster_of_one_s_own_keeps_it_too(tmp_path: Path) -> None:
    text = in_a_cluster(with_a_caller(environment_text("azure", "shared", "dev")))
    before, after = tree_of(text, tmp_path), tree_of(renamed(text), tmp_path)
    gone, come = changed(before, after, f"environments/{NAME}/main.tf")
    assert all("REFERENCE" in line or "images" in line or "flowwise-service:local" in line for line in gone)
    assert f'{OLD} = lookup(var.images, "{NEW}", "flowwise-service:local")' in come
    assert f'called = "{NEW}"' in come


def test_people_read_the_name_of_today(tmp_path: Path) -> None:
    after = tree_of(renamed(IN_CLOUDS["azure"]), tmp_path)
    readme = after[f"environments/{NAME}/workloads/README.md"]
    assert f"| `{NEW}` | `/{OLD}` " in readme and f"| `{NEW}` | `was` | `{OLD}` |" in readme
    assert f"deployed as {OLD}" in after[f"environments/{NAME}/README.md"]


def test_a_name_may_be_free_for_another_and_two_may_change_theirs(tmp_path: Path) -> None:
    """By the names that they were made by, nothing of either is anything else than before."""
    text = environment_text("azure", "shared", "dev")
    swapped = (
        text.replace("[services.lancamentos]\n", '[services.swapping]\nwas = "lancamentos"\n')
        .replace("[services.consolidacao]\n", '[services.lancamentos]\nwas = "consolidacao"\n')
        .replace("[services.swapping]", "[services.consolidacao]")
    )
    (tmp_path / f"{NAME}.toml").write_text(text)
    before = load_environment(tmp_path / f"{NAME}.toml")
    (tmp_path / f"{NAME}.toml").write_text(swapped)
    after = load_environment(tmp_path / f"{NAME}.toml")
    assert after.renamed_services == {"consolidacao": "lancamentos", "lancamentos": "consolidacao"}
    assert queues_of(before) == queues_of(after)
    assert set(flows_of(before)) == set(flows_of(after))
    assert platform_example(before) == platform_example(after)
    old, new = (workloads_inputs(each, WorkloadsInputs(images={})) for each in (before, after))
    assert {name: service.paths for name, service in old.services.items()} == {
        name: service.paths for name, service in new.services.items()
    }
    assert {name: str(image) for name, image in new.images.items()} == {
        "lancamentos": '${var.images["consolidacao"]}',
        "consolidacao": '${var.images["lancamentos"]}',
    }


def test_a_queue_of_its_own_stays(tmp_path: Path) -> None:
    text = IN_CLOUDS["azure"]
    (tmp_path / f"{NAME}.toml").write_text(text)
    before = queues_of(load_environment(tmp_path / f"{NAME}.toml"))
    assert "lancamento-registrado.auditoria" in before
    (tmp_path / f"{NAME}.toml").write_text(
        text.replace("[services.auditoria]\n", '[services.revisao]\nwas = "auditoria"\n')
    )
    after = load_environment(tmp_path / f"{NAME}.toml")
    assert queues_of(after) == before
    own = queue_of("lancamento-registrado", "revisao", after.services["revisao"])
    assert own == "lancamento-registrado.auditoria", "so that READMEs say it, too"


@pytest.mark.terraform
def test_callers_and_telemetry_hear_of_the_new_name(tmp_path: Path) -> None:
    files, infra = tmp_path / "environments", tmp_path / "infra"
    files.mkdir()
    write_tree(infra, dict(tree_of(renamed(IN_CLOUDS["azure"]), files)))
    objects = native_objects_of(infra / "environments" / NAME / "workloads")
    assert OLD in {found.namespace for found in objects if found.kind == "Deployment"}
    told = {
        found.namespace: found.manifest["data"]
        for found in objects
        if found.kind == "ConfigMap" and "OTEL_SERVICE_NAME" in (found.manifest.get("data") or {})
    }
    assert {space: data["OTEL_SERVICE_NAME"] for space, data in told.items()} == {
        "lancamentos": "lancamentos",
        "auditoria": "auditoria",
        "fechamento": "fechamento",
        OLD: NEW,
    }
    address = f"http://{OLD}.{OLD}.svc"
    assert {told["lancamentos"][f"CALLS_{name.upper()}"] for name in (OLD, NEW)} == {address}
    assert told[OLD]["DATABASE_USER"] == told[OLD]["RABBITMQ_USER"] == OLD


NAMED = {
    "azurerm": {
        "azurerm_key_vault_secret": "name",
        "azurerm_postgresql_flexible_server": "name",
        "azurerm_postgresql_flexible_server_database": "name",
        "azurerm_user_assigned_identity": "name",
    },
    "aws": {
        "aws_ecr_repository": "name",
        "aws_elasticache_user": "user_id",
        "aws_iam_role": "name",
        "aws_secretsmanager_secret": "name",
    },
    "google": {
        "google_secret_manager_secret": "secret_id",
        "google_service_account": "account_id",
        "google_sql_database": "name",
        "google_sql_database_instance": "name",
    },
}
"""By provider and type, the attribute that has a microservice's name."""


@pytest.mark.parametrize("provider", NAMED)
def test_no_provider_renames_what_is_named_after_a_microservice(provider: str) -> None:
    """Where one does, docs/decisions/0013 has something that would change it."""
    facts = provider_facts(provider)
    renames = [type_ for type_, name in NAMED[provider].items() if not facts[f"resource {type_}"][name]["force_new"]]
    assert renames == []
