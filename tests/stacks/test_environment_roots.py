"""The roots of an environment: which account they are for, where their state is, and what keeps production apart."""

import re

import pytest

from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.project import CLOUDS
from tests.environments.texts import apart, environment_text
from tests.trees import make_tree

Roots = dict[str, dict[str, str]]


def with_account(cloud: str) -> str:
    account = f'\naccount = "{ACCOUNTS[cloud].example}"\nowner '
    return environment_text(cloud, "shared", "dev").replace("\nowner ", account)


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Roots:
    """By environment, the files of both its roots by their paths: one with an account and one without on each cloud."""
    folder = tmp_path_factory.mktemp("environments")
    texts = {
        **{cloud: environment_text(cloud, "shared", "dev") for cloud in CLOUDS},
        **{f"{cloud}bound": with_account(cloud) for cloud in CLOUDS},
        "production": environment_text("azure", "dedicated", "prod"),
    }
    for name, text in apart(texts).items():
        (folder / f"{name}.toml").write_text(text)
    tree = make_tree(folder)
    return {
        name: {
            path.removeprefix(f"environments/{name}/"): text
            for path, text in tree.items()
            if path.startswith(f"environments/{name}/")
        }
        for name in texts
    }


def argument(name: str, text: str) -> list[str]:
    return re.findall(rf"^ +{name} += (.*)$", text, re.MULTILINE)


# What of the provider's configuration names the account.
ARGUMENTS = {"azure": "subscription_id", "aws": "allowed_account_ids", "google": "project"}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_account_in_the_file_is_the_only_one(cloud: str, roots: Roots) -> None:
    kind = ACCOUNTS[cloud]
    files = roots[f"{cloud}bound"]
    literal = f'["{kind.example}"]' if cloud == "aws" else f'"{kind.example}"'
    assert argument(ARGUMENTS[cloud], files["providers.tf"]) == [literal]
    assert f'variable "{kind.variable}"' not in files["variables.tf"]
    states = [files[file] for file in ("backend.tf", "workloads/backend.tf", "workloads/main.tf")]
    assert [argument("allowed_account_ids", state) for state in states] == [[literal] if cloud == "aws" else []] * 3


@pytest.mark.parametrize("cloud", CLOUDS)
def test_without_one_a_variable_has_to_name_it(cloud: str, roots: Roots) -> None:
    kind = ACCOUNTS[cloud]
    files = roots[cloud]
    reference = f"[var.{kind.variable}]" if cloud == "aws" else f"var.{kind.variable}"
    assert argument(ARGUMENTS[cloud], files["providers.tf"]) == [reference]
    (variable,) = re.findall(
        rf'^variable "{kind.variable}" \{{.*?^\}}', files["variables.tf"], re.MULTILINE | re.DOTALL
    )
    assert "default" not in variable
    assert "nullable    = false" in variable


@pytest.mark.parametrize("cloud", CLOUDS)
def test_each_root_has_a_state_of_its_own_and_the_workloads_read_the_platforms(cloud: str, roots: Roots) -> None:
    files = roots[cloud]
    name = "prefix" if cloud == "google" else "key"
    ending = "" if cloud == "google" else ".tfstate"
    assert argument(name, files["backend.tf"]) == [f'"platform{ending}"']
    assert argument(name, files["workloads/backend.tf"]) == [f'"workloads{ending}"']
    assert argument(name, files["workloads/main.tf"])[0] == f'"platform{ending}"'


@pytest.mark.parametrize(("name", "asked"), [("azure", False), ("production", True)])
def test_production_has_to_be_named(name: str, asked: bool, roots: Roots) -> None:
    for file in ("variables.tf", "workloads/variables.tf"):
        assert (f'condition     = var.confirm_environment == "{name}"' in roots[name][file]) is asked


def test_state_on_aws_is_locked_and_encrypted_with_the_environments_key(roots: Roots) -> None:
    backend = roots["aws"]["backend.tf"]
    assert argument("use_lockfile", backend) == argument("encrypt", backend) == ["true"]
    assert argument("kms_key_id", backend) == ['"alias/flowwise-aws-tfstate"']


def test_no_root_has_a_token_of_cdktfs(roots: Roots) -> None:
    """What a root adds to its elements, CDKTF gives back unread: a token there would stay one, a text or a number."""
    token = re.compile(r"TfToken\[|\de\+2\d\d")
    assert not [path for files in roots.values() for path, text in files.items() if token.search(text)]
