"""The one line that moves an environment says at once all that the other cloud wants."""

import re
import shutil
from pathlib import Path

import pytest

from costs import cost_report
from costs.estimate import Estimate
from environments import load_environments
from flowwise.tables.project import CLOUDS, IN_CLUSTER
from operations.moving import clouds_of_tree, moves
from tests.trees import make_tree
from tests.workspace import INFRA, REPOSITORY, copy_of_repository, synthesise

FILES = REPOSITORY / "environments"
IN_CLOUDS = [environment for environment in load_environments(FILES) if environment.in_cloud]


def moved(file: Path, cloud: str, more: str = "") -> None:
    """Change the one line."""
    text, count = re.subn(r'^cloud( +)= "\w+"', rf'{more}cloud\1= "{cloud}"', file.read_text(), flags=re.MULTILINE)
    assert count == 1
    file.write_text(text)


def files_of(folder: Path) -> Path:
    return Path(shutil.copytree(FILES, folder / "environments", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def required(tree: dict[str, str], name: str) -> set[str]:
    """The variables without a default of both roots of an environment."""
    texts = [tree[f"environments/{name}/{root}variables.tf"] for root in ("", "workloads/")]
    blocks = [block for text in texts for block in re.findall(r'^variable "(\w+)" \{(.*?)^\}', text, re.M | re.S)]
    return {variable for variable, body in blocks if not re.search(r"^  default ", body, re.MULTILINE)}


@pytest.fixture(scope="module")
def tree() -> dict[str, str]:
    """What is made of the environments as they are."""
    return make_tree(FILES)


@pytest.mark.slow
@pytest.mark.parametrize("cloud", CLOUDS)
def test_one_message_says_all_that_the_other_cloud_wants(cloud: str, tree: dict[str, str], tmp_path: Path) -> None:
    files = files_of(tmp_path)
    moving = [environment.name for environment in IN_CLOUDS if environment.cloud != cloud]
    for name in moving:
        moved(files / f"{name}.toml", cloud)
    messages = {move.name: str(move) for move in moves(files, clouds_of_tree(INFRA))}
    assert sorted(messages) == moving
    if not moving:
        return
    there = make_tree(files)
    costs = {cost.environment.name: cost for cost in cost_report(files).environments}
    for name, message in messages.items():
        new = required(there, name) - required(tree, name)
        assert new, "a move that wants nothing new would not test much"
        assert [variable for variable in new if f"`{variable}`" not in message] == []
        own, budget = costs[name].own, costs[name].budget
        assert isinstance(own, Estimate) and budget
        assert f"{own.usd.low:,.2f} to {own.usd.high:,.2f}" in message
        assert (f"raise it to {int(own.usd.high) + 1}" in message) == (own.usd.high > budget)
        assert f"infra/bootstrap/{cloud}/README.md" in message and f"bootstrap/{cloud}/README.md" in there
        assert "`administrators` and `database_readers` by " in message
        assert f"`make preflight ENV={name}`" in message


def test_what_stays_needs_nothing() -> None:
    before = clouds_of_tree(INFRA)
    assert before == {environment.name: environment.cloud for environment in IN_CLOUDS}
    assert list(moves(FILES, before)) == []


def test_an_environment_that_goes_or_comes_in_a_cluster_is_no_move(tmp_path: Path) -> None:
    files = files_of(tmp_path)
    (files / "qa.toml").unlink()
    moved(files / "dev.toml", IN_CLUSTER)
    moved(files / "prod.toml", "moon")
    assert list(moves(files, clouds_of_tree(INFRA))) == []


def test_an_account_of_the_old_cloud_is_told_with_all_the_rest(tmp_path: Path) -> None:
    files = files_of(tmp_path)
    moved(files / "dev.toml", "google", 'account = "00000000-0000-0000-0000-000000000000"\n')
    (move,) = moves(files, clouds_of_tree(INFRA))
    assert "as `account` in environments/dev.toml, which names another cloud's." in str(move)
    assert "US dollars a month" in str(move)
    file = files / "dev.toml"
    file.write_text(file.read_text().replace("00000000-0000-0000-0000-000000000000", "flowwise-dev"))
    (move,) = moves(files, clouds_of_tree(INFRA))
    assert "Account:" not in str(move)


@pytest.mark.slow
def test_synthesis_says_it_once_and_with_the_faults_of_a_file(tmp_path: Path) -> None:
    """On AWS, a small database may have a standby, and on Azure not."""
    repository = copy_of_repository(tmp_path)
    file = repository / "environments" / "homologacao.toml"
    moved(file, "aws")
    file.write_text(file.read_text().replace('size              = "medium" #', 'size              = "small" #'))
    first = synthesise(repository)
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("homologacao moves from Azure to AWS. There it needs:") == 1
    assert first.stdout.count("moves from") == 1
    assert list(moves(repository / "environments", clouds_of_tree(repository / "infra"))) == []
    moved(file, "azure")
    refused = synthesise(repository)
    assert refused.returncode == 1
    assert "postgres.high_availability" in refused.stderr
    assert "homologacao moves from AWS to Azure. There it needs:" in refused.stderr
    assert "once the faults of its file are mended" in refused.stderr
    assert "`operator_cidrs`" in refused.stderr
