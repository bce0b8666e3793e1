"""What pods get of secrets: the External Secrets Operator's copies, and the kubelet's rules about what is not there.

"Projected volumes" and "Define container environment variables using Secret data", kubernetes.io: a pod that names a
key of a secret, and does not call it optional, is not started before the key is there.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from tests.kubernetes.objects import KubernetesObject

Json: TypeAlias = Any
Secrets: TypeAlias = dict[tuple[str, str], dict[str, str]]
"""The secrets of a cluster: key and value by namespace and name."""


class NotYetError(Exception):
    """A pod waits for a key of a secret."""


def copied(objects: Iterable[KubernetesObject], store: Mapping[str, str]) -> Secrets:
    """The secrets once the operator has seen all ExternalSecrets, of which each owns its secret and all its keys."""
    return {
        (found.namespace, found.spec["target"]["name"]): {
            data["secretKey"]: store[data["remoteRef"]["key"]] for data in found.spec["data"]
        }
        for found in objects
        if found.kind == "ExternalSecret"
    }


def copied_again(objects: Iterable[KubernetesObject], store: Mapping[str, str], secrets: Secrets) -> Secrets:
    """The secrets some hours later, while nobody has changed an ExternalSecret."""
    periodic = [
        found for found in objects if found.kind == "ExternalSecret" and found.spec.get("refreshPolicy") != "OnChange"
    ]
    return secrets | copied(periodic, store)


def mounted(found: KubernetesObject, volume: str, secrets: Secrets) -> dict[str, str]:
    """The files of a projected volume of a Job's or Deployment's pods, by their paths. Raises NotYetError."""
    (sources,) = [each["projected"]["sources"] for each in _pod(found)["volumes"] if each["name"] == volume]
    return {
        item["path"]: secret_value(found.namespace, source["secret"]["name"], item["key"], secrets)
        for source in sources
        for item in source["secret"]["items"]
    }


def start(found: KubernetesObject, secrets: Secrets) -> int:
    """Start a pod of a Job or Deployment; gives how many values of secrets it got. Raises NotYetError."""
    return len([secret_value(found.namespace, name, key, secrets) for name, key in _asked(_pod(found))])


def _asked(pod: Json) -> Iterator[tuple[str, str]]:
    for volume in pod.get("volumes") or []:
        for source in volume.get("projected", {}).get("sources") or []:
            for item in source.get("secret", {}).get("items") or []:
                yield source["secret"]["name"], item["key"]
    for container in (*pod["containers"], *(pod.get("initContainers") or [])):
        for variable in container.get("env") or []:
            if reference := (variable.get("valueFrom") or {}).get("secretKeyRef"):
                yield reference["name"], reference["key"]


def secret_value(namespace: str, name: str, key: str, secrets: Secrets) -> str:
    """A value of a secret. Raises NotYetError."""
    try:
        return secrets[namespace, name][key]
    except KeyError:
        raise NotYetError(f"{namespace}/{name} has no key {key}") from None


def _pod(found: KubernetesObject) -> Json:
    return found.spec["template"]["spec"]
