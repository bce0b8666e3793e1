"""Rules that several contracts share, so that every module checks and words them alike."""

import json
from collections.abc import Mapping, Sequence

from flowwise.authoring.contract import Object, Validation
from flowwise.tables.naming import MAX_PREFIX_LENGTH, MAX_SUFFIX_LENGTH, NAME_PATTERN
from flowwise.tables.pod_ranges import THERE, THERE_PREFIX_LENGTHS
from flowwise.tables.taken_names import SERVICE_NAMES, service_name_pattern

PREFIX = Validation(
    f'can(regex("^{NAME_PATTERN}$", self)) && length(self) <= {MAX_PREFIX_LENGTH}',
    f"name must have at most {MAX_PREFIX_LENGTH} lower-case letters, digits and single hyphens, must start with a "
    "letter and must not end with a hyphen.",
    rejects="Flow_Wise",
)


_PRIVATE = r"10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\."
_SHARED = r"100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\."


def private_range(what: str, largest: int, smallest: int) -> Validation:
    """A range of private addresses (RFC 1918), from /`largest` to /`smallest`, written with its first address."""
    return Validation(
        _is_range(_PRIVATE, range(largest, smallest + 1)),
        f"{what} must be a range of private addresses (RFC 1918) between /{largest} and /{smallest}, written with its "
        "first address.",
        rejects="10.0.0.1/8",
    )


def range_there(what: str, besides: str | None = None) -> Validation:
    """A range that a cluster that is there has, whatever its size, or another one that it may have `besides`."""
    found = _is_range(f"{_PRIVATE}|{_SHARED}", THERE_PREFIX_LENGTHS)
    return Validation(
        f'self == "{besides}" || ({found})' if besides else found,
        f"{what} must be a range inside of {', '.join(THERE)}, written with its first address"
        f"{f', or {besides}' if besides else ''}.",
        rejects="203.0.113.0/24",
    )


def _is_range(beginnings: str, lengths: Sequence[int]) -> str:
    either = "|".join(map(str, lengths))
    return f'can(regex("^({beginnings})[0-9.]+/({either})$", self)) && try(cidrsubnet(self, 0, 0) == self, false)'


def microservice_names(rejects: Mapping[str, Object]) -> Validation:
    """Names of microservices, the keys of a map of which there is at least one; none that something else has."""
    taken = "; ".join(
        ", ".join((*each.names, *(f"{beginning}*" for beginning in each.beginnings))) for each in SERVICE_NAMES
    )
    return Validation(
        "length(self) > 0 && alltrue([\n"
        "  for name in keys(self) :\n"
        f'  can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH} &&\n'
        f'  !can(regex("{service_name_pattern()}", name))\n'
        "])",
        f"services must name at least one microservice, each with at most {MAX_SUFFIX_LENGTH} lower-case letters, "
        "digits and single hyphens, of which the first is a letter and the last no hyphen. What something else is "
        f"called has no microservice: {taken}.",
        rejects=dict(rejects),
    )


def size_of(words: Sequence[str], names: str, what: str) -> Validation:
    """Only these words, and the clouds' own names: a regular expression for RE2."""
    return Validation(
        is_size("self", words, names),
        f"{what} must be one of {', '.join(words)}, or the cloud's own name of one.",
        rejects="none-of-these",
    )


def is_size(value: str, words: Sequence[str], names: str) -> str:
    """The condition that a value is such a size."""
    return f'contains({json.dumps(list(words))}, {value}) || can(regex("^({names})$", {value}))'
