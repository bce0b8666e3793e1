"""What the network policies of more than one module name: pods by their labels, ports, and addresses of the clouds."""

PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""Addresses of private networks, connected ones among them (RFC 1918)."""

_NAME = "app.kubernetes.io/name"
_INSTANCE = "app.kubernetes.io/instance"

PROXY_PODS = {_NAME: "envoy"}
"""Labels that Envoy Gateway gives its proxies."""

GATEWAY_CONTROLLER_PODS = {"control-plane": "envoy-gateway"}
RATE_LIMIT_PODS = {_NAME: "envoy-ratelimit"}
"""Labels of Envoy Gateway itself, and of what it counts requests with."""

BROKER_PODS = {_NAME: "rabbitmq", "app.kubernetes.io/component": "rabbitmq"}
"""Labels that RabbitMQ's operator gives the nodes of the cluster rabbitmq."""

DATABASE_PODS = {"cnpg.io/cluster": "postgres"}
"""Labels that CloudNativePG gives the servers of the cluster postgres, and the jobs that set them up."""

CACHE_PODS = {_NAME: "redis", "app.kubernetes.io/component": "cache"}

SCALER_PODS = {"app": "keda-operator"}
"""Labels that KEDA's chart gives the operator, which asks brokers how long their queues are."""

COLLECTOR = "otel-cluster"
"""Release of the collector that reads metrics, in the namespace of observability."""

COLLECTOR_PODS = {_INSTANCE: COLLECTOR}

CERTIFICATES_PODS = {"app.kubernetes.io/component": "controller"}
"""Labels that cert-manager's chart gives the part that makes certificates, in its own namespace."""

DATABASE_PORT = 5432
DATABASE_METRICS_PORT = 9187
CACHE_PORT = 6379
CACHE_PORTS = {"azure": 10000, "aws": CACHE_PORT, "google": CACHE_PORT}
"""Of the clouds' caches ("Azure Managed Redis architecture", "ElastiCache", "Memorystore for Valkey")."""

BROKER_PORT = 5671
BROKER_MANAGEMENT_PORT = 15671
BROKER_METRICS_PORT = 15691
GATEWAY_METRICS_PORT = 19001
"""Of Envoy Gateway's controller, of its proxies and of its rate limits."""

NODE_PORTS = {80: 30080, 443: 30443}
"""Where nodes of a cluster that has no load balancers pass on what is meant for the gateway, by the gateway's port."""

CERTIFICATES_METRICS_PORT = 9402
OTLP_GRPC_PORT = 4317
OTLP_HTTP_PORT = 4318

DNS_PODS = {"k8s-app": ["kube-dns", "node-local-dns"]}
"""Labels of the cluster's DNS on every cloud, and of a cache of it on each node."""

GKE_DNS = "KUBE_DNS"
"""GKE's word for the DNS that is in pods (DNSConfig.Provider of its API, where its default may change)."""

API_PORTS = (443, 6443)
"""Of the Kubernetes API: its service's, and the one behind it where that is another. Policies look at either."""

HTTPS_PORT = 443
"""The one that Google Cloud's firewall, ours, lets out to anywhere."""

EVERYWHERE = "0.0.0.0/0"

NOT_THE_INTERNET = (*PRIVATE_RANGES, "100.64.0.0/10", "169.254.0.0/16")
"""Of all addresses, those of networks of one's own and of nodes' neighbours (RFC 1918, 6598 and 3927)."""

METADATA_SERVICE = "169.254.169.254/32"
"""Where a cloud tells a node its identity, which no pod is to have. On GKE, TCP 80 of it gives pods their own."""

GKE_METADATA_SERVICE = "169.254.169.252/32"
"""Where GKE's metadata server listens too, at TCP 988, in clusters without Dataplane V2.

"Authenticate to Google Cloud APIs from GKE workloads": network policies have to allow both.
"""

EKS_POD_IDENTITY = "169.254.170.23/32"
"""The agent of EKS Pod Identity on each node, at TCP 80 ("Amazon EKS Pod Identity Agent")."""

NODE_LOCAL_DNS = "169.254.20.10/32"
"""The DNS cache on each node, where there is one ("Using NodeLocal DNSCache in Kubernetes Clusters")."""
