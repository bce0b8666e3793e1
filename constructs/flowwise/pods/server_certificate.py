"""A server's certificate of the cluster's own authority, which cert-manager makes and renews."""

from collections.abc import Mapping, Sequence
from typing import Any

from flowwise.authoring.expressions import text

_DOMAINS = ("", ".svc", ".svc.cluster.local")


def server_certificate(
    name: str, secret: str, hosts: Sequence[str], issuer: str, labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The Certificate, whose secret bears `labels`; `hosts` are services with their namespace, by their short names."""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": name, "labels": text("local.labels")},
        "spec": {
            "secretName": secret,
            **({"secretTemplate": {"labels": labels}} if labels else {}),
            "dnsNames": [host + domain for host in hosts for domain in _DOMAINS],
            "usages": ["digital signature", "key encipherment", "server auth"],
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
        },
    }
