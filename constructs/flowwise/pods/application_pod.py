"""The pod of an application, whoever makes it: a Deployment or a CronJob.

It is written in the provider's own words: the classes of the binding differ from kind to kind, and the blocks do not.
The module has the variables of `ApplicationInputs`, and the local value `labels`.
"""

from typing import Any

from cdk.kubernetes import ConfigMapV1, ConfigMapV1Metadata
from flowwise.authoring.expressions import string_map, text
from flowwise.authoring.module import Module
from flowwise.tables.application import CERTIFICATES, TMP_SIZE, USER
from flowwise.tables.project import PROJECT


def add_config_maps(module: Module[Any, Any]) -> tuple[ConfigMapV1, ConfigMapV1]:
    """Add those of the configuration and of the certificates."""
    first, second = (
        module.resource(
            ConfigMapV1,
            name,
            metadata=ConfigMapV1Metadata(
                name=full_name, namespace=text("var.namespace"), labels=string_map("local.labels")
            ),
            data=string_map(f"var.{name}"),
        )
        for name, full_name in (("configuration", "${var.name}"), ("certificates", "${var.name}-certificates"))
    )
    return first, second


def metadata() -> dict[str, Any]:
    """Of the pod: another configuration, or another revision, is another pod."""
    return {
        "labels": text("merge(var.pod_labels, local.labels)"),
        "annotations": {
            "checksum/configuration": text("sha256(jsonencode([var.configuration, var.certificates]))"),
            f"{PROJECT}/revision": text("var.revision"),
        },
    }


def pod(configuration: ConfigMapV1, certificates: ConfigMapV1, *, container: dict[str, Any], **more: Any) -> Any:
    """The `spec` of the pod. `container` is what its one container has besides, and `more` what the pod has."""
    dynamic = more.pop("dynamic", {})
    return {
        "service_account_name": text("var.service_account_name"),
        "automount_service_account_token": False,
        "enable_service_links": False,
        "node_selector": text("length(var.node_labels) == 0 ? null : var.node_labels"),
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": USER,
            "run_as_group": USER,
            "fs_group": USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "container": _container(configuration, container),
        "volume": [
            {"name": "tmp", "empty_dir": {"size_limit": TMP_SIZE}},
            {
                "name": "certificates",
                "projected": {
                    "sources": {"config_map": {"name": certificates.metadata.name}},
                    "dynamic": {
                        "sources": {
                            "for_each": text("var.certificate_secrets"),
                            "content": {
                                "secret": {
                                    "name": text("sources.value.secret_name"),
                                    "items": {"key": text("sources.value.key"), "path": text("sources.key")},
                                }
                            },
                        }
                    },
                },
            },
        ],
        "dynamic": {
            **dynamic,
            "toleration": {
                "for_each": text("var.tolerations"),
                "content": {
                    "key": text("toleration.value.key"),
                    "operator": "Equal",
                    "value": text("toleration.value.value"),
                    "effect": text("toleration.value.effect"),
                },
            },
        },
        **more,
    }


def _container(configuration: ConfigMapV1, more: dict[str, Any]) -> dict[str, Any]:
    more = dict(more)
    return {
        "name": text("var.name"),
        "image": text("var.image"),
        "image_pull_policy": "IfNotPresent",
        "command": text("length(var.command) == 0 ? null : var.command"),
        "args": text("length(var.arguments) == 0 ? null : var.arguments"),
        "termination_message_policy": "FallbackToLogsOnError",
        "env_from": {"config_map_ref": {"name": configuration.metadata.name}},
        "resources": {
            "requests": {"cpu": text("var.resources.cpu"), "memory": text("var.resources.memory")},
            "limits": text(
                "merge(\n"
                "  { memory = coalesce(var.resources.memory_limit, var.resources.memory) },\n"
                "  var.resources.cpu_limit == null ? {} : { cpu = var.resources.cpu_limit }\n"
                ")"
            ),
        },
        "security_context": {
            "allow_privilege_escalation": False,
            "read_only_root_filesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volume_mount": [
            {"name": "tmp", "mount_path": "/tmp"},
            {"name": "certificates", "mount_path": CERTIFICATES, "read_only": True},
        ],
        "dynamic": {
            **more.pop("dynamic", {}),
            "env": {
                "for_each": text("var.secrets"),
                "content": {
                    "name": text("env.key"),
                    "value_from": {
                        "secret_key_ref": {"name": text("env.value.secret_name"), "key": text("env.value.key")}
                    },
                },
            },
        },
        **more,
    }
