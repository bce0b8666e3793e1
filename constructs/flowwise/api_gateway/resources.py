"""What Envoy Gateway is told: resources of the Gateway API, and policies of Envoy Gateway's own.

At gateway.networking.k8s.io v1.6 and gateway.envoyproxy.io/v1alpha1, which the chart of Envoy Gateway 1.9 installs.
"""

from typing import Any

from flowwise.authoring.expressions import anything, number, string_map, text
from flowwise.pods.requests import NOT_SAID, REQUESTS
from flowwise.pods.spreading import spread
from flowwise.tables.charts import IMAGES
from flowwise.tables.project import PROJECT
from flowwise.tables.traffic import NODE_PORTS, PROXY_PODS

GATEWAY = "gateway"
"""Name of the Gateway, and of the Service behind the load balancer."""

HTTP_LISTENER, HTTPS_LISTENER = "http", "https"

GATEWAY_API = "gateway.networking.k8s.io"
ENVOY_API = "gateway.envoyproxy.io"
_CLASS = PROJECT
_USER = 65532  # the image's own
_TEMPORARY = {"name": "tmp", "mountPath": "/tmp"}
ANY_CLIENT = "0.0.0.0/0"

# Those that the OWASP REST Security Cheat Sheet asks of an API, which serves no pages.
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_TELLTALE_HEADERS = ["Server", "X-Powered-By"]


def _object(api: str, kind: str, name: str, spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    metadata = {"name": name, "labels": string_map("local.labels"), **metadata}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def gateway_resources() -> list[dict[str, Any]]:
    """The gateway, and what holds for all that goes through it."""
    target = [{"group": GATEWAY_API, "kind": "Gateway", "name": GATEWAY}]
    return [
        _object(f"{ENVOY_API}/v1alpha1", "EnvoyProxy", _CLASS, _proxy()),
        _object(f"{GATEWAY_API}/v1", "GatewayClass", _CLASS, _class()),
        _object(
            f"{GATEWAY_API}/v1",
            "Gateway",
            GATEWAY,
            _gateway(),
            annotations={
                "cert-manager.io/cluster-issuer": text("var.certificate_issuer"),
                "cert-manager.io/private-key-algorithm": "ECDSA",
                "cert-manager.io/private-key-size": "256",
            },
        ),
        _object(f"{GATEWAY_API}/v1", "HTTPRoute", "to-https", _redirect()),
        _object(f"{ENVOY_API}/v1alpha1", "ClientTrafficPolicy", GATEWAY, {"targetRefs": target, **_clients()}),
        _object(f"{ENVOY_API}/v1alpha1", "BackendTrafficPolicy", GATEWAY, {"targetRefs": target, **_traffic()}),
    ]


def _proxy() -> dict[str, Any]:
    """Envoy itself. Its second container waits in /tmp for the last connections to end, for up to a minute."""
    return {
        # Load balancers take up to half a minute to notice that a copy is leaving.
        "shutdown": {"drainTimeout": "60s", "minDrainDuration": "30s"},
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {
                "envoyDeployment": {
                    "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                    "pod": {
                        "securityContext": {
                            "runAsNonRoot": True,
                            "fsGroup": _USER,
                            "seccompProfile": {"type": "RuntimeDefault"},
                        },
                        "topologySpreadConstraints": spread(PROXY_PODS),
                        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "16Mi"}}],
                    },
                    "container": {
                        "image": IMAGES["envoy"].reference,
                        "resources": REQUESTS["envoy"].resources,
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "capabilities": {"drop": ["ALL"]},
                            "privileged": False,
                            "readOnlyRootFilesystem": True,
                            "runAsNonRoot": True,
                            "runAsUser": _USER,
                            "runAsGroup": _USER,
                            "seccompProfile": {"type": "RuntimeDefault"},
                        },
                        "volumeMounts": [_TEMPORARY],
                    },
                    "patch": {
                        "type": "StrategicMerge",
                        "value": {
                            "spec": {
                                "template": {
                                    "spec": {
                                        "containers": [
                                            {
                                                "name": "shutdown-manager",
                                                "resources": {"limits": NOT_SAID["envoy-shutdown-manager"].limits},
                                                "volumeMounts": [_TEMPORARY],
                                            }
                                        ]
                                    }
                                }
                            }
                        },
                    },
                },
                "envoyHpa": {
                    "minReplicas": number("var.replicas"),
                    "maxReplicas": number("var.max_replicas"),
                    "metrics": [
                        {
                            "type": "Resource",
                            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
                        }
                    ],
                },
                "envoyPDB": {"maxUnavailable": 1},
                "envoyService": anything("local.service"),
            },
        },
    }


def service() -> dict[str, Any]:
    """The Service of the proxies, but for what only a cluster without load balancers wants."""
    return {
        "name": GATEWAY,
        "type": text('var.cloud == "none" ? "NodePort" : "LoadBalancer"'),
        "externalTrafficPolicy": "Local",
        "annotations": anything("local.balancer_annotations"),
    }


def node_ports() -> dict[str, Any]:
    """What has nodes listen at the ports of NODE_PORTS; Envoy Gateway has no setting of its own for it."""
    ports = [{"port": port, "protocol": "TCP", "nodePort": node_port} for port, node_port in NODE_PORTS.items()]
    return {"patch": {"type": "StrategicMerge", "value": {"spec": {"ports": ports}}}}


def _class() -> dict[str, Any]:
    return {
        "controllerName": f"{ENVOY_API}/gatewayclass-controller",
        "parametersRef": {
            "group": ENVOY_API,
            "kind": "EnvoyProxy",
            "name": _CLASS,
            "namespace": text("var.namespace"),
        },
    }


def _gateway() -> dict[str, Any]:
    def listener(name: str, port: int, protocol: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "port": port,
            "protocol": protocol,
            "hostname": text("var.host"),
            "allowedRoutes": {"namespaces": {"from": "Same"}, "kinds": [{"group": GATEWAY_API, "kind": "HTTPRoute"}]},
            **more,
        }

    certificate = {"group": "", "kind": "Secret", "name": f"{GATEWAY}-certificate"}
    return {
        "gatewayClassName": _CLASS,
        "listeners": [
            listener(HTTP_LISTENER, 80, "HTTP"),
            listener(HTTPS_LISTENER, 443, "HTTPS", tls={"mode": "Terminate", "certificateRefs": [certificate]}),
        ],
    }


def _redirect() -> dict[str, Any]:
    """Everything but what Let's Encrypt asks for, for which cert-manager adds a route that says more of its path."""
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    return {
        "parentRefs": [{"name": GATEWAY, "sectionName": HTTP_LISTENER}],
        "hostnames": [text("var.host")],
        "rules": [{"filters": [redirect]}],
    }


def _clients() -> dict[str, Any]:
    return {
        "tls": {"minVersion": "1.2", "alpnProtocols": ["h2", "http/1.1"]},
        "http2": {
            "maxConcurrentStreams": 100,
            "initialStreamWindowSize": "64Ki",
            "initialConnectionWindowSize": "1Mi",
        },
        "timeout": {
            "http": {"requestHeadersReceivedTimeout": "10s", "requestReceivedTimeout": "60s", "idleTimeout": "5m"}
        },
        "headers": {
            "lateResponseHeaders": {
                "set": [{"name": name, "value": value} for name, value in _SECURITY_HEADERS.items()],
                "remove": _TELLTALE_HEADERS,
            }
        },
    }


def _traffic() -> dict[str, Any]:
    return {
        "rateLimit": {
            "local": {"rules": [{"limit": _limit("var.local_rate_limit")}]},
            "global": {"rules": [_client_limit("var.client_rate_limit", shared=True)]},
        },
        "requestBuffer": {"limit": "${var.max_request_kb}Ki"},
        "timeout": {"tcp": {"connectTimeout": "5s"}},
        "circuitBreaker": {
            "maxConnections": 1024,
            "maxPendingRequests": 256,
            "maxParallelRequests": 1024,
            "retryBudget": {"percent": {"numerator": 20}, "minRetryConcurrency": 3},
        },
    }


def _limit(rate: str) -> dict[str, Any]:
    return {"requests": number(f"{rate}.requests"), "unit": text(f"{rate}.unit")}


def _client_limit(rate: str, *, shared: bool) -> dict[str, Any]:
    return {
        "clientSelectors": [{"sourceCIDR": {"type": "Distinct", "value": ANY_CLIENT}}],
        "limit": _limit(rate),
        "shared": shared,
    }
