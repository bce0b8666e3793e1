"""How many copies there are of what serves the cluster, and where there is any: for modules, and whoever adds it up."""

from collections.abc import Mapping

OPERATOR_COPIES = 2
"""Of an operator and of the like with high availability: one stays while the other moves. Without, there is one."""

BROKER_NODES: Mapping[bool, int] = {False: 1, True: 3}
"""Of RabbitMQ, without and with high availability: so that two still agree when one is gone."""

DATABASE_SERVERS = 3
"""Of PostgreSQL in the cluster with high availability. Without, there is one."""

MOST_GATEWAY_CONTROLLERS = 2
"""Of Envoy Gateway's controller and of what counts its clients' requests: as many as proxies at least, up to this."""

METRICS_SERVER_CLOUDS = ("aws", "none")
"""Where the metrics server is ours to install: AKS and GKE bring their own."""

CLUSTER_AUTOSCALER_CLOUD = "aws"
"""Where what adds nodes is ours to install."""
