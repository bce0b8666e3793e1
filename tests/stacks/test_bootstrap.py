"""An environment's first day: who may do what with its state, and what the roots have to be told of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from flowwise.tables.project import CLOUDS
from tests.environments.texts import environment_text
from tests.offline import terraform, try_terraform
from tests.offline.mocked_apply import Made, copy_of, mocked_apply
from tests.stacks import reach
from tests.stacks.reach import ORGANIZATION
from tests.trees import make_tree
from tests.workspace import INFRA, without_colours

# Of the type of each cloud's identities, the attribute by which they are given rights, and an example of it.
IDENTITIES = {
    "azure": ("azurerm_user_assigned_identity", "principal_id", "33333333-3333-3333-3333-%s"),
    "aws": ("aws_iam_role", "arn", "arn:aws:iam::123456789012:role/%s"),
    "google": ("google_service_account", "member", "serviceAccount:%s@flowwise-project.iam.gserviceaccount.com"),
}
ENVIRONMENTS_ACCOUNT = {
    "azure": ("azurerm_subscription.environment", "/subscriptions/99999999-9999-9999-9999-999999999999"),
    "aws": ("", ""),
    "google": ("google_project.this", "projects/flowwise-environment"),
}
"""Where the identities get their rights, when their own account is another."""
NUMBERS = {"plan": "0000000000a1", "apply": "0000000000b2", "drift": "0000000000c3", "review": "0000000000d4"}
READERS = {"plan", "drift", "review"}


def identity(cloud: str, name: str) -> str:
    return IDENTITIES[cloud][2] % NUMBERS[name]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """By cloud, what the root makes, of identities that can be told apart."""
    tree = copy_of(tmp_path_factory.mktemp("tree"), "bootstrap", "modules/pipeline-identity", "modules/remote-state")
    for file in tree.glob("bootstrap/*/tests/root.tftest.hcl"):
        text = re.sub(r'(  organization += )"\w+"', rf'\1"{ORGANIZATION}"', file.read_text())
        assert ORGANIZATION in text
        file.write_text(text)
    return {cloud: mocked_apply(tree, f"bootstrap/{cloud}", overrides(cloud)) for cloud in CLOUDS}


def overrides(cloud: str) -> str:
    """What tells the identities apart, and the environment's account from the one that Terraform works in."""
    type_, attribute, _ = IDENTITIES[cloud]
    account = "".join(
        f'override_data {{\n  target = module.pipeline_identity.data.{data}\n  values = {{ id = "{id_}" }}\n}}\n'
        for data, id_ in [ENVIRONMENTS_ACCOUNT[cloud]]
        if data
    )
    return account + "".join(
        f"override_resource {{\n"
        f"  target = module.pipeline_identity.{type_}.{name}\n"
        f'  values = {{ {attribute} = "{identity(cloud, name)}" }}\n'
        f"}}\n"
        for name in NUMBERS
    )


def principals(statements: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Whom each action is allowed to, but for those of the account and of services."""
    found: dict[str, set[str]] = {}
    for each in statements:
        if each["Effect"] == "Allow" and each["Sid"] != "Account" and "AWS" in each["Principal"]:
            for action in each["Action"]:
                found.setdefault(action, set()).update(each["Principal"]["AWS"])
    return found


@pytest.mark.terraform
def test_who_plans_reads_state_and_who_applies_writes_it_on_azure(made: dict[str, Made]) -> None:
    (writer,) = made["azure"]["azurerm_role_assignment", "writers"]
    readers = made["azure"]["azurerm_role_assignment", "readers"]
    assert writer["principal_id"] == identity("azure", "apply")
    assert writer["role_definition_name"] == "Storage Blob Data Contributor"
    assert {each["principal_id"] for each in readers} == {identity("azure", name) for name in READERS}
    assert {each["role_definition_name"] for each in readers} == {"Storage Blob Data Reader"}
    assert all(each["scope"].endswith("/containers/tfstate") for each in (writer, *readers))


@pytest.mark.terraform
def test_people_who_write_state_make_keys_and_secrets_on_azure(made: dict[str, Made]) -> None:
    """No owner may: what is in a vault is data, and an owner's role has no actions on data."""
    (assignment,) = made["azure"]["azurerm_role_assignment", "people"]
    role = made["azure"]["azurerm_role_definition", "vaults"]
    assert assignment["role_definition_id"] == role["role_definition_resource_id"]
    assert assignment["principal_id"] == "22222222-2222-2222-2222-222222222222"
    assert assignment["scope"] == "/subscriptions/00000000-0000-0000-0000-000000000000"
    (permissions,) = role["permissions"]
    assert {"keys", "secrets"} <= {action.split("/")[2] for action in permissions["data_actions"]}
    # Azure gives no role twice, and another environment of the subscription has the same people.
    assert re.fullmatch("flowwise-dev-vaults-[0-9a-f]{6}", role["name"])


@pytest.mark.terraform
def test_the_first_day_on_azure_wants_to_know_where_terraform_is_run(tmp_path: Path) -> None:
    tree = copy_of(tmp_path, "bootstrap/azure", "modules/pipeline-identity/azure", "modules/remote-state/azure")
    root = tree / "bootstrap" / "azure"
    file = root / "tests" / "root.tftest.hcl"
    text = file.read_text()
    text, replaced = re.subn(r'^(  operator_cidrs +)= \["203.0.113.7/32"\]$', r"\1= []", text, flags=re.MULTILINE)
    assert replaced == 1
    file.write_text(text)
    terraform(root, "init", "-backend=false")
    refused = try_terraform(root, "test")
    assert refused.returncode != 0
    assert "operator_cidrs must have the address that Terraform is run from" in " ".join(
        without_colours(refused.stderr + refused.stdout).replace("│", "").split()
    )


@pytest.mark.terraform
def test_who_plans_reads_state_and_who_applies_writes_it_on_aws(made: dict[str, Made]) -> None:
    readers, apply = {identity("aws", name) for name in READERS}, identity("aws", "apply")
    bucket = json.loads(made["aws"]["aws_s3_bucket_policy", "this"]["policy"])["Statement"]
    assert principals(bucket) == {
        "s3:ListBucket": {*readers, apply},
        "s3:GetObject": {*readers, apply},
        "s3:PutObject": {apply},
        "s3:DeleteObject": {apply},
    }
    assert [each["Resource"] for each in bucket if each["Action"] == ["s3:DeleteObject"]] == [
        ["arn:aws:s3:::bucket/*.tflock"]
    ]
    key = json.loads(made["aws"]["aws_kms_key", "this"]["policy"])["Statement"]
    assert principals(key) == {"kms:Decrypt": {*readers, apply}, "kms:GenerateDataKey": {apply}}


@pytest.mark.terraform
def test_who_plans_reads_state_and_who_applies_writes_it_on_google(made: dict[str, Made]) -> None:
    (writer,) = made["google"]["google_storage_bucket_iam_member", "writers"]
    assert (writer["member"], writer["role"]) == (identity("google", "apply"), "roles/storage.objectUser")
    readers = made["google"]["google_storage_bucket_iam_member", "readers"]
    assert {(each["member"], each["role"]) for each in readers} == {
        (identity("google", name), "roles/storage.objectViewer") for name in READERS
    }


@pytest.mark.terraform
@pytest.mark.parametrize("attack", reach.ATTACKS_ON_AZURE, ids=lambda attack: attack.words)
def test_the_subscription_refuses_what_a_contributor_could(attack: reach.Attack, made: dict[str, Made]) -> None:
    assert reach.is_refused(made["azure"], attack.action, attack.resource) == attack.refused


@pytest.mark.terraform
def test_who_applies_on_azure_cannot_lift_what_is_refused(made: dict[str, Made]) -> None:
    azure = made["azure"]
    held = {each["role_definition_name"] for each in azure["azurerm_role_assignment", "apply"]}
    held.add(azure["azurerm_role_assignment", "delegate"]["role_definition_name"])
    given = {each["name"] for each in azure["azurerm_role_definition", "delegated"]}
    assert "Contributor" in held and given and not (held | given) & reach.WRITE_POLICIES
    actions = azure["azurerm_role_definition", "refresh"]["permissions"][0]["actions"]
    assert not [action for action in actions if not re.search(r"/(list\w+Credential|exportTemplate)/action$", action)]


@pytest.mark.terraform
def test_rights_on_azure_are_on_the_environments_subscription_alone(made: dict[str, Made]) -> None:
    """With a subscription for identities and state, nobody who applies reaches a lock, a vault or a trust there."""
    azure, (_, environment) = made["azure"], ENVIRONMENTS_ACCOUNT["azure"]
    of_identities = [*reach.PIPELINE_ASSIGNMENTS, "delegate"]
    scopes = {each["scope"] for name in of_identities for each in reach.several(azure["azurerm_role_assignment", name])}
    assert scopes == {environment}
    here = {
        each["subscription_id"]
        for (type_, _), values in azure.items()
        if type_ == "azurerm_subscription_policy_assignment"
        for each in reach.several(values)
    }
    assert here == {"/subscriptions/00000000-0000-0000-0000-000000000000"}


@pytest.mark.terraform
def test_rights_on_google_are_on_the_environments_project_alone(made: dict[str, Made]) -> None:
    projects = {
        each["project"]
        for (type_, name), values in made["google"].items()
        if type_ in ("google_project_iam_member", "google_project_iam_custom_role")
        for each in reach.several(values)
    }
    assert projects == {"flowwise-environment"}
    assert made["google"]["google_project_iam_audit_config", "this"]["project"] != "flowwise-environment"


@pytest.mark.terraform
def test_who_applies_on_google_reaches_no_key_of_a_state(made: dict[str, Made]) -> None:
    keys = made["google"]["google_project_iam_member", "apply_keys"]
    assert keys["role"] == "roles/cloudkms.admin"
    others = {each["role"] for each in made["google"]["google_project_iam_member", "apply"]}
    assert not [role for role in others if "kms" in role]
    (condition,) = keys["condition"]
    region = "projects/flowwise-environment/locations/southamerica-east1"
    assert not reach.conditions_hold(
        condition["expression"], f"{region}/keyRings/tfstate-flowwise-dev-2026/cryptoKeys/state"
    )
    assert not reach.conditions_hold(condition["expression"], f"{region}/keyRings/tfstate-flowwise-prod-2026")
    assert reach.conditions_hold(condition["expression"], f"{region}/keyRings/flowwise-dev-2026/cryptoKeys/databases")
    assert reach.conditions_hold(condition["expression"], region), "where a ring is made"


@pytest.mark.terraform
def test_who_applies_on_google_neither_becomes_an_owner_nor_opens_the_bucket(made: dict[str, Made]) -> None:
    google = made["google"]
    held = {each["role"] for each in google["google_project_iam_member", "apply"]}
    assert held and not held & reach.ALMIGHTY_ON_GOOGLE
    permissions = set(google["google_project_iam_custom_role", "apply"]["permissions"])
    assert permissions and not [each for each in permissions if reach.OUT_OF_REACH_ON_GOOGLE.search(each)]
    (condition,) = google["google_project_iam_member", "delegate"]["condition"]
    assert not set(re.findall(r"'(roles/[^']+)'", condition["expression"])) & reach.ALMIGHTY_ON_GOOGLE
    accounts = google["google_project_default_service_accounts", "this"]
    assert (accounts["action"], accounts["restore_policy"]) == ("DISABLE", "NONE")
    assert accounts["project"] == "flowwise-project"


@pytest.mark.parametrize(
    ("cloud", "settings"),
    [
        ("azure", ["resource_group_name", "storage_account_name", "container_name"]),
        ("aws", ["bucket", "region"]),
        ("google", ["bucket"]),
    ],
)
def test_the_backend_leaves_open_what_the_root_tells(cloud: str, settings: list[str]) -> None:
    root = INFRA / "bootstrap" / cloud
    output = re.search(r'^output "backend" \{.*?^\}', (root / "outputs.tf").read_text(), re.MULTILINE | re.DOTALL)
    assert output
    assert re.findall(r"^    (\w+)\s+= module\.remote_state", output[0], re.MULTILINE) == settings
    backend = (root / "backend.tf").read_text()
    assert re.findall(r'backend "(\w+)"', backend) == [{"azure": "azurerm", "aws": "s3", "google": "gcs"}[cloud]]
    assert not [name for name in settings if re.search(rf"\b{name}\b", backend)]


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("cloud", "named"),
    [
        (
            "azure",
            {
                "storage_account_name": ("azurerm_storage_account", "name"),
                "container_name": ("azurerm_storage_container", "name"),
            },
        ),
        ("aws", {"bucket": ("aws_s3_bucket", "bucket"), "kms_key_id": ("aws_kms_alias", "name")}),
        ("google", {"bucket": ("google_storage_bucket", "name")}),
    ],
)
def test_the_roots_look_for_their_state_where_it_is_made(
    cloud: str, named: dict[str, tuple[str, str]], made: dict[str, Made], tmp_path: Path
) -> None:
    text = environment_text(cloud, "shared", "dev")
    (tmp_path / "dev.toml").write_text(f'organization = "{ORGANIZATION}"\n{text}')
    backends = [text for path, text in make_tree(tmp_path).items() if re.match("environments/.*/backend.tf", path)]
    assert len(backends) == 2
    for argument, (type_, attribute) in named.items():
        name = made[cloud][type_, "this"][attribute]
        assert {re.findall(rf'\b{argument} += "(.*)"', backend)[0] for backend in backends} == {name}


def test_the_cli_deploys_no_bootstrap() -> None:
    manifest = json.loads((INFRA / "manifest.json").read_text())
    folders = [Path(stack["workingDirectory"]).parts[0] for stack in manifest["stacks"].values()]
    assert set(folders) == {"environments"}
