"""Digests of charts and images are read from registries, as they are, and a moved tag is somebody's business."""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from datetime import date
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flowwise.tables.charts import Chart, Image
from operations.digests import update
from operations.failure import OperationError
from operations.registries import digest_of_archive, digest_of_manifest
from tests.answering import AnsweringHandler

MANIFEST = json.dumps({"schemaVersion": 2, "manifests": []}).encode()
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"
ARCHIVE = "ab" * 32
INDEX = "application/vnd.oci.image.index.v1+json"


class Registry(ThreadingHTTPServer):
    """A registry, and a repository of charts, which want of whoever asks what real ones want."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.tags = {"team/app/manifests/1.0": DIGEST, "charts/app/manifests/v1": DIGEST}
        self.wants_token = True
        self.tells_digest = True
        self.asked: list[tuple[str, str, bool]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Answers(AnsweringHandler):
    server: Registry

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        authorization = self.headers.get("Authorization")
        self.server.asked.append((self.command, path, authorization is not None))
        if path == "/token":
            right = query == "service=registry&scope=repository%3Ateam%2Fapp%3Apull"
            self.send(200 if right else 403, b'{"token": "for anybody"}')
        elif path == "/index.yaml":
            entries = {"app": [{"version": "1.0", "digest": ARCHIVE}, {"version": "0.9", "digest": "cd" * 32}]}
            self.send(200, json.dumps({"apiVersion": "v1", "entries": entries}).encode())
        elif path == "/broken/index.yaml":
            self.send(200, b"<html>")
        elif self.server.wants_token and authorization != "Bearer for anybody":
            challenge = f'Bearer realm="http://{self.server.host}/token",service="registry"'
            self.send(401, headers={"WWW-Authenticate": f'{challenge},scope="repository:team/app:pull"'})
        elif path.removeprefix("/v2/") not in self.server.tags or INDEX not in self.headers["Accept"]:
            self.send(404)
        else:
            told = {"Docker-Content-Digest": self.server.tags[path.removeprefix("/v2/")]}
            self.send(200, MANIFEST, told if self.server.tells_digest else {})


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as registry:
        Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield registry
        registry.shutdown()


def test_a_digest_is_asked_for_with_a_token_for_anybody(registry: Registry) -> None:
    assert digest_of_manifest(f"{registry.host}/team/app", "1.0") == DIGEST
    assert registry.asked == [
        ("HEAD", "/v2/team/app/manifests/1.0", False),
        ("GET", "/token", False),
        ("HEAD", "/v2/team/app/manifests/1.0", True),
    ]


def test_where_the_registry_tells_none_it_is_that_of_what_it_gives(registry: Registry) -> None:
    registry.wants_token = registry.tells_digest = False
    assert digest_of_manifest(f"{registry.host}/team/app", "1.0") == DIGEST
    assert [method for method, *_ in registry.asked] == ["HEAD", "GET"]


def test_a_charts_archive_is_in_its_repositorys_index(registry: Registry) -> None:
    assert digest_of_archive(f"http://{registry.host}", "app", "1.0") == f"sha256:{ARCHIVE}"
    for repository, version, said in (
        (f"http://{registry.host}", "2.0", "index.yaml has no app 2.0"),
        (f"http://{registry.host}/broken", "1.0", "index.yaml is no index of a chart repository"),
    ):
        with pytest.raises(OperationError, match=said):
            digest_of_archive(repository, "app", version)


def test_what_a_registry_refuses_is_said(registry: Registry) -> None:
    with pytest.raises(OperationError, match=r"/v2/team/app/manifests/2\.0 answers 404"):
        digest_of_manifest(f"{registry.host}/team/app", "2.0")
    registry.tags["team/app/manifests/1.0"] = "md5:1"
    with pytest.raises(OperationError, match="tells no SHA-256 digest, but 'md5:1'"):
        digest_of_manifest(f"{registry.host}/team/app", "1.0")
    with pytest.raises(OperationError, match="cannot be reached"):
        digest_of_manifest("127.0.0.1:1/team/app", "1.0")


def test_what_is_told_is_written_and_what_is_not_waits_with_the_reason(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = Image(f"{registry.host}/team/app", "1.0", date(2026, 11, 23), "here")
    archived = Chart(f"http://{registry.host}", "app", "1.0", date(2026, 11, 23), "here")
    pushed = Chart(f"oci://{registry.host}/charts", "app", "v1", date(2026, 11, 23), "here")
    absent = Image(f"{registry.host}/team/app", "2.0", date(2026, 11, 23), "here")
    kept = Image("127.0.0.1:1/team/app", "1.0", date(2026, 11, 23), "here")
    gone = {"127.0.0.1:1/team/other:1.0": DIGEST}
    file = tmp_path / "digests.toml"
    wanted = [image, archived, pushed, absent, kept]
    assert update(wanted, {kept.name: DIGEST, **gone}, file) == 1
    written = tomllib.loads(file.read_text())
    assert written["known"] == {
        image.name: DIGEST,
        archived.reference: f"sha256:{ARCHIVE}",
        pushed.reference: DIGEST,
        kept.name: DIGEST,
    }
    assert written["waiting"].keys() == {absent.name}
    assert "answers 404" in written["waiting"][absent.name]
    assert "cannot be reached" in capsys.readouterr().err


def test_a_moved_tag_is_not_taken_over(registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = Image(f"{registry.host}/team/app", "1.0", date(2026, 11, 23), "here")
    file = tmp_path / "digests.toml"
    assert update([image], {}, file) == 0
    known = tomllib.loads(file.read_text())["known"]
    registry.tags["team/app/manifests/1.0"] = "sha256:" + "ef" * 32
    assert update([image], known, file) == 1
    assert tomllib.loads(file.read_text())["known"] == known
    assert f"{image.name} is sha256:{'ef' * 32} now, and was {DIGEST}" in capsys.readouterr().err
