"""A storage of one state that a test looks into: Terraform's backend "http", with locks."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.answering import AnsweringHandler


@dataclass
class StateServer:
    """What is stored, and who has the lock, as JSON; how long a write takes, and whether it fails."""

    port: int
    state: bytes = b""
    lock: bytes = b""
    seconds_to_write: float = 0
    refuses: bool = False
    times_cleared: int = 0

    @property
    def backend(self) -> str:
        """HCL of the backend that stores here."""
        url = f"http://127.0.0.1:{self.port}/"
        addresses = "".join(f'    {kind} = "{url}"\n' for kind in ("address", "lock_address", "unlock_address"))
        return f'terraform {{\n  backend "http" {{\n{addresses}    retry_max = 0\n  }}\n}}\n'

    def clear(self) -> None:
        self.state, self.lock, self.seconds_to_write, self.refuses = b"", b"", 0, False
        self.times_cleared += 1  # what is being written now, for one that was killed meanwhile, is of before

    def resources(self) -> list[dict[str, Any]]:
        """Each instance of the resources in the state, with its `status` where it is tainted."""
        found = json.loads(self.state)["resources"] if self.state else []
        return [instance for resource in found for instance in resource["instances"]]


@contextmanager
def state_server() -> Iterator[StateServer]:
    """Serve until the end of the block."""

    class Handler(AnsweringHandler):
        def do_GET(self) -> None:
            self.send(200 if server.state else 404, server.state)

        def do_POST(self) -> None:
            body, times_cleared = self.body(), server.times_cleared
            time.sleep(server.seconds_to_write)
            if server.refuses:
                self.send(503)
            elif times_cleared == server.times_cleared:
                server.state = body
                self.send(200)

        def do_LOCK(self) -> None:
            body = self.body()
            if server.lock:
                self.send(423, server.lock)
            else:
                server.lock = body
                self.send(200)

        def do_UNLOCK(self) -> None:
            self.body()
            server.lock = b""
            self.send(200)

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = StateServer(listening.server_port)
    Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
