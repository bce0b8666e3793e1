"""What `az` is asked, and how its answers are read.

Shapes: the reference of the Azure CLI, and of the REST interface of what its commands print as they get it: "Resource
Skus - List" and "Usage - List" (Compute), "Capabilities By Location - List" and "Quota Usages - List" (PostgreSQL).
"""

from collections.abc import Callable, Iterator
from typing import Any

from environments import Environment
from environments.given import given
from flowwise.azure.namespaces import ENCRYPTION_AT_HOST, NAMESPACES
from flowwise.remote_state import AZURE_ACCOUNT_SUFFIX
from flowwise.tables.naming import known_name
from flowwise.tables.regions import REGIONS
from flowwise.tables.sizes import database_server
from operations.questions.account import named_account
from operations.questions.asking import NotToldError, told
from operations.questions.question import Answer, Question, good_if, not_ok, ok
from operations.questions.room import about, room_for
from quotas import Need, needs_of
from quotas.azure import COMPUTE, NETWORK, machine_of
from quotas.nodes import nodes_of

_JSON = ("--output", "json")
_MANAGEMENT = "https://management.azure.com/subscriptions"
_QUOTA_API = "2024-08-01"
# Either gives every right that a first day needs; the second has two halves.
_OWNER, _HALVES = "Owner", ("Contributor", {"User Access Administrator", "Role Based Access Control Administrator"})


def signed_in(environment: Environment) -> Question:
    """The first question, whose answer is the account."""
    account = named_account(environment)

    def judge(shown: Any) -> Answer:
        found = f"{shown['user']['name']} in {shown['id']} ({shown['name']})"
        return good_if(shown["state"] == "Enabled", found, f"{found} is {shown['state']}")

    wanted = ("--subscription", account) if account else ()
    return Question("signed in", ("az", "account", "show", *wanted, *_JSON), judge)


def questions(environment: Environment, shown: Any) -> Iterator[Question]:
    """All others, by what the first one showed."""
    subscription = shown["id"]
    in_it = ("--subscription", subscription, *_JSON)
    place = REGIONS[environment.known_region]["azure"].code
    yield _rights(shown["user"]["name"], subscription, in_it)
    yield _namespaces(in_it)
    yield _feature(in_it)
    for machine in dict.fromkeys(pool.machine for pool in nodes_of(environment, "azure")):
        yield _machine(machine, given(environment.network).zones, place, in_it)
    if environment.postgres:
        for size in dict.fromkeys(server.size for server in environment.database_servers.values()):
            yield _database(environment, size, place, in_it)
    for need in needs_of(environment):
        yield _quota(need, subscription, place, in_it)
    yield from _names(environment, subscription, in_it)


def _rights(user: str, subscription: str, in_it: tuple[str, ...]) -> Question:
    def judge(assignments: Any) -> Answer:
        roles = {assignment["roleDefinitionName"] for assignment in assignments}
        enough = _OWNER in roles or (_HALVES[0] in roles and bool(_HALVES[1] & roles))
        found = ", ".join(sorted(roles)) or "no role"
        return good_if(enough, found, f"{found}, and not {_OWNER}: who may be a guest, or have it by another group")

    scope = ("--assignee", user, "--include-inherited", "--include-groups", "--scope", f"/subscriptions/{subscription}")
    return Question("rights of an owner", ("az", "role", "assignment", "list", *scope, *in_it), judge)


def _namespaces(in_it: tuple[str, ...]) -> Question:
    def judge(providers: Any) -> Answer:
        # Azure writes microsoft.insights now with one capital, now with none.
        registered = {each["namespace"].lower() for each in providers if each["registrationState"] == "Registered"}
        missing = [name for name in NAMESPACES if name.lower() not in registered]
        return good_if(not missing, f"{len(NAMESPACES)} registered", f"not registered: {', '.join(missing)}")

    return Question("resource providers", ("az", "provider", "list", *in_it), judge)


def _feature(in_it: tuple[str, ...]) -> Question:
    namespace, name = ENCRYPTION_AT_HOST.split("/")

    def judge(feature: Any) -> Answer:
        state = feature["properties"]["state"]
        return good_if(state == "Registered", state, f"{state}; the first day registers it")

    command = ("az", "feature", "show", "--namespace", namespace, "--name", name, *in_it)
    return Question(f"feature {ENCRYPTION_AT_HOST}", command, judge)


def _machine(sku: str, zones: int, place: str, in_it: tuple[str, ...]) -> Question:
    def judge(skus: Any) -> Answer:
        # `--size` finds every name that has this one in it.
        found = [each for each in skus if each["name"] == sku]
        if not found:
            return not_ok(f"not sold in {place}")
        (machine,) = found
        offered = {zone for info in machine["locationInfo"] for zone in info["zones"] or []}
        for restriction in machine["restrictions"]:
            if restriction["type"] == "Location":
                return not_ok(f"not for this subscription in {place}: {restriction['reasonCode']}")
            offered -= set(restriction["restrictionInfo"]["zones"] or [])
        # AKS is told zones by number, the lowest first.
        missing = sorted({str(number) for number in range(1, zones + 1)} - offered)
        text = f"in zones {', '.join(sorted(offered)) or 'none'}"
        return good_if(not missing, text, f"{text}, and not in {', '.join(missing)} for this subscription")

    command = ("az", "vm", "list-skus", "--location", place, "--resource-type", "virtualMachines", "--size", sku)
    return Question(f"machines {sku} in {zones} zones", (*command, "--all", *in_it), judge)


def _database(environment: Environment, size: str, place: str, in_it: tuple[str, ...]) -> Question:
    postgres = given(environment.postgres)
    machine = machine_of(database_server(size, "azure").sku)
    mode = "SameZone" if postgres.same_zone else "ZoneRedundant"  # as the module postgres-db asks for it

    def judge(capabilities: Any) -> Answer:
        here = capabilities[0]
        if here.get("restricted") == "Enabled" or not here.get("supportedServerEditions"):
            return not_ok(here.get("reason") or f"new servers are restricted in {place}")
        skus = {
            sku["name"]: sku for edition in here["supportedServerEditions"] for sku in edition["supportedServerSkus"]
        }
        versions = {version["name"] for version in here["supportedServerVersions"]}
        if machine not in skus:
            return not_ok(f"no {machine} in {place}")
        if postgres.version not in versions:
            return not_ok(f"no PostgreSQL {postgres.version} in {place}")
        if not postgres.high_availability:
            return ok(f"{machine} is sold")
        modes = skus[machine]["supportedHaMode"]
        other = " (postgres.same_zone = true asks for SameZone)" if "SameZone" in modes and mode != "SameZone" else ""
        blocked = not postgres.same_zone and here.get("zoneRedundantHaSupported") == "Disabled"
        return good_if(
            mode in modes and not blocked,
            f"{machine} with a standby ({mode}) is sold",
            f"a standby of {machine} can be {', '.join(modes) or 'nowhere'}, and {mode} is asked for "
            "(postgres.high_availability)" + (f": {here['reason']}" if here.get("reason") else "") + other,
        )

    command = ("az", "postgres", "flexible-server", "list-skus", "--location", place, *in_it)
    standby = " with a standby" if postgres.high_availability else ""
    return Question(f"PostgreSQL {postgres.version} on {machine}{standby}", command, judge)


def _quota(need: Need, subscription: str, place: str, in_it: tuple[str, ...]) -> Question:
    def judge(usages: Any) -> Answer:
        rows = usages["value"] if isinstance(usages, dict) else usages
        by_name = {row["name"]["value"].lower(): row for row in rows}
        # Azure's lists of networks have begun to say which version of IP they mean.
        names = (need.quota.name, need.quota.name.removeprefix("IPv4"))
        row = next((by_name[name.lower()] for name in names if name.lower() in by_name), None)
        return room_for(need, float(row["limit"]), float(row["currentValue"])) if row else room_for(need, None, 0)

    commands = {
        COMPUTE: ("az", "vm", "list-usage", "--location", place, *in_it),
        NETWORK: ("az", "network", "list-usages", "--location", place, *in_it),
    }
    url = (
        f"{_MANAGEMENT}/{subscription}/providers/Microsoft.DBforPostgreSQL/locations/{place}"
        f"/resourceType/flexibleServers/usages?api-version={_QUOTA_API}"
    )
    command = commands.get(need.quota.service) or ("az", "rest", "--method", "get", "--url", url, *_JSON)
    return Question(about(need), command, judge)


def _names(environment: Environment, subscription: str, in_it: tuple[str, ...]) -> Iterator[Question]:
    """Those that nobody else in the world may have: of the state's storage, of the vaults, of the registry."""
    prefix = environment.prefix
    storage = known_name("storage_account", prefix, AZURE_ACCOUNT_SUFFIX, owner=environment.organization)
    names = [
        (("storage", "account"), storage),
        *(
            (("keyvault",), known_name(kind, prefix, owner=subscription))
            for kind in ("key_vault", "registry_key_vault", "secrets_key_vault")
        ),
        (("acr",), known_name("container_registry", prefix, owner=subscription)),
    ]
    ours = ("az", "resource", "list", "--tag", f"environment={environment.name}", *in_it)
    for group, name in names:
        yield Question(f"name {name}", ("az", *group, "check-name", "--name", name, *in_it), _free(name, ours))


def _free(name: str, ours: tuple[str, ...]) -> Callable[[Any], Answer]:
    def judge(found: Any) -> Answer:
        if found["nameAvailable"]:
            return ok("free")
        if name in (resource["name"] for resource in _resources(ours)):
            return ok("the environment's own")
        return not_ok(found.get("message") or found.get("reason") or "taken")

    return judge


def _resources(command: tuple[str, ...]) -> Any:
    try:
        return told(command) or []
    except NotToldError:
        return []
