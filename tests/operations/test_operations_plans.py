"""Plan, apply and drift of whole environments on a stand-in of their cloud, and the refusal to destroy data."""

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.environments.texts import environment_text, with_monitors, with_own_secrets
from tests.offline import terraform
from tests.operations.operated import Operated
from tests.workspace import use_local_state

pytestmark = pytest.mark.terraform

SERVER = 'module.platform.module.postgres[0].azurerm_postgresql_flexible_server.this["shared"]'
IMAGES = json.dumps({name: f"registry.example/{name}:1.0.0" for name in ("lancamentos", "consolidacao")})
SPOILT = ("environments", "infra")
# A server for each service in place of the shared one, which goes with what is in it.
TO_DEDICATED = ('topology          = "shared"', 'topology          = "dedicated"')


@pytest.fixture(autouse=True)
def nothing_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCEPT_DESTROY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)


OWN = "lancamentos-partner-api-key"
GIVEN = {"monitoring": "key", "monitoring-application": "a-second-key", OWN: "a-third-key", "lancamentos-token": "a"}


@dataclass(frozen=True)
class Deployed:
    """A production and a development, both there, and what was said and written while they were deployed."""

    operated: Operated
    plan: subprocess.CompletedProcess[str]
    plan_file: str
    plan_outputs: str
    apply: subprocess.CompletedProcess[str]
    plan_with_secrets: subprocess.CompletedProcess[str]
    applies_without: list[tuple[subprocess.CompletedProcess[str], bool]]
    apply_with_secrets: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    texts = {
        "prod": environment_text("azure", "shared", "prod"),
        "dev": with_own_secrets(with_monitors(environment_text("azure", "shared", "dev"))),
    }
    operated = Operated.with_environments(tmp_path_factory.mktemp("deployed"), texts)
    outputs = tmp_path_factory.mktemp("github") / "outputs"
    plan = operated.run("plan", STACK="prod", GITHUB_OUTPUT=str(outputs))
    plan_file = (operated.root("prod") / "plan.md").read_text()
    # Who plans needs no secret, and who applies may have them all the same. To accept nothing is as not to say so.
    given = '{"monitoring": "key", "runner": "key"}'
    apply = operated.run("apply", STACK="prod", TF_VAR_secret_values=given, ACCEPT_DESTROY="")
    plan_with_secrets = operated.run("plan", STACK="dev")
    applies_without = [
        (operated.run("apply", STACK="dev", TF_VAR_secret_values=given), state(operated, "dev").exists())
        for given in ("", json.dumps(GIVEN | {"monitoring-application": " ", OWN: " "}))
    ]
    apply_with_secrets = operated.run("apply", STACK="dev", TF_VAR_secret_values=json.dumps(GIVEN))
    return Deployed(
        operated, plan, plan_file, outputs.read_text(), apply, plan_with_secrets, applies_without, apply_with_secrets
    )


@pytest.fixture(scope="module")
def kept(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What tests spoil, as it was."""
    folder = tmp_path_factory.mktemp("kept")
    for name in SPOILT:
        shutil.copytree(deployed.operated.folder / name, folder / name, symlinks=True)
    return folder


@pytest.fixture
def operated(deployed: Deployed, kept: Path) -> Iterator[Operated]:
    """The deployed environments, for one test to spoil. The code stays where Python has compiled it."""
    operated = deployed.operated
    yield operated
    for name in SPOILT:
        shutil.rmtree(operated.folder / name)
        shutil.copytree(kept / name, operated.folder / name, symlinks=True)


def give_each_service_a_server(operated: Operated, environment: str) -> None:
    file = operated.environment_file(environment)
    assert TO_DEDICATED[0] in file.read_text()
    file.write_text(file.read_text().replace(*TO_DEDICATED))
    operated.synthesise()


def state(operated: Operated, stack: str) -> Path:
    return operated.root(stack) / "terraform.tfstate"


def data_that_goes(operated: Operated, environment: str) -> str:
    """What ACCEPT_DESTROY has to be, as the refusal says it."""
    refusal = (operated.root(environment) / "plan.md").read_text()
    line = next(line for line in refusal.splitlines() if "ACCEPT_DESTROY=" in line)
    return shlex.split(line.removeprefix("> "))[0].partition("=")[2]


def test_a_plan_is_saved_shown_and_applied(deployed: Deployed) -> None:
    assert deployed.plan.returncode == 0, deployed.plan.stderr
    shown = deployed.plan.stdout
    assert shown.startswith("<!-- plan of prod -->\n### Plan of `prod`\n")
    assert shown.strip() == deployed.plan_file.strip()
    assert f"| `{SERVER}` |" in shown
    assert "| `cluster_name` | create |" in shown
    assert deployed.plan_outputs == "changes=true\n"

    assert deployed.apply.returncode == 0, deployed.apply.stderr
    assert deployed.apply.stdout == "", "of a platform there is nothing to tell"
    operated = deployed.operated
    assert not (operated.root("prod") / "plan.tfplan").exists()
    assert SERVER.rpartition("[")[0].rpartition(".")[0].rpartition(".")[2] in state(operated, "prod").read_text()


def test_a_plan_of_nothing_says_so(operated: Operated, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    again = operated.run("plan", STACK="prod", GITHUB_OUTPUT=str(outputs))
    assert "No changes: the infrastructure is as the code says." in again.stdout
    assert outputs.read_text() == "changes=false\n"


def test_a_secret_of_others_is_given_or_nothing_is_applied(deployed: Deployed) -> None:
    planned = deployed.plan_with_secrets
    assert planned.returncode == 0, planned.stderr
    names = f'"monitoring", "monitoring-application", "{OWN}" and "lancamentos-token"'
    assert f"> Whoever applies this gives {names}, by the" in planned.stdout
    blank = f'"monitoring-application" and "{OWN}"'
    for (refused, is_there), missing in zip(deployed.applies_without, (names, blank), strict=True):
        assert refused.returncode == 1
        assert f"The plan stores {missing}, to which nobody gives a value. Give it by the variable" in refused.stderr
        assert not is_there
    applied = deployed.apply_with_secrets
    assert applied.returncode == 0, applied.stderr
    kept = state(deployed.operated, "dev").read_text()
    assert OWN in kept and "a-second-key" not in kept and "a-third-key" not in kept


def test_development_is_rebuilt_without_tears(operated: Operated) -> None:
    """With a secret that is made anew, which is all that is asked for."""
    file = operated.environment_file("dev")
    file.write_text(file.read_text().replace("application_key_version = 3", "application_key_version = 4"))
    give_each_service_a_server(operated, "dev")
    use_local_state(operated.folder / "infra")
    planned = operated.run("plan", STACK="dev")
    assert planned.returncode == 0, planned.stderr
    assert f"| `{SERVER}` | because the code has its key no more |" in planned.stdout
    assert '> Whoever applies this gives "monitoring-application", by the' in planned.stdout
    refused = operated.run("apply", STACK="dev", TF_VAR_secret_values='{"monitoring": "key"}')
    assert 'The plan stores "monitoring-application", to which' in refused.stderr
    (operated.root("dev") / "keys.auto.tfvars").write_text(
        'secret_values = { monitoring = "key", monitoring-application = "third", '
        'lancamentos-partner-api-key = "key", lancamentos-token = "key" }\n'
    )
    applied = operated.run("apply", STACK="dev")
    assert applied.returncode == 0, applied.stderr


def test_a_deploy_of_workloads_tells_where_the_api_is(operated: Operated) -> None:
    planned = operated.run("plan", STACK="dev-workloads", TF_VAR_images=IMAGES)
    assert planned.returncode == 0, planned.stderr
    applied = operated.run("apply", STACK="dev-workloads", TF_VAR_images=IMAGES)
    assert applied.returncode == 0, applied.stderr
    shown = applied.stdout
    assert shown.startswith("### Deployed `dev-workloads`\n")
    assert "The API is at https://api.dev.flowwise.example. " in shown
    assert "```sh\nkubectl --namespace gateway get service " in shown and "EXTERNAL-IP" in shown


def test_the_workloads_read_the_platform_that_is_there(operated: Operated) -> None:
    planned = operated.run("plan", STACK="prod-workloads", TF_VAR_images=IMAGES, TF_VAR_operator_cidrs="")
    assert planned.returncode == 0, planned.stderr
    assert "### Plan of `prod-workloads`" in planned.stdout


def test_the_pull_request_of_a_new_microservice_is_green(operated: Operated) -> None:
    """What the platform would tell its workloads is not there yet; another fault of the workloads fails as ever."""
    file = operated.environment_file("dev")
    file.write_text(file.read_text() + '\n[services.conciliacao]\nuses  = ["postgres"]\npaths = ["/conciliacao"]\n')
    operated.synthesise()
    platform = operated.run("review", STACK="dev")
    assert platform.returncode == 0, platform.stderr
    assert "conciliacao" in platform.stdout
    images = json.dumps(json.loads(IMAGES) | {"conciliacao": "registry.example/conciliacao:0.1.0"})
    workloads = operated.run("review", STACK="dev-workloads", TF_VAR_images=images)
    assert workloads.returncode == 0, workloads.stderr
    assert workloads.stdout.startswith("<!-- plan of dev-workloads -->\n### Plan of `dev-workloads`\n")
    assert "**After the platform.**" in workloads.stdout
    assert (operated.root("dev") / "workloads" / "plan.md").read_text() in workloads.stdout
    assert not (operated.root("dev") / "workloads" / "plan.tfplan").exists()
    faulty = operated.run("review", STACK="prod-workloads", TF_VAR_images="{}")
    assert faulty.returncode == 1


def test_a_plan_that_fails_leaves_none_to_apply(operated: Operated) -> None:
    folder = operated.root("prod")
    (folder / "plan.tfplan").write_text("of yesterday")
    planned = operated.run("plan", STACK="prod", TF_VAR_operator_cidrs='["everywhere"]')
    assert planned.returncode == 1
    assert "operator_cidrs must be IPv4 ranges" in planned.stderr
    assert "terraform plan failed in" in planned.stderr
    assert "There is no plan." in (folder / "plan.md").read_text()
    applied = operated.run("apply", STACK="prod")
    assert applied.returncode == 1
    assert "infra/environments/prod/plan.tfplan is missing" in applied.stderr


@pytest.mark.parametrize(("given", "said"), [("[]", "operator_cidrs must have the address"), ("", "operator_cidrs")])
def test_vaults_that_would_refuse_terraform_are_not_planned(given: str, said: str, operated: Operated) -> None:
    planned = operated.run("plan", STACK="dev", TF_VAR_operator_cidrs=given)
    assert planned.returncode == 1
    assert said in planned.stderr
    assert "will be created" not in planned.stderr


def test_production_keeps_its_database_though_the_same_change_lifts_protection(operated: Operated) -> None:
    file = operated.environment_file("prod")
    text = (
        file.read_text()
        .replace('= "prod"', '= "dev"')
        .replace("deletion_protection = true", "deletion_protection = false")
    )
    file.write_text(text.replace("backup_days       = 30", "backup_days       = 7"))
    give_each_service_a_server(operated, "prod")
    before = state(operated, "prod").read_bytes()
    planned = operated.run("plan", STACK="prod")
    assert planned.returncode == 1
    assert "The environment is protected (what is deployed says so, whatever its file says now)" in planned.stdout
    assert f"> - `{SERVER}`: destroys databases and their backups" in planned.stdout
    assert "> - `output.protected:value`: lifts the protection of the environment" in planned.stdout
    cluster = "module.platform.module.cluster[0]"
    assert f"> - `{cluster}.azurerm_management_lock.this[0]`: destroys the lock against deletion" in planned.stdout
    sku = f"`{cluster}.azurerm_kubernetes_cluster.this:sku_tier`: lowers how available the cluster is"
    assert f"> - {sku}, from `Standard` to `Free`" in planned.stdout
    applied = operated.run("apply", STACK="prod")
    assert applied.returncode == 1
    assert "plan.tfplan is missing" in applied.stderr
    assert state(operated, "prod").read_bytes() == before
    production_loses_what_is_accepted(operated)


def production_loses_what_is_accepted(operated: Operated) -> None:
    """And nothing else: tests/operations/guard has what is left over, and what is missing."""
    accepted = data_that_goes(operated, "prod")
    assert SERVER in accepted.split()
    assert operated.run("plan", STACK="prod", ACCEPT_DESTROY=accepted).returncode == 0
    applied = operated.run("apply", STACK="prod", ACCEPT_DESTROY=accepted)
    assert applied.returncode == 0, applied.stderr
    assert '"index_key": "shared"' not in state(operated, "prod").read_text()


def test_a_replacement_destroys_as_well(operated: Operated) -> None:
    for environment, status in {"prod": 1, "dev": 0}.items():
        terraform(operated.root(environment), "taint", SERVER)
        planned = operated.run("plan", STACK=environment)
        assert planned.returncode == status, planned.stderr
        assert f"| `{SERVER}` | because it is marked as damaged |" in planned.stdout
        assert f"> - `{SERVER}`: replaces databases and their backups" in planned.stdout
        assert ("> [!CAUTION]" in planned.stdout, "> [!WARNING]" in planned.stdout) == (bool(status), not status)


def test_nothing_is_forgotten_unasked(operated: Operated) -> None:
    folder = operated.root("prod")
    (folder / "outputs.tf").unlink()
    (folder / "main.tf").write_text(
        "removed {\n  from = module.platform\n\n  lifecycle {\n    destroy = false\n  }\n}\n"
    )
    planned = operated.run("plan", STACK="prod")
    assert planned.returncode == 1
    assert "0 to destroy" in planned.stdout
    assert ", 0 to forget" not in planned.stdout
    assert f"> - `{SERVER}:forget`: forgets databases and their backups" in planned.stdout


def test_drift_is_what_the_code_does_not_say(operated: Operated) -> None:
    same = operated.run("drift", STACK="prod")
    assert same.returncode == 0, same.stdout + same.stderr
    assert same.stdout.startswith("<!-- drift of prod -->\n### Drift of `prod`\n")

    # The stand-in answers with what the state says, so that is where its cloud is changed.
    kept = json.loads(state(operated, "prod").read_text())
    group = next(each for each in kept["resources"] if each["type"] == "azurerm_resource_group")
    group["instances"][0]["attributes"]["tags"]["owner"] = "somebody-else"
    state(operated, "prod").write_text(json.dumps(kept))
    before = state(operated, "prod").read_bytes()
    differs = operated.run("drift", STACK="prod")
    assert differs.returncode == 2
    assert f"| `{group['module']}.{group['type']}.{group['name']}` | `tags.owner` |" in differs.stdout
    assert "somebody-else" not in differs.stdout
    assert (
        "**Not as the code says: 0 to create, 1 to change, 0 to replace, 0 to destroy, 0 to forget.**" in differs.stdout
    )
    assert "prod is not as the code says." in differs.stderr
    assert state(operated, "prod").read_bytes() == before
    assert not (operated.root("prod") / "plan.tfplan").exists()
