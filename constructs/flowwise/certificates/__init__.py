"""Certificates for TLS: who issues them in the cluster."""

import json

from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.dns_challenge import ChallengeZone
from flowwise.tables.project import CLOUDS

INTERNAL_ISSUER = "flowwise-ca"
"""The authority of the cluster itself: for what only the cluster's own pods have to trust."""

PUBLIC_ISSUER = "letsencrypt"
"""Let's Encrypt: for what everybody has to trust."""


class Gateway(Object):
    """A Gateway of the Gateway API."""

    namespace: str = attribute("Its namespace.")
    name: str = attribute("Its name.")
    host: str = attribute("Its host name, for which the cluster's own authority signs there alone.")
    http_listener: str = attribute("Name of its listener without TLS.", default="http")


class CertificatesInputs(Inputs):
    """What the issuers are made from."""

    namespace: str = variable("Namespace of cert-manager.", default="cert-manager")
    gateway: Gateway | None = variable(
        "The gateway whose listeners get certificates, and through which Let's Encrypt asks for proof of its host "
        "name. It has to be known only once the Gateway API is installed, without which cert-manager does not start. "
        "Null for none.",
        default=None,
        example=Gateway(namespace="gateway", name="gateway", host="api.flowwise.example"),
        validations=[
            Validation(
                "self != null || var.email == null",
                "email needs gateway: Let's Encrypt asks for proof through it.",
                rejects=None,
            )
        ],
    )
    email: str | None = variable(
        "Contact of the account at Let's Encrypt. Null for no certificates of Let's Encrypt, as on a laptop or where "
        "Let's Encrypt is given no proof.",
        default=None,
        example="plataforma@flowwise.example",
    )
    challenge_zone: ChallengeZone | None = variable(
        "DNS zone in which Let's Encrypt is given proof of the host name, whoever reaches the gateway. Null for proof "
        "by HTTP.",
        default=None,
        validations=[
            Validation(
                f"self == null ? true : contains({json.dumps(CLOUDS)}, self.cloud)",
                f"challenge_zone must be of one of {', '.join(CLOUDS)}.",
                rejects=ChallengeZone(cloud="none", name="flowwise.example"),
            )
        ],
    )
    service_account_annotations: dict[str, str] = variable(
        "Annotations of cert-manager's service account, by which the cloud knows who writes in that zone.", default={}
    )
    pod_labels: dict[str, str] = variable("Labels of cert-manager's pods, likewise.", default={})
    trusting: list[str] = variable(
        "Namespaces of those who are to trust the cluster's own authority: each gets a secret with its certificate.",
        default=[],
        example=["lancamentos", "rabbitmq"],
    )
    high_availability: bool = variable("Run two copies of each part.", default=True)
    labels: dict[str, str] = variable("Labels of every object.", default={})


class CertificatesOutputs(Outputs):
    """Who issues certificates. Known once they can be asked."""

    internal_issuer: str = output(f'ClusterIssuer of the cluster\'s own authority: "{INTERNAL_ISSUER}".')
    public_issuer: str = output(f'ClusterIssuer of Let\'s Encrypt: "{PUBLIC_ISSUER}", or null.')
    trust_secret_name: str = output(
        "Secret in each namespace of trusting whose key ca.crt is the certificate of the cluster's own authority; null "
        "where there are none. Pods that mount it wait until it is there."
    )


CERTIFICATES = Contract(
    "certificates",
    "Certificates for TLS: cert-manager, with Let's Encrypt for the gateway and an authority of the cluster's own.",
    CertificatesInputs,
    CertificatesOutputs,
)
