"""The metadata server of Google Cloud, as far as a pod asks it for a token of its identity."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any

from tests.answering import AnsweringHandler

_ACCOUNT = "consolidacao@project.iam.gserviceaccount.com"


@dataclass
class MetadataServer:
    """Where it listens, and the token that it gives next, which is about to expire."""

    host: str
    token: str = ""


@contextmanager
def metadata_server() -> Iterator[MetadataServer]:
    """Serve on a free port."""

    class Handler(AnsweringHandler):
        def do_GET(self) -> None:
            answer: Any = {"access_token": served.token, "expires_in": 1, "token_type": "Bearer"}
            if not self.path.split("?")[0].endswith("/token"):
                answer = {"email": _ACCOUNT, "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}
            headers = {"Metadata-Flavor": "Google", "Content-Type": "application/json"}
            self.send(200, json.dumps(answer).encode(), headers)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = MetadataServer(f"127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
