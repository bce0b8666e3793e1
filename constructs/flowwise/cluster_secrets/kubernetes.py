"""Secrets in the cluster: copied by the External Secrets Operator or, without a cloud, made by Terraform."""

from typing import Any

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.helm import Release
from cdk.kubernetes import (
    NetworkPolicyV1,
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
    RoleV1,
    RoleV1Metadata,
    RoleV1Rule,
    SecretV1,
    SecretV1Metadata,
)
from flowwise.authoring.expressions import anything, for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.cluster_secrets import CLUSTER_SECRETS, ClusterSecretsInputs, ClusterSecretsOutputs, versioned_key
from flowwise.custom_resources import add_custom_resources
from flowwise.pods.network_policies import DNS, GKE_METADATA, Allowed, add_network_policy
from flowwise.pods.operators import TOLERATIONS, add_labels, add_restricted_namespace
from flowwise.pods.releases import add_release
from flowwise.pods.requests import REQUESTS
from flowwise.pods.spreading import spread
from flowwise.secret_store.values import add_generated
from flowwise.tables.charts import CHARTS
from flowwise.tables.copies import OPERATOR_COPIES
from flowwise.tables.project import PROJECT
from flowwise.tables.traffic import API_PORTS

_OPERATOR = "external-secrets"
"""Name of the operator's release, and of its service account."""

_STORE = "cloud"
"""Name of the SecretStore in every namespace."""

_WEBHOOK_PORT = 10250
"""The chart's own choice: that of the kubelet, which every cloud's control plane may reach."""

# API: "SecretStore" and "ExternalSecret" of external-secrets.io/v1, at the version of the chart.
_RESOURCES = f"""concat(
  [{{
    apiVersion = "external-secrets.io/v1"
    kind       = "SecretStore"
    metadata   = {{ name = "{_STORE}", labels = local.labels }}
    spec = {{
      provider = {{
        azure = {{
          azurekv = {{
            authType          = "WorkloadIdentity"
            vaultUrl          = var.store.address
            serviceAccountRef = {{ name = var.service_account_names[each.key] }}
          }}
        }}
        aws = {{
          aws = {{
            service = "SecretsManager"
            region  = var.store.address
            auth    = {{ jwt = {{ serviceAccountRef = {{ name = var.service_account_names[each.key] }} }} }}
          }}
        }}
        google = {{
          gcpsm = {{
            projectID = var.store.address
            auth = {{
              workloadIdentity = {{ serviceAccountRef = {{ name = var.service_account_names[each.key] }} }}
            }}
          }}
        }}
      }}[var.store.kind]
    }}
  }}],
  [
    for name, secret in var.secrets : {{
      apiVersion = "external-secrets.io/v1"
      kind       = "ExternalSecret"
      metadata = {{
        name        = name
        labels      = local.labels
        annotations = {{ "{PROJECT}/version" = tostring(secret.version) }}
      }}
      spec = {{
        refreshPolicy   = secret.follows_store ? "Periodic" : "OnChange"
        refreshInterval = "1h"
        secretStoreRef  = {{ kind = "SecretStore", name = "{_STORE}" }}
        target          = {{ name = name, creationPolicy = "Owner" }}
        data            = [{{ secretKey = local.keys[name], remoteRef = {{ key = secret.remote_name }} }}]
      }}
    }} if contains(secret.namespaces, each.key)
  ]
)"""


class KubernetesClusterSecrets(Module[ClusterSecretsInputs, ClusterSecretsOutputs]):
    """An ExternalSecret for each secret and namespace; with a store of kind none the secret itself, and no operator."""

    contract = CLUSTER_SECRETS
    path = "modules/cluster-secrets/kubernetes"

    def build(self, inputs: ClusterSecretsInputs) -> ClusterSecretsOutputs:
        """Add the module's resources."""
        add_labels(self)
        self.local("from_store", text('var.store.kind != "none"'))
        self.local("namespaces", text("toset(local.from_store ? flatten(values(var.secrets)[*].namespaces) : [])"))
        self.comment(
            "A secret that one more namespace is to have gets a new value in all of them: Terraform does not know the "
            "old one."
        )
        self.local(
            "revisions",
            text(
                "{\n"
                "  for name, secret in var.secrets : name => local.from_store ? secret.version : parseint(\n"
                "    substr(sha256(jsonencode([secret.version, sort(distinct(secret.namespaces))])), 0, 7), 16\n"
                "  )\n"
                "}"
            ),
        )
        key = versioned_key("${secret.version}")
        self.local("keys", text(f'{{ for name, secret in var.secrets : name => "{key}" }}'))
        operator = self._operator(inputs)
        self._copies(operator)
        self._generated()
        return ClusterSecretsOutputs(secret_keys=string_map("local.keys"), secret_revisions=anything("local.revisions"))

    def _operator(self, inputs: ClusterSecretsInputs) -> Release:
        self.comment("The operator's own, where nothing but it may run.")
        count = number("local.from_store ? 1 : 0")
        add_restricted_namespace(self, "operator", inputs.namespace, count=count)
        policies = self._traffic()
        part = {
            "replicaCount": text(f"var.high_availability ? {OPERATOR_COPIES} : 1"),
            "podDisruptionBudget": {"enabled": inputs.high_availability, "minAvailable": 1},
            "livenessProbe": {"enabled": True},
        }
        self.comment(
            "Its definitions of resources are upgraded with it, and stay when it goes: without them, Kubernetes would "
            "delete every ExternalSecret, and with these the secrets of running pods. The operator may ask for no "
            "service account's token but those that are named below, and knows no store or secret beyond a namespace."
        )
        return add_release(
            self,
            "operator",
            CHARTS[_OPERATOR],
            release=_OPERATOR,
            namespace=text("kubernetes_namespace_v1.operator[0].metadata[0].name"),
            values={
                "commonLabels": inputs.labels,
                "global": {
                    "tolerations": TOLERATIONS,
                    "topologySpreadConstraints": spread(None),
                },
                **part,
                "leaderElect": True,
                "readinessProbe": {"enabled": True},
                "resources": REQUESTS["external-secrets"].resources,
                "serviceAccount": {"name": _OPERATOR},
                "rbac": {"serviceAccountTokenCreate": False, "servicebindings": {"create": False}},
                "crds": {
                    "annotations": {"helm.sh/resource-policy": "keep"},
                    "createClusterExternalSecret": False,
                    "createClusterGenerator": False,
                    "createClusterPushSecret": False,
                    "createClusterSecretStore": False,
                    "createPushSecret": False,
                },
                "processClusterExternalSecret": False,
                "processClusterGenerator": False,
                "processClusterPushSecret": False,
                "processClusterStore": False,
                "processPushSecret": False,
                "webhook": {
                    **part,
                    "startupProbe": {"enabled": True},
                    "port": _WEBHOOK_PORT,
                    "resources": REQUESTS["external-secrets-webhook"].resources,
                },
                "certController": {
                    **part,
                    "startupProbe": {"enabled": True},
                    "resources": REQUESTS["external-secrets-cert-controller"].resources,
                },
            },
            count=count,
            depends_on=policies,
        )

    def _traffic(self) -> list[NetworkPolicyV1]:
        """Who may talk to the operator's pods, and whom they may talk to. Everything else is denied."""
        deny = self._policy("deny", ingress=[], egress=[])
        self.comment("From the control plane, which has no address or label to know it by.")
        webhook = self._policy(
            "webhook",
            pods={"app.kubernetes.io/name": f"{_OPERATOR}-webhook"},
            ingress=[Allowed(ports=[_WEBHOOK_PORT])],
        )
        self.comment(
            "To DNS, and to the control plane and the cloud's services by their ports: addresses differ from cluster "
            "to cluster."
        )
        apis = self._policy("apis", egress=[*DNS, Allowed(ports=API_PORTS)])
        self.comment("Where the operator learns what GKE cluster it is in, at both addresses that GKE's pods know.")
        metadata = self._policy(
            "metadata",
            only_if='var.store.kind == "google"',
            pods={"app.kubernetes.io/name": _OPERATOR},
            egress=GKE_METADATA,
        )
        return [deny, webhook, apis, metadata]

    def _policy(self, name: str, *, only_if: str = "local.from_store", **rules: Any) -> NetworkPolicyV1:
        namespace = text("kubernetes_namespace_v1.operator[0].metadata[0].name")
        return add_network_policy(self, name, namespace=namespace, count=number(f"{only_if} ? 1 : 0"), **rules)

    def _copies(self, operator: Release) -> None:
        """Tell the operator what to copy: a release in each namespace, so that one that fails holds up no other."""
        self.comment("The operator reads a namespace's secrets in the name of that namespace's service account alone.")
        self.resource(
            RoleV1,
            "reader",
            for_each=for_each("local.namespaces"),
            metadata=RoleV1Metadata(name=_OPERATOR, namespace=text("each.key"), labels=string_map("local.labels")),
            rule=[
                RoleV1Rule(
                    api_groups=[""],
                    resources=["serviceaccounts/token"],
                    resource_names=[text("var.service_account_names[each.key]")],
                    verbs=["create"],
                )
            ],
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("contains(keys(var.service_account_names), each.key)"),
                        error_message="service_account_names must name the service account of every namespace.",
                    ),
                    Precondition(
                        condition=text("alltrue([for secret in values(var.secrets) : secret.remote_name != null])"),
                        error_message="Each of secrets needs its remote_name, unless store.kind is none.",
                    ),
                ]
            ),
        )
        binding = self.resource(
            RoleBindingV1,
            "reader",
            for_each=for_each("local.namespaces"),
            metadata=RoleBindingV1Metadata(
                name=_OPERATOR, namespace=text("each.key"), labels=string_map("local.labels")
            ),
            role_ref=RoleBindingV1RoleRef(
                api_group="rbac.authorization.k8s.io",
                kind="Role",
                name=text("kubernetes_role_v1.reader[each.key].metadata[0].name"),
            ),
            subject=[RoleBindingV1Subject(kind="ServiceAccount", name=_OPERATOR, namespace=text("var.namespace"))],
        )
        self.comment(
            "The operator looks for a new value when the version changes and, where that is asked for, every hour. "
            "Whether it found one is in the status of the ExternalSecret; pods wait until their secret has the key of "
            "their version, so that none starts with a password that is on its way out."
        )
        add_custom_resources(
            self,
            "secrets",
            for_each=for_each("local.namespaces"),
            release="secrets",
            namespace="${each.key}",
            resources=text(_RESOURCES),
            depends_on=[operator, binding],
        )

    def _generated(self) -> None:
        add_generated(
            self,
            "this",
            for_each=text(
                '{ for name, secret in var.secrets : name => secret if var.store.kind == "none" && secret.generated }'
            ),
        )
        self.comment("Write-only: a new value is sent when the revision changes, and is kept in no plan or state.")
        self.resource(
            SecretV1,
            "this",
            for_each=for_each(
                "merge([\n"
                "  for name, secret in var.secrets : {\n"
                "    for namespace in secret.namespaces :\n"
                '    "${namespace}/${name}" => { name = name, namespace = namespace }\n'
                "  } if !local.from_store\n"
                "]...)"
            ),
            metadata=SecretV1Metadata(
                name=text("each.value.name"), namespace=text("each.value.namespace"), labels=string_map("local.labels")
            ),
            type="Opaque",
            data_wo={
                "${local.keys[each.value.name]}": text(
                    "var.secrets[each.value.name].generated ? "
                    "ephemeral.random_password.this[each.value.name].result : var.secret_values[each.value.name]"
                )
            },
            data_wo_revision=number("local.revisions[each.value.name]"),
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text(
                            "var.secrets[each.value.name].generated || "
                            'trimspace(lookup(var.secret_values, each.value.name, "")) != ""'
                        ),
                        error_message=(
                            "secret_values must have ${each.value.name}, which is not generated: others hand it out."
                        ),
                    )
                ]
            ),
        )
