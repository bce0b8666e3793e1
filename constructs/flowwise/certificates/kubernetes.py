"""cert-manager, with an authority of the cluster's own and, for what the world is to trust, Let's Encrypt."""

from typing import Any

from cdk.helm import Release
from cdk.kubernetes import NetworkPolicyV1
from flowwise.authoring.expressions import anything, boolean, for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.certificates import (
    CERTIFICATES,
    INTERNAL_ISSUER,
    PUBLIC_ISSUER,
    CertificatesInputs,
    CertificatesOutputs,
)
from flowwise.certificates.asking import GATEWAY_ASKS, NOBODY, asking_policies
from flowwise.certificates.solvers import RESOLVER, SOLVERS
from flowwise.custom_resources import add_custom_resources
from flowwise.pods.network_policies import GKE_METADATA, Allowed, add_network_policy, deny_all_but_dns, metrics_reader
from flowwise.pods.operators import TOLERATIONS, add_labels, add_restricted_namespace
from flowwise.pods.releases import add_release
from flowwise.pods.requests import PASSING, REQUESTS, Requests
from flowwise.pods.spreading import spread
from flowwise.tables.charts import CHARTS
from flowwise.tables.copies import OPERATOR_COPIES
from flowwise.tables.traffic import (
    API_PORTS,
    CERTIFICATES_METRICS_PORT,
    CERTIFICATES_PODS,
    PROXY_PODS,
)

_NAME = "cert-manager"
_NAMESPACE = text("kubernetes_namespace_v1.this.metadata[0].name")
_API = "cert-manager.io/v1"
_ROOT = "flowwise-root"
_TRUST = INTERNAL_ISSUER
"""Name of the secret with the authority's certificate, in each namespace that trusts it."""

_WEBHOOK_PORT = 10250
"""The chart's own choice: that of the kubelet, which every cloud's control plane may reach."""

_GATEWAY_PORT = 10080
"""Where Envoy's pods listen without TLS."""


class KubernetesCertificates(Module[CertificatesInputs, CertificatesOutputs]):
    """Two ClusterIssuers, and cert-manager, which also gives the gateway's listeners their certificates."""

    contract = CERTIFICATES
    path = "modules/certificates/kubernetes"

    def build(self, inputs: CertificatesInputs) -> CertificatesOutputs:
        """Add the module's resources."""
        add_labels(self)
        add_restricted_namespace(self, "this", inputs.namespace)
        policies = self._traffic()
        manager = self._manager(inputs, policies)
        internal = self._internal_issuer(manager)
        self._public_issuer(manager, inputs)
        self._trust(internal)
        return CertificatesOutputs(
            internal_issuer=internal.name,
            public_issuer=text("one(helm_release.public_issuer[*].name)"),
            trust_secret_name=text("one(distinct(values(helm_release.trust)[*].name))"),
        )

    def _traffic(self) -> list[NetworkPolicyV1]:
        first = deny_all_but_dns(self, namespace=_NAMESPACE)
        self.comment(
            "To the Kubernetes API, which has no address that is the same in every cluster. By the same port, with "
            "proof by DNS, to Let's Encrypt, to the cloud's DNS and its tokens, and to the resolver."
        )
        api = add_network_policy(self, "api", namespace=_NAMESPACE, egress=[Allowed(ports=API_PORTS)])
        self.comment(
            "To Let's Encrypt, and to the gateway by its host name: what Let's Encrypt is going to ask for there, "
            "cert-manager asks for first. From inside the cluster, that leads straight to the gateway's pods."
        )
        proof = add_network_policy(
            self,
            "proof",
            namespace=_NAMESPACE,
            pods=CERTIFICATES_PODS,
            egress=[
                Allowed(ports=[80, 443]),
                Allowed(ports=[_GATEWAY_PORT], namespaces=[text("var.gateway.namespace")], pods=PROXY_PODS),
            ],
            count=number("var.email == null || var.challenge_zone != null ? 0 : 1"),
        )
        self.comment("Where GKE gives out tokens, at both addresses that its pods know.")
        tokens = add_network_policy(
            self,
            "tokens",
            namespace=_NAMESPACE,
            pods=CERTIFICATES_PODS,
            egress=GKE_METADATA,
            count=number('try(var.challenge_zone.cloud, null) == "google" ? 1 : 0'),
        )
        self.comment("From the control plane, which has no address or label to know it by.")
        webhook = add_network_policy(
            self,
            "webhook",
            namespace=_NAMESPACE,
            pods={"app.kubernetes.io/component": "webhook"},
            ingress=[Allowed(ports=[_WEBHOOK_PORT])],
        )
        metrics = add_network_policy(
            self,
            "metrics",
            namespace=_NAMESPACE,
            pods=CERTIFICATES_PODS,
            ingress=[metrics_reader(CERTIFICATES_METRICS_PORT)],
        )
        return [*first, api, proof, tokens, webhook, metrics]

    def _manager(self, inputs: CertificatesInputs, policies: list[NetworkPolicyV1]) -> Release:
        self.comment(
            "Its definitions of resources are upgraded with it, and stay when it goes: without them, Kubernetes would "
            "delete every Certificate. Helm waits until the API answers for these, so that issuers can follow."
        )
        return add_release(
            self,
            "cert_manager",
            CHARTS[_NAME],
            release=_NAME,
            namespace=_NAMESPACE,
            values={
                "crds": {"enabled": True, "keep": True},
                "global": {
                    "commonLabels": string_map("var.labels"),
                    # Not in kube-system, where a managed cluster may let nobody write.
                    "leaderElection": {"namespace": inputs.namespace},
                },
                "config": {
                    "apiVersion": "controller.config.cert-manager.io/v1alpha1",
                    "kind": "ControllerConfiguration",
                    "gatewayAPI": {"enabled": boolean("var.gateway != null")},
                },
                "serviceAccount": {"annotations": inputs.service_account_annotations},
                "podLabels": inputs.pod_labels,
                # Arguments of its pods, and not of "config": so these start anew, and get what the annotations say.
                "dns01RecursiveNameserversOnly": boolean("var.challenge_zone != null"),
                "dns01RecursiveNameservers": text(f'var.challenge_zone == null ? "" : "{RESOLVER}"'),
                **_part("controller", REQUESTS["cert-manager"]),
                "webhook": _part("webhook", REQUESTS["cert-manager-webhook"]),
                "cainjector": _part("cainjector", REQUESTS["cert-manager-cainjector"]),
                "startupapicheck": {
                    "resources": PASSING["cert-manager-startupapicheck"].resources,
                    "tolerations": TOLERATIONS,
                },
            },
            depends_on=policies,
        )

    def _internal_issuer(self, manager: Release) -> Release:
        self.comment(
            "The authority signs itself, which nothing outside this namespace may ask for. It is renewed with the same "
            "key, so that what it signed before stays valid for those who trust its new certificate. It signs for "
            "every namespace, and so Kubernetes refuses what asks for another's names."
        )
        self.local("gateway_asks", GATEWAY_ASKS)
        resources: list[dict[str, Any]] = [
            {
                "apiVersion": _API,
                "kind": "Issuer",
                "metadata": {"name": _ROOT, "labels": string_map("local.labels")},
                "spec": {"selfSigned": {}},
            },
            {
                "apiVersion": _API,
                "kind": "Certificate",
                "metadata": {"name": INTERNAL_ISSUER, "labels": string_map("local.labels")},
                "spec": {
                    "isCA": True,
                    "commonName": INTERNAL_ISSUER,
                    "secretName": INTERNAL_ISSUER,
                    "duration": "87600h",
                    "renewBefore": "8760h",
                    "usages": ["cert sign", "crl sign", "digital signature"],
                    "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
                    "issuerRef": {"group": "cert-manager.io", "kind": "Issuer", "name": _ROOT},
                },
            },
            {
                "apiVersion": _API,
                "kind": "ClusterIssuer",
                "metadata": {"name": INTERNAL_ISSUER, "labels": string_map("local.labels")},
                "spec": {"ca": {"secretName": INTERNAL_ISSUER}},
            },
            *asking_policies(_API, f"system:serviceaccount:{_NAMESPACE}:{_NAME}"),
        ]
        return self._release("internal_issuer", INTERNAL_ISSUER, resources, manager)

    def _public_issuer(self, manager: Release, inputs: CertificatesInputs) -> None:
        self.comment(
            "Let's Encrypt asks for proof by HTTP, at the host name: the gateway passes that on, without TLS. Or by "
            "DNS, whoever reaches the gateway."
        )
        self.local("solvers", text(SOLVERS))
        self._release(
            "public_issuer",
            PUBLIC_ISSUER,
            [
                {
                    "apiVersion": _API,
                    "kind": "ClusterIssuer",
                    "metadata": {"name": PUBLIC_ISSUER, "labels": string_map("local.labels")},
                    "spec": {
                        "acme": {
                            "server": "https://acme-v02.api.letsencrypt.org/directory",
                            "email": inputs.email,
                            "privateKeySecretRef": {"name": f"{PUBLIC_ISSUER}-account"},
                            "solvers": anything("local.solvers"),
                        }
                    },
                }
            ],
            manager,
            count=number("var.email == null ? 0 : 1"),
        )

    def _trust(self, internal_issuer: Release) -> None:
        self.comment(
            "cert-manager hands out the authority's certificate only beside one that the authority has signed, and so "
            "each of these namespaces has one: for a name that nobody can have. It is renewed every two months, and "
            "with it the authority's, which is good for another year when a new one comes."
        )
        self._release(
            "trust",
            _TRUST,
            [
                {
                    "apiVersion": _API,
                    "kind": "Certificate",
                    "metadata": {"name": _TRUST, "labels": string_map("local.labels")},
                    "spec": {
                        "secretName": _TRUST,
                        "dnsNames": [NOBODY],
                        "usages": ["digital signature"],
                        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
                        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": INTERNAL_ISSUER},
                    },
                }
            ],
            internal_issuer,
            namespace=text("each.key"),
            for_each=for_each("toset(var.trusting)"),
        )

    def _release(
        self,
        name: str,
        release: str,
        resources: list[dict[str, Any]],
        after: Release,
        *,
        namespace: str = _NAMESPACE,
        **arguments: Any,
    ) -> Release:
        """Add a release. It is called as what others ask for is, so that the name is known once that is there."""
        return add_custom_resources(
            self,
            name,
            release=release,
            namespace=namespace,
            resources=resources,
            depends_on=[after],
            **arguments,
        )


def _part(component: str, requests: Requests) -> dict[str, Any]:
    """Values of one Deployment of the chart."""
    return {
        "replicaCount": number(f"var.high_availability ? {OPERATOR_COPIES} : 1"),
        "podDisruptionBudget": {"enabled": boolean("var.high_availability"), "maxUnavailable": 1},
        "resources": requests.resources,
        "tolerations": TOLERATIONS,
        "topologySpreadConstraints": spread({"app.kubernetes.io/component": component}),
    }
