"""Builds the stand-ins: a filesystem mirror of providers that have the real ones' schemas, and no cloud."""

import fcntl
import hashlib
import json
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flowwise.aws import mocks as aws_mocks
from flowwise.google import mocks as google_mocks
from flowwise.tables.providers import PROVIDERS
from synthesis.schemas import (
    binding_schema,
    binding_source,
    newer_arguments,
    provider_facts,
    provider_schema,
    unbound_schemas,
)
from tests.offline.real_providers import REGISTRY, this_platform

_HERE = Path(__file__).parent
_REPOSITORY = _HERE.parents[1]
_SCHEMA_CACHE = _REPOSITORY / ".cache" / "schemas"
_MOCKS = {"aws": aws_mocks, "google": google_mocks}  # identifiers on Azure follow from arguments
FOLDER = _REPOSITORY / ".cache" / "offline"
MIRROR = FOLDER / "mirror"  # holds nothing that changes with use, because Terraform takes checksums of it


def build_stand_ins() -> None:
    """Build all stand-ins, in up to 10 seconds, if the bindings or this code have changed; else return at once."""
    wanted = _digest_of_inputs()
    if _built() == wanted:
        return
    with _locked():
        if _built() == wanted:  # by another process, meanwhile
            return
        _stamp().unlink(missing_ok=True)
        _build_all()
        _stamp().write_text(wanted)


def stand_in_files(name: str) -> tuple[Path, Path]:
    """The schemas of a stand-in, which has been built, as JSON, a line each, and as Terraform asks for them."""
    return FOLDER / f"{name}.json", FOLDER / f"{name}.message"


def plugin_command(code: str, *arguments: str) -> list[str]:
    """Run code that knows the package `plugin`, without what makes Python slow to start: no hooks, no compilation."""
    folders = [str(_HERE), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    options = ["-P", "-S", "-E", "-X", f"pycache_prefix={FOLDER / 'bytecode'}"]
    return [sys.executable, *options, "-c", f"import sys; sys.path += {folders}; {code}", *arguments]


def stand_in_version(name: str) -> str:
    """The version of the provider that a stand-in, which has been built, takes the place of."""
    (folder,) = (MIRROR / REGISTRY / PROVIDERS[name].source).iterdir()
    return folder.name


def _build_all() -> None:
    # Imported here, as they take longer than all the rest of a run that has nothing to build.
    from tests.offline.certificate import write_certificate
    from tests.offline.schema_message import schema_message

    shutil.rmtree(MIRROR, ignore_errors=True)
    certificate, key = FOLDER / "certificate.pem", FOLDER / "key.pem"
    write_certificate(certificate, key)
    for name, provider in PROVIDERS.items():
        schema = provider_schema.provider_schema(name, _SCHEMA_CACHE)
        schemas, message = stand_in_files(name)
        schemas.write_text(_with_answers(provider_schema.cached_schema_file(name, _SCHEMA_CACHE).read_text(), name))
        message.write_bytes(schema_message(schema))
        folder = MIRROR / REGISTRY / provider.source / schema.version / this_platform()
        folder.mkdir(parents=True)
        plugin = folder / f"terraform-provider-{name}_v{schema.version}"
        plugin.write_text(_script(schemas, message, certificate, key))
        plugin.chmod(0o755)


def _with_answers(schemas: str, name: str) -> str:
    """The schemas, a line each, and as further lines what a cloud answers that modules take apart."""
    cloud = _MOCKS.get(name)
    found = {"resource": cloud.RESOURCES, "data": cloud.DATA_SOURCES} if cloud else {}
    lines = [
        f'"answers {kind} {type_}": {json.dumps(answers)}'
        for kind, types in found.items()
        for type_, answers in types.items()
    ]
    return ",\n".join([schemas.removesuffix("\n}"), *lines]) + "\n}"


def _script(*arguments: Path) -> str:
    code = "from pathlib import Path; from plugin.server import serve; serve(*map(Path, sys.argv[1:]))"
    return "#!/bin/sh\nexec " + shlex.join(plugin_command(code, *map(str, arguments))) + "\n"


def _digest_of_inputs() -> str:
    schema_code = (
        binding_source.__file__,
        binding_schema.__file__,
        newer_arguments.__file__,
        provider_facts.__file__,
        provider_schema.__file__,
        unbound_schemas.__file__,
        *filter(Path.exists, map(provider_facts.facts_file, PROVIDERS)),
    )
    digest = hashlib.sha256(f"{sys.executable} {_REPOSITORY} {REGISTRY}".encode())
    mocks = (str(cloud.__file__) for cloud in _MOCKS.values())
    for file in sorted([*_HERE.rglob("*.py"), *map(Path, schema_code), *map(Path, mocks)]):
        digest.update(file.read_bytes())
    for name in sorted(PROVIDERS.keys() - unbound_schemas.UNBOUND.keys()):
        digest.update(str(binding_source.find_binding(name).archive).encode())
    return digest.hexdigest()


def _stamp() -> Path:
    return FOLDER / "built"


def _built() -> str:
    try:
        return _stamp().read_text()
    except FileNotFoundError:
        return ""


@contextmanager
def _locked() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
