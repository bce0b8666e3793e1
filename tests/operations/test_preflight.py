"""`make preflight`: what is asked of each cloud's tool, and how its answers are read, on recorded ones."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from environments import load_environment
from environments.shared import SHARED_FILE
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.project import CLOUDS
from operations import preflight
from operations.failure import exit_status
from operations.questions.asking import told
from quotas import needs_of
from tests.environments.texts import apart, environment_text, with_managed_broker, with_own_server
from tests.operations.cloud_answers import (
    ACCOUNT,
    READY,
    SUBSCRIPTION,
    ZONES,
    capabilities,
    machine,
    metric,
    offerings,
    orderable,
    quota,
    usage,
)
from tests.operations.recorded import asked, fails, write_recorded
from tests.workspace import copy_of_repository

Run = Callable[..., "Printed"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, with an environment for development and one for production on each cloud."""
    folder = copy_of_repository(tmp_path_factory.mktemp("repository"))
    for file in (folder / "environments").glob("*.toml"):
        if file.name not in (SHARED_FILE, "local.toml"):
            file.unlink()
    texts = {
        **{cloud: environment_text(cloud, "shared", "dev") for cloud in CLOUDS},
        **{f"{cloud}prod": environment_text(cloud, "dedicated", "prod") for cloud in CLOUDS},
        "azurebeside": environment_text("azure", "dedicated", "prod").replace("[redis]", "same_zone = true\n\n[redis]"),
        **{f"{cloud}each": with_own_server(environment_text(cloud, "dedicated", "dev")) for cloud in ("azure", "aws")},
        "awsmanaged": with_managed_broker(environment_text("aws", "shared", "dev")),
    }
    for name, text in apart(texts).items():
        (folder / "environments" / f"{name}.toml").write_text(text)
    return folder


@dataclass(frozen=True)
class Printed:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command on recorded answers, those of an account that is ready with some changes."""

    def command(name: str, changes: Mapping[str, Any] | None = None, **variables: str) -> Printed:
        cloud = next((cloud for cloud in CLOUDS if name.startswith(cloud)), "azure")
        accounts = {f"TF_VAR_{kind.variable}": kind.example for kind in ACCOUNTS.values()}
        path = str(write_recorded(tmp_path, READY[cloud]() | dict(changes or {})))
        for variable, value in (accounts | {"ENV": name, "PATH": path} | variables).items():
            monkeypatch.setenv(variable, value)
        monkeypatch.setattr(preflight, "REPOSITORY", repository)
        told.cache_clear()
        status = exit_status(preflight.main)
        printed = capsys.readouterr()
        return Printed(status, printed.out, printed.err)

    return command


def answers(printed: str) -> dict[str, tuple[str, str]]:
    """What each question is answered with, and what was found."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if line[:1] == "|"]
    return {question: (answer, found) for question, answer, found in rows[2:]}


@pytest.mark.parametrize("tier", ["", "prod"])
@pytest.mark.parametrize("cloud", CLOUDS)
def test_all_is_well_in_an_account_that_is_ready(cloud: str, tier: str, run: Run) -> None:
    result = run(cloud + tier)
    found = answers(result.stdout)
    assert {question: answer for question, answer in found.items() if answer[0] != "ok"} == {}, result.stdout
    assert result.returncode == 0
    assert result.stdout.endswith(f"\n{len(found)} ok, 0 not ok, 0 could not be asked.\n")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_quota_that_the_environment_needs_is_asked_for(cloud: str, run: Run, repository: Path) -> None:
    needs = needs_of(load_environment(repository / "environments" / f"{cloud}prod.toml"))
    questions = [question for question in answers(run(f"{cloud}prod").stdout) if question.startswith("quota ")]
    assert questions == [f"quota {need.quota.service} {need.quota.name}: {need.quota.words}" for need in needs] != []


D2 = "machines Standard_D2ds_v5 in 3 zones"
NOT_FOR_YOU = {"reasonCode": "NotAvailableForSubscription", "values": ["brazilsouth"]}
ONE_ZONE_LESS = NOT_FOR_YOU | {"restrictionInfo": {"locations": ["brazilsouth"], "zones": ["2"]}, "type": "Zone"}
NOWHERE = NOT_FOR_YOU | {"restrictionInfo": {"locations": ["brazilsouth"], "zones": None}, "type": "Location"}
BLOCKED = capabilities(["SameZone"], zoneRedundantHaSupported="Disabled", reason="Zone redundant HA is paused here.")
ORDERABLE = "aws rds describe-orderable-db-instance-options"
GCLOUD_REGION = "gcloud compute regions describe southamerica-east1"


# By environment: what the cloud answers otherwise, the question that it is the answer to, and what is said of it.
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("azure", {"az role assignment list": [{"roleDefinitionName": "Reader"}]}, "rights of an owner", "Reader, and not"),
    (
        "azure",
        {"az provider list": [{"namespace": "Microsoft.Cache", "registrationState": "NotRegistered"}]},
        "resource providers",
        "not registered: Microsoft.Authorization, Microsoft.Cache,",
    ),
    (
        "azure",
        {"az feature show": {"properties": {"state": "NotRegistered"}}},
        "feature Microsoft.Compute/EncryptionAtHost",
        "NotRegistered",
    ),
    ("azure", {"az vm list-skus": []}, D2, "not sold in brazilsouth"),
    ("azure", {"az vm list-skus": [machine("Standard_D2ds_v5", ["1"])]}, D2, "in zones 1, and not in 2, 3"),
    (
        "azure",
        {"az vm list-skus": [machine("Standard_D2ds_v5", ["1", "2", "3"], [ONE_ZONE_LESS])]},
        D2,
        "and not in 2 for this subscription",
    ),
    (
        "azure",
        {"az vm list-skus": [machine("Standard_D2ds_v5", ["1", "2", "3"], [NOWHERE])]},
        D2,
        "NotAvailableForSubscription",
    ),
    (
        "azureprod",
        {"az postgres flexible-server list-skus": BLOCKED},
        "PostgreSQL 17 on Standard_D2ds_v5 with a standby",
        "ZoneRedundant is asked for (postgres.high_availability): Zone redundant HA is paused here. "
        "(postgres.same_zone = true asks for SameZone)",
    ),
    (
        "azureprod",
        {"az postgres flexible-server list-skus": capabilities(["SameZone"])},
        "PostgreSQL 17 on Standard_D2ds_v5 with a standby",
        "can be SameZone, and ZoneRedundant is asked for",
    ),
    (
        "azure",
        {"az postgres flexible-server list-skus": [{"reason": "Provisioning is restricted in this region."}]},
        "PostgreSQL 17 on Standard_B2s",
        "Provisioning is restricted in this region.",
    ),
    (
        "azure",
        {"az postgres flexible-server list-skus": capabilities([], supportedServerVersions=[{"name": "16"}])},
        "PostgreSQL 17 on Standard_B2s",
        "no PostgreSQL 17 in brazilsouth",
    ),
    ("azureeach", {}, "PostgreSQL 17 on Standard_D8ds_v5", "no Standard_D8ds_v5 in brazilsouth"),
    (
        "azureprod",
        {"az vm list-usage": [usage("cores", 100), usage("StandardDDSv5Family", 12, 3)]},
        "quota Compute standardDDSv5Family: vCPUs of the nodes' family",
        "9 of 12 left, 16 to 20 needed",
    ),
    (
        "azure",
        {"az rest --method get": {"value": [{"name": {"value": "cores"}, "limit": 1, "currentValue": 0}]}},
        "quota PostgreSQL cores: vCPUs of all databases in the region",
        "1 of 1 left, 2 needed",
    ),
    (
        "azure",
        {"az network list-usages": [usage("IPv4StandardSkuPublicIpAddresses", 3, 2)]},
        "quota Network IPv4StandardSkuPublicIpAddresses: Public addresses",
        "1 of 3 left, 2 needed",
    ),
    (
        "azure",
        {"az storage account check-name": {"nameAvailable": False, "message": "The account is already taken."}},
        "name stflowwiseazuretfa51ed5",
        "The account is already taken.",
    ),
    (
        "aws",
        {
            "aws iam simulate-principal-policy": {
                "EvaluationResults": [{"EvalActionName": "kms:CreateKey", "EvalDecision": "implicitDeny"}]
            }
        },
        "rights of an administrator",
        "not allowed: kms:CreateKey",
    ),
    (
        "aws",
        {
            "aws ec2 describe-instance-type-offerings --location-type availability-zone-id --filters "
            "Name=instance-type,Values=m7i.large ": offerings("m7i.large", ZONES[:2])
        },
        "machines m7i.large in 3 zones",
        "offered in sae1-az1, sae1-az2, and not in sae1-az3",
    ),
    (
        "aws",
        {"aws rds describe-orderable-db-instance-options": orderable("16.9", several_zones=True)},
        "PostgreSQL 17 on db.t4g.medium",
        "PostgreSQL 17 is not sold on db.t4g.medium with gp3",
    ),
    (
        "awsprod",
        {"aws rds describe-orderable-db-instance-options": orderable("17.6", several_zones=False)},
        "PostgreSQL 17 on db.m7g.large with a standby",
        "sold without a standby",
    ),
    (
        "awseach",
        {f"{ORDERABLE} --engine postgres --db-instance-class db.m7g.2xlarge": orderable("16.9", several_zones=True)},
        "PostgreSQL 17 on db.m7g.2xlarge",
        "PostgreSQL 17 is not sold on db.m7g.2xlarge with gp3",
    ),
    (
        "awsmanaged",
        {"aws mq describe-broker-instance-options": {"BrokerInstanceOptions": []}},
        "RabbitMQ on mq.m7g.medium",
        "not sold in the region",
    ),
    (
        "aws",
        {"aws service-quotas get-service-quota --service-code ec2 --quota-code L-1216C47A": quota(5.0)},
        "quota ec2 L-1216C47A: vCPUs of machines on demand",
        "3 of 5 left",
    ),
    (
        "aws",
        {"aws ec2 describe-addresses": {"Addresses": [{"AllocationId": str(number)} for number in range(3)]}}
        | {"aws service-quotas get-service-quota --service-code ec2 --quota-code L-0263D0A3": quota(5.0)},
        "quota ec2 L-0263D0A3: Elastic IP addresses",
        "2 of 5 left, 6 needed",
    ),
    (
        "aws",
        {"aws s3api head-bucket": fails("An error occurred (403) when calling the HeadBucket operation: Forbidden")},
        "name tfstate-flowwise-aws-d4cbc1",
        "somebody else's",
    ),
    (
        "aws",
        {"aws secretsmanager list-secrets": {"SecretList": [{"DeletedDate": 1.0, "Name": "flowwise-aws/lancamentos"}]}},
        "names of secrets below flowwise-aws/",
        "until they are gone for good: flowwise-aws/lancamentos",
    ),
    (
        "google",
        {"gcloud projects describe": {"lifecycleState": "DELETE_REQUESTED", "projectNumber": "1"}},
        "project",
        "flowwise-project is DELETE_REQUESTED",
    ),
    ("google", {"gcloud billing projects describe": {"billingEnabled": False}}, "billing", "nobody pays"),
    ("google", {"gcloud services list": []}, "services", "off: cloudbilling, cloudkms,"),
    (
        "google",
        {"gcloud compute machine-types list": [{"name": "e2-standard-2", "zone": "southamerica-east1-a"}]},
        "machines e2-standard-2 in 3 zones",
        "offered in southamerica-east1-a, and 3 zones are asked for",
    ),
    (
        "google",
        {GCLOUD_REGION: {"quotas": [metric("SSD_TOTAL_GB", 500)]}},
        "quota region SSD_TOTAL_GB: Disks, in GB",
        "500 of 500 left",
    ),
    (
        "google",
        {"gcloud storage buckets describe": fails("ana does not have storage.buckets.get access to the bucket.")},
        "name tfstate-flowwise-google-c72531",
        "somebody else's",
    ),
]


@pytest.mark.parametrize(
    ("name", "changes", "question", "said"), WRONG, ids=[f"{wrong[0]}: {wrong[3][:40]}" for wrong in WRONG]
)
def test_what_would_fail_is_not_ok(name: str, changes: dict[str, Any], question: str, said: str, run: Run) -> None:
    result = run(name, changes)
    answer, found = answers(result.stdout)[question]
    assert (answer, result.returncode) == ("not ok", 1), result.stdout
    assert said in found


def test_a_standby_in_the_same_zone_is_asked_for_where_no_other_zone_has_room(run: Run) -> None:
    question = "PostgreSQL 17 on Standard_D2ds_v5 with a standby"
    sold = run("azurebeside", {"az postgres flexible-server list-skus": BLOCKED})
    assert answers(sold.stdout)[question] == ("ok", "Standard_D2ds_v5 with a standby (SameZone) is sold")
    none = run("azurebeside", {"az postgres flexible-server list-skus": capabilities(["ZoneRedundant"])})
    said = "a standby of Standard_D2ds_v5 can be ZoneRedundant, and SameZone is asked for (postgres.high_availability)"
    assert answers(none.stdout)[question] == ("not ok", said)


def test_what_is_enough_to_begin_with_is_said_to_be(run: Run) -> None:
    result = run("google", {GCLOUD_REGION: {"quotas": [metric("SSD_TOTAL_GB", 500)]}})
    assert re.search(r"500 of 500 left, \d+ to \d+ needed: enough to begin with, until nodes are added", result.stdout)


def test_a_name_that_the_environment_has_itself_is_well(run: Run) -> None:
    taken = {"message": "is already in use", "nameAvailable": False}
    result = run("azure", {"az keyvault check-name": taken, "az resource list": [{"name": "kv-flowwise-azure-a71b71"}]})
    found = answers(result.stdout)
    assert found["name kv-flowwise-azure-a71b71"] == ("ok", "the environment's own")
    assert found["name kvs-flowwise-azur-a71b71"] == ("not ok", "is already in use")


@pytest.mark.parametrize(
    ("name", "changes", "question", "said"),
    [
        (
            "azure",
            {"az vm list-usage": fails("ERROR: (Failed)\nYou may not.")},
            "Compute cores",
            "may not",
        ),
        ("azure", {"az vm list-usage": []}, "Compute cores", "Compute names no cores here"),
        ("azure", {"az vm list-skus": [{"name": "Standard_D2ds_v5"}]}, D2, "KeyError 'locationInfo'"),
        ("aws", {"aws ec2 describe-vpcs": fails("AccessDenied")}, "VPCs", "what is used of 100: AccessDenied"),
        (
            "aws",
            {"aws s3api head-bucket": fails("Could not connect")},
            "tfstate-flowwise-aws-d4cbc1",
            "Could not connect",
        ),
        ("google", {"gcloud projects get-ancestors-iam-policy": []}, "rights of an owner", "what groups bring along"),
        ("google", {"gcloud compute project-info describe": "not JSON"}, "CPUS_ALL_REGIONS", "no JSON"),
    ],
)
def test_what_cannot_be_asked_is_neither_well_nor_wrong(
    name: str, changes: dict[str, Any], question: str, said: str, run: Run
) -> None:
    result = run(name, changes)
    ((answer, found),) = {found for about, found in answers(result.stdout).items() if question in about}
    assert (answer, result.returncode) == ("could not ask", 0), result.stdout
    assert said in found


@pytest.mark.parametrize(
    ("cloud", "changes", "said"),
    [
        (
            "azure",
            {"az account show": fails("ERROR: Please run 'az login'.")},
            "az is not signed in (az login)",
        ),
        (
            "aws",
            {"aws sts get-caller-identity": fails("No credentials.")},
            "aws is not signed in (aws sso login",
        ),
        ("google", {"gcloud auth list": fails("ERROR: no")}, "gcloud is not signed in (gcloud auth login)"),
    ],
)
def test_who_is_not_signed_in_is_told_in_one_line(cloud: str, changes: dict[str, Any], said: str, run: Run) -> None:
    result = run(cloud, changes)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(said) and result.stderr.count("\n") == 1


@pytest.mark.parametrize(("cloud", "program"), [("azure", "az"), ("aws", "aws"), ("google", "gcloud")])
def test_a_tool_that_is_not_there_is_told_in_one_line(cloud: str, program: str, run: Run, tmp_path: Path) -> None:
    result = run(cloud, PATH=str(tmp_path / "empty"))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"There is no program `{program}` on the PATH. Install it: https://")


def test_nothing_else_is_asked_in_another_account(run: Run, tmp_path: Path) -> None:
    result = run("aws", TF_VAR_account_id="210987654321")
    assert result.returncode == 1
    assert answers(result.stdout)["signed in"][0] == "not ok"
    assert f"in {ACCOUNT}, and not in 210987654321" in result.stdout
    assert asked(tmp_path) == ["aws sts get-caller-identity --region sa-east-1 --output json"]


def test_nobody_signed_in_at_google_is_told(run: Run) -> None:
    result = run("google", {"gcloud auth list": []})
    assert (answers(result.stdout), result.returncode) == ({"signed in": ("not ok", "nobody: gcloud auth login")}, 1)


def test_google_wants_a_project(run: Run) -> None:
    result = run("google", {"gcloud config get-value project": ""}, TF_VAR_project_id="")
    said = "Which project? Say TF_VAR_project_id=..., or gcloud config set project ...\n"
    assert (result.returncode, result.stderr) == (1, said)


def test_each_command_is_asked_once_and_of_that_account_alone(run: Run, tmp_path: Path) -> None:
    run("azureprod")
    commands = asked(tmp_path)
    assert len(commands) == len(set(commands)) > 10
    assert [command for command in commands if SUBSCRIPTION not in command] == []


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_is_asked_changes_nothing(cloud: str, run: Run, tmp_path: Path) -> None:
    run(f"{cloud}prod")
    changing = re.compile(r" (create|delete|update|set|put|register|enable|add|remove)[ -]|--method (?!get)")
    assert [command for command in asked(tmp_path) if changing.search(command)] == []


@pytest.mark.parametrize("name", ["", "local"])
def test_an_environment_in_a_cloud_is_wanted(name: str, run: Run) -> None:
    result = run(name)
    assert result.returncode == 1
    assert result.stderr.startswith('Which environment in a cloud? Say ENV="aws"')


def test_a_quota_that_was_never_raised_has_everybodys_value(run: Run) -> None:
    unknown = fails("An error occurred (NoSuchResourceException) when calling the GetServiceQuota operation: none.")
    changes = {"aws service-quotas get-service-quota": unknown}
    question = "quota ec2 L-0263D0A3: Elastic IP addresses"
    assert answers(run("aws", changes).stdout)[question][0] == "could not ask"
    changes["aws service-quotas get-aws-default-service-quota"] = quota(5.0)
    assert answers(run("aws", changes).stdout)[question] == ("not ok", "5 of 5 left, 6 needed")


def test_a_root_user_may_do_everything(run: Run) -> None:
    root = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root"}
    result = run("aws", {"aws sts get-caller-identity": root})
    assert answers(result.stdout)["rights of an administrator"] == ("ok", "the account's root user may do everything")
