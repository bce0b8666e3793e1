"""The generated READMEs say what is in the folders that they stand in: held against the HCL beside them."""

import posixpath
import re
import tomllib
from collections.abc import Iterator

import pytest

from environments import Environment, load_environments
from stacks.files.environment_graph import environment_graph
from stacks.files.environment_readme import environment_readme
from tests.environments.texts import WHOLE, environment_text, with_all_there, with_existing_network
from tests.workspace import INFRA, REPOSITORY

ENVIRONMENTS = {each.name: each for each in load_environments(REPOSITORY / "environments")}
MODULES = sorted(
    file.parent.relative_to(INFRA).as_posix()
    for file in INFRA.rglob("versions.tf")
    if "environments" not in file.parts and "bootstrap" not in file.parts
)
_CALLED = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"]*)"', re.MULTILINE)
_READ = re.compile(r"\$\{path\.module\}/(\.\./[^\"\s]*)")
_OUTSIDE = re.compile(r"## Outside of this folder\n\nIt needs (.*), by their paths from here\.")


def hcl(folder: str) -> str:
    return "".join(file.read_text() for file in (INFRA / folder).glob("*.tf"))


def called(folder: str) -> set[str]:
    """Folders of the modules that a folder calls."""
    return {posixpath.normpath(f"{folder}/{source}") for source in _CALLED.findall(hcl(folder))}


@pytest.mark.parametrize("folder", MODULES)
def test_a_module_says_its_address_and_what_it_needs_besides(folder: str) -> None:
    readme = (INFRA / folder / "README.md").read_text()
    (address,) = re.findall(r'source = "git::https://.*//(.*)\?ref=<tag>"', readme)
    assert address == f"infra/{folder}"
    outside = set(_CALLED.findall(hcl(folder)) + _READ.findall(hcl(folder)))
    assert all((INFRA / folder / path).is_dir() for path in outside)
    said = _OUTSIDE.findall(readme)
    assert outside == set(re.findall("`([^`]*)`", "".join(said)))


def test_the_index_draws_what_the_roots_in_use_call_and_nothing_else() -> None:
    text = (INFRA / "README.md").read_text()
    names = dict(re.findall(r'^  (\w+)\["(.*)"\]$', text, re.MULTILINE))
    drawn = {names[node]: set[str]() for node in names}
    for source, target in re.findall(r"^  (\w+) --> (\w+)$", text, re.MULTILINE):
        drawn[names[source]].add(names[target])
    clouds = {each.cloud for each in ENVIRONMENTS.values() if each.in_cloud}
    roots = [
        *(file.parent.relative_to(INFRA).as_posix() for file in INFRA.glob("environments/**/backend.tf")),
        *(f"bootstrap/{cloud}" for cloud in clouds),
    ]
    reached = dict(reach(roots))
    assert drawn == {short(folder): set(map(short, below)) for folder, below in reached.items()}
    assert "aws" not in drawn, "an environment is on AWS now: this test wants a cloud that nobody uses"


def reach(folders: list[str]) -> Iterator[tuple[str, set[str]]]:
    left, seen = list(folders), set(folders)
    while left:
        folder = left.pop()
        below = called(folder)
        yield folder, below
        left += below - seen
        seen |= below


def short(folder: str) -> str:
    return folder.removeprefix("modules/")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_is_drawn_in_its_folder(name: str) -> None:
    graph = environment_graph(ENVIRONMENTS[name])
    assert graph in (INFRA / "environments" / name / "README.md").read_text()
    assert graph.count("subgraph ") == graph.count("\n  end") + graph.count("\n    end") + graph.count("\n      end")


@pytest.mark.parametrize("cloud", ["azure", "aws", "google"])
def test_what_is_there_already_is_named_so(cloud: str) -> None:
    def said(text: str) -> str:
        return environment_readme(Environment.from_document("env", tomllib.loads(text)), "env.toml")

    plain = environment_text(cloud, "shared", "dev")
    assert "what the cloud runs, the cluster among it |" in said(plain) and "there already" not in said(plain)
    network = said(with_existing_network(plain, cloud))
    assert "but for the network, which is there already |" in network and network.count("· there already") == 1
    whole = said(with_all_there(plain, cloud))
    last = "the encryption key and the log workspace" if cloud == "azure" else "the registry and the encryption key"
    assert f"but for the network, the cluster, the registry{', ' if cloud == 'azure' else ' and '}" in whole
    assert f"{last}, which are there already |" in whole
    drawn = {name for name, box in boxes(with_all_there(plain, cloud)).items() if "there already" in box}
    assert drawn - {"n_log_workspace"} == {"n_registry", "n_encryption_key"}
    assert ("n_log_workspace" in drawn) is (cloud == "azure")


def boxes(text: str) -> dict[str, str]:
    graph = environment_graph(Environment.from_document("env", tomllib.loads(text)))
    return dict(re.findall(r'^ +(n_\w+)[\[(]+"(.*?)"', graph, re.MULTILINE))


def test_only_what_an_environment_has_is_drawn() -> None:
    alone = WHOLE[: WHOLE.index("[postgres]")] + '[services.end]\nuses = []\n\n[observability]\nbackend = "none"\n'
    assert {"n_service_end", "n_collectors", "n_registry", "n_secrets", "n_pool_system", "n_pool_general"} == set(
        boxes(alone)
    )
    assert set(boxes(WHOLE)) - set(boxes(alone)) > {"n_postgres", "n_redis", "n_rabbitmq", "n_gateway", "n_outside"}


def test_products_are_those_of_the_environment_s_cloud() -> None:
    drawn = {cloud: "".join(boxes(environment_text(cloud, "shared", "dev")).values()) for cloud in ("aws", "google")}
    assert "Amazon RDS" in drawn["aws"] and "Cloud SQL" not in drawn["aws"] and "Azure" not in drawn["aws"]
    assert "Cloud SQL" in drawn["google"] and "Amazon" not in drawn["google"] and "Azure" not in drawn["google"]
