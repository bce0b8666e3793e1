"""Rules between microservices: a path leads to one of them, an event has both ends, and a queue has one reader.

They look at the file's own tables, because pydantic keeps nothing of a service with a fault; a rule that needs what is
faulty waits.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from environments.field_types import refusal
from environments.services import Service
from environments.table import Surroundings
from environments.wording import dotted, listed, nearest, shown
from flowwise.platform import NEEDS
from flowwise.secret_store import MAX_SECRET_NAME_LENGTH
from flowwise.tables.taken_names import DEAD_LETTERS
from flowwise.tables.vendor_keys import GIVEN_SECRETS, own_secret

Words = Mapping[str, Sequence[str] | None]
"""By service: a list of the file, or None where it is faulty."""


_MOST_CLASHES = 5
_DEAD = DEAD_LETTERS.removeprefix(".")


def check_together(tables: Any, check: ValidatorFunctionWrapHandler, around: Surroundings) -> Mapping[str, Service]:
    """The services, each checked by itself and then with the others. Raises ValidationError with every fault."""
    faults = list[InitErrorDetails]()
    services: Mapping[str, Service] = {}
    try:
        services = check(tables)
    except ValidationError as error:
        faults += map(_again, error.errors(include_url=False))
    if isinstance(tables, dict):
        faulty = {fault["loc"][:2] for fault in faults}
        paths, publishes, consumes = (_words(tables, key, faulty) for key in ("paths", "publishes", "consumes"))
        own, shared = (_words(tables, key, faulty) for key in ("own_queues", "shared_queues"))
        deployed = _deployed(tables)
        faults += _names_of_two(tables, deployed, faulty)
        around.service_with_paths = next((name for name, some in paths.items() if some), None)
        faults += _paths_of_two(paths)
        faults += _ends_without_the_other("publishes", publishes, "consumes", consumes)
        faults += _ends_without_the_other("consumes", consumes, "publishes", publishes)
        faults += _keys_of_another_kind(tables, faulty)
        faults += _calls_to_nobody(_words(tables, "calls", faulty), _kinds(tables))
        faults += _queues_of_two(consumes, own, shared, deployed)
        faults += _secrets_of_two(_words(tables, "secrets", faulty), deployed)
    if faults:
        raise ValidationError.from_exception_data("services", faults)
    return services


def _again(details: ErrorDetails) -> InitErrorDetails:
    """A fault that was caught, to be raised with others."""
    error = PydanticCustomError(details["type"], "fault", details.get("ctx"))
    return InitErrorDetails(type=error, loc=details["loc"], input=details["input"])


def _words(tables: Mapping[str, Any], key: str, faulty: Collection[tuple[int | str, ...]]) -> Words:
    return {
        name: None if (name,) in faulty or (name, key) in faulty else table.get(key, [])
        for name, table in tables.items()
    }


def _deployed(tables: Mapping[str, Any]) -> Mapping[str, Any]:
    """By service, the name that it was made by."""
    return {name: table.get("was", name) if isinstance(table, dict) else name for name, table in tables.items()}


def _names_of_two(
    tables: Mapping[str, Any], deployed: Mapping[str, Any], faulty: Collection[tuple[int | str, ...]]
) -> Iterator[InitErrorDetails]:
    """Each service that was made by its own name, by that of another, or by one that another was made by before it."""
    taken = {made_by: name for name, made_by in deployed.items() if made_by == name}
    for name, was in deployed.items():
        if not isinstance(tables[name], dict) or "was" not in tables[name] or (name, "was") in faulty:
            continue
        other = taken.setdefault(was, name)
        if was == name:
            allowed = "nothing, or the name that it had before: this is the one that it has"
        elif other != name:
            allowed = f"a name that no other is deployed by: {dotted(['services', other])} is by this one"
        else:
            continue
        yield InitErrorDetails(type=refusal(allowed), loc=(name, "was"), input=was)


def _paths_of_two(paths: Words) -> Iterator[InitErrorDetails]:
    """Each service with a path that one of another service before it is, begins, or begins with: as whole segments."""
    taken = dict[str, str]()  # whose each path is
    below = dict[str, list[str]]()  # by each beginning of a path, the first few of the paths that it begins
    for name, own in paths.items():
        clashes = dict[str, str]()
        for mine in own or ():
            beginnings = list(_beginnings(mine))
            clashes |= {path: taken[path] for path in (*beginnings, *below.get(_ended(mine), [])) if path in taken}
        if clashes:
            said = [f"{shown(path)} leads to {dotted(['services', other])}" for path, other in clashes.items()]
            allowed = f"paths that neither are nor begin another service's, nor begin with one: {' and '.join(said)}"
            yield InitErrorDetails(type=refusal(allowed), loc=(name, "paths"), input=own)
        for mine in own or ():
            taken.setdefault(mine, name)
            for beginning in _beginnings(mine):
                beginners = below.setdefault(_ended(beginning), [])
                if len(beginners) < _MOST_CLASHES:
                    beginners.append(mine)


def _ended(path: str) -> str:
    """The path with a slash at its end, for it begins whole segments: "/a" begins "/a/b", and not "/ab"."""
    return f"{path.rstrip('/')}/"


def _beginnings(path: str) -> Iterator[str]:
    """All paths that begin this one, as files write them: "/", "/a" and "/a/b" for "/a/b"."""
    yield "/"
    segments = path.strip("/").split("/")
    for number in range(1, len(segments) + 1):
        if segments[0]:
            yield "/" + "/".join(segments[:number])


def _ends_without_the_other(key: str, ends: Words, other_key: str, other_ends: Words) -> Iterator[InitErrorDetails]:
    if None in other_ends.values():
        return
    others = set(chain.from_iterable(queues or () for queues in other_ends.values()))
    for name, queues in ends.items():
        if alone := [queue for queue in queues or () if queue not in others]:
            error = refusal(
                f"events that a service {other_key}: none {other_key} {listed(alone)}",
                suggestion=nearest(alone[0], sorted(others)),
            )
            yield InitErrorDetails(type=error, loc=(name, key), input=queues)


def _queues_of_two(
    consumes: Words, own: Words, shared: Words, deployed: Mapping[str, Any]
) -> Iterator[InitErrorDetails]:
    """Each service that reads a queue that another one reads, and does not say that both share it."""
    if None in (*consumes.values(), *own.values(), *shared.values()):
        return
    readers = dict[str, list[str]]()
    for name, events in consumes.items():
        for event in events or ():
            if event not in (own[name] or ()):
                readers.setdefault(event, []).append(name)
    for event, names in readers.items():
        alone = [name for name in names if event not in (shared[name] or ())]
        for name in alone if len(alone) == 1 < len(names) else alone[1:]:
            others = " and ".join(dotted(["services", other]) for other in names if other != name)
            error = refusal(
                f"a queue that nobody else reads, as {others} does that of {shown(event)}: own_queues = "
                f"[{shown(event)}] besides has this one get every event by a queue of its own; or shared_queues = "
                f"[{shown(event)}] in all of them has each event go to one of them"
            )
            yield InitErrorDetails(type=error, loc=(name, "consumes"), input=consumes[name])
    for name, events in own.items():
        if deployed[name] == _DEAD and events:
            error = refusal(f"[]: a queue that ends in .{_DEAD} is where messages go that nobody could process")
            yield InitErrorDetails(type=error, loc=(name, "own_queues"), input=events)


_OF_HTTP = ("port", "health", "paths", "public")
_OF_COPIES = (
    *("min_replicas", "max_replicas", "cpu_percent", "memory_percent"),
    *("scale_on_queue", "messages_per_replica"),
)
_NOT_OF_KIND = {
    "http": ("schedule", "time_zone"),
    "worker": ("schedule", "time_zone", *_OF_HTTP),
    "job": (*_OF_HTTP, *_OF_COPIES),
}
_WHAT_IT_DOES = {
    "http": "which runs all the time",
    "worker": "which runs all the time, and listens on no port",
    "job": "which listens on no port, and of which one runs at a time",
}


def _kinds(tables: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: table.get("kind", "http") if isinstance(table, dict) else None for name, table in tables.items()}


def _keys_of_another_kind(
    tables: Mapping[str, Any], faulty: Collection[tuple[int | str, ...]]
) -> Iterator[InitErrorDetails]:
    """Each key that a service of its kind has no use for, where the file says it."""
    for name, kind in _kinds(tables).items():
        for key in _NOT_OF_KIND.get(kind, ()) if isinstance(kind, str) else ():
            if key in tables[name] and (name, key) not in faulty:
                error = refusal(f"nothing, because kind is {shown(kind)}, {_WHAT_IT_DOES[kind]}")
                yield InitErrorDetails(type=error, loc=(name, key), input=tables[name][key])


def _calls_to_nobody(calls: Words, kinds: Mapping[str, Any]) -> Iterator[InitErrorDetails]:
    """Each service that calls one that there is not, that listens to nobody, or itself."""
    for name, callees in calls.items():
        others = [other for other in calls if other != name and kinds[other] == "http"]
        if unknown := [callee for callee in callees or () if callee not in others]:
            allowed = (
                f"other microservices with HTTP: {listed(others)}" if others else "[]: there is no other with HTTP"
            )
            error = refusal(allowed, suggestion=nearest(unknown[0], others))
            yield InitErrorDetails(type=error, loc=(name, "calls"), input=callees)


_STORED = {*GIVEN_SECRETS, *(f"{server}-{user}" for server in NEEDS for user in ("administrator", "watcher"))}
"""What the store has, or may have one day, besides what each microservice has."""


def _secrets_of_two(secrets: Words, deployed: Mapping[str, Any]) -> Iterator[InitErrorDetails]:
    """Each service with a secret whose name in the store is another one's, or longer than stores take."""
    whose = dict.fromkeys(_STORED, "a secret of the environment")
    whose |= {
        f"{deployed[name]}-{need}": f"a password of {dotted(['services', name])}" for name in secrets for need in NEEDS
    }
    for name, own in secrets.items():
        for variable in own or ():
            stored = own_secret(deployed[name], variable)
            if len(stored) > MAX_SECRET_NAME_LENGTH:
                most = MAX_SECRET_NAME_LENGTH - len(own_secret(deployed[name], ""))
                allowed = f"names of at most {most} characters, for the store knows them as {deployed[name]}-..."
                yield InitErrorDetails(type=refusal(allowed), loc=(name, "secrets"), input=own)
            elif stored in whose:
                allowed = f"another name than {variable}: {shown(stored)} is {whose[stored]} in the store"
                yield InitErrorDetails(type=refusal(allowed), loc=(name, "secrets"), input=own)
            whose.setdefault(stored, f"a secret of {dotted(['services', name])}")
