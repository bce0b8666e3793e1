"""What a connection to this machine takes from moto's server: an order of requests, and answers that arrive."""

import json
import os
import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from botocore.exceptions import ClientError
from emulated_aws import command_line
from emulated_aws.held import HELD, PUBLISHED
from emulated_aws.rds import PASSWORDS
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

Answer = tuple[str, list[tuple[str, str]], bytes]
# What a test asks, and AWS does not have: how many requests have no answer yet, to take its time for something,
# the passwords that it was told, to publish what it does every week or two, and what commands of people print.
UNDER_WAY, HOLD, RELEASE = "/emulator/requests-under-way", "/emulator/hold/", "/emulator/release/"
DATABASE_PASSWORDS = "/emulator/database-passwords"
PUBLISH = "/emulator/publish"
COMMAND = "/emulator/command/"
LATENCY = float(os.environ.get("EMULATED_LATENCY", "0"))  # seconds that each answer takes


def complete() -> None:
    DomainDispatcherApplication.__call__ = _one_at_a_time_and_once(DomainDispatcherApplication.__call__)


def _one_at_a_time_and_once(serve: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """moto's models know no threads; and a client that lost an answer asks again, with the id that it asked with.

    Asked again to delete, moto would say that there is nothing to delete, and asked again to make, it would make two.
    """
    busy = Lock()
    answers: dict[str, Answer] = {}
    under_way: list[object] = []

    def serve_with_order(self: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(COMMAND):
            return _told_in_the_command_line(environ, start_response)
        if path.startswith("/emulator/"):
            start_response("200 OK", [])
            if path.startswith(HOLD):
                HELD.add(path.removeprefix(HOLD))
            if path.startswith(RELEASE):
                HELD.discard(path.removeprefix(RELEASE))
            if path == PUBLISH:
                PUBLISHED.append(path)
            told = list(PASSWORDS.values()) if path == DATABASE_PASSWORDS else len(under_way)
            return [json.dumps(told).encode()]
        request = environ.get("HTTP_AMZ_SDK_INVOCATION_ID", "")
        under_way.append(environ)
        try:
            time.sleep(LATENCY)
            with busy:
                status, headers, body = answers.get(request) or _answer(serve, self, environ)
                if request and not status.startswith("5"):
                    answers[request] = status, headers, body
        finally:
            under_way.pop()
        start_response(status, headers)
        return [body]

    return serve_with_order


def _told_in_the_command_line(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    words = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode(), keep_blank_values=True)[
        "word"
    ]
    try:
        told = command_line.answer(f"http://{environ['HTTP_HOST']}", environ["PATH_INFO"].removeprefix(COMMAND), *words)
    except ClientError as error:
        start_response("400 Bad Request", [])
        return [f"{error}\n".encode()]
    start_response("200 OK", [])
    return [f"{told}\n".encode()]


def _answer(serve: Callable[..., Iterable[bytes]], app: Any, environ: dict[str, Any]) -> Answer:
    started: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(serve(app, environ, lambda status, headers, *_: started.append((status, headers))))
    ((status, headers),) = started
    return status, headers, body
