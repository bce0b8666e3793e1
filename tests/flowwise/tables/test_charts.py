"""Where charts and images are from."""

from flowwise.tables.charts import CHARTS, IMAGES
from tests.kubernetes.policies import ON_DOCKER_HUB, is_on_docker_hub

CHARTS_ON_DOCKER_HUB = {"envoy-gateway": "its makers push it there alone, in release.yaml of envoyproxy/gateway"}


def test_charts_are_had_elsewhere_than_at_docker_hub() -> None:
    """Whoever does not sign in there gets so many in an hour for each address, and a cluster has one."""
    found = {name for name, chart in CHARTS.items() if is_on_docker_hub(chart.repository.removeprefix("oci://"))}
    assert found == CHARTS_ON_DOCKER_HUB.keys()


def test_images_are_had_elsewhere_than_at_docker_hub() -> None:
    found = {image.repository for image in IMAGES.values() if is_on_docker_hub(image.repository)}
    assert found <= ON_DOCKER_HUB.keys()
