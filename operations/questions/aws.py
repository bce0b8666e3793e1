"""What `aws` is asked, and how its answers are read.

Shapes: the AWS CLI command reference, which prints what the service's interface gives.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from environments import Environment
from environments.given import given
from flowwise.pipeline_identity import ISSUER
from flowwise.tables.naming import known_name
from flowwise.tables.regions import AWS_ZONE_IDS, REGIONS
from flowwise.tables.sizes import broker_node, database_server
from operations.questions.account import named_account
from operations.questions.asking import NotToldError, told
from operations.questions.question import Answer, Question, could_not_ask, good_if, not_ok, ok
from operations.questions.room import about, room_for
from quotas import Need, needs_of
from quotas.aws import ADDRESSES, DATABASES, DISKS, NETWORKS, ON_DEMAND, SPOT
from quotas.nodes import nodes_of

_JSON = ("--output", "json")
# One of each service that the first day and the first deploy make something of.
_ACTIONS = (
    "ec2:CreateVpc",
    "ecr:CreateRepository",
    "eks:CreateCluster",
    "elasticache:CreateReplicationGroup",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreateRole",
    "iam:CreateServiceLinkedRole",
    "kms:CreateKey",
    "rds:CreateDBInstance",
    "s3:CreateBucket",
    "secretsmanager:CreateSecret",
)
# "On-Demand Instance quotas", Amazon EC2: the first letters of the families that count together.
_STANDARD = re.compile("[acdhimrtz][0-9]")


def signed_in(environment: Environment) -> Question:
    """The first question, whose answer is the account."""
    account = named_account(environment)

    def judge(caller: Any) -> Answer:
        found = f"{caller['Arn']} in {caller['Account']}"
        return good_if(account in (None, caller["Account"]), found, f"{found}, and not in {account}")

    return Question("signed in", ("aws", "sts", "get-caller-identity", *_there(environment)), judge)


def _there(environment: Environment) -> tuple[str, ...]:
    """What ends every command: nobody has to have set up a region, which some of the tool's versions want of all."""
    return ("--region", REGIONS[environment.known_region]["aws"].code, *_JSON)


def questions(environment: Environment, caller: Any) -> Iterator[Question]:
    """All others, by what the first one told."""
    place = REGIONS[environment.known_region]["aws"].code
    there = _there(environment)
    zones = given(environment.network).zones
    yield _rights(caller["Arn"], there)
    yield _identity_provider(caller["Account"], there)
    for machine in dict.fromkeys(pool.machine for pool in nodes_of(environment, "aws")):
        yield _machine(machine, AWS_ZONE_IDS[place][:zones], there)
    if environment.postgres:
        for size in dict.fromkeys(server.size for server in environment.database_servers.values()):
            yield _database(environment, size, there)
    if environment.rabbitmq and environment.rabbitmq.mode == "managed":
        yield _broker(broker_node(environment.rabbitmq.size, "aws"), there)
    for need in needs_of(environment):
        yield _quota(need, there)
    yield _bucket(known_name("s3_state_bucket", environment.prefix, owner=environment.organization), there)
    yield _secrets(known_name("secret_folder", environment.prefix), there)


def _rights(arn: str, there: tuple[str, ...]) -> Question:
    def judge(simulated: Any) -> Answer:
        refused = [
            each["EvalActionName"] for each in simulated["EvaluationResults"] if each["EvalDecision"] != "allowed"
        ]
        return good_if(not refused, f"{len(_ACTIONS)} actions are allowed", f"not allowed: {', '.join(refused)}")

    if arn.endswith(":root"):
        return Question("rights of an administrator", ("aws", "sts", "get-caller-identity", *there), _all_rights)
    command = ("aws", "iam", "simulate-principal-policy", "--policy-source-arn", _policy_source(arn, there))
    return Question("rights of an administrator", (*command, "--action-names", *_ACTIONS, *there), judge)


def _all_rights(_: Any) -> Answer:
    return ok("the account's root user may do everything")


def _policy_source(arn: str, there: tuple[str, ...]) -> str:
    """The identity that a caller's policies hang on: of a session, the role, whose path its ARN leaves out."""
    session = re.fullmatch(r"arn:([^:]+):sts::(\d+):assumed-role/([^/]+)/.+", arn)
    if not session:
        return arn
    partition, account, role = session.groups()
    try:
        found: Any = told(("aws", "iam", "get-role", "--role-name", role, *there))
        return str(found["Role"]["Arn"])
    except (NotToldError, KeyError, TypeError):
        return f"arn:{partition}:iam::{account}:role/{role}"


def _identity_provider(account: str, there: tuple[str, ...]) -> Question:
    def judge(providers: Any) -> Answer:
        known = any(each["Arn"].endswith(f"/{ISSUER}") for each in providers["OpenIDConnectProviderList"])
        return ok(f"github_known = {str(known).lower()} in the first day of {account}")

    return Question("GitHub as identity provider", ("aws", "iam", "list-open-id-connect-providers", *there), judge)


def _machine(name: str, zones: list[str], there: tuple[str, ...]) -> Question:
    def judge(offerings: Any) -> Answer:
        offered = {each["Location"] for each in offerings["InstanceTypeOfferings"] if each["InstanceType"] == name}
        missing = [zone for zone in zones if zone not in offered]
        text = f"offered in {', '.join(sorted(offered)) or 'no zone'}"
        return good_if(not missing, text, f"{text}, and not in {', '.join(missing)}")

    command = ("aws", "ec2", "describe-instance-type-offerings", "--location-type", "availability-zone-id")
    filters = ("--filters", f"Name=instance-type,Values={name}")
    return Question(f"machines {name} in {len(zones)} zones", (*command, *filters, *there), judge)


def _database(environment: Environment, size: str, there: tuple[str, ...]) -> Question:
    postgres = given(environment.postgres)
    name = database_server(size, "aws").sku

    def judge(options: Any) -> Answer:
        of_version = [
            each
            for each in options["OrderableDBInstanceOptions"]
            if each["EngineVersion"].partition(".")[0] == postgres.version and each.get("StorageType", "gp3") == "gp3"
        ]
        if not of_version:
            return not_ok(f"PostgreSQL {postgres.version} is not sold on {name} with gp3")
        several = any(each["MultiAZCapable"] for each in of_version)
        wanted = postgres.high_availability
        return good_if(several or not wanted, "sold" + (", with a standby" if wanted else ""), "sold without a standby")

    command = ("aws", "rds", "describe-orderable-db-instance-options", "--engine", "postgres")
    standby = " with a standby" if postgres.high_availability else ""
    about_it = f"PostgreSQL {postgres.version} on {name}{standby}"
    return Question(about_it, (*command, "--db-instance-class", name, "--vpc", *there), judge)


def _broker(name: str, there: tuple[str, ...]) -> Question:
    def judge(options: Any) -> Answer:
        found = [each for each in options["BrokerInstanceOptions"] if each["HostInstanceType"] == name]
        return good_if(bool(found), "sold", "not sold in the region")

    command = ("aws", "mq", "describe-broker-instance-options", "--engine-type", "RABBITMQ")
    return Question(f"RabbitMQ on {name}", (*command, "--host-instance-type", name, *there), judge)


def _quota(need: Need, there: tuple[str, ...]) -> Question:
    quota = need.quota
    code = ("--service-code", quota.service, "--quota-code", quota.name)

    def judge(found: Any) -> Answer:
        try:
            used = _used(need, there)
        except NotToldError as failure:
            return could_not_ask(f"what is used of {found['Quota']['Value']:g}: {str(failure).strip()}")
        return room_for(need, found["Quota"]["Value"], used)

    def never_raised(said: str) -> Answer | None:
        # "GetServiceQuota", Service Quotas: of some quotas it knows no value but everybody's.
        if "NoSuchResourceException" not in said:
            return None
        try:
            return judge(told(("aws", "service-quotas", "get-aws-default-service-quota", *code, *there)))
        except NotToldError:
            return None

    command = ("aws", "service-quotas", "get-service-quota", *code, *there)
    return Question(about(need), command, judge, never_raised)


def _used(need: Need, there: tuple[str, ...]) -> float:
    """What the account uses of a quota, as the service itself lists it: Service Quotas tells limits alone."""

    def listed(*command: str) -> Any:
        return told(("aws", *command, *there))

    name = need.quota.name
    if name in (ON_DEMAND.name, SPOT.name):
        return _vcpus(listed("ec2", "describe-instances", *_RUNNING))[name == SPOT.name]
    if name == ADDRESSES.name:
        return len(listed("ec2", "describe-addresses")["Addresses"])
    if name == NETWORKS.name:
        return len(listed("ec2", "describe-vpcs")["Vpcs"])
    if name == DISKS.name:
        volumes = listed("ec2", "describe-volumes", "--filters", "Name=volume-type,Values=gp3")["Volumes"]
        return float(round(sum(volume["Size"] for volume in volumes) / 1024, 2))
    if name == DATABASES.name:
        return len(listed("rds", "describe-db-instances")["DBInstances"])
    raise ValueError(f"nobody says how to count {name}")


_RUNNING = ("--filters", "Name=instance-state-name,Values=pending,running")


def _vcpus(instances: Any) -> Counter[bool]:
    """The vCPUs that run, by whether they are spot."""
    counted: Counter[bool] = Counter()
    for reservation in instances["Reservations"]:
        for machine in reservation["Instances"]:
            if _STANDARD.match(machine["InstanceType"]):
                cpus = machine["CpuOptions"]
                counted[machine.get("InstanceLifecycle") == "spot"] += cpus["CoreCount"] * cpus["ThreadsPerCore"]
    return counted


def _bucket(name: str, there: tuple[str, ...]) -> Question:
    def refused(said: str) -> Answer | None:
        if "(404)" in said:
            return ok("free")
        return not_ok("somebody else's: give organization another word") if "(403)" in said else None

    command = ("aws", "s3api", "head-bucket", "--bucket", name, *there)
    return Question(f"name {name}", command, lambda _: ok("the account's own"), refused)


def _secrets(folder: str, there: tuple[str, ...]) -> Question:
    def judge(found: Any) -> Answer:
        deleted = [secret["Name"] for secret in found["SecretList"] if secret.get("DeletedDate")]
        text = f"deleted, and their names are kept until they are gone for good: {', '.join(deleted)}"
        return good_if(not deleted, "none is on its way out", text)

    command = ("aws", "secretsmanager", "list-secrets", "--include-planned-deletion")
    filters = ("--filters", f"Key=name,Values={folder}")
    return Question(f"names of secrets below {folder}", (*command, *filters, *there), judge)
