"""One changed line of an environment's file says at once what follows from it, until it is committed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from operations.following import followings
from synthesis.schemas.provider_facts import provider_facts
from tests.workspace import REPOSITORY


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The committed environment files, in a repository of their own."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(REPOSITORY / "environments", tmp_path / "environments", ignore=ignored)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        names = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *names, *command], cwd=tmp_path, check=True)
    return tmp_path


def told(repository: Path) -> str:
    return "".join(map(str, followings(repository)))


def change(repository: Path, name: str, old: str, new: str) -> None:
    file = repository / "environments" / f"{name}.toml"
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_a_bigger_size_says_budget_and_quotas(repository: Path) -> None:
    change(repository, "prod", "max_nodes = 8 ", "max_nodes = 40 ")
    text = told(repository)
    assert text.startswith("prod is not as it was committed. Its change needs:\n\n- Budget: it may cost ")
    assert "and budget.monthly_usd is 6,000: raise it to " in text and " It was 3,270.88 to " in text
    assert "- Quotas: vCPUs of the nodes' family" in text
    assert "Key:" not in text and "Room:" not in text


def test_what_no_cloud_changes_in_place_says_so(repository: Path) -> None:
    change(
        repository,
        "qa",
        "[cluster.system_pool]",
        '[cluster]\npublic_access_cidrs = ["200.160.2.3/32"]\n\n[cluster.system_pool]',
    )
    assert "- Made anew: the cluster, without all that was in it" in told(repository)
    change(
        repository,
        "dev",
        "[cluster.node_pools.general] # for the microservices\n",
        "[cluster.node_pools.general]\nspot = true\n",
    )
    assert "- Made anew: the nodes of general, which go before others come" in told(repository)
    change(repository, "dev", "high_availability = false # relaxed: no replica", "high_availability = true")
    assert "- Made anew: the cache, which is empty then" in told(repository)
    assert told(repository).count("Made anew:") == 3
    replaced = {
        "azurerm": {
            "azurerm_kubernetes_cluster": "private_cluster_enabled",
            "azurerm_managed_redis": "high_availability_enabled",
            "azurerm_kubernetes_cluster_node_pool": "priority",
        },
        "aws": {"aws_eks_node_group": "capacity_type"},
        "google": {"google_container_node_pool": "node_config.spot"},
    }
    for provider, arguments in replaced.items():
        for type_, argument in arguments.items():
            assert provider_facts(provider)[f"resource {type_}"][argument]["force_new"], "it is told for nothing"


def test_an_address_that_a_load_balancer_has_goes_after_it(repository: Path) -> None:
    change(repository, "dev", "[gateway] # the one way in\n", "[gateway]\npublic = false\n")
    assert "- Order: dev-workloads and then dev, for no cloud takes an address" in told(repository)
    assert "Run Deploy by hand with workloads_first: dev;" in told(repository)


def test_more_copies_than_there_is_room_for_say_so(repository: Path) -> None:
    change(repository, "dev", "[services.lancamentos]\nmin_replicas = 1 # relaxed: production runs 3\nmax_replicas = 3",
           "[services.lancamentos]\nmin_replicas = 1\nmax_replicas = 30")  # fmt: skip
    assert "- Room: cluster.node_pools.general.max_nodes: With the most copies, general needs " in told(repository)


def test_a_vendor_says_its_key_where_it_goes_and_what_no_budget_has(repository: Path) -> None:
    change(repository, "shared", 'backend = "none"', 'backend = "datadog"\nendpoint = "us5.datadoghq.com"')
    text = told(repository)
    changed = [line.split(" ")[0] for line in text.splitlines() if line.endswith("Its change needs:")]
    assert changed == ["dev", "homologacao", "local", "prod", "qa"]
    assert text.count("SECRET_VALUES of the environment") == 4, "a cluster that is there already has no store"
    assert """`TF_VAR_secret_values='{"monitoring": "..."}'` for `cdktf deploy local`, and for every plan""" in text
    assert """`TF_VAR_secret_values='{"monitoring": "..."}'` for `make apply STACK=prod`""" in text
    assert text.count("what Datadog asks is in no estimate here") == 5


def test_a_secret_of_a_microservice_s_own_says_where_its_value_goes(repository: Path) -> None:
    change(repository, "prod", "[services.lancamentos]\n", '[services.lancamentos]\nsecrets = ["TOKEN"]\n')
    text = told(repository)
    assert """Key: `TF_VAR_secret_values='{"lancamentos-token": "..."}'` for `make apply STACK=prod`""" in text
    change(repository, "local", "[services.lancamentos]\n", '[services.lancamentos]\nsecrets = ["TOKEN"]\n')
    assert """Key: `TF_VAR_secret_values='{"lancamentos-token": "..."}'` for `cdktf deploy local`,""" in told(
        repository
    )


def test_runners_say_their_key_which_no_pod_gets(repository: Path) -> None:
    runner = '[runner]\norganization = "flowwise"\napplication = "Iv23liEXAMPLE0000000"\n\n'
    change(repository, "prod", "[services.lancamentos]\n", f"{runner}[services.lancamentos]\n")
    text = told(repository)
    assert """Key: `TF_VAR_secret_values='{"runner": "..."}'` for `make apply STACK=prod`""" in text
    assert "The platform stores it.\n" in text and "hands it out" not in text


def test_what_needs_nothing_or_is_faulty_or_is_committed_says_nothing(repository: Path) -> None:
    assert told(repository) == ""
    change(repository, "prod", "backup_days       = 35", "backup_days       = 30")
    assert told(repository) == ""
    change(repository, "prod", "max_nodes = 8 ", "max_nodes = 40 ")
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qam", "Grow"], cwd=repository)
    assert told(repository) == ""
    change(repository, "prod", 'tier                = "prod"', 'tier                = "moon"')
    assert told(repository) == ""


def test_without_a_repository_nothing_is_told(repository: Path) -> None:
    change(repository, "prod", "max_nodes = 8 ", "max_nodes = 40 ")
    shutil.rmtree(repository / ".git")
    assert told(repository) == ""


def test_a_microservice_that_goes_says_what_goes_with_it_unless_it_was_renamed(repository: Path) -> None:
    for file in (repository / "environments").glob("*.toml"):
        text = file.read_text().replace("[services.consolidacao]", "[services.fluxo]")
        file.write_text(text)
    text = told(repository)
    assert text.count("- Data: no microservice is `consolidacao` any more, so its namespace, secrets, ") == 5
    assert 'say `was = "consolidacao"` in its table; if it is to go, docs/runbook.md, Remove a microservice, ' in text
    change(repository, "shared", "[services.fluxo]\n", '[services.fluxo]\nwas = "consolidacao"\n')
    assert told(repository) == ""


def test_a_former_name_that_is_taken_out_says_so_too(repository: Path) -> None:
    test_a_microservice_that_goes_says_what_goes_with_it_unless_it_was_renamed(repository)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qam", "Rename"], cwd=repository)
    change(repository, "shared", 'was = "consolidacao"\n', "")
    assert told(repository).count("- Data: no microservice is `consolidacao` any more") == 5


def test_an_environment_without_its_file_goes_on(repository: Path) -> None:
    (repository / "environments" / "prod.toml").rename(repository / "environments" / "production.toml")
    text = told(repository)
    assert text.startswith(
        "prod has no file any more. What it made goes on running, and costing, until it is destroyed"
    )
    assert "docs/runbook.md, Remove an environment. It can have no other name: " in text
