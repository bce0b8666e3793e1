"""Speaks the plugin protocol with Terraform: HashiCorp's go-plugin handshake, TLS and gRPC."""

import os
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# gRPC imports this part, which is not used here, and takes a third of the start of the whole process for it.
sys.modules["grpc.aio"] = types.ModuleType("grpc.aio")

import grpc  # noqa: E402

from .fake_cloud import FakeCloud  # noqa: E402

_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
_UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


def serve(schemas: Path, schema_message: Path, certificate: Path, key: Path) -> None:
    """Serve until Terraform ends the session, or has gone; never returns.

    `schemas` has the schemas as JSON, a line each; `schema_message` is the encoded answer to GetProviderSchema.
    """
    if os.environ.get(_COOKIE[0]) != _COOKIE[1]:
        sys.exit("This is a provider for Terraform, which starts it.")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches Terraform as well, which then ends the session
    terraform = os.getppid()
    ended = threading.Event()

    def shut_down(request: bytes) -> bytes:
        ended.set()
        return b""

    def get_schema(request: bytes) -> bytes:
        return schema_message.read_bytes()

    # Terraform and go-plugin put up with all other calls being unimplemented.
    services = [
        _service("plugin.GRPCController", {"Shutdown": shut_down}),
        _service("tfplugin6.Provider", {"GetProviderSchema": get_schema, **FakeCloud(schemas).calls()}),
    ]
    server = grpc.server(ThreadPoolExecutor(), handlers=services, options=_UNLIMITED)
    # go-plugin insists on TLS. Its own certificate is not verified: it has a curve that gRPC's TLS library lacks.
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), certificate.read_bytes())])
    with tempfile.TemporaryDirectory(prefix="terraform-provider-") as folder:
        socket = f"{folder}/socket"
        server.add_secure_port(f"unix:{socket}", credentials)
        server.start()
        print("1", "6", "unix", socket, "grpc", _der_in_base64(certificate), sep="|", flush=True)
        while not ended.wait(timeout=1) and os.getppid() == terraform:
            pass
        server.stop(grace=0.01).wait()
    os._exit(0)  # Terraform waits for the end of this process, which need not wait for gRPC's threads


def _service(name: str, calls: Mapping[str, Callable[[bytes], bytes]]) -> Any:
    return grpc.method_handlers_generic_handler(name, {call: _handler(answer) for call, answer in calls.items()})


def _handler(answer: Callable[[bytes], bytes]) -> Any:
    return grpc.unary_unary_rpc_method_handler(lambda request, context: answer(request))


def _der_in_base64(certificate: Path) -> str:
    lines = certificate.read_text().splitlines()[1:-1]  # without BEGIN and END
    return "".join(lines).rstrip("=")
