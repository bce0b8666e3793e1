"""Made-up costs and sizes in the shapes that `costs` and `sizing` give, for the report to be built on."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from environments import Environment, load_environments
from flowwise.project import CLOUDS
from flowwise.sizes import NODE_SIZES

_SERVICES = {
    "k8s-cluster": [("Cluster", "hour", "0.10", "730", "730"), ("Disk P10", "month", "19.71", "3", "12")],
    "postgres-db": [("Server", "hour", "0.238", "730", "1460"), ("Storage", "GB", "0.219", "64", "128")],
    "redis": [("Balanced", "hour", "0.061", "730", "1460")],
    "network": [("NAT gateway", "hour", "0.045", "730", "730"), ("Traffic out", "GB", "0.12", "100", "500")],
    "container-registry": [("Premium", "day", "1.667", "30", "31")],
    "secret-store": [("Operations", "10,000", "0.03", "1", "4")],
    "encryption": [("Key", "month", "1.00", "4", "4")],
    "observability": [("Logs", "GB", "2.99", "10", "50")],
    "rabbitmq": [("Volume", "GB", "0.13", "30", "30")],
}


class CostReport:
    def __init__(self, folder: Path) -> None:
        self.environments = [_costs(environment, folder) for environment in load_environments(folder)]

    def as_json(self) -> dict[str, Any]:
        return {
            "prices": {"hours_a_month": 730, "oldest": "2024-08-01", "newest": "2026-06-18"},
            "usage": [
                {"name": "logs_gb", "text": "Logs that the cloud keeps, in GB a month.", "low": "10", "high": "50"},
                {"name": "traffic_out_gb", "text": "Answers sent to the Internet, in GB.", "low": "100", "high": "500"},
            ],
            "environments": self.environments,
        }


def cost_report(folder: Path) -> CostReport:
    return CostReport(folder)


def _costs(environment: Environment, folder: Path) -> dict[str, Any]:
    budget = environment.budget.monthly_usd if environment.budget else None
    file = f"environments/{environment.name}.toml"
    estimates = {cloud: _estimate(environment, cloud) for cloud in CLOUDS} if environment.in_cloud else {}
    findings = []
    if budget and Decimal(estimates[environment.cloud]["high"]) > budget:
        text = f"at the higher load it costs ${estimates[environment.cloud]['high']}, more than the budget of ${budget}"
        findings.append({"severity": "notice", "file": file, "key": "budget.monthly_usd", "text": text})
    return {
        "environment": environment.name,
        "file": file,
        "cloud": environment.cloud if environment.in_cloud else None,
        "budget_usd": budget,
        "estimates": estimates,
        "findings": findings,
    }


def _estimate(environment: Environment, cloud: str) -> dict[str, Any]:
    if cloud == "google" and environment.redis and environment.redis.size == "small" and environment.name == "qa":
        return {"possible": False, "reason": "there is no replica of a cache of this size"}
    pool = environment.cluster.node_pools["general"]  # type: ignore[union-attr]
    nodes = ("0.193", str(730 * pool.min_nodes), str(730 * pool.max_nodes))
    lines = [_line("k8s-cluster", NODE_SIZES[pool.size][cloud], "hour", *nodes, len(cloud))]
    for service, meters in _SERVICES.items():
        lines += [_line(service, *meter, len(cloud)) for meter in meters]
    unknown = {"google": 3, "aws": 1}.get(cloud, 0)
    lines += [_line("network", f"Zone {n}", "month", None, "1", "1", 0) for n in range(unknown)]
    services = []
    for service in dict.fromkeys(line["service"] for line in lines):
        own = [line for line in lines if line["service"] == service]
        known = [line for line in own if line["usd"]]
        low, high = (str(sum((Decimal(line[key]) for line in known), Decimal("0.00"))) for key in ("low", "high"))
        services.append({"service": service, "low": low, "high": high, "unknown": len(own) - len(known)})
    low, high = (str(sum(Decimal(one[key]) for one in services)) for key in ("low", "high"))
    return {"possible": True, "low": low, "high": high, "services": services, "lines": lines}


def _line(service: str, meter: str, unit: str, usd: str | None, low: str, high: str, dearer: int) -> dict[str, Any]:
    price = None if usd is None else str(Decimal(usd) * (100 + dearer) / 100)
    low_usd, high_usd = (
        str((Decimal(price) * Decimal(q)).quantize(Decimal("0.01"))) if price else None for q in (low, high)
    )
    return {
        "service": service,
        "resource": f'module.{service.replace("-", "_")}.some_resource.this["general"]',
        "meter": meter,
        "unit": unit,
        "usd": price,
        "quantity_low": low,
        "quantity_high": high,
        "low": low_usd,
        "high": high_usd,
        "key": "cluster.node_pools.general" if service == "k8s-cluster" else service.partition("-")[0],
        "basis": "listed" if usd else "unknown",
        "source": "https://prices.azure.com/api/retail/prices" if usd else "no public price list says",
        "date": "2026-06-18" if usd else None,
        "note": "" if usd else "Ask the cloud's calculator.",
    }


class Size:
    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def as_json(self) -> dict[str, Any]:
        environment = self.environment
        pools = (
            {"system": environment.cluster.system_pool, **environment.cluster.node_pools} if environment.cluster else {}
        )
        loads = {
            load: {
                "nodes": sum(getattr(pool, f"{key}_nodes") for pool in pools.values()),
                "requested": {"cpu_m": 2200 * times, "memory_mib": 5200 * times},
                "allocatable": {"cpu_m": 3800 * times, "memory_mib": 11000 * times} if pools else None,
                "idle": {"cpu": 0.42, "memory": 0.53} if pools else None,
                "fits": (environment.name != "dev" or load == "low") if pools else None,
                "needed_nodes": 2 * times if pools else None,
                "unplaced": ["consolidacao"] if environment.name == "dev" and load == "high" else [],
            }
            for load, key, times in (("low", "min", 1), ("high", "max", 3))
        }
        return {
            "environment": environment.name,
            "file": f"environments/{environment.name}.toml",
            "pods": [
                {
                    "name": name,
                    "service": "microservice",
                    "cpu_m": 250,
                    "memory_mib": 512,
                    "low": service.min_replicas,
                    "high": service.max_replicas,
                    "per_node": False,
                }
                for name, service in environment.services.items()
            ],
            "pools": [
                {
                    "name": name,
                    "size": pool.size,
                    "sku": NODE_SIZES[pool.size][environment.cloud],
                    "cpu_m": 2000,
                    "memory_mib": 8192,
                    "min_nodes": pool.min_nodes,
                    "max_nodes": pool.max_nodes,
                }
                for name, pool in pools.items()
            ],
            **loads,
            "findings": [
                {
                    "kind": "unplaced",
                    "severity": "fault",
                    "file": f"environments/{environment.name}.toml",
                    "key": "cluster.node_pools.general.max_nodes",
                    "text": "3 nodes are too few for every pod at the higher load",
                }
            ]
            if environment.name == "dev"
            else [],
            "assumptions": ["A node keeps 100m of a processor and 1.5 GiB for itself."],
        }


def size_of(environment: Environment) -> Size:
    return Size(environment)
