"""What we ask of every Kubernetes object: one small function for each rule, which yields what it finds.

The rules about pods are those of "Pod Security Standards", level restricted, https://kubernetes.io/docs/concepts/security/
pod-security-standards, of Kubernetes 1.35; the others are our own.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, TypeAlias

from tests.kubernetes.objects import KubernetesObject

Json: TypeAlias = dict[str, Any]
Objects: TypeAlias = Sequence[KubernetesObject]
Found: TypeAlias = Iterator[tuple[KubernetesObject, str]]
Rule: TypeAlias = Callable[[Objects], Found]

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("pod_security_level", "Namespace observability-nodes"): (
        "The collector on each node reads the logs of pods in the node's files, for which the level is privileged."
    ),
    ("probes", "Deployment auditoria/auditoria"): (
        "A worker, which listens on no port: nobody can ask it more than whether its process runs."
    ),
    ("service_account_tokens", "Deployment observability/datadog-operator"): (
        "It reads the monitors that it makes from the Kubernetes API, and may read nothing of anybody else's there."
    ),
}
"""Why a rule does not hold for an object, by the rule's name and the object's key."""

ON_DOCKER_HUB: Mapping[str, str] = {
    "docker.io/envoyproxy/envoy": "its makers publish it nowhere else",
    "docker.io/envoyproxy/gateway": "its makers publish it nowhere else",
    "docker.io/envoyproxy/ratelimit": "its makers publish it nowhere else",
    "docker.io/library/postgres": "Docker's own: of its copies, nothing says that they have each tag",
    "docker.io/library/rabbitmq": "Docker's own: of its copies, nothing says that they have each tag",
    "docker.io/valkey/valkey": "its makers publish it nowhere else",
}
"""Images that have to come from there, and why."""

_LONG_RUNNING = ("Deployment", "StatefulSet", "DaemonSet")
_POD_TEMPLATES = (*_LONG_RUNNING, "ReplicaSet", "ReplicationController", "Job")


@dataclass(frozen=True)
class Finding:
    """A rule that an object breaks."""

    rule: str
    object: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.object}: {self.message}"


@dataclass(frozen=True)
class Pod:
    """A pod, or the template of one, and the object that has it."""

    owner: KubernetesObject
    metadata: Json
    spec: Json

    @property
    def containers(self) -> list[Json]:
        """All of them, those that run first included."""
        groups = ("initContainers", "containers", "ephemeralContainers")
        return [container for group in groups for container in self.spec.get(group, [])]

    @property
    def security(self) -> Json:
        """What holds for all containers that say nothing else."""
        return self.spec.get("securityContext") or {}


def findings(objects: Objects, exceptions: Mapping[tuple[str, str], str] = EXCEPTIONS) -> list[Finding]:
    """What all rules find, less the exceptions."""
    return [
        Finding(rule.__name__, str(found), message)
        for rule in RULES
        for found, message in rule(objects)
        if (rule.__name__, found.key) not in exceptions
    ]


# --- the restricted pod security standard ---------------------------------------------------------------------------


def windows_host_process(objects: Objects) -> Found:
    """HostProcess."""
    for pod, place, security in _security_contexts(objects):
        if (security.get("windowsOptions") or {}).get("hostProcess"):
            yield pod.owner, f"{place} is a HostProcess"


def host_namespaces(objects: Objects) -> Found:
    """Host Namespaces."""
    for pod in _pods(objects):
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.spec.get(field):
                yield pod.owner, f"{field} is on"


def privileged_containers(objects: Objects) -> Found:
    """Privileged Containers."""
    for pod, container in _containers(objects):
        if _security(container).get("privileged"):
            yield pod.owner, f"container {container['name']} is privileged"


def capabilities(objects: Objects) -> Found:
    """Capabilities: none but NET_BIND_SERVICE."""
    for pod, container in _containers(objects):
        given = _security(container).get("capabilities") or {}
        if "ALL" not in given.get("drop", []):
            yield pod.owner, f"container {container['name']} does not drop ALL capabilities"
        if added := set(given.get("add", [])) - {"NET_BIND_SERVICE"}:
            yield pod.owner, f"container {container['name']} adds capabilities {sorted(added)}"


def volume_types(objects: Objects) -> Found:
    """Volume Types, HostPath Volumes."""
    admitted = {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
    for pod in _pods(objects):
        for volume in pod.spec.get("volumes", []):
            if wrong := volume.keys() - {"name"} - admitted:
                yield pod.owner, f"volume {volume['name']} is of type {', '.join(sorted(wrong))}"


def host_ports(objects: Objects) -> Found:
    """Host Ports."""
    for pod, container in _containers(objects):
        for port in container.get("ports", []):
            if port.get("hostPort"):
                yield pod.owner, f"container {container['name']} takes port {port['hostPort']} of the host"


def host_of_probes(objects: Objects) -> Found:
    """Host Probes / Lifecycle Hooks: they ask the pod itself."""
    for pod, container in _containers(objects):
        hooks = {**container, **(container.get("lifecycle") or {})}
        for name in ("startupProbe", "readinessProbe", "livenessProbe", "postStart", "preStop"):
            for action in ("httpGet", "tcpSocket"):
                if ((hooks.get(name) or {}).get(action) or {}).get("host"):
                    yield pod.owner, f"{name} of container {container['name']} names a host"


def app_armor(objects: Objects) -> Found:
    """AppArmor: the runtime's profile, or one of the node."""
    for pod, place, security in _security_contexts(objects):
        kind = (security.get("appArmorProfile") or {}).get("type", "RuntimeDefault")
        if kind not in ("RuntimeDefault", "Localhost"):
            yield pod.owner, f"AppArmor profile of {place} is {kind}"
    for pod in _pods(objects):
        for name, value in (pod.metadata.get("annotations") or {}).items():
            admitted = value in ("runtime/default", "") or value.startswith("localhost/")
            if name.startswith("container.apparmor.security.beta.kubernetes.io/") and not admitted:
                yield pod.owner, f"annotation {name} is {value}"


def selinux(objects: Objects) -> Found:
    """SELinux: a type for containers, no user and no role."""
    admitted = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
    for pod, place, security in _security_contexts(objects):
        options = security.get("seLinuxOptions") or {}
        if options.get("type", "") not in admitted or options.get("user") or options.get("role"):
            yield pod.owner, f"SELinux options of {place} are {options}"


def proc_mount(objects: Objects) -> Found:
    """/proc Mount Type."""
    for pod, container in _containers(objects):
        if _security(container).get("procMount", "Default") != "Default":
            yield pod.owner, f"container {container['name']} sees all of /proc"


def seccomp(objects: Objects) -> Found:
    """Seccomp: a profile is named, and it is not Unconfined."""
    for pod, container in _containers(objects):
        profile = _security(container).get("seccompProfile") or pod.security.get("seccompProfile") or {}
        if profile.get("type") not in ("RuntimeDefault", "Localhost"):
            yield pod.owner, f"seccomp profile of container {container['name']} is {profile.get('type')}"


def sysctls(objects: Objects) -> Found:
    """Sysctls: the safe ones."""
    safe = {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
    for pod in _pods(objects):
        for sysctl in pod.security.get("sysctls", []):
            if sysctl["name"] not in safe:
                yield pod.owner, f"sysctl {sysctl['name']} is not a safe one"


def privilege_escalation(objects: Objects) -> Found:
    """Privilege Escalation."""
    for pod, container in _containers(objects):
        if _security(container).get("allowPrivilegeEscalation") is not False:
            yield pod.owner, f"container {container['name']} may gain privileges"


def running_as_root(objects: Objects) -> Found:
    """Running as Non-root, and Non-root user."""
    for pod, container in _containers(objects):
        if not _security(container).get("runAsNonRoot", pod.security.get("runAsNonRoot")):
            yield pod.owner, f"container {container['name']} may run as root"
    for pod, place, security in _security_contexts(objects):
        if security.get("runAsUser") == 0:
            yield pod.owner, f"{place} runs as user 0"


def pod_security_level(objects: Objects) -> Found:
    """Each namespace has Kubernetes refuse what is less than restricted."""
    for found in _of_kind(objects, "Namespace"):
        if (found.metadata.get("labels") or {}).get("pod-security.kubernetes.io/enforce") != "restricted":
            yield found, "the namespace does not enforce the restricted pod security standard"


# --- our own rules for pods -----------------------------------------------------------------------------------------


def read_only_root(objects: Objects) -> Found:
    """Nobody changes a program in a running container."""
    for pod, container in _containers(objects):
        if not _security(container).get("readOnlyRootFilesystem"):
            yield pod.owner, f"container {container['name']} may write to its root file system"


def requests_and_limits(objects: Objects) -> Found:
    """The scheduler knows what a container needs, and its memory has an end."""
    for pod, container in _containers(objects):
        resources = container.get("resources") or {}
        for kind, name in (("requests", "cpu"), ("requests", "memory"), ("limits", "memory")):
            if name not in (resources.get(kind) or {}):
                yield pod.owner, f"container {container['name']} has no {name} in {kind}"


def pinned_images(objects: Objects) -> Found:
    """An image is told by its digest or by a tag that stays what it is."""
    for pod, container in _containers(objects):
        image = container.get("image", "")
        if not re.search(r"(@sha256:[0-9a-f]{64}|:(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]*)$", image):
            yield (
                pod.owner,
                f"container {container['name']} runs {image or 'no image'}, without a digest or a fixed tag",
            )


def images_of_docker_hub(objects: Objects) -> Found:
    """It gives so many an hour to an address that signs in with nothing: a cluster behind one address has to wait."""
    for found in objects:
        for image in _images(found.manifest):
            repository = re.sub(r"(:[^:/@]*)?(@.*)?$", "", image)
            if is_on_docker_hub(repository) and repository not in ON_DOCKER_HUB:
                yield found, f"{image} is from Docker Hub, whose makers may publish it elsewhere"


def is_on_docker_hub(repository: str) -> bool:
    """Whether it is there, or names no registry and so means that one."""
    host, *path = repository.split("/")
    return host in ("docker.io", "index.docker.io", "registry-1.docker.io") or not (path and re.search("[.:]", host))


def probes(objects: Objects) -> Found:
    """What runs for long says whether it has started, whether it can serve, and whether it lives."""
    for pod in _pods(_of_kind(objects, *_LONG_RUNNING)):
        sidecars = [each for each in pod.spec.get("initContainers", []) if each.get("restartPolicy") == "Always"]
        for container in [*pod.spec.get("containers", []), *sidecars]:
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                if not container.get(probe):
                    yield pod.owner, f"container {container['name']} has no {probe}"


def service_account_tokens(objects: Objects) -> Found:
    """A pod that may speak to the API server is named in EXCEPTIONS."""
    for pod in _pods(objects):
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield pod.owner, "the pod mounts a token of its service account"
    for found in _of_kind(objects, "ServiceAccount"):
        if found.manifest.get("automountServiceAccountToken") is not False:
            yield found, "pods mount a token of the service account unless they say otherwise"


def secrets_in_plain_sight(objects: Objects) -> Found:
    """Secrets come from a Secret, and never stand in an object, a plan or a state."""
    for pod, container in _containers(objects):
        for variable in container.get("env", []):
            if _is_secret(variable["name"], str(variable.get("value", ""))):
                yield pod.owner, f"container {container['name']} has a secret in the environment: {variable['name']}"
        for name in _secret_arguments([*container.get("command", []), *container.get("args", [])]):
            yield pod.owner, f"container {container['name']} has a secret in its arguments: {name}"
    for found in _of_kind(objects, "ConfigMap"):
        for name, value in (found.manifest.get("data") or {}).items():
            if _is_secret(name, str(value)):
                yield found, f"a secret stands under {name}"
    for found in _of_kind(objects, "Secret"):
        if found.manifest.get("data") or found.manifest.get("stringData"):
            yield found, "the values of the secret would be in the state"


# --- our own rules for sets of objects ------------------------------------------------------------------------------


def default_deny(objects: Objects) -> Found:
    """In each namespace, policies for all pods see to it that none speaks or listens to whom no policy names."""
    denied: dict[str, set[str]] = {}
    for policy in _of_kind(objects, "NetworkPolicy"):
        if not policy.spec.get("podSelector"):
            denied.setdefault(policy.namespace, set()).update(policy.spec.get("policyTypes", []))
    for found in _of_kind(objects, "Namespace"):
        if missing := {"Ingress", "Egress"} - denied.get(found.name, set()):
            yield found, f"no NetworkPolicy for all pods of the namespace denies {' and '.join(sorted(missing))}"


def open_network_policies(objects: Objects) -> Found:
    """A rule that names no peers and no ports lets everybody through."""
    for found in _of_kind(objects, "NetworkPolicy"):
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            if any(not rule.get(peers) and not rule.get("ports") for rule in found.spec.get(direction, [])):
                yield found, f"a rule of {direction} is for everybody and every port"


def disruption_budgets(objects: Objects) -> Found:
    """While nodes are emptied, some of several replicas stay."""
    budgets = list(_of_kind(objects, "PodDisruptionBudget"))
    for workload in _of_kind(objects, "Deployment", "StatefulSet"):
        replicas = _least_replicas(workload, objects)
        labels = _template_labels(workload)
        covered = any(
            budget.namespace == workload.namespace and _selects(budget.spec.get("selector"), labels)
            for budget in budgets
        )
        if replicas > 1 and not covered:
            yield workload, f"there are {replicas} replicas or more, and no PodDisruptionBudget"


def scaling_on_memory(objects: Objects) -> Found:
    """Memory that a process has once had it seldom gives back: copies that come for it never go."""
    for found in objects:
        makes_scaler = found.kind == "HorizontalPodAutoscaler" or not found.is_native
        if makes_scaler and _scales_on_memory(found.spec):
            yield found, "there are more copies when memory fills, and no fewer when the load falls"


def members_apart(objects: Objects) -> Found:
    """Copies with data of their own are on nodes of their own: two that go at once can take the majority with them."""
    for found in objects:
        copies = found.spec.get("replicas") or found.spec.get("instances") or 1
        makes_members = found.kind == "StatefulSet" or not found.is_native
        if makes_members and copies > 1 and not _keeps_apart(found):
            yield found, f"two of its {copies} copies may be on one node"


def priority_of_the_bound(objects: Objects) -> Found:
    """What runs in one zone, where its disk is, or on one node, comes before what can run elsewhere."""
    classes = _of_kind(objects, "PriorityClass")
    for found in classes:
        if found.manifest["value"] <= 0 or found.manifest.get("globalDefault"):
            yield found, "its pods come no sooner than those of no class"
    for found in objects:
        if not _is_bound(found):
            continue
        given = _priority_class(found)
        if not given:
            yield found, "on a full node, pods that can run elsewhere make no room for it"
        elif classes and given not in {each.name for each in classes}:
            yield found, f"there is no priority class {given}"


def selectors(objects: Objects) -> Found:
    """Kubernetes refuses a workload whose selector does not find its own pods."""
    for workload in _of_kind(objects, *_LONG_RUNNING):
        if not _selects(workload.spec.get("selector"), _template_labels(workload)):
            yield workload, "the selector does not find the pods of the template"


def names_and_labels(objects: Objects) -> Found:
    """Names and labels have the form that Kubernetes wants, which its schema does not tell."""
    for found in objects:
        if not re.fullmatch(r"[a-z0-9]([-.:a-z0-9]{0,251}[a-z0-9])?", found.name.removesuffix("-")):
            yield found, f"{found.name!r} is not a name of an object"
        metadata = [found.metadata, *(pod.metadata for pod in _pods([found]))]
        for name, value in (pair for each in metadata for pair in (each.get("labels") or {}).items()):
            if not _LABEL_NAME.fullmatch(name) or not _LABEL_VALUE.fullmatch(str(value)):
                yield found, f"{name}={value} is not a label"


RULES: tuple[Rule, ...] = (
    windows_host_process,
    host_namespaces,
    privileged_containers,
    capabilities,
    volume_types,
    host_ports,
    host_of_probes,
    app_armor,
    selinux,
    proc_mount,
    seccomp,
    sysctls,
    privilege_escalation,
    running_as_root,
    pod_security_level,
    read_only_root,
    requests_and_limits,
    pinned_images,
    images_of_docker_hub,
    probes,
    service_account_tokens,
    secrets_in_plain_sight,
    default_deny,
    open_network_policies,
    disruption_budgets,
    scaling_on_memory,
    members_apart,
    priority_of_the_bound,
    selectors,
    names_and_labels,
)

_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?")
_LABEL_NAME = re.compile(r"(?:[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?")


# --- what the rules look at -----------------------------------------------------------------------------------------


def _of_kind(objects: Iterable[KubernetesObject], *kinds: str) -> list[KubernetesObject]:
    return [found for found in objects if found.is_native and found.kind in kinds]


def _pods(objects: Iterable[KubernetesObject]) -> Iterator[Pod]:
    for found in objects:
        if not found.is_native:
            continue
        if found.kind == "Pod":
            yield Pod(found, found.metadata, found.spec)
        elif found.kind in _POD_TEMPLATES:
            yield _pod_of(found, found.spec)
        elif found.kind == "CronJob":
            yield _pod_of(found, found.spec["jobTemplate"].get("spec") or {})


def _pod_of(owner: KubernetesObject, spec: Json) -> Pod:
    template = spec.get("template") or {}
    return Pod(owner, template.get("metadata") or {}, template.get("spec") or {})


def _containers(objects: Objects) -> Iterator[tuple[Pod, Json]]:
    for pod in _pods(objects):
        for container in pod.containers:
            yield pod, container


def _security(container: Json) -> Json:
    return container.get("securityContext") or {}


def _security_contexts(objects: Objects) -> Iterator[tuple[Pod, str, Json]]:
    """Those of pods and of their containers, each with words for where it is."""
    for pod in _pods(objects):
        yield pod, "the pod", pod.security
        for container in pod.containers:
            yield pod, f"container {container['name']}", _security(container)


def _template_labels(workload: KubernetesObject) -> Mapping[str, str]:
    return _pod_of(workload, workload.spec).metadata.get("labels") or {}


def _selects(selector: Json | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector, which must name something, finds pods with these labels."""
    if not selector:
        return False
    tests: dict[str, Callable[[str, list[str]], bool]] = {
        "In": lambda key, values: labels.get(key) in values,
        "NotIn": lambda key, values: labels.get(key) not in values,
        "Exists": lambda key, _: key in labels,
        "DoesNotExist": lambda key, _: key not in labels,
    }
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        tests[each["operator"]](each["key"], each.get("values", [])) for each in selector.get("matchExpressions", [])
    )


def _least_replicas(workload: KubernetesObject, objects: Objects) -> int:
    """How many replicas there are at least, whoever decides."""
    given = [workload.spec.get("replicas") or 1]
    for scaler in objects:
        target = scaler.spec.get("scaleTargetRef") or {}
        same = (scaler.namespace, target.get("kind", "Deployment"), target.get("name")) == (
            workload.namespace,
            workload.kind,
            workload.name,
        )
        if scaler.kind == "HorizontalPodAutoscaler" and same:
            given.append(scaler.spec.get("minReplicas") or 1)
        if scaler.kind == "ScaledObject" and same:
            given.append(scaler.spec.get("minReplicaCount") or 0)
    return max(given)


def _images(value: Any) -> Iterator[str]:
    """What containers are to run, wherever an object or a custom resource says it."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name in ("image", "imageName") and isinstance(each, str):
                yield each
            else:
                yield from _images(each)
    elif isinstance(value, list):
        for each in value:
            yield from _images(each)


def _scales_on_memory(value: Any) -> bool:
    """Whether there is a metric of Kubernetes, or a trigger of KEDA, that is memory."""
    match value:
        case {"type": "memory"} | {"resource": {"name": "memory"}} | {"containerResource": {"name": "memory"}}:
            return True
        case dict():
            return any(map(_scales_on_memory, value.values()))
        case list():
            return any(map(_scales_on_memory, value))
    return False


def _keeps_apart(found: KubernetesObject) -> bool:
    """Whether no node may have two pods of an object; of one whose kind is not known here, nobody knows."""
    match found.kind:
        case "StatefulSet":
            labels, affinity = _template_labels(found), _pod_of(found, found.spec).spec.get("affinity")
        case "RabbitmqCluster":
            labels = {"app.kubernetes.io/name": found.name, "app.kubernetes.io/component": "rabbitmq"}
            affinity = found.spec.get("affinity")
        case "Cluster":  # CloudNativePG's, which names the pods itself
            own = found.spec.get("affinity") or {}
            by = own.get("topologyKey", _HOST) if own.get("enablePodAntiAffinity", True) else ""
            return own.get("podAntiAffinityType") == "required" and by == _HOST
        case _:
            return False
    anti_affinity = (affinity or {}).get("podAntiAffinity") or {}
    return any(
        term["topologyKey"] == _HOST and _selects(term.get("labelSelector"), labels)
        for term in anti_affinity.get("requiredDuringSchedulingIgnoredDuringExecution", [])
    )


def _is_bound(found: KubernetesObject) -> bool:
    """Whether its pods have one node, or disks, which are each in one zone: whoever makes them, and by whatever key."""
    if found.kind in ("DaemonSet", "RabbitmqCluster") and found.spec:  # RabbitMQ's has a disk, even if it asks for none
        return True
    return bool(_DISKS & set(_keys(found.spec)))


def _priority_class(found: KubernetesObject) -> str:
    """That of its pods; of one whose kind is not known here, nobody knows."""
    if found.is_native:
        return "".join(pod.spec.get("priorityClassName", "") for pod in _pods([found]))
    match found.manifest:
        case {"kind": "RabbitmqCluster", "spec": {"override": {"statefulSet": {"spec": {"template": {"spec": pod}}}}}}:
            # Its definition refuses the override without containers.
            return str(pod.get("priorityClassName", "")) if "containers" in pod else ""
        case {"kind": "Cluster", "spec": spec}:  # CloudNativePG's
            return str(spec.get("priorityClassName", ""))
    return ""


def _keys(value: Any) -> Iterator[str]:
    """Of all objects in it."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _keys(each)


_DISKS = {"persistence", "persistentVolumeClaim", "storage", "volumeClaimTemplate", "volumeClaimTemplates"}
"""Keys of objects that ask for disks."""
_HOST = "kubernetes.io/hostname"
_SECRET_NAME = re.compile(
    r"PASSW(OR)?D|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CONNECTION_?STRING"
)
_NAME_OF_A_PLACE = re.compile(r"_(FILE|PATH|DIR|NAME|URL|URI|VERSION|SECONDS)$|^PGPASSFILE$")
_NO_SECRET = re.compile(r"(?i:true|false)?|\$.*|(/[a-z0-9._-]+)+/?")  # a switch, a reference, a path
_SECRET_VALUE = re.compile(r"://[^/\s:@]*:(?![$<{])[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----")
_ASSIGNMENT = re.compile(r"(?:^|[\s;])-{0,2}([A-Za-z][\w.-]*)=(\S*)")


def _is_secret(name: str, value: str) -> bool:
    """Whether a variable's value is a secret itself, not where one is found, a reference to one, or a switch."""
    name = re.sub(r"[-.]", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).upper()
    named = bool(_SECRET_NAME.search(name)) and not _NAME_OF_A_PLACE.search(name)
    return (named and not _NO_SECRET.fullmatch(value.strip("\"'"))) or bool(_SECRET_VALUE.search(value))


def _secret_arguments(arguments: Sequence[str]) -> Iterator[str]:
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue="-"):
        if argument.startswith("-") and "=" not in argument and not following.startswith("-"):
            pairs = [(argument.lstrip("-"), following)]
        else:
            pairs = _ASSIGNMENT.findall(argument) or [("", argument)]
        yield from (name or "a URL" for name, value in pairs if _is_secret(name, value))
