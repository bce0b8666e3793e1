"""What a stand-in refuses and replaces, by the facts that are known of the real provider."""

from typing import Any

import msgpack
import pytest

from synthesis.schemas.provider_facts import Fact, provider_facts
from tests.offline.plugin.rules import faults, kept, replacing

UNKNOWN = msgpack.ExtType(0, b"\0")
FACTS: dict[str, Fact] = {
    "tier": {"one_of": ["basic", "premium"]},
    "engine": {"one_of": ["postgres"], "ignore_case": True, "force_new": True},
    "window": {"one_of": [0], "one_of_or_other": True, "range": [7, 30]},
    "days": {"range": [7, None]},
    "private": {"false_is_null": True},
    "description": {"length": [0, 5]},
    "logs": {"elements_one_of": ["audit", "error"], "max_items": 2},
    "password": {"conflicts_with": ["password_wo"]},
    "password_wo": {"conflicts_with": ["password"], "required_with": ["version"]},
    "key": {"exactly_one_of": ["vault"]},
    "vault": {"exactly_one_of": ["key"]},
    "rule": {"members_at_least_one_of": ["topic", "address"], "min_items": 1, "force_new": True},
    "zones": {"force_new": True},
    "rule.address": {"at_least_one_of": ["rule.topic"]},
    "rule.kind": {"one_of": ["mail"], "force_new": True},
}
RIGHT: dict[str, Any] = {
    "tier": "premium",
    "engine": "Postgres",
    "window": 0,
    "days": 7,
    "private": None,
    "description": "short",
    "logs": ["audit", "error"],
    "password": None,
    "password_wo": "secret",
    "version": 1,
    "key": "key",
    "vault": None,
    "rule": [{"topic": "t", "address": None, "kind": "mail"}, {"topic": None, "address": "a", "kind": None}],
    "zones": ["a", "b"],
}
A_RULE = {"topic": None, "address": "b", "kind": None}


def told(**different: Any) -> list[str]:
    return [f"{fault.path}: {fault.detail}" for fault in faults(FACTS, RIGHT | different)]


def test_what_is_right_is_accepted() -> None:
    assert told() == []


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_not_known_yet_is_accepted(name: str) -> None:
    other = {"vault": {"key": None}, "password": {"password_wo": None}}.get(name, {})
    assert told(**other, **{name: UNKNOWN}) == []


@pytest.mark.parametrize(
    ("different", "complaint"),
    [
        ({"tier": "Premium"}, "tier: It is Premium, and must be one of basic, premium."),
        ({"engine": "mysql"}, "engine: It is mysql, and must be one of postgres."),
        ({"window": 3}, "window: It is 3, and must be from 7 to 30."),
        ({"days": 6}, "days: It is 6, and must be 7 at least."),
        ({"private": False}, "private: It is false, for which the provider plans null: leave it out."),
        ({"description": "longer"}, "description: It has 6 characters, and must have from 0 to 5."),
        ({"logs": ["audit", "trace"]}, "logs: It is trace, and must be one of audit, error."),
        ({"logs": ["audit", "error", "audit"]}, "logs: There are 3 of it, and must be 2 at most."),
        ({"password": "p"}, "password: It conflicts with password_wo."),
        ({"version": None}, "password_wo: It requires version."),
        ({"vault": "v"}, "key: Only one of key, vault may be there."),
        ({"key": None}, "vault: One of key, vault is required."),
        ({"rule": [{"topic": None, "address": None, "kind": None}]}, "rule: One of topic, address is required in it."),
        (
            {"rule": [{"topic": "t", "address": None, "kind": "post"}]},
            "rule.kind: It is post, and must be one of mail.",
        ),
    ],
)
def test_what_is_wrong_is_told(different: dict[str, Any], complaint: str) -> None:
    assert complaint in told(**different)


@pytest.mark.parametrize(
    ("different", "replaced"),
    [
        ({"days": 8}, []),
        ({"engine": "mysql"}, ["engine"]),
        ({"engine": UNKNOWN}, ["engine"]),
        ({"rule": [RIGHT["rule"][0], A_RULE]}, []),
        ({"rule": [RIGHT["rule"][0] | {"kind": "post"}, A_RULE]}, ["rule.kind"]),
        ({"rule": [*RIGHT["rule"], A_RULE]}, ["rule"]),
        ({"rule": []}, ["rule", "rule.kind"]),
        ({"zones": ["a", "c"]}, ["zones"]),
    ],
)
def test_what_cannot_be_changed_is_replaced(different: dict[str, Any], replaced: list[str]) -> None:
    assert list(replacing(FACTS, RIGHT, RIGHT | different)) == replaced


def test_what_comes_or_goes_is_not_replaced() -> None:
    assert list(replacing(FACTS, None, RIGHT)) == []
    assert list(replacing(FACTS, RIGHT, None)) == []


def test_facts_have_no_rule_that_is_not_acted_on() -> None:
    known = Fact.__annotations__.keys()
    for provider in ("aws", "azurerm", "google"):
        for type_, facts in provider_facts(provider).items():
            for path, fact in facts.items():
                assert fact.keys() <= known, f"{type_}.{path}"


def test_a_block_that_the_provider_has_filled_in_is_left_as_it_is() -> None:
    facts: dict[str, Fact] = {"pool": {"kept_if_absent": True}, "rule": {}}
    before = {"pool": [{"name": "a"}], "rule": [{"name": "a"}]}
    assert kept(facts, before, {"pool": [], "rule": []}) == {"pool": [{"name": "a"}], "rule": []}
    said = {"pool": [{"name": "b"}], "rule": []}
    assert kept(facts, before, said) == said
    assert kept(facts, None, said) == said
    assert kept(facts, before, None) is None
