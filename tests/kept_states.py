"""Keeps states as files beside those of their roots, for Terraform's backend "http".

Its backend "local" compares and writes all of a state after each resource, which is two fifths of what an apply or a
destroy takes; one that it reaches over a network gets the state at the end, as the clouds' storages do.
"""

import os
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, unquote

from tests.answering import AnsweringHandler

_NAME = "terraform.tfstate"
_STARTED = "STATES_OF_TESTS"  # its address, also for the commands that a test runs


def state_address(root: Path) -> str:
    """Where Terraform reads and writes `terraform.tfstate` in a folder for as long as this process lives."""
    if _STARTED not in os.environ:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _States)
        Thread(target=server.serve_forever, daemon=True).start()
        os.environ[_STARTED] = f"http://127.0.0.1:{server.server_port}"
    return f"{os.environ[_STARTED]}{quote(str(root.resolve() / _NAME))}"


class _States(AnsweringHandler):
    def do_GET(self) -> None:
        file = self._file()
        if file.exists():
            self.send(200, file.read_bytes())
        else:
            self.send(404)

    def do_POST(self) -> None:
        self._file().write_bytes(self.body())
        self.send(200)

    def _file(self) -> Path:
        file = Path(unquote(self.path.partition("?")[0]))
        assert file.name == _NAME
        return file
