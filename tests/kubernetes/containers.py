"""A container of a planned pod, as its process finds it: variables, command and files.

"Define Environment Variables for a Container" and "Volumes", kubernetes.io. The folders that are mounted are below one
of this machine, and what begins with the path of one is told the path there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.secrets import Secrets, secret_value

Json: TypeAlias = Any


@dataclass(frozen=True)
class Container:
    """Its variables and its command speak of its own paths, which are below `folder`."""

    environment: Mapping[str, str]
    command: tuple[str, ...]
    folder: Path

    def here(self, path: str) -> Path:
        """Where on this machine a path of the container's is."""
        return self.folder / path.lstrip("/")


def unpack(
    pod: KubernetesObject, name: str, objects: Iterable[KubernetesObject], secrets: Secrets, folder: Path
) -> Container:
    """Lay out a container of a Job's or Deployment's pods in a folder. Raises NotYetError where a secret lacks."""
    settings = {
        (each.namespace, each.name): each.manifest.get("data", {}) for each in objects if each.kind == "ConfigMap"
    }
    spec = pod.spec["template"]["spec"]
    (container,) = [each for each in (*spec["containers"], *(spec.get("initContainers") or [])) if each["name"] == name]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
    for path, volume in mounts.items():
        mounted = folder / path.lstrip("/")
        mounted.mkdir(parents=True, exist_ok=True)
        for file, content in _files(volume, pod.namespace, settings, secrets):
            (mounted / file).parent.mkdir(parents=True, exist_ok=True)
            (mounted / file).write_text(content)

    def moved(text: str) -> str:
        return str(folder / text.lstrip("/")) if text.startswith(tuple(mounts)) else text

    environment = dict(_variables(container, pod.namespace, settings, secrets))
    return Container(
        {variable: moved(value) for variable, value in environment.items()},
        tuple(map(moved, container.get("command") or ())),
        folder,
    )


def _variables(
    container: Json, namespace: str, settings: Mapping[tuple[str, str], Mapping[str, str]], secrets: Secrets
) -> Iterator[tuple[str, str]]:
    """What is said by name comes last, for it holds."""
    for source in container.get("envFrom") or []:
        yield from settings[namespace, source["configMapRef"]["name"]].items()
    for variable in container.get("env") or []:
        if reference := (variable.get("valueFrom") or {}).get("secretKeyRef"):
            yield variable["name"], secret_value(namespace, reference["name"], reference["key"], secrets)
        else:
            yield variable["name"], variable.get("value", "")


def _files(
    volume: Json, namespace: str, settings: Mapping[tuple[str, str], Mapping[str, str]], secrets: Secrets
) -> Iterator[tuple[str, str]]:
    sources = [volume] if "configMap" in volume else volume.get("projected", {}).get("sources") or []
    for source in sources:
        if "configMap" in source:
            yield from settings[namespace, source["configMap"]["name"]].items()
        else:
            for item in source["secret"]["items"]:
                yield item["path"], secret_value(namespace, source["secret"]["name"], item["key"], secrets)
