"""What the servers have in common that tests put in the place of others."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from types import MappingProxyType


class AnsweringHandler(BaseHTTPRequestHandler):
    """Reads whole requests and sends whole answers, and says nothing of them."""

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def send(self, status: int, body: bytes = b"", headers: Mapping[str, str] = MappingProxyType({})) -> None:
        """An answer, without its body where only its head was asked for."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
