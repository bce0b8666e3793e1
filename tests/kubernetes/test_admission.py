"""The cluster's own authority signs for each namespace what is that namespace's, and nothing else."""

import re
from typing import Any

import pytest

from flowwise.certificates import INTERNAL_ISSUER
from tests.kubernetes.admission import refusals
from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.plans import objects_of
from tests.kubernetes.roots import roots
from tests.kubernetes.schema import schema_errors
from tests.workspace import copy_of_infra

pytestmark = pytest.mark.terraform

Json = dict[str, Any]

CERT_MANAGER = "system:serviceaccount:cert-manager:cert-manager"
SOMEBODY = "system:serviceaccount:lancamentos:somebody"
OURS = {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": INTERNAL_ISSUER}
BROKER = "rabbitmq.rabbitmq.svc"
RESERVED = re.compile(
    r"\.(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return)\b"
)
"""Fields that API servers do not all find: their names are the language's own words."""


@pytest.fixture(scope="module", params=["kubernetes", "kubernetes laptop"])
def objects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[KubernetesObject]:
    (root,) = [root for root in roots() if root.name == request.param]
    # The cluster's own authority is to sign for the gateway too.
    variables = {**root.variables, "gateway": {**root.variables["gateway"], "certificate_email": None}}
    infra = copy_of_infra(tmp_path_factory.mktemp("admission"))
    return objects_of(infra / root.folder, variables)


def certificate(namespace: str, names: list[str] | None, issuer: Json = OURS, **more: Any) -> Json:
    spec = {"secretName": "x", "issuerRef": issuer, **more} | ({} if names is None else {"dnsNames": names})
    metadata = {"name": "x", "namespace": namespace}
    return {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": metadata, "spec": spec}


def request_of(issuer: Json = OURS) -> Json:
    metadata = {"name": "x", "namespace": "lancamentos"}
    spec = {"issuerRef": issuer, "request": "eA=="}
    return {"apiVersion": "cert-manager.io/v1", "kind": "CertificateRequest", "metadata": metadata, "spec": spec}


def host_of(objects: list[KubernetesObject]) -> str:
    (gateway,) = [found for found in objects if found.kind == "Gateway"]
    (host,) = {listener["hostname"] for listener in gateway.spec["listeners"] if listener["protocol"] == "HTTPS"}
    return str(host)


def test_ours_are_signed(objects: list[KubernetesObject]) -> None:
    asked = []
    for found in objects:
        if found.kind == "Certificate" and found.spec["issuerRef"]["name"] == INTERNAL_ISSUER:
            asked.append({**found.manifest, "metadata": {**found.metadata, "namespace": found.namespace}})
    assert {each["metadata"]["namespace"] for each in asked} >= {"rabbitmq", "lancamentos"}
    asked.append(certificate("gateway", [host_of(objects)]))  # as cert-manager makes it for a Gateway
    assert [(each["metadata"], refusals(each, CERT_MANAGER, objects)) for each in asked] == [
        (each["metadata"], []) for each in asked
    ]
    assert refusals(request_of(), CERT_MANAGER, objects) == []


@pytest.mark.parametrize(
    "asked",
    [
        certificate("lancamentos", [BROKER]),
        certificate("lancamentos", ["lancamentos.lancamentos.svc", BROKER]),
        certificate("lancamentos", ["rabbitmq.rabbitmq"]),
        certificate("lancamentos", ["x.rabbitmq-nodes.rabbitmq.svc.cluster.local"]),
        certificate("lancamentos", ["*.svc"]),
        certificate("lancamentos", ["lancamentos"]),
        certificate("lancamentos", [f"{BROKER}.lancamentos.svc"]),
        certificate("svc", [BROKER]),
        certificate("lancamentos", []),
        certificate("lancamentos", None),
        certificate("lancamentos", ["nobody.invalid"], commonName=BROKER),
        certificate("lancamentos", ["nobody.invalid"], literalSubject=f"CN={BROKER}"),
        certificate("lancamentos", ["nobody.invalid"], ipAddresses=["10.245.0.1"]),
        certificate("lancamentos", ["nobody.invalid"], uris=["spiffe://cluster.local/ns/rabbitmq/sa/rabbitmq"]),
        certificate("lancamentos", ["nobody.invalid"], emailAddresses=["x@flowwise.example"]),
        certificate("lancamentos", ["nobody.invalid"], otherNames=[{"oid": "1.3.6.1.4.1.311.20.2.3"}]),
        certificate("lancamentos", ["nobody.invalid"], isCA=True),
    ],
)
def test_what_is_another_s_is_not(objects: list[KubernetesObject], asked: Json) -> None:
    for user in (SOMEBODY, CERT_MANAGER):
        assert len(refusals(asked, user, objects)) == 1


def test_only_the_gateway_has_its_host(objects: list[KubernetesObject]) -> None:
    assert len(refusals(certificate("lancamentos", [host_of(objects)]), SOMEBODY, objects)) == 1


def test_requests_come_from_cert_manager_alone(objects: list[KubernetesObject]) -> None:
    """Which names they ask for nobody can read: they are signed by whoever asks."""
    assert len(refusals(request_of(), SOMEBODY, objects)) == 1


@pytest.mark.parametrize(
    "issuer", [{**OURS, "name": "letsencrypt"}, {"name": INTERNAL_ISSUER}, {**OURS, "kind": "Issuer"}]
)
def test_other_issuers_are_nobody_s_business(objects: list[KubernetesObject], issuer: Json) -> None:
    for asked in (certificate("lancamentos", [BROKER], issuer), request_of(issuer)):
        assert refusals(asked, SOMEBODY, objects) == []


def test_there_is_no_other_authority_for_all_namespaces(objects: list[KubernetesObject]) -> None:
    issuers = {found.name: found.spec for found in objects if found.kind == "ClusterIssuer"}
    assert {name for name, spec in issuers.items() if "acme" not in spec} == {INTERNAL_ISSUER}


def test_kubernetes_takes_the_policies(objects: list[KubernetesObject]) -> None:
    policies = [found for found in objects if found.kind.startswith("ValidatingAdmissionPolicy")]
    assert len(policies) == 4
    assert [error for found in policies for error in schema_errors(found.manifest)] == []
    keys = ("matchConditions", "validations")
    rules = [rule for found in policies for key in keys for rule in found.spec.get(key, [])]
    assert [rule for rule in rules if RESERVED.search(rule["expression"])] == []
