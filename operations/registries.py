"""Asks registries and repositories for digests, over HTTP, without an account.

OCI Distribution Specification 1.1, "Checking if content exists in the registry"; "Token Authentication Implementation"
of the distribution project; "The Chart Repository Guide" of Helm.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from http.client import HTTPMessage
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import yaml

from operations.failure import OperationError

_ACCEPTED = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_DOCKER_HUB = {"docker.io": "registry-1.docker.io"}  # whose registry has another host than its names
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_SECONDS = 30


def digest_of_manifest(repository: str, tag: str) -> str:
    """The digest that a registry has for a tag, such as of ghcr.io/a/b. Raises OperationError if it tells none."""
    host, _, path = repository.partition("/")
    host = _DOCKER_HUB.get(host, host)
    # As Docker has it, a registry on this machine has no certificate.
    scheme = "http" if host.partition(":")[0] in ("localhost", "127.0.0.1") else "https"
    url = f"{scheme}://{host}/v2/{path}/manifests/{tag}"
    headers = {"Accept": _ACCEPTED}
    try:
        told, _ = _ask(url, "HEAD", headers)
    except HTTPError as error:
        if error.code != 401:
            raise _complaint(url, error) from None
        headers["Authorization"] = f"Bearer {_token(url, error.headers.get('WWW-Authenticate', ''))}"
        told, _ = _asked(url, "HEAD", headers)
    digest = told.get("Docker-Content-Digest", "")
    if not digest:  # which the specification does not insist on
        digest = f"sha256:{hashlib.sha256(_asked(url, 'GET', headers)[1]).hexdigest()}"
    return _checked(digest, url)


def digest_of_archive(repository: str, name: str, version: str) -> str:
    """The digest of a chart's archive, by the index of its repository. Raises OperationError if it has none."""
    url = f"{repository}/index.yaml"
    try:
        index = yaml.load(_asked(url, "GET", {})[1], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        found = [chart for chart in index["entries"].get(name, []) if chart["version"] == version]
    except (yaml.YAMLError, LookupError, TypeError, AttributeError):
        raise OperationError(f"{url} is no index of a chart repository.") from None
    if not found:
        raise OperationError(f"{url} has no {name} {version}.")
    digest = str(found[0].get("digest", ""))
    return _checked(digest if digest.startswith("sha256:") else f"sha256:{digest}", url)


def _token(url: str, challenge: str) -> str:
    """A token that lets anybody read, from where a registry says that there are some."""
    asked: dict[str, str] = dict(_PARAMETER.findall(challenge))
    realm = asked.pop("realm", "")
    if not challenge.lower().startswith("bearer ") or urlsplit(realm).scheme not in ("https", urlsplit(url).scheme):
        raise OperationError(f"{url} wants somebody to sign in, and this does not.")
    given = {name: value for name, value in asked.items() if name in ("service", "scope")}
    answer: Any = {}
    try:
        answer = json.loads(_asked(f"{realm}?{urlencode(given)}", "GET", {})[1])
        return str(answer.get("token") or answer["access_token"])
    except (ValueError, LookupError, AttributeError):
        raise OperationError(f"{realm} gives no token for {url}.") from None


def _asked(url: str, method: str, headers: Mapping[str, str]) -> tuple[HTTPMessage, bytes]:
    """The headers and the body of an answer. Raises OperationError if there is none, or it is a refusal."""
    try:
        return _ask(url, method, headers)
    except HTTPError as error:
        raise _complaint(url, error) from None


def _ask(url: str, method: str, headers: Mapping[str, str]) -> tuple[HTTPMessage, bytes]:
    request = Request(url, method=method)
    for name, value in headers.items():
        request.add_unredirected_header(name, value) if name == "Authorization" else request.add_header(name, value)
    try:
        with urlopen(request, timeout=_SECONDS) as answer:
            return answer.headers, answer.read()
    except HTTPError:
        raise
    except (URLError, OSError) as error:
        raise OperationError(f"{url} cannot be reached: {getattr(error, 'reason', error)}.") from None


def _complaint(url: str, error: HTTPError) -> OperationError:
    return OperationError(f"{url} answers {error.code} {error.reason}.")


def _checked(digest: str, url: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise OperationError(f"{url} tells no SHA-256 digest, but {digest!r}.")
    return digest
