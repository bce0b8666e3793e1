"""What Google Cloud would fill in, for `terraform test` with a mocked provider.

A mock invents random words for computed attributes. The google provider's own validators, which run all the same, want
names of the right form, and so do the modules where they take one apart.
"""

from collections.abc import Mapping
from typing import Any

from flowwise.tables.existing_ids import CLUSTERS
from flowwise.tables.kubernetes_versions import DEFAULT_KUBERNETES_VERSION
from flowwise.tables.network_ids import NETWORK_IDS
from flowwise.tables.pod_ranges import POD_CIDR, SERVICE_CIDR

_PROJECT = "flowwise-project"
REGION = "southamerica-east1"
_COMPUTE = f"https://www.googleapis.com/compute/v1/projects/{_PROJECT}"
_KEY_RING = f"projects/{_PROJECT}/locations/{REGION}/keyRings/ring"
_ACCOUNT = f"account@{_PROJECT}.iam.gserviceaccount.com"

RESOURCES: Mapping[str, Mapping[str, Any]] = {
    "google_compute_address": {"self_link": f"{_COMPUTE}/regions/{REGION}/addresses/nat"},
    "google_compute_network": {"id": f"projects/{_PROJECT}/global/networks/network"},
    "google_compute_subnetwork": {"id": f"projects/{_PROJECT}/regions/{REGION}/subnetworks/subnetwork"},
    "google_container_cluster": {
        "id": f"projects/{_PROJECT}/locations/{REGION}/clusters/cluster",
        "control_plane_endpoints_config": {
            "dns_endpoint_config": {"endpoint": f"gke-0123456789-123456789012.{REGION}.gke.goog"}
        },
        "master_auth": {"cluster_ca_certificate": "Y2VydGlmaWNhdGU="},
        "private_cluster_config": {"private_endpoint": "10.20.160.2", "public_endpoint": "203.0.113.9"},
    },
    "google_kms_crypto_key": {"id": f"{_KEY_RING}/cryptoKeys/key"},
    "google_kms_key_ring": {"id": _KEY_RING},
    "google_logging_project_bucket_config": {"id": f"projects/{_PROJECT}/locations/{REGION}/buckets/logs"},
    "google_memorystore_instance": {
        "endpoints": [
            {
                "connections": [
                    {"psc_auto_connection": [{"connection_type": kind, "ip_address": address, "port": 6379}]}
                    for kind, address in (
                        ("CONNECTION_TYPE_PRIMARY", "10.20.144.2"),
                        ("CONNECTION_TYPE_READER", "10.20.144.3"),
                    )
                ]
            }
        ],
        "id": f"projects/{_PROJECT}/locations/{REGION}/instances/cache",
        "managed_server_ca": [{"ca_certs": [{"certificates": ["-----BEGIN CERTIFICATE-----"]}]}],
    },
    "google_monitoring_notification_channel": {"id": f"projects/{_PROJECT}/notificationChannels/1"},
    "google_secret_manager_secret": {"id": f"projects/{_PROJECT}/secrets/secret"},
    "google_service_account": {
        "email": _ACCOUNT,
        "id": f"projects/{_PROJECT}/serviceAccounts/{_ACCOUNT}",
        "member": f"serviceAccount:{_ACCOUNT}",
        "name": f"projects/{_PROJECT}/serviceAccounts/{_ACCOUNT}",
    },
    "google_sql_database_instance": {
        "connection_name": f"{_PROJECT}:{REGION}:postgres",
        "private_ip_address": "10.20.128.3",
        "server_ca_cert": [{"cert": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"}],
    },
}
"""Attributes by type of resource."""

DATA_SOURCES: Mapping[str, Mapping[str, Any]] = {
    "google_artifact_registry_repository": {
        "format": "DOCKER",
        "id": f"projects/{_PROJECT}/locations/{REGION}/repositories/flowwise",
    },
    "google_compute_global_address": {
        "address": "10.20.128.0",
        "network": f"{_COMPUTE}/global/networks/spoke",
        "prefix_length": 20,
        "purpose": "VPC_PEERING",
    },
    "google_compute_network": {"id": f"projects/{_PROJECT}/global/networks/spoke"},
    "google_compute_subnetwork": {
        "id": NETWORK_IDS["google"].subnet_example,
        "ip_cidr_range": "10.20.0.0/24",
        "network": f"{_COMPUTE}/global/networks/spoke",
        "private_ip_google_access": True,
    },
    "google_compute_zones": {"names": [f"{REGION}-a", f"{REGION}-b", f"{REGION}-c"]},
    "google_container_cluster": {
        "addons_config": [{"gce_persistent_disk_csi_driver_config": [{"enabled": True}]}],
        "cluster_ipv4_cidr": POD_CIDR,
        "control_plane_endpoints_config": [
            {
                "dns_endpoint_config": [
                    {
                        "allow_external_traffic": False,
                        "endpoint": f"gke-0123456789-123456789012.{REGION}.gke.goog",
                    }
                ]
            }
        ],
        "datapath_provider": "ADVANCED_DATAPATH",
        "dns_config": [],
        "enable_legacy_abac": False,
        "gateway_api_config": [],
        "id": CLUSTERS["google"].example,
        "master_auth": [{"client_certificate_config": [], "cluster_ca_certificate": "Y2VydGlmaWNhdGU="}],
        "master_version": f"{DEFAULT_KUBERNETES_VERSION}.1-gke.1000000",
        "network": NETWORK_IDS["google"].network_example,
        "network_policy": [],
        "node_pool": [
            {
                "name": "general",
                "node_config": [{"service_account": _ACCOUNT, "workload_metadata_config": [{"mode": "GKE_METADATA"}]}],
            }
        ],
        "private_cluster_config": [{"enable_private_endpoint": True, "private_endpoint": "10.20.160.2"}],
        "services_ipv4_cidr": SERVICE_CIDR,
        "subnetwork": NETWORK_IDS["google"].subnet_example,
        "workload_identity_config": [{"workload_pool": f"{_PROJECT}.svc.id.goog"}],
    },
    "google_dns_managed_zones": {
        "managed_zones": [{"dns_name": "flowwise.example.", "name": "flowwise", "visibility": "public"}]
    },
    "google_kms_crypto_key": {
        "id": f"{_KEY_RING}/cryptoKeys/key",
        "primary": [{"name": f"{_KEY_RING}/cryptoKeys/key/cryptoKeyVersions/1", "state": "ENABLED"}],
        "purpose": "ENCRYPT_DECRYPT",
    },
    "google_project": {
        "billing_account": "000000-000000-000000",
        "id": f"projects/{_PROJECT}",
        "number": "123456789012",
    },
    "google_storage_project_service_account": {
        "member": "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
    },
}
"""Attributes by type of data source."""
