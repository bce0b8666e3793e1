"""The matrices of the workflows, expanded as GitHub does: within its limits, with everything once and in its order."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import Environment
from environments.field_types import MAX_ENVIRONMENT_NAME_LENGTH
from environments.shared import read_environment, read_shared
from operations import deployable, environments, github, stacks
from operations.failure import OperationError
from operations.github import MOST_CHARACTERS, set_output
from operations.stacks import show_stacks
from tests.operations.test_pipelines import WORKFLOWS, called, jobs
from tests.workspace import REPOSITORY

MOST_JOBS = 256
"""Of a matrix."""

MOST_CHARACTERS_OF_INPUTS = 65_535
"""Of those of a workflow that people start; GitHub names no limit for one that is called."""
NAMES = [f"e{number:0{MAX_ENVIRONMENT_NAME_LENGTH - 1}}" for number in range(500)]
"""As long as a name may be."""
STACKS = [f"{name}{suffix}" for name in NAMES for suffix in ("", "-workloads")]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the steps put out that list 1,000 stacks and 500 environments, whose files have another order."""
    folder = REPOSITORY / "environments"
    document = read_environment(folder / "dev.toml", read_shared(folder)).whole
    chain = zip(NAMES, [{}, *({"after": name} for name in NAMES)], strict=False)
    files = [Environment.from_document(name, {**document, **after}) for name, after in chain]
    put_out = tmp_path_factory.mktemp("step") / "outputs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deployable, "load_environments", lambda _: tuple(reversed(files)))
        patch.setenv("GITHUB_OUTPUT", str(put_out))
        assert (stacks.main(), environments.main()) == (0, 0)
    return {name: value for name, _, value in (line.partition("=") for line in put_out.read_text().splitlines())}


def value(expression: str, names: Mapping[str, str]) -> Any:
    """Of `fromJSON(<name>)`, with `[<index>]` or without, in another or not."""
    text = expression.removeprefix("${{ ").removesuffix(" }}")
    if not (inner := re.fullmatch(r"fromJSON\((.*)\)(?:\[(\d+)\])?", text)):
        return names[text]
    found = json.loads(value(inner[1], names))
    return found if inner[2] is None else found[int(inner[2])]


def expanded(job: dict[str, Any], names: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What each job of a job's matrix is for, or of the matrices that it calls a workflow for."""
    ((key, expression),) = job["strategy"]["matrix"].items()
    entries = value(expression, names)
    assert 0 < len(entries) <= MOST_JOBS
    if key == "include":
        yield from entries
        return
    (inner,) = called(job).values()
    for entry in entries:
        given = {f"inputs.{name}": entry for name, text in job["with"].items() if text == f"${{{{ matrix.{key} }}}}"}
        assert given and len(entry) <= MOST_CHARACTERS_OF_INPUTS
        yield from expanded(inner, given)


def started(file: str, name: str, outputs: Mapping[str, str]) -> list[dict[str, str]]:
    """What the jobs are for that a job of a workflow starts."""
    job = WORKFLOWS[file]["jobs"][name]
    return list(expanded(job, {f"needs.{step}.outputs.{step}": text for step, text in outputs.items()}))


@pytest.mark.parametrize(("file", "name"), [("pull-request.yml", "plan"), ("drift.yml", "drift")])
def test_a_thousand_stacks_are_planned_and_compared_once(file: str, name: str, outputs: dict[str, str]) -> None:
    assert [each["stack"] for each in started(file, name, outputs)] == STACKS


def test_five_hundred_environments_are_deployed_in_the_order_of_promotion(outputs: dict[str, str]) -> None:
    """Over the ends of the matrices, too, each waits for the one before."""
    deployed = started("deploy.yml", "deploy", outputs)
    assert [(each["before"], each["environment"]) for each in deployed] == list(zip(["", *NAMES], NAMES, strict=False))


class Numbered:
    def described(self) -> dict[str, str]:
        return {"stack": "one"}


@pytest.mark.parametrize(("number", "matrices"), [(0, 0), (1, 1), (MOST_JOBS, 1), (MOST_JOBS + 1, 2)])
def test_a_matrix_is_as_full_as_it_may_be(
    number: int, matrices: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any, the output is what the workflows' conditions look for; one matrix is commented on, more are not."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    show_stacks([Numbered()] * number)
    _, _, text = (tmp_path / "outputs").read_text().strip().partition("=")
    assert len(json.loads(text)) == matrices
    assert (text == "[]") == (number == 0)
    if matrices == 1:
        assert len(started("pull-request.yml", "comment", {"stacks": text})) == number


def test_either_each_stack_has_its_comment_or_all_have_one() -> None:
    pull_request = WORKFLOWS["pull-request.yml"]["jobs"]
    second = "fromJSON(needs.stacks.outputs.stacks)[1]"
    conditions = {name: pull_request[name]["if"] for name in ("comment", "comment-on-many")}
    assert conditions["comment"].endswith(f" && !{second} }}}}")
    assert conditions["comment-on-many"] == conditions["comment"].replace(f"!{second}", second)


def test_every_matrix_has_what_is_asked_of_it(outputs: dict[str, str]) -> None:
    known = {f"{kind}": {*json.loads(json.loads(outputs[kind])[0])[0]} | {kind} for kind in ("stacks", "environments")}
    for file, name, job in jobs():
        if "strategy" in job and not all(isinstance(said, list) for said in job["strategy"]["matrix"].values()):
            (source,) = {*re.findall(r"\.(\w+)\)", json.dumps(job["strategy"]["matrix"]))}
            assert {*re.findall(r"matrix\.(\w+)", json.dumps(job))} <= known[source], f"{file} {name}"


def test_more_than_github_takes_is_an_error_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    set_output("stacks", "s" * MOST_CHARACTERS)
    with pytest.raises(
        OperationError, match="The step's output stacks has 524289 characters, and GitHub takes no more"
    ):
        set_output("stacks", "s" * (MOST_CHARACTERS + 1))


def test_workflows_call_each_other_as_deeply_as_is_said() -> None:
    def levels(file: str) -> int:
        below = [levels(Path(job["uses"]).name) for job in WORKFLOWS[file]["jobs"].values() if "uses" in job]
        return 1 + max(below, default=0)

    assert max(map(levels, WORKFLOWS)) == 4
    assert "ten levels of workflows that call each other, of which there are four" in " ".join(
        str(github.__doc__).split()
    )
