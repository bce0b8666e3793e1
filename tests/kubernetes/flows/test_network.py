"""The evaluation of network policies itself, case by case as Kubernetes documents them."""

from typing import Any

import pytest

from tests.kubernetes.flows.network import Direction, Endpoint, Network, Policy, Port

API = Endpoint("api", "10.1.0.1", "shop", {"app": "api", "tier": "front"}, {"http": 8080})
DATABASE = Endpoint("database", "10.1.0.2", "data", {"app": "database"}, {"sql": 5432})
STRANGER = Endpoint("stranger", "203.0.113.7")
NAMESPACES = {"shop": {"team": "shop"}, "data": {"team": "data"}}


def network(*specs: dict[str, Any], namespace: str = "shop") -> Network:
    manifests = [{"kind": "NetworkPolicy", "metadata": {"namespace": namespace}, "spec": spec} for spec in specs]
    return Network([Policy(f"policy {number}", each) for number, each in enumerate(manifests)], NAMESPACES)


def passes(policies: Network, direction: Direction, pod: Endpoint, other: Endpoint, port: Port) -> bool:
    if not policies.selecting(direction, pod):
        return True
    return any(door.is_open(port) for door in policies.doors(direction, pod, other))


ANY_EGRESS = {"podSelector": {}, "policyTypes": ["Egress"]}
ANY_INGRESS = {"podSelector": {}, "policyTypes": ["Ingress"]}


def test_without_a_policy_everything_passes() -> None:
    assert passes(network(), "Egress", API, STRANGER, Port(443))


def test_one_that_selects_a_pod_lets_through_what_it_names_and_nothing_else() -> None:
    deny = network({**ANY_EGRESS})
    assert not passes(deny, "Egress", API, DATABASE, Port(5432))
    assert passes(deny, "Ingress", API, DATABASE, Port(5432)), "the other direction is nobody's business"
    assert passes(deny, "Egress", DATABASE, API, Port(8080)), "it is another namespace's"


def test_policies_add_up() -> None:
    both = network({**ANY_EGRESS}, {**ANY_EGRESS, "egress": [{"ports": [{"port": 443}]}]})
    assert passes(both, "Egress", API, STRANGER, Port(443))
    assert not passes(both, "Egress", API, STRANGER, Port(80))


def test_types_are_guessed_where_they_are_left_out() -> None:
    assert not passes(network({"podSelector": {}}), "Ingress", API, STRANGER, Port(80))
    assert passes(network({"podSelector": {}}), "Egress", API, STRANGER, Port(80))
    assert not passes(network({"podSelector": {}, "egress": [{"ports": [{"port": 1}]}]}), "Egress", API, API, Port(2))


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ({"podSelector": {}}, []),
        ({"podSelector": {"matchLabels": {"app": "database"}}}, []),
        ({"namespaceSelector": {}}, ["database"]),
        ({"namespaceSelector": {"matchLabels": {"team": "data"}}}, ["database"]),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "api"}}}, []),
        ({"ipBlock": {"cidr": "0.0.0.0/0"}}, ["database", "stranger"]),
        ({"ipBlock": {"cidr": "0.0.0.0/0", "except": ["203.0.113.0/24"]}}, ["database"]),
    ],
)
def test_peers(peer: dict[str, Any], expected: list[str]) -> None:
    policies = network({**ANY_EGRESS, "egress": [{"to": [peer]}]})
    assert [end.name for end in (DATABASE, STRANGER) if passes(policies, "Egress", API, end, Port(1))] == expected


def test_a_rule_without_peers_is_for_everybody() -> None:
    policies = network({**ANY_INGRESS, "ingress": [{"ports": [{"port": 8080}]}]})
    assert passes(policies, "Ingress", API, STRANGER, Port(8080))


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ({"port": 5432}, True),
        ({"port": 5432, "protocol": "UDP"}, False),
        ({"port": "sql"}, True),
        ({"port": "http"}, False),
        ({"port": 5000, "endPort": 5999}, True),
        ({"port": 5000, "endPort": 5431}, False),
        ({"protocol": "TCP"}, True),
    ],
)
def test_ports_are_those_of_the_pod_that_is_called(port: dict[str, Any], expected: bool) -> None:
    out = network({**ANY_EGRESS, "egress": [{"ports": [port]}]})
    into = network({**ANY_INGRESS, "ingress": [{"ports": [port]}]}, namespace="data")
    assert passes(out, "Egress", API, DATABASE, Port(5432)) is expected
    assert passes(into, "Ingress", DATABASE, API, Port(5432)) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"key": "app", "operator": "In", "values": ["api", "web"]}, True),
        ({"key": "app", "operator": "NotIn", "values": ["api"]}, False),
        ({"key": "role", "operator": "NotIn", "values": ["api"]}, True),
        ({"key": "tier", "operator": "Exists"}, True),
        ({"key": "tier", "operator": "DoesNotExist"}, False),
    ],
)
def test_expressions(expression: dict[str, Any], expected: bool) -> None:
    policies = network({"podSelector": {"matchExpressions": [expression]}, "policyTypes": ["Egress"]})
    assert bool(policies.selecting("Egress", API)) is expected
