"""Every Kubernetes object that we would create: Kubernetes 1.35 would take it, its project would, and so would we."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from flowwise.tables.charts import CHARTS
from flowwise.tables.workloads import (
    CERT_MANAGER,
    CLOUD_NATIVE_PG,
    EXTERNAL_SECRETS,
    GATEWAY,
    KEDA,
    RABBITMQ_OPERATOR,
)
from tests.kubernetes import custom_resources, take_crds
from tests.kubernetes.custom_resources import NotTakenError, Project, custom_resource_errors, strict
from tests.kubernetes.objects import ExtractionError, KubernetesObject, needs_state, planned_objects
from tests.kubernetes.order import FINISHED_BY, Order, controllers_of, without_index
from tests.kubernetes.plans import objects_of
from tests.kubernetes.policies import EXCEPTIONS, RULES, findings
from tests.kubernetes.roots import Root, roots
from tests.kubernetes.schema import schema_errors
from tests.offline import terraform
from tests.workspace import INFRA, copy_of_infra

Json = dict[str, Any]


# --- what the tree would create -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_infra(tmp_path_factory.mktemp("kubernetes"))


@pytest.fixture(scope="module", params=roots(), ids=lambda root: root.name)
def objects(request: pytest.FixtureRequest, infra: Path) -> list[KubernetesObject]:
    root: Root = request.param
    return objects_of(infra / root.folder, root.variables)


@pytest.mark.terraform
def test_kubernetes_takes_every_object(objects: list[KubernetesObject]) -> None:
    native = [found for found in objects if found.is_native]
    assert [f"{found}: {error}" for found in native for error in schema_errors(found.manifest)] == []


@pytest.mark.terraform
def test_projects_take_their_custom_resources(objects: list[KubernetesObject]) -> None:
    custom = [found for found in objects if not found.is_native]
    try:
        errors = [f"{found}: {error}" for found in custom for error in custom_resource_errors(found.manifest)]
    except NotTakenError as missing:
        pytest.skip(f"needs the definitions of {missing}: see tests/kubernetes/take_crds.py")
    assert errors == []


@pytest.mark.terraform
def test_policies_find_nothing(objects: list[KubernetesObject]) -> None:
    assert [str(finding) for finding in findings(objects)] == []


# --- the way in -----------------------------------------------------------------------------------------------------

COMPOSITIONS = [root for root in roots() if root.folder == "kubernetes"]


@pytest.mark.terraform
@pytest.mark.parametrize("objects", COMPOSITIONS, ids=lambda root: root.name, indirect=True)
def test_the_gateway_is_reached_by_a_load_balancer_or_where_kind_leads(
    objects: list[KubernetesObject], request: pytest.FixtureRequest
) -> None:
    (proxy,) = [found for found in objects if found.kind == "EnvoyProxy"]
    service = proxy.spec["provider"]["kubernetes"]["envoyService"]
    if "laptop" not in request.node.callspec.id:
        assert (service["type"], "patch" in service) == ("LoadBalancer", False)
        return
    kind = yaml.safe_load((INFRA / "environments" / "local" / "kind.yaml").read_text())
    led = {each["containerPort"]: each["hostPort"] for node in kind["nodes"] for each in node["extraPortMappings"]}
    assert service["type"] == "NodePort"
    assert {port["nodePort"]: port["port"] for port in service["patch"]["value"]["spec"]["ports"]} == led
    (gateway,) = [found for found in objects if found.kind == "Gateway"]
    assert sorted(led.values()) == sorted(listener["port"] for listener in gateway.spec["listeners"])


# --- in which order they come and go --------------------------------------------------------------------------------

CONTROLLERS = (CERT_MANAGER, CLOUD_NATIVE_PG, EXTERNAL_SECRETS, GATEWAY, KEDA, RABBITMQ_OPERATOR)
"""Namespaces of controllers alone."""


@pytest.fixture(scope="module")
def order(infra: Path) -> Order:
    folder = infra / "kubernetes"
    terraform(folder, "init", "-backend=false")
    return Order(folder)


@pytest.mark.terraform
@pytest.mark.parametrize("objects", COMPOSITIONS, ids=lambda root: root.name, indirect=True)
def test_nothing_goes_before_what_only_it_can_finish(objects: list[KubernetesObject], order: Order) -> None:
    """An object whose controller has gone stays for ever, with its finalizers, and with it its namespace."""
    left = {
        f"{found.key} needs {controller} until it has gone"
        for found in objects
        for controller in controllers_of(found)
        if controller not in order.before(without_index(found.address))
    }
    assert left == set()
    assert len({controller for found in objects for controller in controllers_of(found)}) >= 4


@pytest.mark.terraform
@pytest.mark.parametrize("objects", COMPOSITIONS, ids=lambda root: root.name, indirect=True)
def test_controllers_can_be_reached_for_as_long_as_they_are_there(
    objects: list[KubernetesObject], order: Order
) -> None:
    """While everything else is denied, a policy that goes first takes a controller from its work."""
    namespaces = {found.address: found.namespace for found in objects if found.kind == "NetworkPolicy"}
    modules = {controller: controller.rsplit(".", 2)[0] for controller in FINISHED_BY.values()}
    missing = {
        f"{controller} goes after {without_index(address)}"
        for controller, module in modules.items()
        for address, namespace in namespaces.items()
        if without_index(address).startswith(f"{module}.kubernetes_network_policy_v1.")
        and namespace in CONTROLLERS
        and without_index(address) not in order.before(controller)
    }
    assert missing == set()


def test_exceptions_have_rules_and_reasons() -> None:
    assert {rule for rule, _ in EXCEPTIONS} <= {rule.__name__ for rule in RULES}
    assert all(len(reason.split()) >= 5 for reason in EXCEPTIONS.values())


# --- from a plan to objects -----------------------------------------------------------------------------------------

PROVIDERS = """
terraform {
  required_providers {
    kubernetes = { source = "hashicorp/kubernetes" }
    helm       = { source = "hashicorp/helm" }
  }
}
"""

WORKLOAD = """
resource "kubernetes_config_map_v1" "made" {
  metadata {
    generate_name = "made-"
  }
}

locals {
  unknown = kubernetes_config_map_v1.made.metadata[0].uid
}

resource "kubernetes_service_v1" "this" {
  metadata {
    name      = "api"
    namespace = "shop"
    labels    = { "app.kubernetes.io/name" = "api" }
  }
  spec {
    cluster_ip       = "None"
    session_affinity = ""
    selector         = { app = "api" }
    port {
      port        = 80
      target_port = "8080"
    }
    port {
      port        = 81
      target_port = "metrics"
    }
  }
  wait_for_load_balancer = true
  timeouts {
    create = "5m"
  }
}

resource "kubernetes_deployment_v1" "this" {
  wait_for_rollout = true
  metadata {
    name = "api"
  }
  spec {
    replicas = "2"
    selector {
      match_labels = { app = "api" }
    }
    strategy {
      rolling_update {
        max_surge       = "25%"
        max_unavailable = "0"
      }
    }
    template {
      metadata {
        labels = { app = "api" }
      }
      spec {
        security_context {
          fs_group = "0123"
        }
        container {
          name    = "api"
          image   = "registry.example/${local.unknown}"
          command = []
          args    = [local.unknown, "serve"]
          env {
            name  = "PEER"
            value = local.unknown
          }
          dynamic "env_from" {
            for_each = toset([local.unknown])
            content {
              config_map_ref {
                name = env_from.value
              }
            }
          }
          resources {
            limits = { memory = local.unknown, cpu = "1" }
          }
          readiness_probe {
            http_get {
              port = "8080"
            }
          }
        }
        volume {
          name = "all"
          projected {
            default_mode = "0440"
            sources {
              config_map {
                name = "one"
              }
              config_map {
                name = "two"
              }
              service_account_token {
                path = "token"
              }
            }
          }
        }
        volume {
          name = "scratch"
          empty_dir {}
        }
      }
    }
  }
}

resource "kubernetes_network_policy_v1" "this" {
  metadata {
    name = "open"
  }
  spec {
    pod_selector {}
    policy_types = ["Ingress"]
    ingress {}
  }
}

resource "kubernetes_default_service_account_v1" "this" {
  metadata {
    namespace = "shop"
  }
  automount_service_account_token = false
}

resource "helm_release" "operator" {
  name       = "operator"
  chart      = "operator"
  repository = "https://charts.example"
  values     = [yamlencode({ resources = [{ not = "ours" }] })]
}

resource "helm_release" "ours" {
  name      = "ours"
  namespace = "shop"
  chart     = "${path.module}/../charts/custom-resources"
  values = [yamlencode({ resources = [
    { apiVersion = "keda.sh/v1alpha1", kind = "ScaledObject", metadata = { name = "api" }, spec = { peer = UNKNOWN } }
  ] })]
}
"""


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, KubernetesObject]:
    folder = tmp_path_factory.mktemp("root")
    (folder / "main.tf").write_text(PROVIDERS + WORKLOAD.replace("UNKNOWN", "local.unknown"))
    return {found.address: found for found in objects_of(folder, {})}


@pytest.mark.terraform
def test_every_object_is_there_and_no_other_chart(extracted: dict[str, KubernetesObject]) -> None:
    assert {f"{each.api_version} {each.kind} {each.namespace}/{each.name}" for each in extracted.values()} == {
        "v1 ConfigMap default/made-",
        "v1 Service shop/api",
        "apps/v1 Deployment default/api",
        "networking.k8s.io/v1 NetworkPolicy default/open",
        "v1 ServiceAccount shop/default",
        "keda.sh/v1alpha1 ScaledObject shop/api",
    }


@pytest.mark.terraform
def test_names_are_spelled_as_kubernetes_does(extracted: dict[str, KubernetesObject]) -> None:
    assert extracted["kubernetes_service_v1.this"].manifest == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "api", "namespace": "shop", "labels": {"app.kubernetes.io/name": "api"}},
        "spec": {
            "clusterIP": "None",
            "selector": {"app": "api"},
            "ports": [{"port": 80, "targetPort": 8080}, {"port": 81, "targetPort": "metrics"}],
        },
    }


@pytest.mark.terraform
def test_a_deployment_has_kubernetes_own_form(extracted: dict[str, KubernetesObject]) -> None:
    deployment = extracted["kubernetes_deployment_v1.this"]
    assert schema_errors(deployment.manifest) == []
    assert deployment.manifest["metadata"] == {"name": "api"}
    assert deployment.spec == {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "api"}},
        "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {
                "securityContext": {"fsGroup": 123},
                "containers": [
                    {
                        "name": "api",
                        "image": "unknown.example/unknown:0",
                        "args": ["unknown", "serve"],
                        "env": [{"name": "PEER", "value": "unknown"}],
                        "envFrom": [{"configMapRef": {"name": "unknown"}}],
                        "resources": {"limits": {"memory": "1", "cpu": "1"}},
                        "readinessProbe": {"httpGet": {"port": 8080}},
                    }
                ],
                "volumes": [
                    {
                        "name": "all",
                        "projected": {
                            "defaultMode": 0o440,
                            "sources": [
                                {"configMap": {"name": "one"}},
                                {"configMap": {"name": "two"}},
                                {"serviceAccountToken": {"path": "token"}},
                            ],
                        },
                    },
                    {"name": "scratch", "emptyDir": {}},
                ],
            },
        },
    }


@pytest.mark.terraform
def test_an_empty_block_stays(extracted: dict[str, KubernetesObject]) -> None:
    policy = extracted["kubernetes_network_policy_v1.this"].spec
    assert policy == {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}


@pytest.mark.terraform
def test_what_a_plan_hides_is_read_from_the_state(extracted: dict[str, KubernetesObject]) -> None:
    scaled = extracted["helm_release.ours"]
    assert isinstance(scaled.spec["peer"], str)
    assert scaled.namespace == "shop", "the release's"


def release(values: str | None, chart: str = "../charts/custom-resources") -> Json:
    after = {"chart": chart, "values": None if values is None else [values], "namespace": "shop"}
    change = {"actions": ["create"], "after": after, "after_unknown": {"values": values is None}}
    resource = {"address": "helm_release.x", "mode": "managed", "type": "helm_release", "change": change}
    return {"resource_changes": [resource]}


def test_a_hidden_custom_resource_is_not_skipped() -> None:
    assert needs_state(release(None))
    assert not needs_state(release("resources: []"))
    assert not needs_state(release(None, "other"))
    with pytest.raises(ExtractionError, match=r"helm_release\.x: its values are known after apply only"):
        planned_objects(release(None), {})


def test_what_is_no_object_is_not_skipped() -> None:
    with pytest.raises(ExtractionError, match="not a Kubernetes object"):
        planned_objects(release(json.dumps({"resources": [{"kind": "Job"}]})), {})


@pytest.mark.parametrize("type_", ["kubernetes_manifest", "kubernetes_labels", "kubernetes_service"])
def test_only_versioned_resources_are_understood(type_: str) -> None:
    change = {"actions": ["create"], "after": {}, "after_unknown": {}}
    plan = {"resource_changes": [{"address": "x.y", "mode": "managed", "type": type_, "change": change}]}
    with pytest.raises(ExtractionError, match="its API's version"):
        planned_objects(plan, {})


def test_what_has_no_place_in_kubernetes_is_an_error() -> None:
    change = {"after": {"metadata": [{"name": "x"}], "colour": "red"}, "after_unknown": {}}
    resource = {"address": "x.y", "mode": "managed", "type": "kubernetes_config_map_v1", "change": change}
    colour = {"colour": {"type": "string", "optional": True}}
    schemas: Any = {"kubernetes_config_map_v1": {"version": 0, "block": {"attributes": colour}}}
    with pytest.raises(ExtractionError, match="no place for colour"):
        planned_objects({"resource_changes": [resource]}, schemas)


# --- Kubernetes' own schema -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("kind", "Deploy", "has no Deploy of apps/v1"),
        ("spec.replica", 2, "'replica' was unexpected"),
        ("spec.replicas", "2", "spec.replicas: '2' is not of type"),
        ("spec.template.spec.containers.0.name", None, "name"),
        ("spec.template.spec.containers.0.livenessProbe.httpGet.path", 5, "5 is not of type"),
    ],
)
def test_the_schema_refuses(path: str, value: Any, message: str) -> None:
    assert schema_errors(DEPLOYMENT) == []
    errors = schema_errors(edited(DEPLOYMENT, path, value))
    assert len(errors) == 1
    assert message in errors[0]


# --- policies -------------------------------------------------------------------------------------------------------

CONTAINER: Json = {
    "name": "api",
    "image": "registry.example:5000/shop/api:1.0.0",
    "args": ["--listen=:8080", "--token-file", "/var/run/token"],
    "env": [
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "PASSWORD_FILE", "value": "/etc/password"},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "password"}}},
        {"name": "BROKER", "value": "amqps://api:$(PASSWORD)@rabbitmq:5671"},
    ],
    "ports": [{"containerPort": 8080}],
    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
    "startupProbe": {"httpGet": {"port": 8080, "path": "/"}},
    "readinessProbe": {"httpGet": {"port": 8080, "path": "/"}},
    "livenessProbe": {"httpGet": {"port": 8080, "path": "/"}},
}
DEPLOYMENT: Json = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "api"}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {
                "automountServiceAccountToken": False,
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                "containers": [CONTAINER],
                "volumes": [{"name": "scratch", "emptyDir": {}}],
            },
        },
    },
}
NAMESPACE: Json = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
}
POLICY: Json = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "deny", "namespace": "shop"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
}
BUDGET: Json = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "api"}}},
}
SCALER: Json = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {"minReplicas": 3, "maxReplicas": 6, "scaleTargetRef": {"kind": "Deployment", "name": "api"}},
}
SCALED_OBJECT: Json = {
    "apiVersion": "keda.sh/v1alpha1",
    "kind": "ScaledObject",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {"minReplicaCount": 3, "scaleTargetRef": {"name": "api"}},
}
ACCOUNT: Json = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "metadata": {"name": "api", "namespace": "shop"},
    "automountServiceAccountToken": False,
}
JOB: Json = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "once", "namespace": "shop"},
    "spec": {"template": DEPLOYMENT["spec"]["template"]},
}
CRON_JOB: Json = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "often", "namespace": "shop"},
    "spec": {"schedule": "@daily", "jobTemplate": {"spec": JOB["spec"]}},
}
CONFIG_MAP: Json = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "api", "namespace": "shop"},
    "data": {"LOG_LEVEL": "info"},
}
SECRET: Json = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "api", "namespace": "shop"}}
ALONE: Json = {
    "requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "queue"}}}
    ]
}
STATEFUL_SET: Json = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "queue", "namespace": "shop"},
    "spec": {
        "serviceName": "queue",
        "replicas": 3,
        "selector": {"matchLabels": {"app.kubernetes.io/name": "queue"}},
        "template": {
            "metadata": {"labels": {"app": "api", "app.kubernetes.io/name": "queue"}},
            "spec": {
                **DEPLOYMENT["spec"]["template"]["spec"],
                "affinity": {"podAntiAffinity": ALONE},
                "priorityClassName": "bound",
            },
        },
        "volumeClaimTemplates": [
            {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}},
        ],
    },
}
DAEMON_SET: Json = {
    "apiVersion": "apps/v1",
    "kind": "DaemonSet",
    "metadata": {"name": "watch", "namespace": "shop"},
    "spec": {
        "selector": {"matchLabels": {"app": "api"}},
        "template": {
            "metadata": {"labels": {"app": "api"}},
            "spec": {**DEPLOYMENT["spec"]["template"]["spec"], "priorityClassName": "bound"},
        },
    },
}
PRIORITY_CLASS: Json = {
    "apiVersion": "scheduling.k8s.io/v1",
    "kind": "PriorityClass",
    "metadata": {"name": "bound"},
    "value": 1000,
}
BROKER: Json = {
    "apiVersion": "rabbitmq.com/v1beta1",
    "kind": "RabbitmqCluster",
    "metadata": {"name": "queue", "namespace": "shop"},
    "spec": {
        "replicas": 3,
        "affinity": {"podAntiAffinity": ALONE},
        "override": {
            "statefulSet": {"spec": {"template": {"spec": {"containers": [], "priorityClassName": "bound"}}}},
        },
    },
}
DATABASE: Json = {
    "apiVersion": "postgresql.cnpg.io/v1",
    "kind": "Cluster",
    "metadata": {"name": "orders", "namespace": "shop"},
    "spec": {
        "instances": 3,
        "affinity": {"podAntiAffinityType": "required"},
        "storage": {"size": "1Gi"},
        "priorityClassName": "bound",
    },
}
CUSTOM: Json = {
    "apiVersion": "shop.example/v1",
    "kind": "Ring",
    "metadata": {"name": "ring", "namespace": "shop"},
    "spec": {"replicas": 1},
}

GOOD = [
    DEPLOYMENT,
    NAMESPACE,
    POLICY,
    BUDGET,
    ACCOUNT,
    JOB,
    CRON_JOB,
    CONFIG_MAP,
    SECRET,
    STATEFUL_SET,
    DAEMON_SET,
    PRIORITY_CLASS,
]
GOOD_CUSTOM = [SCALED_OBJECT, BROKER, DATABASE, CUSTOM]


def edited(manifest: Json, path: str, value: Any) -> Json:
    """A copy with another value at a path such as "spec.containers.0.name"; None takes out what is there."""
    changed = copy.deepcopy(manifest)
    at: Any = changed
    parents: list[Any]
    *parents, last = [int(part) if part.isdecimal() else part.replace("~", ".") for part in path.split(".")]
    for part in parents:
        at = at.setdefault(part, {}) if isinstance(at, dict) else at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return changed


def rules_broken(*manifests: Json) -> set[str]:
    return {finding.rule for finding in findings([KubernetesObject("x.y", each) for each in manifests], {})}


def test_good_objects_break_no_rule() -> None:
    assert rules_broken(*GOOD, SCALER, *GOOD_CUSTOM) == set()
    assert [error for manifest in [*GOOD, SCALER] for error in schema_errors(manifest)] == []


POD = "spec.template.spec"
FIRST = f"{POD}.containers.0"
HARD = "podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"
BAD: list[tuple[str, Json, str, Any]] = [
    ("windows_host_process", DEPLOYMENT, f"{POD}.securityContext.windowsOptions.hostProcess", True),
    ("windows_host_process", DEPLOYMENT, f"{FIRST}.securityContext.windowsOptions.hostProcess", True),
    ("host_namespaces", DEPLOYMENT, f"{POD}.hostNetwork", True),
    ("host_namespaces", DEPLOYMENT, f"{POD}.hostPID", True),
    ("host_namespaces", CRON_JOB, f"spec.jobTemplate.{POD}.hostIPC", True),
    ("privileged_containers", DEPLOYMENT, f"{FIRST}.securityContext.privileged", True),
    ("capabilities", DEPLOYMENT, f"{FIRST}.securityContext.capabilities", None),
    ("capabilities", DEPLOYMENT, f"{FIRST}.securityContext.capabilities.add", ["NET_ADMIN"]),
    ("volume_types", DEPLOYMENT, f"{POD}.volumes.0.hostPath", {"path": "/"}),
    ("volume_types", JOB, f"{POD}.volumes", [{"name": "disk", "nfs": {"server": "x", "path": "/"}}]),
    ("host_ports", DEPLOYMENT, f"{FIRST}.ports.0.hostPort", 80),
    ("host_of_probes", DEPLOYMENT, f"{FIRST}.livenessProbe.httpGet.host", "169.254.169.254"),
    ("host_of_probes", DEPLOYMENT, f"{FIRST}.lifecycle.preStop.tcpSocket", {"host": "x", "port": 1}),
    ("app_armor", DEPLOYMENT, f"{POD}.securityContext.appArmorProfile.type", "Unconfined"),
    (
        "app_armor",
        DEPLOYMENT,
        "spec.template.metadata.annotations.container~apparmor~security~beta~kubernetes~io/api",
        "unconfined",
    ),
    ("selinux", DEPLOYMENT, f"{FIRST}.securityContext.seLinuxOptions.type", "spc_t"),
    ("selinux", DEPLOYMENT, f"{POD}.securityContext.seLinuxOptions.user", "system_u"),
    ("proc_mount", DEPLOYMENT, f"{FIRST}.securityContext.procMount", "Unmasked"),
    ("seccomp", DEPLOYMENT, f"{POD}.securityContext.seccompProfile", None),
    ("seccomp", DEPLOYMENT, f"{FIRST}.securityContext.seccompProfile.type", "Unconfined"),
    ("sysctls", DEPLOYMENT, f"{POD}.securityContext.sysctls", [{"name": "kernel.msgmax", "value": "1"}]),
    ("privilege_escalation", DEPLOYMENT, f"{FIRST}.securityContext.allowPrivilegeEscalation", None),
    ("running_as_root", DEPLOYMENT, f"{POD}.securityContext.runAsNonRoot", None),
    ("running_as_root", DEPLOYMENT, f"{FIRST}.securityContext.runAsNonRoot", False),
    ("running_as_root", DEPLOYMENT, f"{FIRST}.securityContext.runAsUser", 0),
    ("pod_security_level", NAMESPACE, "metadata.labels", None),
    ("read_only_root", DEPLOYMENT, f"{FIRST}.securityContext.readOnlyRootFilesystem", False),
    ("requests_and_limits", DEPLOYMENT, f"{FIRST}.resources.limits", None),
    ("requests_and_limits", JOB, f"{FIRST}.resources.requests.cpu", None),
    ("pinned_images", DEPLOYMENT, f"{FIRST}.image", "registry.example:5000/api:latest"),
    ("pinned_images", DEPLOYMENT, f"{FIRST}.image", "registry.example:5000/api"),
    ("images_of_docker_hub", DEPLOYMENT, f"{FIRST}.image", "docker.io/shop/api:1.0.0"),
    ("images_of_docker_hub", DEPLOYMENT, f"{FIRST}.image", "shop/api:1.0.0"),
    ("images_of_docker_hub", JOB, f"{FIRST}.image", f"api:1.0.0@sha256:{'a' * 64}"),
    ("images_of_docker_hub", DATABASE, "spec.imageName", "docker.io/shop/postgres:18"),
    ("probes", DEPLOYMENT, f"{FIRST}.startupProbe", None),
    ("probes", DEPLOYMENT, f"{FIRST}.readinessProbe", None),
    ("probes", DEPLOYMENT, f"{FIRST}.livenessProbe", None),
    ("service_account_tokens", DEPLOYMENT, f"{POD}.automountServiceAccountToken", None),
    ("service_account_tokens", ACCOUNT, "automountServiceAccountToken", None),
    ("secrets_in_plain_sight", DEPLOYMENT, f"{FIRST}.env", [{"name": "DB_PASSWORD", "value": "hunter2"}]),
    ("secrets_in_plain_sight", DEPLOYMENT, f"{FIRST}.env", [{"name": "URL", "value": "amqp://api:hunter2@host"}]),
    ("secrets_in_plain_sight", DEPLOYMENT, f"{FIRST}.args", ["--api-key", "hunter2"]),
    ("secrets_in_plain_sight", DEPLOYMENT, f"{FIRST}.args", ["--password=hunter2"]),
    ("secrets_in_plain_sight", JOB, f"{FIRST}.command", ["sh", "-c", "PGPASSWORD=hunter2 psql"]),
    ("secrets_in_plain_sight", CONFIG_MAP, "data.clientSecret", "hunter2"),
    ("secrets_in_plain_sight", SECRET, "data", {"password": "aHVudGVyMg=="}),
    ("default_deny", POLICY, "spec.policyTypes", ["Ingress"]),
    ("default_deny", POLICY, "spec.podSelector", {"matchLabels": {"app": "api"}}),
    ("default_deny", POLICY, "metadata.namespace", "other"),
    ("open_network_policies", POLICY, "spec.egress", [{}]),
    ("disruption_budgets", BUDGET, "spec.selector.matchLabels.app", "other"),
    ("disruption_budgets", BUDGET, "metadata.namespace", "other"),
    ("scaling_on_memory", SCALER, "spec.metrics", [{"type": "Resource", "resource": {"name": "memory"}}]),
    (
        "scaling_on_memory",
        SCALER,
        "spec.metrics",
        [{"type": "ContainerResource", "containerResource": {"name": "memory", "container": "api"}}],
    ),
    ("scaling_on_memory", SCALED_OBJECT, "spec.triggers", [{"type": "cpu"}, {"type": "memory"}]),
    ("scaling_on_memory", CUSTOM, "spec.pods.hpa.metrics", [{"resource": {"name": "memory"}}]),
    ("members_apart", STATEFUL_SET, f"{POD}.affinity", None),
    ("members_apart", BROKER, "spec.affinity", None),
    ("members_apart", BROKER, f"spec.affinity.{HARD}.0.topologyKey", "topology.kubernetes.io/zone"),
    ("members_apart", BROKER, f"spec.affinity.{HARD}.0.labelSelector", {"matchLabels": {"app": "other"}}),
    ("members_apart", DATABASE, "spec.affinity", None),
    ("members_apart", DATABASE, "spec.affinity.podAntiAffinityType", "preferred"),
    ("members_apart", DATABASE, "spec.affinity.topologyKey", "topology.kubernetes.io/zone"),
    ("members_apart", DATABASE, "spec.affinity.enablePodAntiAffinity", False),
    ("members_apart", CUSTOM, "spec.replicas", 3),
    ("priority_of_the_bound", STATEFUL_SET, f"{POD}.priorityClassName", None),
    ("priority_of_the_bound", STATEFUL_SET, f"{POD}.priorityClassName", "other"),
    ("priority_of_the_bound", DAEMON_SET, f"{POD}.priorityClassName", None),
    (
        "priority_of_the_bound",
        DEPLOYMENT,
        f"{POD}.volumes.0",
        {"name": "d", "persistentVolumeClaim": {"claimName": "d"}},
    ),
    ("priority_of_the_bound", BROKER, "spec.override", None),
    ("priority_of_the_bound", BROKER, "spec.override.statefulSet.spec.template.spec.containers", None),
    ("priority_of_the_bound", DATABASE, "spec.priorityClassName", None),
    ("priority_of_the_bound", CUSTOM, "spec.persistence", {"size": "1Gi"}),
    ("priority_of_the_bound", PRIORITY_CLASS, "value", 0),
    ("priority_of_the_bound", PRIORITY_CLASS, "globalDefault", True),
    ("selectors", DEPLOYMENT, "spec.selector", {"matchLabels": {"app": "other"}}),
    (
        "selectors",
        DEPLOYMENT,
        "spec.selector",
        {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]},
    ),
    ("names_and_labels", ACCOUNT, "metadata.name", "Lançamentos"),
    ("names_and_labels", ACCOUNT, "metadata.labels", {"app.kubernetes.io/name": "a b"}),
    ("names_and_labels", DEPLOYMENT, "spec.template.metadata.labels.version", "v" * 64),
]


@pytest.mark.parametrize(("rule", "manifest", "path", "value"), BAD)
def test_a_rule_finds_what_it_is_for(rule: str, manifest: Json, path: str, value: Any) -> None:
    others = [good for good in GOOD if good is not manifest]
    assert rules_broken(*others, edited(manifest, path, value)) == {rule}


def test_every_rule_has_a_bad_object() -> None:
    assert {rule for rule, *_ in BAD} == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("scaler", [SCALER, SCALED_OBJECT], ids=lambda scaler: scaler["kind"])
def test_a_scaler_may_be_what_makes_replicas(scaler: Json) -> None:
    alone = edited(DEPLOYMENT, "spec.replicas", 1)
    assert rules_broken(alone) == set()
    assert rules_broken(alone, scaler) == {"disruption_budgets"}


def test_an_exception_is_for_one_rule_and_one_object() -> None:
    bad = edited(edited(DEPLOYMENT, f"{POD}.hostNetwork", True), f"{POD}.hostPID", True)
    found = [KubernetesObject("x.y", each) for each in (bad, BUDGET)]
    assert findings(found, {("host_namespaces", "Deployment shop/api"): "A reason that has enough words."}) == []
    assert findings(found, {("host_namespaces", "Deployment shop/other"): "A reason that has enough words."}) != []


# --- custom resources -----------------------------------------------------------------------------------------------

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: shop.example
  scope: Namespaced
  names: {kind: Cart}
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          description: A cart.
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              properties:
                description: {description: For people., type: string}
                size: {type: integer, maximum: 5}
                port: {x-kubernetes-int-or-string: true}
                owner: {type: string, nullable: true}
                notes: {type: object, additionalProperties: {type: string}}
                anything: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}}
    - name: v1beta1
      served: false
      schema: {openAPIV3Schema: {type: object}}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Json:
    """The definitions of a project with one kind, taken from its repository; and a good object of that kind."""
    checkout = tmp_path / "checkout"
    (checkout / "crds").mkdir(parents=True)
    (checkout / "crds" / "carts.yaml").write_text(DEFINITION)
    git = ["git", "-C", str(checkout), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1.0.0"]):
        subprocess.run([*git, *command], check=True)
    project = Project("shop/carts", "v1.0.0", ("crds/*.yaml",), ("shop.example",), "shop", "1.0.0")
    for module in (custom_resources, take_crds):
        monkeypatch.setattr(module, "PROJECTS", (project,))
        monkeypatch.setattr(module, "FOLDER", tmp_path / "crds")
    assert [path.name for path in take_crds.take(checkout)] == ["Cart.json"]
    spec = {
        "description": "x",
        "size": 5,
        "port": "http",
        "owner": None,
        "notes": {"a": "b"},
        "anything": {"a": "x", "b": 1},
    }
    return {"apiVersion": "shop.example/v1", "kind": "Cart", "metadata": {"name": "x"}, "spec": spec}


def test_definitions_say_where_they_are_from(shop: Json) -> None:
    taken = json.loads((custom_resources.FOLDER / "carts" / "Cart.json").read_text())
    assert (taken["project"], taken["version"], taken["path"]) == ("shop/carts", "v1.0.0", "crds/carts.yaml")
    assert list(taken["schemas"]) == ["v1"], "those that are served"
    assert "description" not in taken["schemas"]["v1"]
    assert taken["schemas"]["v1"]["properties"]["spec"]["properties"]["description"] == {"type": "string"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("spec.size", 6, "6 is greater than the maximum"),
        ("spec.sise", 1, "'sise' was unexpected"),
        ("spec.port", True, "True is not of type 'integer', 'string'"),
        ("spec.notes.a", 1, "1 is not of type 'string'"),
        ("spec.anything.a", 1, "1 is not of type 'string'"),
        ("spec", None, "'spec' is a required property"),
        ("status", {}, "'status' was unexpected"),
        ("metadata.label", {}, "'label' was unexpected"),
        ("kind", "Card", "has no Card"),
        ("apiVersion", "shop.example/v1beta1", "serves Cart as shop.example/['v1']"),
        ("apiVersion", "shop.test/v1", "no project is known for shop.test/v1"),
    ],
)
def test_a_wrong_custom_resource_is_found(shop: Json, path: str, value: Any, message: str) -> None:
    assert custom_resource_errors(shop) == []
    errors = custom_resource_errors(edited(shop, path, value))
    assert len(errors) == 1
    assert message in errors[0]


def test_definitions_of_another_version_do_not_count(shop: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = Project("shop/carts", "v2.0.0", ("crds/*.yaml",), ("shop.example",), "shop", "2.0.0")
    monkeypatch.setattr(custom_resources, "PROJECTS", (newer,))
    with pytest.raises(NotTakenError, match=r"v2\.0\.0"):
        custom_resource_errors(shop)


def test_limits_of_openapi_are_read_as_such() -> None:
    assert strict({"type": "integer", "minimum": 1, "exclusiveMinimum": True})["exclusiveMinimum"] == 1


@pytest.mark.parametrize("project", custom_resources.PROJECTS, ids=lambda project: project.name)
def test_definitions_go_with_the_charts(project: Project) -> None:
    assert CHARTS[project.chart].version == project.chart_version, "choose the tag whose definitions it installs"
