"""The namespace on any Kubernetes cluster whose network enforces network policies."""

from typing import Any

from cdk.core import ITerraformDependable
from cdk.kubernetes import (
    DefaultServiceAccountV1,
    DefaultServiceAccountV1Metadata,
    LimitRangeV1,
    LimitRangeV1Metadata,
    LimitRangeV1Spec,
    LimitRangeV1SpecLimit,
    NamespaceV1,
    NamespaceV1Metadata,
    NetworkPolicyV1,
    ResourceQuotaV1,
    ResourceQuotaV1Metadata,
    ResourceQuotaV1Spec,
    ServiceAccountV1,
    ServiceAccountV1Metadata,
)
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.namespace import NAMESPACE, NamespaceInputs, NamespaceOutputs
from flowwise.pods.network_policies import NAMESPACE_LABEL, add_network_policy, deny_all_but_dns
from flowwise.tables.kubernetes_versions import POD_SECURITY_VERSION
from flowwise.tables.project import PROJECT
from flowwise.tables.traffic import EVERYWHERE, GKE_METADATA_SERVICE, METADATA_SERVICE

_NAME = text("kubernetes_namespace_v1.this.metadata[0].name")
_LABELS = string_map("local.labels")


def _rule(end: str, **ip_block: str) -> dict[str, Any]:
    """A rule for `each.value`, a Peer. `end` is what the rule calls it, from or to; `ip_block` more of its ranges."""
    return {
        "dynamic": {
            end: [
                {
                    "for_each": text("each.value.namespaces"),
                    "content": {
                        "namespace_selector": {"match_labels": {NAMESPACE_LABEL: text(f"{end}.value")}},
                        "pod_selector": {"match_labels": text("each.value.pod_labels")},
                    },
                },
                {
                    "for_each": text("each.value.cidrs"),
                    "content": {"ip_block": {"cidr": text(f"{end}.value"), **ip_block}},
                },
            ],
            "ports": {
                "for_each": text("each.value.ports"),
                "content": {"port": text("ports.value"), "protocol": "TCP"},
            },
        }
    }


class KubernetesNamespace(Module[NamespaceInputs, NamespaceOutputs]):
    """Nothing runs in it before its rules are there: pods need the service account, which is made last."""

    contract = NAMESPACE
    path = "modules/namespace/kubernetes"

    def build(self, inputs: NamespaceInputs) -> NamespaceOutputs:
        """Add the module's resources."""
        self.local(
            "labels",
            text(
                "merge(var.labels, {\n"
                '  "app.kubernetes.io/name"    = var.name\n'
                f'  "app.kubernetes.io/part-of" = "{PROJECT}"\n'
                "})"
            ),
        )
        self._namespace(inputs)
        rules = [*self._resources(), *self._traffic()]
        return self._service_accounts(inputs, rules)

    def _namespace(self, inputs: NamespaceInputs) -> None:
        self.comment(
            "The version of the standard that is enforced stands still: were it to follow the cluster's, an upgrade "
            "that makes the standard stricter would keep pods from coming back while nodes are replaced. What the "
            "newest version would refuse is warned of and audited. To a cluster older than that version, it is the "
            "newest."
        )
        self.resource(
            NamespaceV1,
            "this",
            metadata=NamespaceV1Metadata(
                name=inputs.name,
                labels=string_map(
                    "merge(local.labels, {\n"
                    '  "pod-security.kubernetes.io/enforce"         = var.pod_security\n'
                    f'  "pod-security.kubernetes.io/enforce-version" = "v{POD_SECURITY_VERSION}"\n'
                    '  "pod-security.kubernetes.io/audit"           = var.pod_security\n'
                    '  "pod-security.kubernetes.io/audit-version"   = "latest"\n'
                    '  "pod-security.kubernetes.io/warn"            = var.pod_security\n'
                    '  "pod-security.kubernetes.io/warn-version"    = "latest"\n'
                    "})"
                ),
            ),
        )

    def _resources(self) -> list[ITerraformDependable]:
        quota = self.resource(
            ResourceQuotaV1,
            "this",
            count=number("var.quota == null ? 0 : 1"),
            metadata=ResourceQuotaV1Metadata(name="quota", namespace=_NAME, labels=_LABELS),
            spec=ResourceQuotaV1Spec(
                hard={
                    "requests.cpu": text("var.quota.cpu"),
                    "requests.memory": text("var.quota.memory"),
                    "limits.memory": text("var.quota.memory"),
                    "pods": text("var.quota.pods"),
                }
            ),
        )
        self.comment(
            "For containers that do not say what they need, which a quota would refuse. As much memory is kept as may "
            "be used, so that a node never has to take any back. Processors have no limit: idle ones are anybody's."
        )
        limits = self.resource(
            LimitRangeV1,
            "this",
            metadata=LimitRangeV1Metadata(name="defaults", namespace=_NAME, labels=_LABELS),
            spec=LimitRangeV1Spec(
                limit=[
                    LimitRangeV1SpecLimit(
                        type="Container",
                        default={"memory": "256Mi"},
                        default_request={"cpu": "100m", "memory": "256Mi"},
                    )
                ]
            ),
        )
        return [quota, limits]

    def _traffic(self) -> list[ITerraformDependable]:
        first = deny_all_but_dns(self, namespace=_NAME)
        ingress = self._peers("ingress", "from", _rule("from"))
        self.comment(
            "It allows what is declared and nothing by itself: neither the Kubernetes API, nor where a workload's "
            "identity gets its tokens (login.microsoftonline.com on Azure and sts on AWS, by TCP 443, and the metadata "
            f"service on Google, {METADATA_SERVICE} by TCP 80 and {GKE_METADATA_SERVICE} by TCP 988). {EVERYWHERE} "
            "does not include a metadata service, which knows the node's own identity: that has to be named."
        )
        not_meant = text(f'concat(to.value == "{EVERYWHERE}" ? ["{METADATA_SERVICE}"] : [], each.value.without)')
        egress = self._peers("egress", "to", _rule("to", **{"except": not_meant}))
        return [*first, ingress, egress]

    def _peers(self, direction: str, end: str, rule: dict[str, Any]) -> NetworkPolicyV1:
        rules: dict[str, Any] = {direction: []}
        policy = add_network_policy(
            self,
            direction,
            called=f"{direction}-{end}-${{each.key}}",
            namespace=_NAME,
            for_each=for_each(f"var.{direction}"),
            **rules,
        )
        policy.add_override("spec.pod_selector.match_labels", text("each.value.workload_labels"))
        policy.add_override(f"spec.{direction}", rule)
        return policy

    def _service_accounts(self, inputs: NamespaceInputs, rules: list[ITerraformDependable]) -> NamespaceOutputs:
        self.comment("What names no service account runs as this one, and is to have no say in the cluster.")
        self.resource(
            DefaultServiceAccountV1,
            "this",
            metadata=DefaultServiceAccountV1Metadata(name="default", namespace=_NAME, labels=_LABELS),
            automount_service_account_token=False,
        )
        self.comment(
            "Without the token for the Kubernetes API, which a workload has to ask for itself. Tokens for the cloud "
            "are other ones, which the cloud's own webhook mounts. Made last, as no pod starts without it."
        )
        account = self.resource(
            ServiceAccountV1,
            "this",
            metadata=ServiceAccountV1Metadata(
                name=inputs.name,
                namespace=_NAME,
                labels=_LABELS,
                annotations=inputs.service_account_annotations,
            ),
            automount_service_account_token=False,
            depends_on=rules,
        )
        return NamespaceOutputs(
            name=text("kubernetes_service_account_v1.this.metadata[0].namespace"),
            service_account_name=account.metadata.name,
        )
