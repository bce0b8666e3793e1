"""What `gcloud` is asked, and how its answers are read.

Shapes: the reference of gcloud, and of the REST interfaces whose resources it prints: Project (Resource Manager),
Region, Project and MachineType (Compute Engine), Service (Service Usage), ProjectBillingInfo (Cloud Billing).
"""

from collections.abc import Iterator
from typing import Any

from environments import Environment
from environments.given import given
from flowwise.google.services import FIRST
from flowwise.tables.naming import known_name
from flowwise.tables.regions import REGIONS
from operations.failure import OperationError
from operations.questions.account import named_account
from operations.questions.asking import NotToldError, told
from operations.questions.question import Answer, Question, could_not_ask, good_if, not_ok, ok
from operations.questions.room import about, room_for
from quotas import Need, needs_of
from quotas.google import REGION
from quotas.nodes import nodes_of

_JSON = ("--format", "json")


def signed_in(environment: Environment) -> Question:
    """The first question, whose answer is the account."""

    def judge(accounts: Any) -> Answer:
        active = [each["account"] for each in accounts if each["status"] == "ACTIVE"]
        return good_if(bool(active), ", ".join(active), "nobody: gcloud auth login")

    return Question("signed in", ("gcloud", "auth", "list", "--filter", "status:ACTIVE", *_JSON), judge)


def _project(environment: Environment) -> str:
    """The project that is asked about. Raises OperationError if nobody names one."""
    named = named_account(environment)
    if named:
        return named
    try:
        found = told(("gcloud", "config", "get-value", "project", *_JSON))
    except NotToldError:
        found = None
    if not found:
        raise OperationError("Which project? Say TF_VAR_project_id=..., or gcloud config set project ...")
    return str(found)


def questions(environment: Environment, accounts: Any) -> Iterator[Question]:
    """All others, by who has signed in."""
    project = _project(environment)
    in_it = ("--project", project, *_JSON)
    place = REGIONS[environment.known_region]["google"].code
    yield _active(project)
    yield _billing(project)
    yield _rights(accounts[0]["account"], project)
    yield _services(in_it)
    for machine in dict.fromkeys(pool.machine for pool in nodes_of(environment, "google")):
        yield _machine(machine, given(environment.network).zones, place, in_it)
    for need in needs_of(environment):
        yield _quota(need, project, place, in_it)
    yield _bucket(known_name("gcs_state_bucket", environment.prefix, owner=environment.organization), in_it)


def _active(project: str) -> Question:
    def judge(found: Any) -> Answer:
        state = found["lifecycleState"]
        return good_if(state == "ACTIVE", f"{project}, number {found['projectNumber']}", f"{project} is {state}")

    return Question("project", ("gcloud", "projects", "describe", project, *_JSON), judge)


def _billing(project: str) -> Question:
    def judge(found: Any) -> Answer:
        account = found.get("billingAccountName", "").removeprefix("billingAccounts/")
        return good_if(bool(found.get("billingEnabled")), f"paid by {account}", "nobody pays for the project")

    return Question("billing", ("gcloud", "billing", "projects", "describe", project, *_JSON), judge)


def _rights(account: str, project: str) -> Question:
    def judge(policies: Any) -> Answer:
        roles = {
            binding["role"]
            for each in policies
            for binding in each["policy"].get("bindings", [])
            if any(member.partition(":")[2] == account for member in binding["members"])
        }
        if "roles/owner" in roles:
            return ok("roles/owner")
        found = ", ".join(sorted(roles)) or "no role"
        return could_not_ask(f"{account} has {found}; what groups bring along does not show here")

    command = ("gcloud", "projects", "get-ancestors-iam-policy", project, *_JSON)
    return Question("rights of an owner", command, judge)


def _services(in_it: tuple[str, ...]) -> Question:
    def judge(services: Any) -> Answer:
        enabled = {each["config"]["name"].removesuffix(".googleapis.com") for each in services}
        missing = [service for service in FIRST if service not in enabled]
        return good_if(not missing, f"{len(FIRST)} of the first day are on", f"off: {', '.join(missing)}")

    return Question("services", ("gcloud", "services", "list", "--enabled", *in_it), judge)


def _machine(name: str, zones: int, place: str, in_it: tuple[str, ...]) -> Question:
    def judge(types: Any) -> Answer:
        offered = sorted(each["zone"].rpartition("/")[2] for each in types if each["name"] == name)
        text = f"offered in {', '.join(offered) or 'no zone'}"
        return good_if(len(offered) >= zones, text, f"{text}, and {zones} zones are asked for")

    filters = ("--filter", f"name={name} AND zone~{place}-")
    return Question(
        f"machines {name} in {zones} zones", ("gcloud", "compute", "machine-types", "list", *filters, *in_it), judge
    )


def _quota(need: Need, project: str, place: str, in_it: tuple[str, ...]) -> Question:
    def judge(described: Any) -> Answer:
        row = next((each for each in described["quotas"] if each["metric"] == need.quota.name), None)
        return room_for(need, row["limit"], row["usage"]) if row else room_for(need, None, 0)

    what = ("regions", "describe", place) if need.quota.service == REGION else ("project-info", "describe")
    return Question(about(need), ("gcloud", "compute", *what, *in_it), judge)


def _bucket(name: str, in_it: tuple[str, ...]) -> Question:
    def refused(said: str) -> Answer | None:
        if "not found: 404" in said:
            return ok("free")
        # Google tells no stranger whether a bucket is there.
        return (
            not_ok("somebody else's: give organization another word")
            if "does not have storage.buckets.get access" in said
            else None
        )

    command = ("gcloud", "storage", "buckets", "describe", f"gs://{name}", *in_it)
    return Question(f"name {name}", command, lambda _: ok("the project's own"), refused)
