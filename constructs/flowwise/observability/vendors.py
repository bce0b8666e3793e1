"""What the gateway does for each vendor.

Datadog: the Collector's own exporter, which Datadog maintains; its connector counts requests and errors out of traces.
Elastic: the managed OTLP endpoint of Elastic Cloud. Elasticsearch of one's own wants Elastic's build of the Collector.
Dynatrace: the OTLP API of the environment.
None of them needs its agent on the nodes: that would collect a second time what the collectors do.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flowwise.authoring.expressions import text
from flowwise.observability.collectors import GATEWAY, LIMITS_AND_BATCHES, RETRY, from_environment

_KEY = from_environment("VENDOR_KEY")
_DYNATRACE_OTLP = text('trimsuffix(var.endpoint, "/")') + "/api/v2/otlp"


def _vendor(
    exporters: Mapping[str, Any],
    *,
    connectors: Mapping[str, Any] | None = None,
    metric_processors: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A connector receives traces, and gives metrics."""
    connectors, metric_processors = connectors or {}, metric_processors or {}

    def pipeline(receivers: Sequence[str], *to: str, processors: Sequence[str] = ()) -> dict[str, Any]:
        return {
            "receivers": list(receivers),
            "processors": ["memory_limiter", *processors, "batch"],
            "exporters": [*exporters, *to],
        }

    return {
        "connectors": dict(connectors),
        "exporters": dict(exporters),
        "processors": {**LIMITS_AND_BATCHES, **metric_processors},
        "pipelines": {
            "logs": pipeline(["otlp"]),
            "metrics": pipeline(["otlp", *connectors], processors=list(metric_processors)),
            "traces": pipeline(["otlp"], *connectors),
        },
    }


def _otlp(endpoint: str, authorization: str) -> dict[str, Any]:
    return {"otlp_http": {"endpoint": endpoint, "headers": {"Authorization": authorization}, "retry_on_failure": RETRY}}


VENDOR_CONFIGURATIONS: Mapping[str, Mapping[str, Any]] = {
    "datadog": _vendor(
        {
            "datadog": {
                "api": {"site": text("var.endpoint"), "key": _KEY},
                # Of what is no node's own. Without a name here, it would ask the cloud for its node's.
                "hostname": f"{GATEWAY}-{text('var.cluster_name')}",
                # Else two volumes of a pod would be one series, as whatever Datadog has no tag of its own for.
                "metrics": {"resource_attributes_as_tags": True},
                "retry_on_failure": RETRY,
            }
        },
        connectors={"datadog/connector": {}},
        # Puts the nodes into Datadog's list of hosts ("Infrastructure List Host Information").
        metric_processors={
            "transform/hosts": {
                "metric_statements": [
                    {
                        "context": "resource",
                        "statements": [
                            'set(attributes["datadog.host.use_as_metadata"], true) '
                            'where attributes["k8s.node.name"] != nil'
                        ],
                    }
                ]
            }
        },
    ),
    "elastic": _vendor(_otlp(text("var.endpoint"), f"ApiKey {_KEY}")),
    "dynatrace": _vendor(_otlp(_DYNATRACE_OTLP, f"Api-Token {_KEY}")),
    "none": _vendor({"debug": {"verbosity": "normal"}}),
}

_STATE = {"max_staleness": "1h"}  # of pods that are gone

DELTA_CONFIGURATIONS: Mapping[str, Mapping[str, Any]] = {
    "datadog": _STATE,  # "Producing Delta Temporality Metrics with OpenTelemetry": wants differences
    "elastic": {**_STATE, "include": {"metric_types": ["histogram"]}},  # "OTLP/HTTP endpoint", Limitations
    "dynatrace": _STATE,  # "About OTLP metrics ingest": takes neither counters nor histograms as totals
    "none": _STATE,
}
"""What each vendor wants of `cumulativetodelta`: as differences, everything, or only histograms."""
