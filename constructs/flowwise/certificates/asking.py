"""Who may ask the cluster's own authority for what: each namespace for its own names, and nobody for another's.

cert-manager signs with a ClusterIssuer whatever any namespace asks for, and has no rule against it. Kubernetes itself
has: "Validating Admission Policy" in its documentation, whose expressions are of the Common Expression Language.
"""

from collections.abc import Mapping
from typing import Any

from flowwise.authoring.expressions import string_map, text
from flowwise.certificates import INTERNAL_ISSUER

NOBODY = "nobody.invalid"
"""RFC 6761: no name that ends in it is ever anybody's."""

_SPEC = "object.spec"
_NAMESPACE = "namespaceObject.metadata.name"  # of object.metadata, it is a word that the language keeps for itself

_OF_THE_AUTHORITY = " && ".join(
    [
        f"{_SPEC}.issuerRef.name == '{INTERNAL_ISSUER}'",
        f"has({_SPEC}.issuerRef.kind)",
        f"{_SPEC}.issuerRef.kind == 'ClusterIssuer'",
    ]
)

# A service's, or a pod's of it: "DNS for Services and Pods". In a namespace by the name of svc, what is another's would
# look like its own.
_OWN = f"{_NAMESPACE} != 'svc' && name.matches('^([^.]+[.]){{1,2}}' + {_NAMESPACE} + '([.]svc([.]cluster[.]local)?)?$')"

_OTHER_NAMES = ("commonName", "literalSubject", "ipAddresses", "uris", "emailAddresses", "otherNames")

GATEWAY_ASKS = text(
    'var.gateway == null || var.email != null ? "false" : '
    f"\"{_NAMESPACE} == '${{var.gateway.namespace}}' && name == '${{var.gateway.host}}'\""
)
"""Whether `name` is the gateway's host, and the gateway asks: an expression in an expression."""


def asking_policies(api_version: str, manager: str) -> list[dict[str, Any]]:
    """The policies and what puts them into force, with `local.gateway_asks`; `manager` is cert-manager's account."""
    group, _, version = api_version.partition("/")
    given = f"has({_SPEC}.dnsNames) && size({_SPEC}.dnsNames) > 0"
    own = f"{_SPEC}.dnsNames.all(name, name == '{NOBODY}' || (${{local.gateway_asks}}) || ({_OWN}))"
    rules = {
        f"{given} && {own}": "dnsNames must be names of the namespace's own services.",
        " && ".join(f"(!has({_SPEC}.{field}) || size({_SPEC}.{field}) == 0)" for field in _OTHER_NAMES): (
            "no names but dnsNames: whoever trusts the authority might believe them."
        ),
        f"!has({_SPEC}.isCA) || !{_SPEC}.isCA": "isCA must be false: an authority could sign anything.",
    }
    by_manager = {f"request.userInfo.username == '{manager}'": "only cert-manager asks: make a Certificate instead."}
    what = {"apiGroups": [group], "apiVersions": [version]}
    return [
        *_policy("names", {**what, "resources": ["certificates"], "operations": ["CREATE", "UPDATE"]}, rules),
        *_policy("requests", {**what, "resources": ["certificaterequests"], "operations": ["CREATE"]}, by_manager),
    ]


def _policy(name: str, resources: Mapping[str, Any], rules: Mapping[str, str]) -> list[dict[str, Any]]:
    """Of what is asked of the authority alone. `rules` are what has to hold, and what is said where it does not."""
    api_version = "admissionregistration.k8s.io/v1"
    metadata = {"name": f"{INTERNAL_ISSUER}-{name}", "labels": string_map("local.labels")}
    return [
        {
            "apiVersion": api_version,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": metadata,
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {"resourceRules": [resources]},
                "matchConditions": [{"name": INTERNAL_ISSUER, "expression": _OF_THE_AUTHORITY}],
                "validations": [{"expression": rule, "message": said} for rule, said in rules.items()],
            },
        },
        {
            "apiVersion": api_version,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": metadata,
            "spec": {"policyName": metadata["name"], "validationActions": ["Deny"]},
        },
    ]
