"""Where charts and images are from."""

import re
from datetime import date

import pytest

from flowwise.tables import charts
from flowwise.tables.charts import CHARTS, IMAGES, Image
from flowwise.tables.digests import DIGESTS, WAITING
from tests.kubernetes.policies import ON_DOCKER_HUB, is_on_docker_hub

CHARTS_ON_DOCKER_HUB = {"envoy-gateway": "its makers push it there alone, in release.yaml of envoyproxy/gateway"}


def test_charts_are_had_elsewhere_than_at_docker_hub() -> None:
    """Whoever does not sign in there gets so many in an hour for each address, and a cluster has one."""
    found = {name for name, chart in CHARTS.items() if is_on_docker_hub(chart.repository.removeprefix("oci://"))}
    assert found == CHARTS_ON_DOCKER_HUB.keys()


def test_images_are_had_elsewhere_than_at_docker_hub() -> None:
    found = {image.repository for image in IMAGES.values() if is_on_docker_hub(image.repository)}
    assert found <= ON_DOCKER_HUB.keys()


def test_each_has_a_digest_or_a_reason_why_not() -> None:
    """Whoever raises a version runs `make digests`, or writes why that is not possible."""
    names = {chart.reference for chart in CHARTS.values()} | {image.name for image in IMAGES.values()}
    assert DIGESTS.keys() | WAITING.keys() == names
    assert not DIGESTS.keys() & WAITING.keys()
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", digest) for digest in DIGESTS.values())
    assert all(len(reason.split()) >= 4 for reason in WAITING.values())


def test_an_image_is_run_by_its_digest_where_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image("quay.io/team/app", "1.0", date(2026, 11, 23), "here")
    assert image.reference == "quay.io/team/app:1.0"
    monkeypatch.setattr(charts, "DIGESTS", {"quay.io/team/app:1.0": f"sha256:{'ab' * 32}"})
    assert image.reference == f"quay.io/team/app:1.0@sha256:{'ab' * 32}"
    for table in (CHARTS.values(), IMAGES.values()):
        assert not any("@" in str(each) for each in table), "a digest stands in one place"
