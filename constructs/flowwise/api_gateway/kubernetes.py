"""Envoy Gateway, what it is told, and what may talk to its parts."""

from typing import Any

from cdk.core import ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdk.helm import Release
from cdk.kubernetes import NetworkPolicyV1
from flowwise.api_gateway import API_GATEWAY, ApiGatewayInputs, ApiGatewayOutputs
from flowwise.api_gateway.rate_limit_cache import CACHE, CACHE_PODS, CACHE_PORT, add_rate_limit_cache
from flowwise.api_gateway.resources import GATEWAY, gateway_resources, node_ports, service
from flowwise.api_gateway.routes import CROSS_ORIGIN, ROUTES, SIGN_IN
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.custom_resources import add_custom_resources
from flowwise.pods.network_policies import Allowed, add_network_policy, deny_all_but_dns, metrics_reader
from flowwise.pods.operators import TOLERATIONS, add_labels, add_restricted_namespace
from flowwise.pods.releases import add_release
from flowwise.pods.requests import PASSING, REQUESTS
from flowwise.pods.spreading import spread
from flowwise.tables.charts import CHARTS
from flowwise.tables.copies import MOST_GATEWAY_CONTROLLERS
from flowwise.tables.traffic import (
    API_PORTS,
    GATEWAY_CONTROLLER_PODS,
    GATEWAY_METRICS_PORT,
    PROXY_PODS,
    RATE_LIMIT_PODS,
)

_NAME = "envoy-gateway"
_NAMESPACE = text("kubernetes_namespace_v1.this.metadata[0].name")

_PROOF_PODS = {"acme.cert-manager.io/http01-solver": "true"}

# Envoy adds 10000 to a listener's port below 1024, for which it would need rights that it is not given.
_LISTENER_PORTS = (10080, 10443)
_CONTROLLER_PORT, _CONTROLLER_PORT_FOR_LIMITS = 18000, 18001
_RATE_LIMIT_PORT = 8081
_PROOF_PORT = 8089
# "Load balancer annotations": cloud-provider-azure, cloud-provider-aws, GKE ("LoadBalancer Service parameters").
_BALANCERS: dict[str, dict[str, dict[str, str]]] = {
    "azure": {"public": {}, "private": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}},
    "aws": {
        "public": {
            "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
            "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled": "true",
        },
        "private": {
            "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
            "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled": "true",
            "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
        },
    },
    "google": {
        "public": {"cloud.google.com/l4-rbs": "enabled"},
        "private": {"networking.gke.io/load-balancer-type": "Internal"},
    },
    "none": {"public": {}, "private": {}},
}


class KubernetesApiGateway(Module[ApiGatewayInputs, ApiGatewayOutputs]):
    """Envoy Gateway and its proxies, in one namespace, with routes to the microservices in theirs."""

    contract = API_GATEWAY
    path = "modules/api-gateway/kubernetes"

    def build(self, inputs: ApiGatewayInputs) -> ApiGatewayOutputs:
        """Add the module's resources."""
        add_labels(self)
        add_restricted_namespace(self, "this", inputs.namespace)
        policies = [
            *deny_all_but_dns(self, namespace=_NAMESPACE),
            *self._traffic_of_controller(),
            *self._traffic_of_proxies(),
            *self._traffic_of_rate_limits(),
        ]
        cache = add_rate_limit_cache(self)
        controller = self._controller([*policies, cache])
        self._resources(controller)
        # Known when the Gateway API is there, which cert-manager looks for: the gateway itself comes after its issuer.
        return ApiGatewayOutputs(
            url="https://${var.host}",
            namespace=text(f"{controller.fqn}.namespace"),
            gateway_name=GATEWAY,
            address_command=f"kubectl --namespace ${{var.namespace}} get service {GATEWAY} --output wide",
        )

    def _policy(self, name: str, **arguments: Any) -> NetworkPolicyV1:
        return add_network_policy(self, name, namespace=_NAMESPACE, **arguments)

    def _traffic_of_controller(self) -> list[NetworkPolicyV1]:
        self.comment("It tells the others what to do. The Kubernetes API has no address that is the same everywhere.")
        controller = self._policy(
            "controller",
            pods=GATEWAY_CONTROLLER_PODS,
            ingress=[
                Allowed(ports=[_CONTROLLER_PORT], pods=PROXY_PODS),
                Allowed(ports=[_CONTROLLER_PORT_FOR_LIMITS], pods=RATE_LIMIT_PODS),
                metrics_reader(GATEWAY_METRICS_PORT),
            ],
            egress=[Allowed(ports=API_PORTS)],
        )
        self.comment("Makes the certificates with which the parts of Envoy Gateway know each other.")
        certificates = self._policy("certgen", pods={"app": "certgen"}, egress=[Allowed(ports=API_PORTS)])
        return [controller, certificates]

    def _traffic_of_proxies(self) -> list[NetworkPolicyV1]:
        proxies = self._policy(
            "proxies",
            pods=PROXY_PODS,
            ingress=[
                Allowed(ports=_LISTENER_PORTS),
                metrics_reader(GATEWAY_METRICS_PORT),
            ],
            egress=[
                Allowed(ports=[_CONTROLLER_PORT], pods=GATEWAY_CONTROLLER_PODS),
                Allowed(ports=[_RATE_LIMIT_PORT], pods=RATE_LIMIT_PODS),
            ],
        )
        self.comment("Straight to a microservice's pods, on their own port.")
        microservices = self._policy(
            "microservices",
            called="to-${each.key}",
            for_each=for_each("var.routes"),
            pods=PROXY_PODS,
            egress=[Allowed(ports=[text("each.value.pod_port")], namespaces=[text("each.value.namespace")])],
        )
        self.comment("The proxies fetch its keys themselves.")
        issuer = self._policy(
            "token_issuer",
            count=number("var.token_issuer == null ? 0 : 1"),
            pods=PROXY_PODS,
            egress=[Allowed(ports=[443])],
        )
        self.comment("Pods that cert-manager adds here for a minute, to prove to Let's Encrypt whose host name it is.")
        count = number("var.proof_by_http ? 1 : 0")
        proof = self._policy(
            "proof", pods=_PROOF_PODS, ingress=[Allowed(ports=[_PROOF_PORT], pods=PROXY_PODS)], count=count
        )
        to_proof = self._policy(
            "proxies_to_proof", pods=PROXY_PODS, egress=[Allowed(ports=[_PROOF_PORT], pods=_PROOF_PODS)], count=count
        )
        return [proxies, microservices, issuer, proof, to_proof]

    def _traffic_of_rate_limits(self) -> list[NetworkPolicyV1]:
        limits = self._policy(
            "rate_limits",
            pods=RATE_LIMIT_PODS,
            ingress=[
                Allowed(ports=[_RATE_LIMIT_PORT], pods=PROXY_PODS),
                metrics_reader(GATEWAY_METRICS_PORT),
            ],
            egress=[
                Allowed(ports=[_CONTROLLER_PORT_FOR_LIMITS], pods=GATEWAY_CONTROLLER_PODS),
                Allowed(ports=[CACHE_PORT], pods=CACHE_PODS),
            ],
        )
        cache = self._policy(
            "rate_limit_cache", pods=CACHE_PODS, ingress=[Allowed(ports=[CACHE_PORT], pods=RATE_LIMIT_PODS)]
        )
        return [limits, cache]

    def _controller(self, before: list[ITerraformDependable]) -> Release:
        copies = number(f"min(var.replicas, {MOST_GATEWAY_CONTROLLERS})")
        self.comment(
            "Installs the definitions of the Gateway API and of its own, which Helm never upgrades: the runbook has "
            "them upgraded before a new version is applied. Its own webhook is left out: it would only tell proxies "
            "their zone, which nothing here asks for. It goes before the policies go, without which it could take "
            "nothing back."
        )
        return add_release(
            self,
            "controller",
            CHARTS[_NAME],
            release=_NAME,
            namespace=_NAMESPACE,
            values={
                "commonLabels": string_map("var.labels"),
                "topologyInjector": {"enabled": False},
                "podDisruptionBudget": {"maxUnavailable": 1},
                "deployment": {
                    "replicas": copies,
                    "pod": {"tolerations": TOLERATIONS, "topologySpreadConstraints": spread(GATEWAY_CONTROLLER_PODS)},
                },
                "certgen": {
                    "job": {"resources": PASSING["envoy-gateway-certgen"].resources, "tolerations": TOLERATIONS}
                },
                "config": {
                    "envoyGateway": {
                        "provider": {
                            "type": "Kubernetes",
                            "kubernetes": {
                                "proxyTopologyInjector": {"disabled": True},
                                "rateLimitDeployment": {
                                    "replicas": copies,
                                    "container": {"resources": REQUESTS["envoy-ratelimit"].resources},
                                    "pod": {"topologySpreadConstraints": spread(RATE_LIMIT_PODS)},
                                },
                                "rateLimitPDB": {"maxUnavailable": 1},
                            },
                        },
                        "rateLimit": {
                            "backend": {"type": "Redis", "redis": {"url": f"{CACHE}:{CACHE_PORT}"}},
                        },
                    }
                },
            },
            depends_on=before,
        )

    def _resources(self, controller: Release) -> Release:
        self.comment(
            "What the cloud's load balancer is to be. Each passes connections on as they are, to nodes that have a "
            "proxy, so that the proxies see clients' own addresses, and believe nobody's X-Forwarded-For. What a "
            "balancer's probe asks is whether the node has a proxy, for which Kubernetes itself says port and path."
        )
        self.local("balancers", _BALANCERS)
        self.local(
            "balancer_annotations",
            text('merge(local.balancers[var.cloud][var.public ? "public" : "private"], var.balancer_annotations)'),
        )
        self.comment("A cluster that is nobody's has no load balancers: its nodes listen themselves, at fixed ports.")
        self.local("node_ports", node_ports())
        self.local("balanced_service", service())
        self.local("service", text('merge(local.balanced_service, var.cloud == "none" ? local.node_ports : {})'))
        self.local("cross_origin", text(CROSS_ORIGIN))
        self.local("sign_in", text(SIGN_IN))
        self.local("gateway", gateway_resources())
        self.comment(
            "Routes stand here, and each microservice's namespace grants that its service is reached from here. So "
            "nobody who may write in a microservice's namespace can claim another's paths, do without tokens or raise "
            "a limit."
        )
        self.local("routes", text(ROUTES))
        self.comment(
            "Helm waits when it takes these away: the controller has to delete the load balancer before it goes "
            "itself, and cert-manager what it made for the gateway, such as a proof that nobody has asked for yet."
        )
        return add_custom_resources(
            self,
            "gateway",
            release=GATEWAY,
            namespace=_NAMESPACE,
            resources=text("concat(local.gateway, local.routes)"),
            depends_on=[controller],
            wait=True,
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=text("var.replicas <= var.max_replicas"),
                        error_message="replicas must not be more than max_replicas.",
                    )
                ]
            ),
        )
