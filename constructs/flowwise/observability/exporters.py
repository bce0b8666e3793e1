"""Exporters of metrics for what tells none by itself, and the jobs that read them."""

from typing import Any

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.kubernetes import ConfigMapV1, ConfigMapV1Metadata
from flowwise.authoring.expressions import for_each, number, string_map, text
from flowwise.authoring.module import Module
from flowwise.pods.releases import add_release
from flowwise.pods.requests import REQUESTS
from flowwise.tables.charts import CHARTS, IMAGES

POSTGRES_EXPORTER = "prometheus-postgres-exporter"
REDIS_EXPORTER = "prometheus-redis-exporter"
"""Charts, and the label app.kubernetes.io/name of their pods."""

POSTGRES_EXPORTER_PORT = 9187
REDIS_EXPORTER_PORT = 9121
_CA_FOLDER = "/etc/postgres-ca"
_CA_FILE = "ca.crt"

_CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def add_postgres_exporters(module: Module[Any, Any]) -> None:
    """Add an exporter for each of var.databases. Without certificates of ours, it believes those of its image."""
    module.resource(
        ConfigMapV1,
        "postgres_ca",
        for_each=for_each(
            "{\n"
            "  for name, database in var.databases : name => database.ca_certificate\n"
            "  if database.ca_certificate != null\n"
            "}"
        ),
        metadata=ConfigMapV1Metadata(
            name="postgres-ca-${each.key}", namespace=text("var.namespace"), labels=string_map("local.labels")
        ),
        data={_CA_FILE: text("each.value")},
    )
    config_map = "kubernetes_config_map_v1.postgres_ca[each.key].metadata[0].name"
    add_release(
        module,
        "postgres_exporter",
        CHARTS[POSTGRES_EXPORTER],
        release="postgres-exporter-${each.key}",
        namespace=text("var.namespace"),
        for_each=for_each("var.databases"),
        lifecycle=TerraformResourceLifecycle(
            precondition=[
                Precondition(
                    condition=text("length(var.database_cidrs) > 0"),
                    error_message="database_cidrs must say where the databases are.",
                )
            ]
        ),
        values={
            "fullnameOverride": "postgres-exporter-${each.key}",
            "rbac": {"create": False},
            "serviceAccount": {"create": False, "name": text("var.service_account_name")},
            "service": {"port": POSTGRES_EXPORTER_PORT, "labels": text("local.labels")},
            "deployment": {"labels": text("local.labels")},
            "resources": REQUESTS["postgres-exporter"].resources,
            "config": {
                "datasource": {
                    "host": text("each.value.host"),
                    "port": text("tostring(each.value.port)"),
                    "database": text("each.value.database"),
                    "user": text("each.value.user"),
                    "passwordSecret": {
                        "name": text("each.value.password.secret_name"),
                        "key": text("each.value.password.key"),
                    },
                    "sslmode": text('each.value.verify_host_name ? "verify-full" : "verify-ca"'),
                    "extraParams": text(
                        f'each.value.ca_certificate == null ? "" : "sslrootcert={_CA_FOLDER}/{_CA_FILE}"'
                    ),
                }
            },
            "extraVolumes": text(
                "[\n"
                "  for certificate in each.value.ca_certificate[*] :\n"
                f'  {{ name = "ca", configMap = {{ name = {config_map} }} }}\n'
                "]"
            ),
            "extraVolumeMounts": text(
                "[\n"
                "  for certificate in each.value.ca_certificate[*] :\n"
                f'  {{ name = "ca", mountPath = "{_CA_FOLDER}", readOnly = true }}\n'
                "]"
            ),
        },
    )


def add_redis_exporter(module: Module[Any, Any]) -> None:
    """Add an exporter for var.redis, if there is any."""
    image = IMAGES["redis-exporter"]
    add_release(
        module,
        "redis_exporter",
        CHARTS[REDIS_EXPORTER],
        release="redis-exporter",
        namespace=text("var.namespace"),
        count=number("var.redis == null ? 0 : 1"),
        values={
            "fullnameOverride": "redis-exporter",
            "image": {"repository": image.repository, "tag": image.fixed_tag},
            "rbac": {"create": False},
            "serviceAccount": {"create": False, "name": text("var.service_account_name")},
            "service": {"port": REDIS_EXPORTER_PORT},
            "customLabels": text("local.labels"),
            "resources": REQUESTS["redis-exporter"].resources,
            "podSecurityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "securityContext": _CONTAINER_SECURITY,
            "redisAddress": text('"redis://${var.redis.host}:${var.redis.port}"'),
            "auth": {
                "enabled": True,
                "redisUser": text("var.redis.user"),
                "secret": {"name": text("var.redis.password.secret_name"), "key": text("var.redis.password.key")},
            },
        },
    )


def exporter_scrapes() -> list[dict[str, Any]]:
    """Jobs of Prometheus that read the exporters. One without targets does nothing."""
    return [
        {
            "job_name": "postgres",
            "static_configs": text(
                "[\n"
                "  for name in keys(var.databases) : {\n"
                f'    targets = ["postgres-exporter-${{name}}.${{var.namespace}}.svc:{POSTGRES_EXPORTER_PORT}"]\n'
                "    labels  = { database_server = name }\n"
                "  }\n"
                "]"
            ),
        },
        {
            "job_name": "redis",
            "static_configs": text(
                "[\n"
                "  for redis in var.redis[*] :\n"
                f'  {{ targets = ["redis-exporter.${{var.namespace}}.svc:{REDIS_EXPORTER_PORT}"] }}\n'
                "]"
            ),
        },
    ]
