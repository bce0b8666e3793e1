"""What the ends of flows look like to network policies: the labels of pods, and addresses.

The labels are what the charts and operators of the pinned versions give their pods, read from the objects that they
render or make, and not what our policies look for.
"""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from environments import Environment
from flowwise.pods.network_policies import NAMESPACE_LABEL
from flowwise.tables.workloads import RABBITMQ_OPERATOR
from stacks import flows
from stacks.flows import Flow, Outside, Pods
from tests.kubernetes.flows.network import Endpoint

_NAME = "app.kubernetes.io/name"
_INSTANCE = "app.kubernetes.io/instance"
_COMPONENT = "app.kubernetes.io/component"

LABELS: Mapping[Pods, Mapping[str, str]] = {
    flows.DNS: {"k8s-app": "kube-dns"},
    flows.PROXIES: {_NAME: "envoy", _COMPONENT: "proxy", "app.kubernetes.io/managed-by": "envoy-gateway"},
    flows.GATEWAY_CONTROLLER: {"control-plane": "envoy-gateway", _NAME: "gateway-helm", _INSTANCE: "envoy-gateway"},
    flows.GATEWAY_CERTIFICATES: {"app": "certgen"},
    flows.RATE_LIMITS: {_NAME: "envoy-ratelimit", _COMPONENT: "ratelimit"},
    flows.RATE_LIMIT_CACHE: {_NAME: "rate-limit-cache"},
    flows.PROOF: {"acme.cert-manager.io/http01-solver": "true"},
    flows.CERTIFICATES: {_NAME: "cert-manager", _COMPONENT: "controller", "app": "cert-manager"},
    flows.CERTIFICATES_WEBHOOK: {_NAME: "webhook", _COMPONENT: "webhook", "app": "webhook"},
    flows.CERTIFICATES_INJECTOR: {_NAME: "cainjector", _COMPONENT: "cainjector", "app": "cainjector"},
    flows.CERTIFICATES_CHECK: {_NAME: "startupapicheck", _COMPONENT: "startupapicheck", "app": "startupapicheck"},
    flows.SECRETS: {_NAME: "external-secrets", _INSTANCE: "external-secrets"},
    flows.SECRETS_WEBHOOK: {_NAME: "external-secrets-webhook", _INSTANCE: "external-secrets"},
    flows.SECRETS_CERTIFICATES: {_NAME: "external-secrets-cert-controller", _INSTANCE: "external-secrets"},
    flows.SCALER: {"app": "keda-operator", _NAME: "keda-operator"},
    flows.SCALER_METRICS: {"app": "keda-operator-metrics-apiserver", _NAME: "keda-operator-metrics-apiserver"},
    flows.SCALER_WEBHOOKS: {"app": "keda-admission-webhooks", _NAME: "keda-admission-webhooks"},
    flows.METRICS_SERVER: {_NAME: "metrics-server", _INSTANCE: "metrics-server"},
    flows.CLUSTER_AUTOSCALER: {_NAME: "cluster-autoscaler", _INSTANCE: "cluster-autoscaler"},
    flows.DATABASE_OPERATOR: {_NAME: "cloudnative-pg", _INSTANCE: "cloudnative-pg"},
    flows.DATABASE: {"cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance"},
    flows.BROKER_OPERATOR: {_NAME: "rabbitmq-cluster-operator", _INSTANCE: "rabbitmq-cluster-operator"},
    flows.BROKER: {_NAME: "rabbitmq", _COMPONENT: "rabbitmq", "app.kubernetes.io/part-of": "rabbitmq"},
    flows.COLLECTOR: {_NAME: "opentelemetry-collector", _INSTANCE: "otel-cluster"},
    flows.COLLECTOR_GATEWAY: {_NAME: "opentelemetry-collector", _INSTANCE: "otel-gateway"},
    flows.COLLECTOR_NODES: {_NAME: "opentelemetry-collector", _INSTANCE: "otel-nodes"},
    flows.DATABASE_EXPORTERS: {_NAME: "prometheus-postgres-exporter", _INSTANCE: "postgres-exporter-shared"},
    flows.CACHE_EXPORTER: {_NAME: "prometheus-redis-exporter", _INSTANCE: "redis-exporter"},
}
"""Of what others make: charts, operators, clusters."""

STRANGER = Endpoint("somebody in the namespace default", "10.244.9.9", "default", {_NAME: "somebody"})
"""A pod of nobody's, which no policy keeps from calling."""

_ADDRESSES = {
    "the internet": "203.0.113.10",
    "a private network": "192.168.200.5",
    "the metadata service": "169.254.169.254",
    "GKE's metadata service": "169.254.169.252",
    "DNS on the node": "169.254.20.10",
    "EKS Pod Identity": "169.254.170.23",
}


def pods_of(wanted: tuple[Flow, ...], planned: Mapping[tuple[str, str], Mapping[str, str]]) -> dict[Pods, Endpoint]:
    """The pods at the ends of flows. `planned` are the labels of those that we make, by namespace and name."""
    ends = dict.fromkeys(end for flow in wanted for end in (flow.source, flow.target) if isinstance(end, Pods))
    return {
        end: Endpoint(
            end.name,
            f"10.244.0.{number}",
            end.namespace,
            {**planned[end.namespace, end.name]} if (end.namespace, end.name) in planned else LABELS[end],
        )
        for number, end in enumerate(ends, start=1)
    }


def others(environment: Environment) -> list[Endpoint]:
    """What else may call or be called."""
    addresses = dict(_ADDRESSES)
    if environment.network:
        addresses["the environment's network"] = str(environment.network.cidr[9])
    return [STRANGER, *(Endpoint(name, address) for name, address in addresses.items())]


def is_end(end: Pods | Outside, pods: Mapping[Pods, Endpoint], endpoint: Endpoint) -> bool:
    """Whether an end of a flow is, or has among its addresses, an endpoint."""
    if isinstance(end, Pods):
        return pods[end] is endpoint
    address = ip_address(endpoint.address)
    return any(address in ip_network(each) for each in end.ranges) and not any(
        address in ip_network(each) for each in end.without
    )


def labels_of_namespaces(names: set[str]) -> dict[str, dict[str, str]]:
    """Kubernetes itself labels each with its name."""
    return {name: {NAMESPACE_LABEL: name} for name in {*names, "default", "kube-system", RABBITMQ_OPERATOR}}
