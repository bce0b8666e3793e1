"""Datadog's monitors ask for what something in the cluster tells, where that is there, and alert where they say."""

import re

import pytest

from flowwise.observability.collectors import cluster_values, node_values
from flowwise.observability.datadog_monitors import MONITORS
from flowwise.observability.exporters import exporter_scrapes
from flowwise.observability.sources import SOURCES

ALWAYS = "true"
# By the beginning of a metric's name: who tells it, a job of Prometheus or a receiver, and on what the job depends.
TOLD_BY = {
    "pg_": ("postgres", "length(var.databases) > 0"),
    "redis_": ("redis", "var.redis != null"),
    "rabbitmq_": ("rabbitmq", "var.rabbitmq_namespace != null"),
    "envoy_": ("envoy", "var.gateway_namespace != null"),
    "certmanager_": ("cert-manager", "var.certificates_namespace != null"),
    "k8s.volume.": ("kubeletstats", ALWAYS),
    "k8s.": ("k8s_cluster", ALWAYS),
}
METRIC = re.compile(r"(?:sum|avg|min|max):([\w.]+)")
ENDS = re.compile(r"(.*) ([<>]) (\d+(?:\.\d+)?)")


def tellers() -> set[str]:
    receivers = [values["alternateConfig"]["receivers"] for values in (node_values(), cluster_values([]))]
    jobs = [source.scrape() for source in SOURCES] + exporter_scrapes()
    return {name for each in receivers for name in each} | {job["job_name"] for job in jobs}


@pytest.mark.parametrize("name", MONITORS)
def test_a_monitor_asks_for_what_is_told_where_it_is(name: str) -> None:
    monitor = MONITORS[name]
    metrics = METRIC.findall(monitor["query"])
    assert metrics
    found = [next(TOLD_BY[prefix] for prefix in TOLD_BY if metric.startswith(prefix)) for metric in metrics]
    assert {teller for teller, _ in found} <= tellers()
    assert {condition for _, condition in found} == {monitor["when"].removeprefix("${").removesuffix("}")}


@pytest.mark.parametrize("name", MONITORS)
def test_a_monitor_alerts_on_one_cluster_beyond_its_threshold(name: str) -> None:
    """Datadog refuses one whose query ends with another number than its threshold."""
    monitor = MONITORS[name]
    ends = ENDS.fullmatch(monitor["query"])
    assert ends and ends[3] == monitor["critical"]
    scopes = re.findall(r"(?<!by )\{(.*?)\}+", ends[1].replace("${var.cluster_name}", "this"))
    assert len(scopes) == len(METRIC.findall(ends[1]))
    assert {scope.split(",")[0] for scope in scopes} == {"kube_cluster_name:this"}


def test_a_certificate_that_is_renewed_in_time_alerts_nobody() -> None:
    """cert-manager renews with a third of a life left, and public certificates will live for 45 days at least."""
    assert float(MONITORS["certificate-ends"]["critical"]) < 45 * 24 * 3600 / 3
