"""The composition of a platform, which is the same in every cloud: only the modules differ."""

from typing import ClassVar

from flowwise.expressions import anything, boolean, number, string_map, strings, text
from flowwise.k8s_cluster import K8sClusterInputs, K8sClusterOutputs
from flowwise.module import Module
from flowwise.network import NetworkInputs, NetworkOutputs
from flowwise.platform import PLATFORM, PlatformInputs, PlatformOutputs
from flowwise.postgres_db import PostgresDbInputs, PostgresDbOutputs
from flowwise.regions import REGIONS


class Platform(Module[PlatformInputs, PlatformOutputs]):
    """All that an environment has in one cloud. Subclasses name the cloud and its modules."""

    contract = PLATFORM
    network: ClassVar[type[Module[NetworkInputs, NetworkOutputs]]]
    cluster: ClassVar[type[Module[K8sClusterInputs, K8sClusterOutputs]]]
    postgres: ClassVar[type[Module[PostgresDbInputs, PostgresDbOutputs]]]

    def build(self, inputs: PlatformInputs) -> PlatformOutputs:
        """Add the module calls."""
        self.local(
            "regions",
            {
                word: {"code": clouds[self.path].code, "zones": clouds[self.path].zones}
                for word, clouds in REGIONS.items()
            },
        )
        region = text("local.regions[var.region].code")
        zones = number("local.regions[var.region].zones")
        network = self.call(
            "network",
            self.network,
            NetworkInputs(
                name=inputs.name,
                region=region,
                cidr=text("var.network.cidr"),
                zone_count=zones,
                tags=_tags("network"),
            ),
        )
        cluster = self.call(
            "cluster",
            self.cluster,
            K8sClusterInputs(
                name=inputs.name,
                region=region,
                kubernetes_version=text("var.cluster.kubernetes_version"),
                network_id=network.network_id,
                control_plane_subnet_ids=network.control_plane_subnet_ids,
                node_subnet_ids=network.node_subnet_ids,
                pod_cidr=text("var.cluster.pod_cidr"),
                service_cidr=text("var.cluster.service_cidr"),
                zone_count=zones,
                system_pool=anything("var.cluster.system_pool"),
                node_pools=anything("var.cluster.node_pools"),
                administrators=inputs.administrators,
                operator_cidrs=inputs.operator_cidrs,
                protected=inputs.protected,
                tags=_tags("k8s-cluster"),
            ),
        )
        postgres = self.call(
            "postgres",
            self.postgres,
            PostgresDbInputs(
                name=inputs.name,
                region=region,
                network_id=network.network_id,
                subnet_ids=network.database_subnet_ids,
                private_dns_zone_id=text('lookup(module.network.private_dns_zone_ids, "postgres", null)'),
                topology=text("var.postgres.topology"),
                databases=strings("var.postgres.databases"),
                engine_version=text("var.postgres.engine_version"),
                size=text("var.postgres.size"),
                storage_gb=number("var.postgres.storage_gb"),
                backup_days=number("var.postgres.backup_days"),
                high_availability=boolean("var.postgres.high_availability"),
                administrators=inputs.administrators,
                operator_cidrs=inputs.operator_cidrs,
                protected=inputs.protected,
                tags=_tags("postgres-db"),
            ),
        )
        return PlatformOutputs(
            cluster_id=cluster.cluster_id,
            cluster_name=cluster.cluster_name,
            cluster_endpoint=cluster.endpoint,
            cluster_ca_certificate=cluster.ca_certificate,
            oidc_issuer_url=cluster.oidc_issuer_url,
            database_hosts=postgres.hosts,
            database_port=postgres.port,
            database_names=postgres.database_names,
            database_administrator_identity_id=postgres.administrator_identity_id,
            database_administrator_client_id=postgres.administrator_client_id,
            database_administrator_name=postgres.administrator_name,
        )


def _tags(service: str) -> dict[str, str]:
    return string_map(f'merge(var.tags, {{ service = "{service}" }})')
