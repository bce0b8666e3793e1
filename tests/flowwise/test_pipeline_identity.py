"""The pipelines' identities: whom they trust, what they may do, and that it is what the other modules need."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from flowwise.tables.existing_ids import REGISTRIES
from flowwise.tables.project import CLOUDS
from tests.offline.mocked_apply import Made, copy_of, mocked_apply
from tests.workspace import INFRA

pytestmark = pytest.mark.terraform

ENVIRONMENT = "repo:flowwise/platform:environment:dev"
SUBJECTS = {"review": "-review", "drift": "-drift", "plan": "-plan", "apply": ""}
WORKFLOWS = {"drift": "drift-stacks.yml", "plan": "deploy-stack.yml", "apply": "deploy-stack.yml"}
READERS = ("drift", "plan")
OTHERS = (
    "repo:flowwise/platform:environment:prod",
    "repo:flowwise/platform:environment:dev-planned",
    "repo:flowwise/platform:ref:refs/heads/main",
    "repo:flowwise/platform:pull_request",
    "repo:flowwise/platform-fork:environment:dev",
    "repo:elsewhere/platform:environment:dev",
)
ALMIGHTY = {"Owner", "User Access Administrator", "AdministratorAccess", "IAMFullAccess", "roles/owner", "roles/editor"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """By cloud, what the module makes of its examples."""
    tree = copy_of(tmp_path_factory.mktemp("tree"), "modules/pipeline-identity")
    return {cloud: mocked_apply(tree, f"modules/pipeline-identity/{cloud}") for cloud in CLOUDS}


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def roles(made: Made, name: str) -> set[str]:
    """The names of the roles or managed policies of an identity, `plan` or `apply`, that the cloud defines."""
    if ("azurerm_role_assignment", name) in made:
        return {each["role_definition_name"] for each in made["azurerm_role_assignment", name]}
    if ("google_project_iam_member", name) in made:
        return {each["role"] for each in made["google_project_iam_member", name]}
    return {
        values["policy_arn"].split(":policy/")[1]
        for (type_, label), values in made.items()
        if type_ == "aws_iam_role_policy_attachment" and label.startswith(name)
    }


def subject(name: str) -> str:
    return ENVIRONMENT + SUBJECTS[name]


def workflow(name: str) -> str:
    """The claim of a job of the workflow that an identity is for."""
    return f"flowwise/platform/.github/workflows/{WORKFLOWS.get(name, 'review-stacks.yml')}@refs/heads/main"


def test_azure_trusts_one_subject_for_each_identity(made: dict[str, Made]) -> None:
    for name in SUBJECTS:
        credential = made["azure"]["azurerm_federated_identity_credential", name]
        assert credential["issuer"] == "https://token.actions.githubusercontent.com"
        assert credential["subject"] == subject(name)
        assert credential["audience"] == ["api://AzureADTokenExchange"]


def test_aws_trusts_one_subject_for_each_identity(made: dict[str, Made]) -> None:
    issuer = "token.actions.githubusercontent.com"
    for name in SUBJECTS:
        (trust,) = statements(made["aws"]["aws_iam_role", name]["assume_role_policy"])
        assert trust["Principal"] == {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{issuer}"}
        assert trust["Action"] == ["sts:AssumeRoleWithWebIdentity"]
        of_workflow = {f"{issuer}:job_workflow_ref": workflow(name)} if name in WORKFLOWS else {}
        assert trust["Condition"] == {
            "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject(name)} | of_workflow
        }


def test_google_trusts_one_subject_for_each_identity(made: dict[str, Made]) -> None:
    pool = made["google"]["google_iam_workload_identity_pool", "github"]["name"]
    for name in SUBJECTS:
        member = made["google"]["google_service_account_iam_member", name]
        assert member["member"] == f"principal://iam.googleapis.com/{pool}/subject/{subject(name)}"
        assert member["role"] == "roles/iam.workloadIdentityUser"
    provider = made["google"]["google_iam_workload_identity_pool_provider", "github"]
    assert provider["oidc"][0]["issuer_uri"] == "https://token.actions.githubusercontent.com"
    assert not provider["oidc"][0]["allowed_audiences"]
    assert provider["attribute_mapping"] == {"google.subject": "assertion.sub"}
    for name in SUBJECTS:
        assert google_admits(made["google"], subject(name), workflow(name))
        elsewhere = workflow(name).replace("refs/heads/main", "refs/heads/mine")
        assert google_admits(made["google"], subject(name), elsewhere) == (name not in WORKFLOWS)
        assert not any(google_admits(made["google"], other, workflow(name)) for other in OTHERS)


def test_a_microservices_repository_pushes_its_images_from_main_and_may_do_nothing_else(made: dict[str, Made]) -> None:
    main, issuer = "repo:flowwise/lancamentos:ref:refs/heads/main", "token.actions.githubusercontent.com"
    (credential,) = made["azure"]["azurerm_federated_identity_credential", "images"]
    assert (credential["issuer"], credential["subject"]) == (f"https://{issuer}", main)
    (role,) = made["azure"]["azurerm_role_definition", "images"]
    assert role["permissions"][0]["actions"] == [
        "Microsoft.ContainerRegistry/registries/importImage/action",
        "Microsoft.ContainerRegistry/registries/read",
    ]
    (pusher,) = made["aws"]["aws_iam_role", "images"]
    (trust,) = statements(pusher["assume_role_policy"])
    assert trust["Condition"] == {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": main}}
    (rights,) = made["aws"]["aws_iam_role_policy", "images"]
    sign_in, push = statements(rights["policy"])
    assert sign_in["Action"] == ["ecr:GetAuthorizationToken"]
    assert push["Resource"] == "arn:aws:ecr:sa-east-1:123456789012:repository/images/flowwise-dev-lancamentos"
    assert not [action for action in push["Action"] if "Delete" in action or "*" in action]
    (member,) = made["google"]["google_project_iam_member", "images"]
    assert member["role"] == "roles/artifactregistry.writer"
    assert member["member"].endswith(f"/subject/{main}")
    assert "/repositories/flowwise-dev-lancamentos'" in member["condition"][0]["expression"]
    assert google_admits(made["google"], main, "flowwise/lancamentos/.github/workflows/images.yml@refs/heads/main")
    for other in ("repo:flowwise/lancamentos:pull_request", "repo:flowwise/lancamentos:ref:refs/heads/mine"):
        assert not google_admits(made["google"], other, workflow("apply"))


def test_images_go_to_a_registry_that_is_there(tmp_path: Path) -> None:
    tree = copy_of(tmp_path, "modules/pipeline-identity")
    for cloud in ("aws", "google"):
        module = f"modules/pipeline-identity/{cloud}"
        file = tree / module / "tests" / "module.tftest.hcl"
        nowhere = "image_registry = null"
        assert nowhere in file.read_text()
        file.write_text(file.read_text().replace(nowhere, f'image_registry = "{REGISTRIES[cloud].example}"', 1))
        found = mocked_apply(tree, module)
        if cloud == "aws":
            (rights,) = found["aws_iam_role_policy", "images"]
            assert statements(rights["policy"])[1]["Resource"] == f"{REGISTRIES[cloud].example}/lancamentos"
        else:
            (member,) = found["google_project_iam_member", "images"]
            assert f"'{REGISTRIES[cloud].example}'" in member["condition"][0]["expression"]


def google_admits(made: Made, subject: str, workflow: str) -> bool:
    """What the pool's condition, whose few words mean the same in Python, says of a token."""
    condition = made["google_iam_workload_identity_pool_provider", "github"]["attribute_condition"]
    claims = {"sub": subject, "repository": subject.split(":")[1], "job_workflow_ref": workflow}
    expression = condition.replace("&&", "and").replace("||", "or")
    return bool(eval(expression, {"assertion": type("Assertion", (), claims)}))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_nobody_is_almighty(cloud: str, made: dict[str, Made]) -> None:
    for name in SUBJECTS:
        held = roles(made[cloud], name)
        assert (held or (cloud, name) == ("aws", "review")) and not held & ALMIGHTY


@pytest.mark.parametrize("cloud", CLOUDS)
def test_who_reviews_reads_no_secret(cloud: str, made: dict[str, Made]) -> None:
    """That is whoever may push a branch. What the modules look up is all that a plan against the state wants."""
    assert (
        roles(made[cloud], "review")
        == {
            "azure": {"Reader", "Key Vault Reader"},
            "aws": set(),
            "google": {"roles/browser", "roles/compute.networkViewer"},
        }[cloud]
    )
    of_review = [
        (type_, values) for (type_, label), values in made[cloud].items() if "review" in label and "role" in type_
    ]
    assert not re.search(r"[sS]ecret|Decrypt|AdminView|GetObject", str(of_review))
    if cloud == "aws":
        allowed = statements(made["aws"]["aws_iam_role_policy", "review"]["policy"])
        assert [action for each in allowed for action in each["Action"]] == [
            *("ec2:Describe*", "ecr:Describe*", "eks:Describe*", "eks:List*", "kms:DescribeKey"),
            *("iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"),
            *("route53:GetHostedZone", "route53:ListHostedZones", "route53:ListTagsForResource", "ssm:GetParameter"),
        ]
        assert allowed[-1]["Resource"].endswith("::parameter/aws/service/*"), "AWS's own, which anybody may read"


def test_who_plans_on_azure_writes_nothing(made: dict[str, Made]) -> None:
    for name in READERS:
        assert roles(made["azure"], name) == {"Reader", "Key Vault Reader", "Key Vault Secrets User"}
    (permissions,) = made["azure"]["azurerm_role_definition", "refresh"]["permissions"]
    assert permissions["data_actions"] == ["Microsoft.ContainerService/managedClusters/*/read"]
    verbs = {action.rsplit("/", 2)[1] for action in permissions["actions"]}
    assert verbs == {"listClusterUserCredential", "exportTemplate"}


def test_who_plans_on_aws_writes_nothing(made: dict[str, Made]) -> None:
    for name in READERS:
        assert roles(made["aws"], name) == {"ReadOnlyAccess"}
        more = statements(made["aws"]["aws_iam_role_policy", name]["policy"])
        assert [action for each in more for action in each["Action"]] == [
            *("secretsmanager:GetSecretValue", "kms:Decrypt")
        ]


def test_who_plans_on_google_writes_nothing(made: dict[str, Made]) -> None:
    reading = re.compile(r"viewer|Viewer|reader|Reviewer|secretAccessor|serviceUsageConsumer")
    for name in READERS:
        assert not [role for role in roles(made["google"], name) if not reading.search(role)]
    permissions = made["google"]["google_project_iam_custom_role", "plan"]["permissions"]
    # To connect is to come to a cluster's API server, where Kubernetes' own rights decide.
    assert {permission.rsplit(".", 1)[1] for permission in permissions} == {"get", "list", "connect"}
    assert [each for each in permissions if each.endswith(".connect")] == ["container.clusters.connect"]


def modules() -> Iterator[str]:
    """What an environment's pipelines apply: everything but what a person set up for them."""
    for path in sorted([*(INFRA / "modules").glob("*/*/main.tf"), *INFRA.glob("*/main.tf")]):
        if path.parts[-3] not in ("remote-state", "pipeline-identity"):
            yield path.read_text()


def test_who_applies_on_azure_gives_the_roles_that_the_modules_give(made: dict[str, Made]) -> None:
    given = {role for text in modules() for role in re.findall(r'role_definition_name\s+= "(.+)"', text)}
    delegated = {each["name"] for each in made["azure"]["azurerm_role_definition", "delegated"]}
    assert delegated == given
    delegate = made["azure"]["azurerm_role_assignment", "delegate"]
    assert delegate["role_definition_name"] == "Role Based Access Control Administrator"
    role = "[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals"
    numbers = "{" + ", ".join(["11111111-1111-1111-1111-111111111111"] * len(delegated)) + "}"
    assert delegate["condition"] == (
        "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}) OR "
        f"@Request{role} {numbers}) AND "
        "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'}) OR "
        f"@Resource{role} {numbers})"
    )


def test_who_applies_on_google_gives_the_roles_that_the_modules_give(made: dict[str, Made]) -> None:
    members = r'^resource "google_project_iam_member" .*?^\}'
    given = {
        role
        for text in modules()
        for member in re.findall(members, text, re.MULTILINE | re.DOTALL)
        for role in re.findall(r'role\s+= "(.+)"', member)
    }
    delegate = made["google"]["google_project_iam_member", "delegate"]
    assert set(re.findall(r"'(roles/[^']+)'", delegate["condition"][0]["expression"])) == given
    assert len(given) <= 10, "a condition takes no more"


def test_who_applies_on_aws_makes_the_roles_that_the_modules_make(made: dict[str, Made]) -> None:
    allowed = {each["Sid"]: each for each in statements(made["aws"]["aws_iam_role_policy", "apply"]["policy"])}
    attached = {name for text in modules() for name in re.findall(r"iam::aws:policy/([\w/-]+)", text)}
    policies = allowed["Attach"]["Condition"]["ArnEquals"]["iam:PolicyARN"]
    assert {arn.split(":policy/")[1] for arn in policies} == attached
    trusts = r"assume_role_policy = jsonencode\(.*?Service = \"([\w.-]+)\""
    trusted = {service for text in modules() for service in re.findall(trusts, text, re.DOTALL)}
    assert set(allowed["Pass"]["Condition"]["StringEquals"]["iam:PassedToService"]) == trusted
    pipelines = {made["aws"]["aws_iam_role", name]["name"] for name in SUBJECTS}
    for sid in ("Write", "Attach", "Pass"):
        assert allowed[sid]["Resource"] == "arn:aws:iam::123456789012:role/flowwise-dev-*"
    assert not [name for name in pipelines if name.startswith("flowwise-dev-")]
    assert "token.actions.githubusercontent.com" not in json.dumps(allowed)


def test_who_applies_on_aws_makes_no_role_that_may_do_more_than_itself(made: dict[str, Made]) -> None:
    """AWS lets a role do what its policies and its boundary both allow, whoever writes the policies."""
    boundary = made["aws"]["aws_iam_policy", "boundary"]
    policy = {each["Sid"]: each for each in statements(boundary["policy"])}
    own = {each["Sid"]: each for each in statements(made["aws"]["aws_iam_role_policy", "apply_state"]["policy"])}
    assert {sid: each for sid, each in policy.items() if each["Effect"] == "Deny"} == own, "what is kept from itself"
    assert {"account:*", "iam:*", "organizations:*", "sso:*", "sts:AssumeRole"} <= set(policy["Most"]["NotAction"])
    assert policy["Most"]["Condition"] == {"StringEquals": {"aws:RequestedRegion": "sa-east-1"}}
    assert policy["Services"]["Action"] == ["iam:CreateServiceLinkedRole"]
    assert {each["Sid"] for each in policy.values()} == {"Most", "Services", "Prove", "SeeWhetherItIsThere", *own}
    assert not boundary["name"].startswith("flowwise-dev-"), "one of the names that it writes to"


def test_who_applies_on_aws_can_neither_leave_out_nor_lift_the_boundary(made: dict[str, Made]) -> None:
    boundary = {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/pipeline-flowwise-dev-boundary"}
    allowed = [
        each
        for label in ("apply", "apply_state")
        for each in statements(made["aws"]["aws_iam_role_policy", label]["policy"])
        if each["Effect"] == "Allow"
    ]
    conditional = [
        each for each in allowed if boundary.items() <= each.get("Condition", {}).get("StringEquals", {}).items()
    ]
    bounded = {action for each in conditional for action in each["Action"]}
    gives = {"AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy"}
    assert bounded >= {f"iam:{action}" for action in gives}
    free = {action for each in allowed for action in each["Action"]} - bounded
    free -= {"iam:UpdateAssumeRolePolicy"}  # which says who becomes a role, and not what it may do
    # A machine's profile takes a role that may be passed, and no other ("iam:AddRoleToInstanceProfile").
    free -= {each for each in free if each.endswith("InstanceProfile")}
    assert not [action for action in free if re.search(r"\*|Boundary|Policy|Policies|User|Group|Profile", action)], free


def test_the_boundary_on_aws_lets_the_proof_of_a_host_through(made: dict[str, Made], tmp_path: Path) -> None:
    """Route 53 answers as us-east-1, which the environment's region is not; and no more of it is let through."""
    path = "modules/dns-challenge/aws"
    right = mocked_apply(copy_of(tmp_path, path), path)["aws_iam_role_policy", "this"]
    most = {each["Sid"]: each for each in statements(made["aws"]["aws_iam_policy", "boundary"]["policy"])}
    write, look = statements(right["policy"])
    for each in (write, look):
        allowed = most[each["Sid"]]
        assert (allowed["Effect"], allowed["Action"]) == ("Allow", each["Action"])
        assert fnmatchcase(each["Resource"], allowed["Resource"])
    like = "ForAllValues:StringLike"
    ((name, pattern),) = most["Prove"]["Condition"].pop(like).items()
    ((key, record),) = write["Condition"].pop(like).items()
    assert (name, pattern) == (key, "_acme-challenge.*")
    assert fnmatchcase(record, pattern)
    assert most["Prove"]["Condition"] == write["Condition"]


def test_who_applies_on_google_says_who_writes_in_a_zone(made: dict[str, Made]) -> None:
    """roles/dns.admin reads the policy of a zone, and does not write it ("Cloud DNS roles and permissions")."""
    assert "dns.managedZones.setIamPolicy" in made["google"]["google_project_iam_custom_role", "apply"]["permissions"]


def test_every_role_on_aws_has_the_boundary() -> None:
    bodies = [
        body
        for text in modules()
        for body in re.findall(r'^resource "aws_iam_role" .*?^\}', text, re.MULTILINE | re.DOTALL)
    ]
    assert len(bodies) >= 9
    assert [body.split("{")[0] for body in bodies if ":policy/pipeline-${var.name}-boundary" not in body] == []
