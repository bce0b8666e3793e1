"""Writes sbom.cdx.json, what a release is made with and what it deploys, as a CycloneDX 1.6 bill of materials.

Of every lock of Python's and of npm's, all that is in it; of what `infra/` deploys, the charts, the images that no
chart chooses, and the providers, with the versions that they may have, or those of `locks/` if somebody has made these.
It asks nobody, and of one commit it writes the same file every time. Package URLs are by the purl specification.

It runs in a virtual environment of its own, so it imports tables and nothing else of this repository.
"""

import base64
import json
import os
import re
import sys
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from flowwise.tables.charts import CHARTS, IMAGES, Chart
from flowwise.tables.digests import DIGESTS
from flowwise.tables.providers import PROVIDERS, TERRAFORM

REPOSITORY = Path(__file__).parents[1]
FILE = "sbom.cdx.json"
NAME = "flowwise-infrastructure"
_OCI = "oci://"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)((?:.*\\\n)*.*)$", re.MULTILINE)
_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
_LOCKED_PROVIDER = re.compile(r'^provider "registry\.terraform\.io/([^"]+)" \{\n  version += "([^"]+)"', re.MULTILINE)
_NPM_HASHES = {"sha1": HashAlgorithm.SHA_1, "sha384": HashAlgorithm.SHA_384, "sha512": HashAlgorithm.SHA_512}


def main() -> int:
    """Write the file for the release that VERSION names, at the time that SOURCE_DATE_EPOCH has."""
    version, seconds = os.environ.get("VERSION", ""), os.environ.get("SOURCE_DATE_EPOCH", "")
    if not version or not seconds.isdecimal():
        print("VERSION and SOURCE_DATE_EPOCH say which release it is, and of when: `make sbom` does.", file=sys.stderr)
        return 1
    found = bill(REPOSITORY, version, datetime.fromtimestamp(int(seconds), UTC))
    outputter = make_outputter(found, OutputFormat.JSON, SchemaVersion.V1_6)
    (REPOSITORY / FILE).write_text(f"{outputter.output_as_string(indent=2)}\n")
    print(f"{FILE}: {len(found.components)} components")
    return 0


def bill(repository: Path, version: str, when: datetime) -> Bom:
    """The bill of materials of a repository."""
    root = Component(name=NAME, version=version, type=ComponentType.APPLICATION, bom_ref=NAME)
    parts = _merged([*_python(repository), *_node(repository), *_deployed(), *_providers(repository)])
    found = Bom(components=parts)
    found.metadata.component = root
    found.metadata.timestamp = when
    found.serial_number = uuid.uuid5(
        uuid.NAMESPACE_URL, "\n".join([version, *sorted(str(part.bom_ref) for part in parts)])
    )
    found.register_dependency(root, parts)
    return found


def _python(repository: Path) -> Iterator[Component]:
    locks = [repository / "requirements.lock", *repository.glob("*/*.lock"), *repository.glob("examples/*/*.lock")]
    for lock in sorted(locks):
        for name, version, rest in _PINNED.findall(lock.read_text()):
            hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in _SHA256.findall(rest)]
            yield _component(PackageURL("pypi", None, name, version), _where(repository, lock), hashes)


def _node(repository: Path) -> Iterator[Component]:
    lock = repository / "package-lock.json"
    for path, package in json.loads(lock.read_text())["packages"].items():
        if path:
            namespace, _, name = (package.get("name") or path.rpartition("node_modules/")[2]).rpartition("/")
            hashes = [*_of_npm(package["integrity"])] if "integrity" in package else []  # what another brings has none
            yield _component(
                PackageURL("npm", namespace or None, name, package["version"]), _where(repository, lock), hashes
            )


def _of_npm(integrity: str) -> Iterator[HashType]:
    for each in integrity.split():
        algorithm, _, content = each.partition("-")
        yield HashType(alg=_NPM_HASHES[algorithm], content=base64.b64decode(content).hex())


def _deployed() -> Iterator[Component]:
    """Charts and images, where a digest stands for what it is of."""
    table = "constructs/flowwise/tables/charts.py"
    for chart in CHARTS.values():
        yield _component(_of_chart(chart), table, _known(chart.reference))
    for image in IMAGES.values():
        yield _component(_of_registry(image.repository, image.tag, DIGESTS.get(image.name)), table, _known(image.name))


def _of_chart(chart: Chart) -> PackageURL:
    if chart.repository.startswith(_OCI):
        repository = f"{chart.repository.removeprefix(_OCI)}/{chart.name}"
        return _of_registry(repository, chart.version, DIGESTS.get(chart.reference))
    return PackageURL("helm", None, chart.name, chart.version, {"repository_url": chart.repository})


def _of_registry(repository: str, tag: str, digest: str | None) -> PackageURL:
    """What has a tag, and by the type's rules a version only if its digest is known."""
    name = repository.rpartition("/")[2]
    return PackageURL("oci", None, name, digest, {"repository_url": repository, "tag": tag})


def _known(name: str) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in _SHA256.findall(DIGESTS.get(name, ""))]


def _providers(repository: Path) -> Iterator[Component]:
    locked: dict[str, set[tuple[str, str]]] = {}
    for lock in sorted(repository.glob("locks/*.hcl")):
        for source, version in _LOCKED_PROVIDER.findall(lock.read_text()):
            locked.setdefault(source, set()).add((version, _where(repository, lock)))
    table = "constructs/flowwise/tables/providers.py"
    for provider in PROVIDERS.values():
        for version, where in sorted(locked.get(provider.source, {("", table)})):
            namespace, _, name = provider.source.partition("/")
            yield _component(
                PackageURL("terraform", namespace, name, version or None), where, constraint=provider.constraint
            )
    yield _component(PackageURL("github", "hashicorp", "terraform"), table, constraint=TERRAFORM)


def _component(purl: PackageURL, where: str, hashes: Iterable[HashType] = (), constraint: str = "") -> Component:
    """One part, by where it stands."""
    is_image = purl.type == "oci"
    qualifiers: Any = purl.qualifiers
    return Component(
        type=ComponentType.CONTAINER if is_image else ComponentType.LIBRARY,
        group=purl.namespace,
        name=purl.name,
        version=qualifiers["tag"] if is_image else purl.version,
        purl=purl,
        bom_ref=purl.to_string(),
        hashes=hashes,
        properties=[
            Property(name="flowwise:where", value=where),
            *([Property(name="flowwise:constraint", value=constraint)] if constraint else []),
        ],
    )


def _merged(parts: Iterable[Component]) -> list[Component]:
    """One for each name and version, with all the places where it stands."""
    found: dict[str, Component] = {}
    for part in parts:
        first = found.setdefault(str(part.bom_ref), part)
        first.properties.update(part.properties)
        first.hashes.update(part.hashes)
    return list(found.values())


def _where(repository: Path, file: Path) -> str:
    return file.relative_to(repository).as_posix()


if __name__ == "__main__":
    sys.exit(main())
