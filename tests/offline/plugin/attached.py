"""Providers that Terraform does not start, but attaches to: a process for many commands, which reads schemas once.

Terraform's TF_REATTACH_PROVIDERS, "Debugging Providers" in its documentation: without TLS, and Terraform does not end
what it is told is under test.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Set
from pathlib import Path
from typing import Any

from .fake_cloud import FakeCloud
from .schema import only
from .services import UNLIMITED, grpc, handler, new_server, provider_service

_WAITING = 100  # calls of a real provider, most of which wait for a cloud; Terraform makes no more at once
_PROMISED = re.compile(r"TF_REATTACH_PROVIDERS='(.*)'")


def serve_attached(providers: Mapping[str, Mapping[str, str]], types: Set[str]) -> None:
    """Serve providers until the standard input ends, having printed on a line how to attach to them, as JSON.

    By the provider's address: `schemas` and `schema_message` of a stand-in, or the `program` of a real provider, which
    is started, and spoken to through here for the sake of its schema. Only these types are served.
    """
    with tempfile.TemporaryDirectory(prefix="terraform-providers-") as folder:
        attachments, servers, programs = {}, [], []
        for number, (address, given) in enumerate(providers.items()):
            if "program" in given:
                program, version, target = _start(given["program"])
                programs.append(program)
                server = new_server(_Relay(target, types), at_once=_WAITING)
            else:
                version = 6
                message = only(types, Path(given["schema_message"]).read_bytes())
                server = new_server(
                    provider_service(FakeCloud(Path(given["schemas"])), lambda message=message: message)
                )
            socket = f"{folder}/{number}"
            server.add_insecure_port(f"unix:{socket}")
            server.start()
            servers.append(server)
            attachments[address] = {
                "Protocol": "grpc",
                "ProtocolVersion": version,
                "Pid": os.getpid(),  # Terraform gives up its calls once there is no such process
                "Test": True,
                "Addr": {"Network": "unix", "String": socket},
            }
        print(json.dumps(attachments), flush=True)
        sys.stdin.read()
        for program in programs:
            program.terminate()
        for server in servers:
            server.stop(grace=0).wait()


def _start(program: str) -> "tuple[subprocess.Popen[str], int, str]":
    """A real provider that serves without TLS, the version of its protocol, and where."""
    process = subprocess.Popen(
        [program, "-debug"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    for line in process.stdout:
        if promised := _PROMISED.search(line):
            (attachment,) = json.loads(promised[1]).values()
            return process, attachment["ProtocolVersion"], f"unix:{attachment['Addr']['String']}"
    raise ChildProcessError(f"{program} -debug ended with status {process.wait()}, and did not say how to attach to it")


class _Relay(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Passes every call on as it is, but leaves out of the schema what is not served."""

    def __init__(self, target: str, types: Set[str]) -> None:
        self._channel = grpc.insecure_channel(target, options=UNLIMITED)
        self._types = types
        self._schema: bytes | None = None

    def service(self, details: Any) -> Any:
        if not details.method.startswith("/tfplugin"):
            return None  # go-plugin's own, which attaching does without
        pass_on: Callable[[bytes], bytes] = self._channel.unary_unary(details.method)
        if not details.method.endswith(("/GetSchema", "/GetProviderSchema")):  # protocol 5, protocol 6
            return handler(pass_on)

        def schema(request: bytes) -> bytes:
            if self._schema is None:
                self._schema = only(self._types, pass_on(request))
            return self._schema

        return handler(schema)
