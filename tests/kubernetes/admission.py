"""What Kubernetes' API server would refuse by the ValidatingAdmissionPolicies that are planned."""

from collections.abc import Iterator, Sequence
from typing import Any

import cel

from tests.kubernetes.objects import KubernetesObject

Json = dict[str, Any]


def refusals(manifest: Json, user: str, objects: Sequence[KubernetesObject]) -> list[str]:
    """Why a user may not create an object, where `objects` are there."""
    known = {
        "object": manifest,
        "namespaceObject": {"metadata": {"name": manifest["metadata"]["namespace"]}},
        "request": {"userInfo": {"username": user}},
    }
    return [
        rule["message"]
        for policy in objects
        if policy.kind == "ValidatingAdmissionPolicy" and policy.name in _denying(objects)
        if _is_meant(policy.spec, manifest, known)
        for rule in policy.spec["validations"]
        if cel.evaluate(rule["expression"], known) is not True
    ]


def _denying(objects: Sequence[KubernetesObject]) -> Iterator[str]:
    """The names of the policies that hold everywhere, and for good."""
    for found in objects:
        is_everywhere = found.kind == "ValidatingAdmissionPolicyBinding" and "matchResources" not in found.spec
        if is_everywhere and found.spec["validationActions"] == ["Deny"]:
            yield found.spec["policyName"]


def _is_meant(spec: Json, manifest: Json, known: Json) -> bool:
    group, _, version = manifest["apiVersion"].rpartition("/")
    return any(
        group in rule["apiGroups"]
        and version in rule["apiVersions"]
        and f"{manifest['kind'].lower()}s" in rule["resources"]
        and "CREATE" in rule["operations"]
        for rule in spec["matchConstraints"]["resourceRules"]
    ) and all(cel.evaluate(each["expression"], known) is True for each in spec.get("matchConditions", []))
