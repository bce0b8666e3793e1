"""The password of the databases' administrator is one: in the store, and on every server, whichever run made them.

And no password is in what Terraform keeps of that, plans and states, searched for by its value.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from environments.shared import SHARED_FILE
from flowwise.authoring.common_variables import OPERATORS_EXAMPLE
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.project import CLOUDS
from tests.environments.texts import environment_text
from tests.offline import attached_environment, terraform, try_terraform
from tests.trees import write_tree_of
from tests.workspace import INFRA, REPOSITORY, use_local_state

pytestmark = pytest.mark.terraform

NOTHING_TO_DO, CHANGES = 0, 2  # as `terraform plan -detailed-exitcode` says it
PLAN = "next.tfplan"
ONE_MORE = '\n[services.folha]\nuses = ["postgres"]\n'


@dataclass(frozen=True)
class Types:
    """Of one cloud: what holds a secret, with the argument that names it, and what holds a server's password."""

    secret: str
    names: str
    server: str


TYPES = {
    "azure": Types("azurerm_key_vault_secret", "name", "azurerm_postgresql_flexible_server"),
    "aws": Types("aws_secretsmanager_secret_version", "secret_id", "aws_db_instance"),
    "google": Types("google_secret_manager_secret_version", "secret", "google_sql_user"),
}


class Deployment:
    """An environment with a server for each database, in a cloud that remembers what it was told."""

    def __init__(self, cloud: str, folder: Path) -> None:
        self.types = TYPES[cloud]
        self.text = environment_text(cloud, "dedicated", "dev")
        self.cloud, self.files, self.infra = (folder / name for name in ("cloud", "environments", "infra"))
        self.cloud.mkdir()
        self.files.mkdir()
        self.plans: list[str] = []
        (self.files / SHARED_FILE).write_text((REPOSITORY / "environments" / SHARED_FILE).read_text())
        account = ACCOUNTS[cloud]
        self.made = folder / "made.jsonl"  # each value that an ephemeral resource makes
        self.environment = attached_environment(OFFLINE_CLOUD=str(self.cloud), OFFLINE_EPHEMERAL_VALUES=str(self.made))
        self.environment[f"TF_VAR_{account.variable}"] = account.example
        if cloud == "azure":
            self.environment["TF_VAR_operator_cidrs"] = json.dumps(OPERATORS_EXAMPLE)
        self.synthesise()

    @property
    def root(self) -> Path:
        return self.infra / "environments" / "once"

    @property
    def _state(self) -> Path:
        return self.root / "terraform.tfstate"

    def synthesise(self) -> None:
        (self.files / "once.toml").write_text(self.text)
        write_tree_of(self.files, self.infra)
        use_local_state(self.infra)
        terraform(self.root, "init", environment=self.environment)

    def apply(self) -> None:
        terraform(self.root, "apply", "-auto-approve", environment=self.environment)

    def fails_to_make(self, type_: str) -> None:
        refused = self.cloud / "refused"
        refused.write_text(type_)
        result = try_terraform(self.root, "apply", "-auto-approve", environment=self.environment)
        assert f"A {type_} cannot be made today." in result.stderr
        refused.unlink()

    def has_changes(self) -> bool:
        """Plan, for `apply_plan`; what the plan says is kept for the search."""
        planned = try_terraform(self.root, "plan", "-detailed-exitcode", f"-out={PLAN}", environment=self.environment)
        assert planned.returncode in (NOTHING_TO_DO, CHANGES), planned.stderr
        self.plans.append(terraform(self.root, "show", "-json", PLAN, environment=self.environment))
        return planned.returncode == CHANGES

    def apply_plan(self) -> None:
        terraform(self.root, "apply", PLAN, environment=self.environment)

    def passwords(self) -> set[str]:
        """All that were made so far, those of runs that were given up among them."""
        made = map(json.loads, self.made.read_text().splitlines())
        return {each["result"] for each in made if "result" in each}  # others were read, and not made

    def kept(self) -> list[str]:
        """What Terraform keeps: the state, and each plan."""
        return [self._state.read_text(), *self.plans]

    @contextmanager
    def unreadable(self) -> Iterator[None]:
        """As for someone who may read no secret: reading one fails."""
        told, away = self.cloud / "told.jsonl", self.cloud / "away"
        told.rename(away)
        yield
        away.rename(told)

    def stored(self) -> list[str]:
        """What the store was told of the administrator's secret, in order."""
        state = json.loads(self._state.read_text())
        known = state["outputs"]["database_administrator_secret"]["value"]
        told = self._told(self.types.secret)
        return [secret for name, secret in told if name and (name == known or known.endswith(f"/{name}"))]

    def on_servers(self) -> list[str]:
        """The passwords that servers were told, in order."""
        return [password for _, password in self._told(self.types.server)]

    def _told(self, type_: str) -> list[tuple[str | None, str]]:
        lines = map(json.loads, (self.cloud / "told.jsonl").read_text().splitlines())
        return [
            (line["arguments"].get(self.types.names), secret)
            for line in lines
            if line["type"] == type_
            for secret in line["secrets"].values()
        ]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_store_and_servers_agree(cloud: str, tmp_path: Path) -> None:
    """After a failure half-way, with a microservice added later, and with a new password."""
    deployment = Deployment(cloud, tmp_path)
    deployment.fails_to_make(deployment.types.server)
    assert deployment.has_changes()
    deployment.apply_plan()
    (password,) = deployment.stored()
    assert deployment.on_servers() == [password] * 2

    with deployment.unreadable():
        assert not deployment.has_changes()
    deployment.text += ONE_MORE
    deployment.synthesise()
    with deployment.unreadable():
        assert deployment.has_changes()
    deployment.apply_plan()
    assert deployment.stored() == [password]
    assert deployment.on_servers() == [password] * 3

    deployment.text = f"secret_version = 2\n{deployment.text}"
    deployment.synthesise()
    deployment.apply()
    old, new = deployment.stored()
    assert old == password != new
    assert deployment.on_servers() == [password] * 3 + [new] * 3
    keeps_no_password(deployment)
    with deployment.unreadable():
        terraform(deployment.root, "destroy", "-auto-approve", environment=deployment.environment)


def keeps_no_password(deployment: Deployment) -> None:
    passwords = deployment.passwords()
    assert set(deployment.stored()) <= passwords
    # Two services' for two servers and that of the administrator, anew in each of at least three runs.
    assert len(passwords) >= 3 * 5
    assert all(len(password) == 32 for password in passwords)
    for document in deployment.kept():
        assert [password for password in passwords if password in document] == []
        assert "flowwise-once" in document, "the search would find nothing"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_whoever_is_told_a_secret_can_read_it(cloud: str) -> None:
    """Its identifier is that of what holds the value, and waits for it: an apply could read too early otherwise."""
    outputs = (INFRA / "modules" / "secret-store" / cloud / "outputs.tf").read_text()
    (value,) = re.findall(r'^output "secret_ids" \{.*?^  value +=(.*?)$', outputs, re.MULTILINE | re.DOTALL)
    assert f" {TYPES[cloud].secret}.this :" in value
