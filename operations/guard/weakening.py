"""Whether values become weaker, by the kinds of rules that `rules.py` has."""

import ipaddress
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from operations.guard.leaves import Marked
from operations.guard.rights import takes_or_opens
from operations.guard.rules import Rule

EVERYBODY = frozenset({"*", "0.0.0.0/0", "::/0", "Internet", "Any", "allUsers", "allAuthenticatedUsers", "everybody"})
_AT_FIRST = frozenset({"on", "opens", "set"})
"""Kinds that say what must not be set: it must not be either where a resource is made."""


def weakens(rule: Rule, before: Sequence[Marked], after: Sequence[Marked]) -> bool:
    """Whether values that a rule names become weaker. What is not known before it is applied may be anything."""
    old, new = _plain(before), _plain(after)
    if any(not leaf.is_known for leaf in after):
        return rule.kind != "removed" and not rule.unknown_passes and _strength_to_lose(rule, old)
    return _KINDS[rule.kind](rule, old, new)


def is_weak(rule: Rule, after: Sequence[Marked]) -> bool:
    """Whether a resource that is made opens what rules keep shut."""
    if rule.kind not in _AT_FIRST or rule.new_passes or any(not leaf.is_known for leaf in after):
        return False
    new = _plain(after)
    return bool(EVERYBODY & set(_reach(new))) if rule.kind == "opens" else weakens(rule, [], after)


def _plain(leaves: Iterable[Marked]) -> list[Any]:
    return [leaf.value for leaf in leaves if leaf.value not in (None, "")]


def _strength_to_lose(rule: Rule, old: list[Any]) -> bool:
    if rule.kind in ("off", "lower", "higher", "less", "changed"):
        return any(value is not False for value in old) or rule.kind == "changed"
    return rule.kind != "on" or True not in old


def _falls(rule: Rule, old: list[Any], new: list[Any]) -> bool:
    """By rank, weakest first; what is missing has the rank of nothing."""
    rank, nothing = _RANKS[rule.kind]
    length = max(len(old), len(new))
    ranked = [
        sorted([*(rank(rule, value) for value in values), *[nothing] * (length - len(values))]) for values in (old, new)
    ]
    return any(now < before for before, now in zip(*ranked, strict=True))


def _number(rule: Rule, value: Any) -> float:
    if rule.order:
        return rule.order.index(value) if value in rule.order else -1
    try:
        return float(str(value).removesuffix("s"))  # Google Cloud's durations are texts in seconds
    except ValueError:
        return -math.inf


_RANKS: Mapping[str, tuple[Callable[[Rule, Any], float], float]] = {
    "off": (lambda _, value: float(value is True), 0.0),
    "on": (lambda _, value: float(value is not True), 1.0),
    "lower": (_number, -math.inf),
    "higher": (lambda rule, value: -_number(rule, value), -math.inf),
    "sooner": (lambda rule, value: math.inf if _number(rule, value) < 0 else _number(rule, value), math.inf),
}


def _opens(_: Rule, old: list[Any], new: list[Any]) -> bool:
    """Something reaches it that did not; or the list that bounds who does is empty."""
    reached = _reach(old)
    is_list_of_ranges = any(isinstance(value, str) for value in old)
    return (is_list_of_ranges and not new) or any(
        each not in reached and not _is_within(each, reached) for each in _reach(new)
    )


def _reach(values: Iterable[Any]) -> list[str]:
    return [reached for value in values for reached in (_peers(value) if isinstance(value, dict) else [str(value)])]


def _peers(rule: Mapping[str, Any]) -> list[str]:
    """Whom a rule of a Kubernetes network policy lets through that it does not name: ranges, and everybody."""
    ports = [f"{port.get('port')}-{port.get('end_port')}/{port.get('protocol')}" for port in _blocks(rule, "ports")]
    peers = [*_blocks(rule, "from"), *_blocks(rule, "to")]
    found = [] if peers else ["everybody"]
    for peer in peers:
        ranges = _blocks(peer, "ip_block")
        found += [
            f"{each.get('cidr')}" + (f" except {each['except']}" if each.get("except") else "") for each in ranges
        ]
        if not ranges and not any(
            map(_selects, (*_blocks(peer, "namespace_selector"), *_blocks(peer, "pod_selector")))
        ):
            found.append("everybody")
    return [f"{who} on {port}" for who in found for port in ports] if ports else found


def _blocks(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = value.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _selects(selector: Mapping[str, Any]) -> bool:
    return any(selector.values())


def _is_within(each: str, reached: Iterable[str]) -> bool:
    try:
        network: Any = ipaddress.ip_network(each, strict=False)
        return any(network.subnet_of(outer) for outer in map(_network, reached) if outer.version == network.version)
    except ValueError:
        return False


def _network(text: str) -> Any:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return ipaddress.ip_network("255.255.255.255/32")


_KINDS: Mapping[str, Callable[[Rule, list[Any], list[Any]], bool]] = {
    **dict.fromkeys(_RANKS, _falls),
    "less": lambda _, old, new: any(value not in new for value in old),
    "more": lambda _, old, new: any(value not in old for value in new),
    "removed": lambda _, old, new: bool(old) and not new,
    "changed": lambda _, old, new: old != new,
    "set": lambda _, old, new: bool(new) and old != new,
    "opens": _opens,
    "rights": lambda _, old, new: takes_or_opens(old, new),
}
