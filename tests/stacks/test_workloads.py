"""The workloads of an environment: what follows from its file, and nothing else."""

import re
from pathlib import Path

import pytest

import main
from tests.environments.texts import environment_text
from tests.trees import make_tree

NAME = "env"


def tree_of(text: str, folder: Path) -> dict[str, str]:
    """The files of one environment's own folders."""
    files = folder / "environments"
    files.mkdir(exist_ok=True)
    (files / f"{NAME}.toml").write_text(text)
    tree = make_tree(files)
    return {path.removeprefix("environments/"): text for path, text in tree.items()}


def changed_lines(before: dict[str, str], after: dict[str, str]) -> dict[str, set[str]]:
    """By file, the lines that only one of two trees has."""
    assert before.keys() == after.keys()
    return {
        path: {line.strip() for line in set(before[path].splitlines()) ^ set(after[path].splitlines())}
        for path in before
        if before[path] != after[path]
    }


def with_backend(backend: str, endpoint: str) -> str:
    text = environment_text("azure", "shared", "dev")
    return text.replace('backend = "none"', f'backend = "{backend}"\nendpoint = "{endpoint}"')


def test_swapping_the_vendor_changes_the_workloads_alone(tmp_path: Path) -> None:
    datadog = tree_of(with_backend("datadog", "us5.datadoghq.com"), tmp_path)
    elastic = tree_of(with_backend("elastic", "https://otlp.example"), tmp_path)
    dynatrace = tree_of(with_backend("dynatrace", "https://abc12345.live.dynatrace.com"), tmp_path)
    assert changed_lines(datadog, elastic) == {
        f"{NAME}/workloads/main.tf": {
            'backend  = "datadog"',
            'backend  = "elastic"',
            'endpoint = "us5.datadoghq.com"',
            'endpoint = "https://otlp.example"',
        },
        f"{NAME}/workloads/README.md": {"| Observability | datadog |", "| Observability | elastic |"},
    }
    assert changed_lines(elastic, dynatrace).keys() == changed_lines(datadog, elastic).keys()


def test_moving_the_broker_changes_what_has_to_do_with_it(tmp_path: Path) -> None:
    text = environment_text("aws", "shared", "dev")
    in_cluster = tree_of(text, tmp_path)
    managed = tree_of(
        text.replace('= "in-cluster"', '= "managed"\naccept_password_in_state = true'),
        tmp_path,
    )
    changed = changed_lines(in_cluster, managed)
    assert changed.keys() == {
        "bootstrap/google/README.md",  # disks that the environment would need there
        f"{NAME}/infracost-usage.yml",
        f"{NAME}/main.tf",
        f"{NAME}/metadata.json",
        f"{NAME}/outputs.tf",
        f"{NAME}/tests/root.tftest.hcl",
        f"{NAME}/workloads/main.tf",
        f"{NAME}/workloads/README.md",
    }
    described = {line for line in changed[f"{NAME}/workloads/README.md"] if not is_traffic(line)}
    assert described == {"| RabbitMQ | in-cluster |", "| RabbitMQ | managed |"}
    assert "accept_password_in_state = true" in changed[f"{NAME}/main.tf"]


@pytest.mark.parametrize(
    "row",
    [
        "| `lancamentos` | `/lancamentos` (open to all) |",
        "| `consolidacao` | `/consolidacao` (open to all) |",
        "| `lancamento-registrado` | lancamentos | consolidacao |",
        "| Each client | 100 requests a minute |",
    ],
)
def test_the_readme_says_what_a_reviewer_wants_to_know(row: str) -> None:
    readme = (main.REPOSITORY / "infra" / "environments" / "dev" / "workloads" / "README.md").read_text()
    assert row in readme


def is_traffic(line: str) -> bool:
    """Whether it is a row of the table of traffic, which has ports where others have words."""
    return bool(re.fullmatch(r"\|[^|]+\|[^|]+\| [\d, ]+ \|[^|]+\|", line))
