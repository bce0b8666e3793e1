"""The bill of materials has all that is locked and deployed, is by CycloneDX's schema, and the same every time."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource

from cdk.binding_sets import installed_set
from flowwise.tables.charts import CHARTS, IMAGES
from flowwise.tables.digests import DIGESTS
from flowwise.tables.providers import PROVIDERS
from tests.workspace import REPOSITORY

pytestmark = pytest.mark.slow
PYTHON = REPOSITORY / ".cache/sbom/bin/python"
SCHEMAS = ("bom-1.6", "spdx", "jsf-0.82")
LOCKS = ("requirements.lock", "operations/requirements.lock", "tests/moto.lock", "examples/service/requirements.lock")


def written(repository: Path) -> str:
    """What is written in a copy that has the locks and the tables."""
    code = (
        "import operations.sbom as sbom, pathlib; sbom.REPOSITORY = pathlib.Path.cwd(); raise SystemExit(sbom.main())"
    )
    variables = {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/constructs", "VERSION": "v1.2.3", "SOURCE_DATE_EPOCH": "0"}
    subprocess.run([PYTHON, "-c", code], cwd=repository, env=os.environ | variables, check=True)
    return (repository / "sbom.cdx.json").read_text()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    for name in (*LOCKS, "package-lock.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text((REPOSITORY / name).read_text())
    return folder


@pytest.fixture(scope="module")
def bill(copy: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(copy))
    return found


def parts(bill: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {each["purl"]: each for each in bill["components"] if each["purl"].startswith(f"pkg:{kind}/")}


def test_it_is_by_the_schema(bill: dict[str, Any]) -> None:
    (folder,) = PYTHON.parents[1].glob("lib/python3*/site-packages/cyclonedx/schema/_res")
    schema, *others = (json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text()) for name in SCHEMAS)
    registry: Any = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in others)
    validator = validator_for(schema, Draft7Validator)(schema, registry=registry)
    assert [error.message for error in validator.iter_errors(bill)] == []
    assert list(validator.iter_errors(bill | {"components": [{"name": "without a type"}]})), "it refuses nothing"


def test_it_names_the_release_and_is_the_same_every_time(copy: Path, bill: dict[str, Any]) -> None:
    assert bill["metadata"]["component"]["version"] == "v1.2.3"
    assert bill["metadata"]["timestamp"].startswith("1970-01-01T00:00:00")
    assert json.loads(written(copy)) == bill


def test_it_has_every_package_of_every_lock_once_with_its_hashes(bill: dict[str, Any]) -> None:
    python = parts(bill, "pypi")
    for lock in LOCKS:
        text = (REPOSITORY / lock).read_text()
        pinned = re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;]+)", text, re.MULTILINE)
        assert len(pinned) >= 5
        for name, version in pinned:
            part = python[f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"]
            assert {"name": "flowwise:where", "value": lock} in part["properties"]
    assert len(python) == len([each for each in bill["components"] if each["purl"].startswith("pkg:pypi/")])
    hashes = {each["content"] for each in python["pkg:pypi/pyyaml@6.0.3"]["hashes"]}
    locked = re.search(r"^pyyaml==.*?\n(?=\S)", (REPOSITORY / LOCKS[0]).read_text(), re.MULTILINE | re.DOTALL)
    assert locked and hashes == set(re.findall("sha256:(.{64})", locked[0]))


def test_it_has_every_package_of_npm(bill: dict[str, Any]) -> None:
    packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    core = installed_set().core
    assert len(packages) > {"cdktf": 400, "cdktn": 250}[core]
    wanted = {
        f"pkg:npm/{(each.get('name') or path.rpartition('node_modules/')[2]).replace('@', '%40')}@{each['version']}"
        for path, each in packages.items()
        if path
    }
    assert parts(bill, "npm").keys() == wanted
    (cli,) = [part for purl, part in parts(bill, "npm").items() if purl.startswith(f"pkg:npm/{core}-cli@")]
    assert [(each["alg"], len(each["content"])) for each in cli["hashes"]] == [("SHA-512", 128)]


def test_it_has_what_is_deployed(bill: dict[str, Any]) -> None:
    of_registries, of_repositories = parts(bill, "oci"), parts(bill, "helm")
    assert len(of_registries) + len(of_repositories) == len(CHARTS) + len(IMAGES)
    digests = {each["content"] for part in of_registries.values() for each in part.get("hashes", [])}
    images = {image.name for image in IMAGES.values()}
    assert digests >= {digest.removeprefix("sha256:") for name, digest in DIGESTS.items() if name in images}
    assert digests
    terraform = parts(bill, "terraform")
    assert terraform.keys() == {f"pkg:terraform/{provider.source}" for provider in PROVIDERS.values()}
    aws = terraform["pkg:terraform/hashicorp/aws"]["properties"]
    assert {"name": "flowwise:constraint", "value": PROVIDERS["aws"].constraint} in aws


def test_providers_that_are_locked_have_their_version(copy: Path) -> None:
    (copy / "locks").mkdir()
    (copy / "locks/dev.hcl").write_text(
        'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "6.25.0"\n}\n'
    )
    assert "pkg:terraform/hashicorp/aws@6.25.0" in parts(json.loads(written(copy)), "terraform")
    assert "pkg:terraform/hashicorp/aws" not in parts(json.loads(written(copy)), "terraform")
