"""Helm charts and container images: what version, from where, and where that was read.

What a version is to be, byte by byte, stands in digests.toml. Images are deployed by it where it is known. Charts are
not: provider helm takes no digest (pull request 1848 of hashicorp/terraform-provider-helm, open in July 2026), so of a
chart it tells `make digests` whether somebody has pushed another one under the same version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flowwise.tables.digests import DIGESTS


@dataclass(frozen=True)
class Chart:
    """A chart of a repository. `repository` as helm_release takes it, https:// or oci://.

    Helm upgrades definitions of resources that are among a chart's templates. A chart `keeps_definitions_apart` that
    has them in its folder crds: from there, Helm installs what is missing, and upgrades nothing.
    """

    repository: str
    name: str
    version: str
    read_on: date
    source: str  # where the version was read
    keeps_definitions_apart: bool = False

    @property
    def reference(self) -> str:
        """Its name with its version."""
        return f"{self.repository}/{self.name}:{self.version}"


@dataclass(frozen=True)
class Image:
    """A container image by its tag, which is never "latest"."""

    repository: str
    tag: str
    read_on: date
    source: str

    @property
    def name(self) -> str:
        """Where it is, with its tag."""
        return f"{self.repository}:{self.tag}"

    @property
    def fixed_tag(self) -> str:
        """Its tag, and its digest if that is known: what charts are told that join it to the repository."""
        return f"{self.tag}@{DIGESTS[self.name]}" if self.name in DIGESTS else self.tag

    @property
    def reference(self) -> str:
        """What a container is told to run."""
        return f"{self.repository}:{self.fixed_tag}"


CHARTS: Mapping[str, Chart] = {
    "cert-manager": Chart(
        "oci://quay.io/jetstack/charts",
        "cert-manager",
        "v1.21.3",
        date(2026, 11, 23),
        "release notes of v1.21.3 of cert-manager/cert-manager; values and definitions checked at v1.21.1",
    ),
    "cloudnative-pg": Chart(
        "https://cloudnative-pg.github.io/charts",
        "cloudnative-pg",
        "0.29.0",
        date(2026, 11, 23),
        "Chart.yaml at the tag cloudnative-pg-v0.29.0 of cloudnative-pg/charts; index.yaml of the repository",
    ),
    "cluster-autoscaler": Chart(
        "https://kubernetes.github.io/autoscaler",
        "cluster-autoscaler",
        "9.59.0",
        date(2026, 11, 23),
        "Chart.yaml at the tag cluster-autoscaler-chart-9.59.0 of kubernetes/autoscaler",
    ),
    "datadog-crds": Chart(
        "https://helm.datadoghq.com",
        "datadog-crds",
        "2.23.0",
        date(2026, 11, 23),
        "Chart.yaml at the tag datadog-crds-2.23.0 of DataDog/helm-charts",
    ),
    # Its chart of definitions alone, gateway-crds-helm, is too large for Helm to install, as its README says.
    "envoy-gateway": Chart(
        "oci://docker.io/envoyproxy",
        "gateway-helm",
        "v1.9.3",
        date(2026, 11, 23),
        "merge request 5540 of gitlab-org/charts/gitlab, which moves to it; values and definitions checked at v1.9.0",
        keeps_definitions_apart=True,
    ),
    # 2.8 is the newest that its makers test on Kubernetes 1.35: "Stability and Support" in their documentation.
    "external-secrets": Chart(
        "https://charts.external-secrets.io",
        "external-secrets",
        "2.8.0",
        date(2026, 11, 23),
        "Chart.yaml at the tag helm-chart-2.8.0 of external-secrets/external-secrets",
    ),
    "keda": Chart(
        "https://kedacore.github.io/charts",
        "keda",
        "2.20.2",
        date(2026, 11, 23),
        "Chart.yaml at the tag v2.20.2 of kedacore/charts",
    ),
    "metrics-server": Chart(
        "https://kubernetes-sigs.github.io/metrics-server",
        "metrics-server",
        "3.13.1",
        date(2026, 11, 23),
        "Chart.yaml at commit 5ed5d3a of kubernetes-sigs/metrics-server",
    ),
    "opentelemetry-collector": Chart(
        "https://open-telemetry.github.io/opentelemetry-helm-charts",
        "opentelemetry-collector",
        "0.170.0",
        date(2026, 11, 23),
        "Chart.yaml at the tag opentelemetry-collector-0.170.0 of open-telemetry/opentelemetry-helm-charts",
    ),
    "prometheus-postgres-exporter": Chart(
        "https://prometheus-community.github.io/helm-charts",
        "prometheus-postgres-exporter",
        "8.2.0",
        date(2026, 11, 23),
        "Chart.yaml at the tag prometheus-postgres-exporter-8.2.0 of prometheus-community/helm-charts",
    ),
    "prometheus-redis-exporter": Chart(
        "https://prometheus-community.github.io/helm-charts",
        "prometheus-redis-exporter",
        "6.29.0",
        date(2026, 11, 23),
        "Chart.yaml at the tag prometheus-redis-exporter-6.29.0 of prometheus-community/helm-charts",
    ),
    # The operator's makers publish no chart (rabbitmq/cluster-operator, issues 1637 and 2196). This one's push each
    # version to Docker Hub and to GitHub's registry (changelog-and-release.yaml).
    "rabbitmq-cluster-operator": Chart(
        "oci://ghcr.io/cloudpirates-io/helm-charts",
        "rabbitmq-cluster-operator",
        "0.6.16",
        date(2026, 11, 23),
        "Chart.yaml at the tag rabbitmq-cluster-operator-0.6.16 of CloudPirates-io/helm-charts",
        keeps_definitions_apart=True,
    ),
}
"""By the name that modules know it by."""

IMAGES: Mapping[str, Image] = {
    # Of the cluster's own minor version, as its makers ask; the chart's default is an older patch.
    "cluster-autoscaler": Image(
        "registry.k8s.io/autoscaling/cluster-autoscaler",
        "v1.35.2",
        date(2026, 11, 23),
        "tag cluster-autoscaler-1.35.2 of kubernetes/autoscaler",
    ),
    "curl": Image(
        "quay.io/curl/curl",
        "8.21.0",
        date(2026, 11, 23),
        "CHANGELOG.md of curl/curl-container, as of 2026-07-01; README.md there has both registries",
    ),
    "datadog-operator": Image(
        "registry.datadoghq.com/operator",
        "1.29.0",
        date(2026, 11, 23),
        "tag v1.29.0 of DataDog/datadog-operator, which the chart datadog-operator 2.25.1 names",
    ),
    # The patch with certificates of public authorities that leave out compromised ones; Envoy Gateway 1.9.3 has 1.39.5.
    "envoy": Image(
        "docker.io/envoyproxy/envoy",
        "distroless-v1.39.6",
        date(2026, 11, 23),
        "release notes of v1.39.6 of envoyproxy/envoy",
    ),
    "opentelemetry-collector-contrib": Image(
        "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib",
        "0.158.0",
        date(2026, 11, 23),
        "tag v0.158.0 of open-telemetry/opentelemetry-collector-releases",
    ),
    # The version that the chart names.
    "opentelemetry-collector-k8s": Image(
        "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s",
        "0.158.0",
        date(2026, 11, 23),
        "tag v0.158.0 of open-telemetry/opentelemetry-collector-releases",
    ),
    # Alpine's, since Debian's has no certificates of public authorities.
    "postgres": Image(
        "docker.io/library/postgres",
        "18.6-alpine3.24",
        date(2026, 11, 23),
        "library/postgres of docker-library/official-images, as of 2026-08-21",
    ),
    # Servers, as CloudNativePG wants them, with pgaudit and every locale.
    "postgres-16": Image(
        "ghcr.io/cloudnative-pg/postgresql",
        "16.15-202608170814-standard-trixie",
        date(2026, 11, 23),
        "image-catalogs/catalog-standard-trixie.yaml of cloudnative-pg/artifacts, as of 2026-08-22",
    ),
    "postgres-17": Image(
        "ghcr.io/cloudnative-pg/postgresql",
        "17.11-202608170816-standard-trixie",
        date(2026, 11, 23),
        "image-catalogs/catalog-standard-trixie.yaml of cloudnative-pg/artifacts, as of 2026-08-22",
    ),
    "postgres-18": Image(
        "ghcr.io/cloudnative-pg/postgresql",
        "18.6-202608170814-standard-trixie",
        date(2026, 11, 23),
        "image-catalogs/catalog-standard-trixie.yaml of cloudnative-pg/artifacts, as of 2026-08-22",
    ),
    # Ubuntu's: RabbitMQ's makers do not support Alpine's.
    "rabbitmq": Image(
        "docker.io/library/rabbitmq",
        "4.3.5-management",
        date(2026, 11, 23),
        "library/rabbitmq of docker-library/official-images, as of 2026-08-21",
    ),
    # The version that the chart names, where its makers publish it besides Docker Hub.
    "redis-exporter": Image(
        "quay.io/oliver006/redis_exporter",
        "v1.89.0",
        date(2026, 11, 23),
        "Chart.yaml of prometheus-redis-exporter 6.29.0; README.md and release.yml of oliver006/redis_exporter",
    ),
    "valkey": Image(
        "docker.io/valkey/valkey",
        "9.1.4-alpine3.24",
        date(2026, 11, 23),
        "https://valkey.io/download/releases/v9-1-4/, of 2026-11-18",
    ),
}
"""By the name that modules know it by: images that no chart chooses."""
