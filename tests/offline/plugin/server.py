"""Speaks the plugin protocol with Terraform, which starts this process: HashiCorp's go-plugin handshake, TLS, gRPC."""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .fake_cloud import FakeCloud
from .services import grpc, new_server, provider_service, service

_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")


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

    server = new_server(
        service("plugin.GRPCController", {"Shutdown": shut_down}),
        provider_service(FakeCloud(schemas), schema_message.read_bytes),
    )
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


def _der_in_base64(certificate: Path) -> str:
    lines = certificate.read_text().splitlines()[1:-1]  # without BEGIN and END
    return "".join(lines).rstrip("=")
