"""What the inputs of modules inside the cluster lead to, where Kubernetes would take other objects just as well."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from flowwise.authoring.declarations import examples
from flowwise.authoring.module import Module
from flowwise.certificates.kubernetes import KubernetesCertificates
from flowwise.database_bootstrap.kubernetes import KubernetesDatabaseBootstrap
from flowwise.microservice import QueueScaling, Resources, SecretKey
from flowwise.microservice.kubernetes import KubernetesMicroservice
from flowwise.observability import WatchedDatabase
from flowwise.observability.kubernetes import KubernetesObservability
from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.plans import apply, objects_of
from tests.workspace import INFRA, copy_of_infra

pytestmark = pytest.mark.terraform

PASSWORD = SecretKey(secret_name="lancamentos-rabbitmq", key="password")
AUTHORITY = SecretKey(secret_name="flowwise-ca", key="ca.crt")
HOST = "amqps://rabbitmq.rabbitmq.svc:5671/flowwise"
QUEUE = QueueScaling(queue="registrado", messages_per_replica=20, host=HOST, user="lancamentos", password=PASSWORD)

WATCHED = WatchedDatabase(host="psql.example", port=5432, user="observability", password=PASSWORD)

Planned = Callable[..., list[KubernetesObject]]


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """Gives a module's objects, with its examples and the inputs that are given instead."""

    def objects(module: type[Module[Any, Any]], **given: Any) -> list[KubernetesObject]:
        folder = tmp_path / "module"
        if not folder.exists():
            shutil.copytree(INFRA / module.path, folder, ignore=shutil.ignore_patterns(".terraform*"))
        return objects_of(folder, examples(module.contract.inputs, given))

    return objects


def only(found: list[KubernetesObject], kind: str, name: str | None = None) -> dict[str, Any]:
    """The one object of this kind, and of this name if there are several."""
    (manifest,) = [each.manifest for each in found if each.kind == kind and name in (None, each.name)]
    return manifest


def pod(found: list[KubernetesObject], kind: str) -> dict[str, Any]:
    return dict(only(found, kind)["spec"]["template"])


def test_keda_reads_the_password_from_the_secret_and_the_rest_from_what_anyone_may_read(planned: Planned) -> None:
    trusting = replace(QUEUE, ca_certificate=AUTHORITY)
    found = planned(KubernetesMicroservice, queue_scaling=trusting)
    authentication = only(found, "TriggerAuthentication")["spec"]
    assert authentication["secretTargetRef"] == [
        {"parameter": "ca", "name": "flowwise-ca", "key": "ca.crt"},
        {"parameter": "password", "name": "lancamentos-rabbitmq", "key": "password"},
    ]
    read = {each["parameter"]: (each["name"], each["key"]) for each in authentication["configMapTargetRef"]}
    assert read == {"username": ("lancamentos-queue", "username"), "tls": ("lancamentos-queue", "tls")}
    assert only(found, "ConfigMap", "lancamentos-queue")["data"] == {"username": "lancamentos", "tls": "enable"}
    trigger = only(found, "ScaledObject")["spec"]["triggers"][0]
    assert trigger["metadata"]["host"] == HOST


def test_without_a_certificate_keda_trusts_public_authorities(planned: Planned) -> None:
    found = planned(KubernetesMicroservice, queue_scaling=QUEUE)
    secrets = only(found, "TriggerAuthentication")["spec"]["secretTargetRef"]
    assert [each["parameter"] for each in secrets] == ["password"]


@pytest.mark.parametrize("queue", [None, QUEUE])
@pytest.mark.parametrize(("memory_percent", "measured"), [(None, {"cpu": 70}), (90, {"cpu": 70, "memory": 90})])
def test_memory_brings_more_copies_only_where_that_is_said(
    planned: Planned, queue: QueueScaling | None, memory_percent: int | None, measured: Mapping[str, int]
) -> None:
    found = planned(KubernetesMicroservice, queue_scaling=queue, memory_percent=memory_percent)
    if queue:
        others, *triggers = only(found, "ScaledObject")["spec"]["triggers"]
        assert others["type"] == "rabbitmq"
        assert {each["type"]: int(each["metadata"]["value"]) for each in triggers} == measured
        assert {each["metricType"] for each in triggers} == {"Utilization"}
    else:
        metrics = [each["resource"] for each in only(found, "HorizontalPodAutoscaler")["spec"]["metrics"]]
        assert {each["name"]: each["target"]["averageUtilization"] for each in metrics} == measured


@pytest.mark.parametrize(
    ("most", "limits"),
    [
        ({}, {"memory": "512Mi"}),
        ({"cpu_limit": "1"}, {"memory": "512Mi", "cpu": "1"}),
        ({"memory_limit": "1Gi"}, {"memory": "1Gi"}),
    ],
)
def test_a_copy_may_use_what_is_kept_for_it_unless_more_is_said(
    planned: Planned, most: Mapping[str, str], limits: Mapping[str, str]
) -> None:
    found = planned(KubernetesMicroservice, resources=Resources(cpu="250m", memory="512Mi", **most))
    (container,) = pod(found, "Deployment")["spec"]["containers"]
    assert container["resources"] == {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": limits}


def test_another_revision_replaces_the_copies_and_nothing_else(planned: Planned) -> None:
    first, second = (planned(KubernetesMicroservice, revision=revision) for revision in (1, 2))
    changed = [before.key for before, after in zip(first, second, strict=True) if before.manifest != after.manifest]
    assert changed == ["Deployment lancamentos/lancamentos"]
    before, after = (pod(found, "Deployment") for found in (first, second))
    assert before["metadata"] != after["metadata"] and before["spec"] == after["spec"]


def test_each_namespace_that_trusts_the_authority_has_its_certificate(planned: Planned) -> None:
    found = planned(KubernetesCertificates, trusting=["lancamentos", "rabbitmq"])
    secrets = {
        each.namespace: each.spec["secretName"]
        for each in found
        if each.kind == "Certificate" and not each.spec.get("isCA")
    }
    assert secrets == {"lancamentos": "flowwise-ca", "rabbitmq": "flowwise-ca"}


@pytest.mark.parametrize(
    ("given", "trusted"),
    [
        ({}, "system"),
        ({"ca_certificate": "the servers'"}, "/etc/flowwise/bootstrap/ca.crt"),
        ({"ca_secret": SecretKey(secret_name="postgres-ca", key="ca.crt")}, "/etc/flowwise/secrets/ca.crt"),
    ],
)
def test_the_databases_have_to_prove_who_they_are(planned: Planned, given: Mapping[str, Any], trusted: str) -> None:
    found = planned(KubernetesDatabaseBootstrap, **given)
    spec = pod(found, "Job")["spec"]
    (container,) = spec["containers"]
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert (environment["PGSSLMODE"], environment["PGSSLROOTCERT"]) == ("verify-full", trusted)
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    mounted = {f"{mounts['scripts']}/{file}": text for file, text in only(found, "ConfigMap")["data"].items()}
    (secrets,) = (volume["projected"]["sources"] for volume in spec["volumes"] if "projected" in volume)
    mounted |= {
        f"{mounts['secrets']}/{item['path']}": source["secret"]["name"]
        for source in secrets
        for item in source["secret"]["items"]
    }
    expected = {"/etc/flowwise/bootstrap/ca.crt": "the servers'", "/etc/flowwise/secrets/ca.crt": "postgres-ca"}
    assert mounted.get(trusted) == expected.get(trusted)


def test_the_databases_have_one_authority(planned: Planned) -> None:
    both = {"ca_certificate": "the servers'", "ca_secret": SecretKey(secret_name="postgres-ca", key="ca.crt")}
    with pytest.raises(AssertionError, match="and not both"):
        planned(KubernetesDatabaseBootstrap, **both)


@pytest.mark.parametrize(
    ("given", "sign_in", "certificates"),
    [
        ({}, "sslmode=verify-full", None),
        ({"ca_certificate": "PEM"}, "sslmode=verify-full&sslrootcert=/etc/postgres-ca/ca.crt", "PEM"),
        (
            {"ca_certificate": "PEM", "verify_host_name": False},
            "sslmode=verify-ca&sslrootcert=/etc/postgres-ca/ca.crt",
            "PEM",
        ),
    ],
)
def test_whose_metrics_are_read_has_to_prove_who_it_is(
    tmp_path: Path, given: Mapping[str, Any], sign_in: str, certificates: str | None
) -> None:
    """As the chart makes an address of the values: what stands behind its question mark."""
    module = KubernetesObservability
    folder = copy_of_infra(tmp_path) / module.path
    server = replace(WATCHED, **given)
    root = apply(folder, examples(module.contract.inputs, {"databases": {"shared": server}}))["values"]["root_module"]
    made = {each["address"]: each["values"] for each in root["resources"]}
    (values,) = made['helm_release.postgres_exporter["shared"]']["values"]
    source = yaml.safe_load(values)["config"]["datasource"]
    assert f"sslmode={source['sslmode']}&{source['extraParams']}".removesuffix("&") == sign_in
    assert (source["host"], source["database"], source["user"]) == (server.host, "postgres", server.user)
    found = made.get('kubernetes_config_map_v1.postgres_ca["shared"]')
    assert (found and found["data"]["ca.crt"]) == certificates
