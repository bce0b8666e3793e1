"""Traces by OpenTelemetry, sent where OTEL_EXPORTER_OTLP_ENDPOINT says. A message carries its trace along."""

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

TRACER = trace.get_tracer("flowwise_service")


def start_telemetry() -> TracerProvider:
    """Whoever calls it shuts it down, which sends what is left. The settings are OpenTelemetry's own."""
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def outgoing_headers() -> dict[str, str]:
    """The trace that is under way, for a message."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers
