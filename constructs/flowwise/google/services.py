"""The services of Google Cloud that the modules use: in a new project, hardly any is turned on."""

from collections.abc import Mapping

SERVICES: Mapping[str, str] = {
    "google_artifact_registry": "artifactregistry",
    "google_billing": "billingbudgets",
    "google_compute": "compute",
    "google_container": "container",
    "google_dns": "dns",
    "google_iam": "iam",
    "google_kms": "cloudkms",
    "google_logging": "logging",
    "google_memorystore": "memorystore",
    "google_monitoring": "monitoring",
    "google_network_connectivity": "networkconnectivity",
    "google_project": "cloudresourcemanager",
    "google_project_service": "serviceusage",
    "google_secret_manager": "secretmanager",
    "google_service_account": "iam",
    "google_service_networking": "servicenetworking",
    "google_sql": "sqladmin",
    "google_storage": "storage",
}
"""By what the names of types begin with."""

ALSO = ("binaryauthorization", "cloudbilling", "containerscanning", "iamcredentials", "sts")
"""Services that no type is named after: an argument of the cluster, and what the others and pipelines ask."""

FIRST = (
    *("cloudbilling", "cloudkms", "cloudresourcemanager", "iam", "iamcredentials", "logging"),
    *("serviceusage", "storage", "sts"),
)
"""Those that the root of an environment's first day uses itself, before it turns on the others."""

ASKED = ("compute",)
"""Those that answer what a person asks before that day: what machines and quotas there are."""

AGENTS: Mapping[str, str] = {
    "gcp-sa-artifactregistry": "artifactregistry",
    "gcp-sa-cloud-sql": "sqladmin",
    "gcp-sa-memorystore": "memorystore",
    "gcp-sa-secretmanager": "secretmanager",
}
"""Services whose own accounts are let use keys, by the accounts' domains. A project has none until one is asked for."""
