"""The cache in the cluster: Valkey. Its own chart cannot do without the user that needs no name."""

from typing import Any

from cdk.kubernetes import (
    ConfigMapV1,
    ConfigMapV1Metadata,
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecSelector,
    DeploymentV1SpecStrategy,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
    DeploymentV1SpecTemplateSpecContainer,
    DeploymentV1SpecTemplateSpecContainerLivenessProbe,
    DeploymentV1SpecTemplateSpecContainerLivenessProbeExec,
    DeploymentV1SpecTemplateSpecContainerPort,
    DeploymentV1SpecTemplateSpecContainerReadinessProbe,
    DeploymentV1SpecTemplateSpecContainerReadinessProbeExec,
    DeploymentV1SpecTemplateSpecContainerResources,
    DeploymentV1SpecTemplateSpecContainerSecurityContext,
    DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities,
    DeploymentV1SpecTemplateSpecContainerStartupProbe,
    DeploymentV1SpecTemplateSpecContainerStartupProbeExec,
    DeploymentV1SpecTemplateSpecContainerVolumeMount,
    DeploymentV1SpecTemplateSpecInitContainer,
    DeploymentV1SpecTemplateSpecInitContainerResources,
    DeploymentV1SpecTemplateSpecInitContainerSecurityContext,
    DeploymentV1SpecTemplateSpecInitContainerSecurityContextCapabilities,
    DeploymentV1SpecTemplateSpecInitContainerVolumeMount,
    DeploymentV1SpecTemplateSpecSecurityContext,
    DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile,
    ServiceV1,
    ServiceV1Metadata,
    ServiceV1Spec,
    ServiceV1SpecPort,
)
from flowwise.authoring.expressions import number, string_map, text
from flowwise.authoring.module import Module
from flowwise.pods.checks import skip_pod_checks
from flowwise.pods.operators import add_labels
from flowwise.pods.requests import CACHE_CPU, PASSING
from flowwise.redis.in_cluster import IN_CLUSTER_REDIS, WATCHER, InClusterRedisInputs, InClusterRedisOutputs
from flowwise.tables.charts import IMAGES
from flowwise.tables.project import PROJECT
from flowwise.tables.traffic import CACHE_PODS, CACHE_PORT

_NAME = "redis"
_COMPONENT = "app.kubernetes.io/component"
_NOBODY = "10001"  # user and group that no node has

_SETTINGS = "/etc/valkey"
_USERS = "/run/valkey"
_PASSWORDS = "/run/passwords"

# As in the cloud: what a cache is for, and nothing that looks after the server.
_COMMANDS = "-@all +@read +@write +@connection +@transaction +@pubsub -@scripting -@dangerous"

_USERS_SCRIPT = f"""\
set -eu
umask 077
{{
  echo 'user default off'
  echo 'user {WATCHER} on nopass resetkeys resetchannels -@all +ping +info'
  for file in "$1"/*; do
    test -s "$file"
    name=$(basename "$file")
    hash=$(sha256sum < "$file" | cut -c 1-64)
    echo "user $name on #$hash ~$name:* resetchannels &$name:* {_COMMANDS}"
  done
}} > "$2"
"""
"""Writes Valkey's file of users, "$2", from a folder "$1" with a file of each user's password."""

_PING = ["valkey-cli", "-e", "--no-auth-warning", "--user", WATCHER, "--pass", WATCHER, "ping"]


class KubernetesRedis(Module[InClusterRedisInputs, InClusterRedisOutputs]):
    """One copy, in memory alone. Two would be two caches, and one that is lost fills up again."""

    contract = IN_CLUSTER_REDIS
    path = "modules/redis/kubernetes"

    def build(self, inputs: InClusterRedisInputs) -> InClusterRedisOutputs:
        """Add the module's resources."""
        add_labels(self)
        self.local(
            "memory_mib",
            number('tonumber(regex("^[0-9]+", var.memory)) * (endswith(var.memory, "Gi") ? 1024 : 1)'),
        )
        settings = self._settings(inputs)
        self._cache(settings, inputs)
        service = self.resource(
            ServiceV1,
            "this",
            metadata=ServiceV1Metadata(name=_NAME, namespace=inputs.namespace, labels=string_map("local.labels")),
            spec=ServiceV1Spec(
                type="ClusterIP",
                selector=CACHE_PODS,
                port=[ServiceV1SpecPort(name=_NAME, port=CACHE_PORT, target_port=_NAME, protocol="TCP")],
            ),
        )
        return InClusterRedisOutputs(
            host=f"{service.metadata.name}.{service.metadata.namespace}.svc", port=CACHE_PORT, watcher_name=WATCHER
        )

    def _settings(self, inputs: InClusterRedisInputs) -> ConfigMapV1:
        self.comment("A quarter of the memory is left for connections and for what the allocator cannot use.")
        return self.resource(
            ConfigMapV1,
            "this",
            metadata=ConfigMapV1Metadata(name=_NAME, namespace=inputs.namespace, labels=string_map("local.labels")),
            data={
                "valkey.conf": (
                    f"port {CACHE_PORT}\n"
                    "protected-mode no\n"
                    f"aclfile {_USERS}/users.acl\n"
                    'save ""\n'
                    "appendonly no\n"
                    "maxmemory ${floor(local.memory_mib * 0.75)}mb\n"
                    "maxmemory-policy ${var.eviction_policy}\n"
                ),
                "users.sh": _USERS_SCRIPT,
            },
        )

    def _cache(self, settings: ConfigMapV1, inputs: InClusterRedisInputs) -> None:
        image = IMAGES["valkey"].reference
        settings_mount: dict[str, Any] = {"name": "settings", "mount_path": _SETTINGS, "read_only": True}
        self.comment(
            "Passwords are files that only the first container sees: it leaves their hashes, in memory, to the cache. "
            f"The user without a password, {WATCHER}, is there for the probes and for metrics."
        )
        skip_pod_checks(self, has_cpu_limit=True)
        cache = self.resource(
            DeploymentV1,
            "this",
            metadata=DeploymentV1Metadata(name=_NAME, namespace=inputs.namespace, labels=string_map("local.labels")),
            spec=DeploymentV1Spec(
                replicas="1",
                # The old one first: two would answer differently.
                strategy=DeploymentV1SpecStrategy(type="Recreate"),
                selector=DeploymentV1SpecSelector(match_labels=CACHE_PODS),
                template=DeploymentV1SpecTemplate(
                    metadata=DeploymentV1SpecTemplateMetadata(
                        labels=string_map(f'merge(local.labels, {{ "{_COMPONENT}" = "{CACHE_PODS[_COMPONENT]}" }})'),
                        annotations={
                            f"{PROJECT}/settings": text(f"sha256(jsonencode({settings.fqn}.data))"),
                            f"{PROJECT}/revision": text("var.revision"),
                        },
                    ),
                    spec=DeploymentV1SpecTemplateSpec(
                        automount_service_account_token=False,
                        enable_service_links=False,
                        security_context=DeploymentV1SpecTemplateSpecSecurityContext(
                            run_as_non_root=True,
                            run_as_user=_NOBODY,
                            run_as_group=_NOBODY,
                            fs_group=_NOBODY,
                            seccomp_profile=DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile(
                                type="RuntimeDefault"
                            ),
                        ),
                        init_container=[
                            DeploymentV1SpecTemplateSpecInitContainer(
                                name="users",
                                image=image,
                                command=["sh", f"{_SETTINGS}/users.sh", _PASSWORDS, f"{_USERS}/users.acl"],
                                resources=DeploymentV1SpecTemplateSpecInitContainerResources(
                                    requests=PASSING["redis-users"].kept,
                                    limits={"cpu": "100m", **PASSING["redis-users"].limits},
                                ),
                                security_context=DeploymentV1SpecTemplateSpecInitContainerSecurityContext(
                                    allow_privilege_escalation=False,
                                    read_only_root_filesystem=True,
                                    capabilities=DeploymentV1SpecTemplateSpecInitContainerSecurityContextCapabilities(
                                        drop=["ALL"]
                                    ),
                                ),
                                volume_mount=[
                                    DeploymentV1SpecTemplateSpecInitContainerVolumeMount(**settings_mount),
                                    DeploymentV1SpecTemplateSpecInitContainerVolumeMount(
                                        name="passwords", mount_path=_PASSWORDS, read_only=True
                                    ),
                                    DeploymentV1SpecTemplateSpecInitContainerVolumeMount(
                                        name="users", mount_path=_USERS
                                    ),
                                ],
                            )
                        ],
                        container=[
                            DeploymentV1SpecTemplateSpecContainer(
                                name=_NAME,
                                image=image,
                                command=["valkey-server", f"{_SETTINGS}/valkey.conf"],
                                port=[DeploymentV1SpecTemplateSpecContainerPort(name=_NAME, container_port=CACHE_PORT)],
                                # It works with one processor, and needs another only to give back memory.
                                resources=DeploymentV1SpecTemplateSpecContainerResources(
                                    requests={"cpu": CACHE_CPU, "memory": inputs.memory},
                                    limits={"cpu": "2", "memory": inputs.memory},
                                ),
                                startup_probe=DeploymentV1SpecTemplateSpecContainerStartupProbe(
                                    exec=DeploymentV1SpecTemplateSpecContainerStartupProbeExec(command=_PING),
                                    period_seconds=2,
                                    timeout_seconds=2,
                                    failure_threshold=30,
                                ),
                                readiness_probe=DeploymentV1SpecTemplateSpecContainerReadinessProbe(
                                    exec=DeploymentV1SpecTemplateSpecContainerReadinessProbeExec(command=_PING),
                                    period_seconds=10,
                                    timeout_seconds=2,
                                ),
                                liveness_probe=DeploymentV1SpecTemplateSpecContainerLivenessProbe(
                                    exec=DeploymentV1SpecTemplateSpecContainerLivenessProbeExec(command=_PING),
                                    period_seconds=10,
                                    timeout_seconds=5,
                                    failure_threshold=6,
                                ),
                                security_context=DeploymentV1SpecTemplateSpecContainerSecurityContext(
                                    allow_privilege_escalation=False,
                                    read_only_root_filesystem=True,
                                    capabilities=DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities(
                                        drop=["ALL"]
                                    ),
                                ),
                                volume_mount=[
                                    DeploymentV1SpecTemplateSpecContainerVolumeMount(**settings_mount),
                                    DeploymentV1SpecTemplateSpecContainerVolumeMount(
                                        name="users", mount_path=_USERS, read_only=True
                                    ),
                                ],
                            )
                        ],
                    ),
                ),
            ),
        )
        cache.add_override(
            "spec.template.spec.volume",
            [
                {"name": "settings", "config_map": {"name": settings.metadata.name}},
                {
                    "name": "passwords",
                    "projected": {
                        "default_mode": "0440",
                        "dynamic": {
                            "sources": {
                                "for_each": text("var.users"),
                                "content": {
                                    "secret": {
                                        "name": text("sources.value.secret_name"),
                                        "items": {
                                            "key": text("sources.value.key"),
                                            "path": text("sources.key"),
                                        },
                                    }
                                },
                            }
                        },
                    },
                },
                {"name": "users", "empty_dir": {"medium": "Memory", "size_limit": "1Mi"}},
            ],
        )
