"""An emulated AWS of one test: moto's server, completed, in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.workspace import REPOSITORY

ACCOUNT = "123456789012"  # whoever signs in, this is where they are
_PYTHON = REPOSITORY / ".cache/moto/bin/python"
_SERVER = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}  # AWS's own: only those that exist can be attached
_S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class Emulator:
    """Where it listens, and what a test asks it besides what Terraform does."""

    url: str

    def environment(self) -> dict[str, str]:
        """The variables that send the AWS provider and the state backend here."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "emulated",
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "2",  # what is not emulated fails at once, and not after minutes of trying
        }

    def create_bucket(self, name: str) -> None:
        self._call(f"/{name}", method="PUT")

    def objects(self, bucket: str) -> dict[str, bytes]:
        """All that a bucket holds, by key."""
        keys = [key.text or "" for key in ET.fromstring(self._call(f"/{bucket}?list-type=2")).iter(f"{_S3}Key")]
        return {key: self._call(f"/{bucket}/{key}") for key in keys}

    def object(self, bucket: str, key: str) -> bytes | None:
        """One object, or nothing where there is none."""
        try:
            return self._call(f"/{bucket}/{key}")
        except HTTPError as error:
            if error.code != 404:
                raise
            return None

    def inventory(self) -> dict[str, int]:
        """How many there are of each kind of thing, whoever made them."""
        services: dict[str, dict[str, list[Any]]] = json.loads(self._call("/moto-api/data.json"))
        return {
            f"{service}.{kind}": len(things)
            for service, kinds in services.items()
            for kind, things in kinds.items()
            if service not in ("s3", "moto_api")
        }

    def _call(self, path: str, method: str = "GET") -> bytes:
        with urlopen(Request(self.url + path, method=method), timeout=30) as answer:
            content: bytes = answer.read()
        return content


@contextmanager
def emulated_aws(log: Path) -> Iterator[Emulator]:
    """Start an empty AWS on a free port, and end it."""
    emulator = Emulator(f"http://127.0.0.1:{_free_port()}")
    with log.open("w") as output:
        server = subprocess.Popen(
            [_PYTHON, "-m", "emulated_aws", emulator.url.rpartition(":")[2]],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parent), **_SERVER},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(emulator, server, log)
        yield emulator
    finally:
        server.terminate()
        server.wait()
        print(_gaps(log), file=sys.stderr)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(emulator: Emulator, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            emulator.inventory()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(log.read_text())


def _gaps(log: Path) -> str:
    """The last lines of each call that the emulator failed to answer: the first place to look when a test fails."""
    lines = log.read_text().splitlines()
    return "\n".join(sorted({line for line in lines if "Error: " in line}))
