"""A collector of OpenTelemetry: takes traces by gRPC, and writes each span as a line of JSON.

It is run by the service's Python, which has the protocol's messages: telemetry.py <address> <file>
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, file: Path) -> None:
        self._file = file

    def Export(self, request, context):
        with self._file.open("a") as lines:
            for resource in request.resource_spans:
                attributes = {each.key: each.value.string_value for each in resource.resource.attributes}
                for span in (span for scope in resource.scope_spans for span in scope.spans):
                    line = {"service": attributes["service.name"], "name": span.name, "trace": span.trace_id.hex()}
                    lines.write(json.dumps(line) + "\n")
        return trace_service_pb2.ExportTraceServiceResponse()


server = grpc.server(ThreadPoolExecutor(2))
trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Collector(Path(sys.argv[2])), server)
server.add_insecure_port(sys.argv[1])
server.start()
threading.Event().wait()
