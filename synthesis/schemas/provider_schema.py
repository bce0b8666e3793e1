"""The schemas of the Terraform providers, derived from their installed CDKTF bindings if they have one, and cached."""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from synthesis.schemas import binding_schema, binding_source, newer_arguments, provider_facts, unbound_schemas
from synthesis.schemas.binding_schema import Schema
from synthesis.schemas.newer_arguments import NEWER, add_arguments
from synthesis.schemas.provider_facts import facts_file, mark_sensitive
from synthesis.schemas.unbound_schemas import EPHEMERAL, UNBOUND

PROVIDERS: tuple[str, ...] = ("aws", "azurerm", "google", "helm", "kubernetes", "random")

_PROTOCOL_6 = frozenset({"helm"})  # the others speak plugin protocol 5


@dataclass(frozen=True)
class ProviderSchema:
    """Everything that a provider accepts. `source` as in "hashicorp/azurerm", `version` as in "4.55.0"."""

    name: str
    source: str
    version: str
    provider: Schema
    resource_schemas: Mapping[str, Schema]
    data_source_schemas: Mapping[str, Schema]
    ephemeral_resource_schemas: Mapping[str, Schema]  # as many as are used: no binding has them


def provider_schema(name: str, cache: Path) -> ProviderSchema:
    """Load the schema of a provider from its cache file, writing that first if need be (2 s for a big one).

    Raises ModuleNotFoundError if the binding is not installed.
    """
    entries = dict(map(_entry, cached_schema_file(name, cache).read_text().split("\n")[1:-1]))
    about = json.loads(entries["about"])
    return ProviderSchema(
        name=name,
        source=about["source"],
        version=about["version"],
        provider=json.loads(entries["provider"]),
        resource_schemas=_Schemas("resource ", entries),
        data_source_schemas=_Schemas("data ", entries),
        ephemeral_resource_schemas=_Schemas("ephemeral ", entries),
    )


def cached_schema_file(name: str, cache: Path) -> Path:
    """The file `<cache>/<name>-<version>.json`, of the binding's version, written anew if missing, damaged or outdated.

    It is a JSON object with one member to a line, such as `"resource aws_vpc": {...}` and, for a type that is in
    use, `"facts resource aws_vpc": {...}`: a reader that needs a few of the thousand decodes just their lines.
    """
    if name in UNBOUND:
        version, binding = UNBOUND[name]["about"]["version"], None
    else:
        binding = binding_source.find_binding(name)
        version = binding.version
    file = cache / f"{name}-{version}.json"
    if not _is_intact(file, name):
        _write_atomically(file, _lines(_derive(name, binding) if binding else UNBOUND[name]), name)
    return file


class _Schemas(Mapping[str, Schema]):
    """The schemas of one kind, each decoded when it is first asked for."""

    def __init__(self, kind: str, entries: Mapping[str, str]) -> None:
        self._encoded = {key[len(kind) :]: text for key, text in entries.items() if key.startswith(kind)}
        self._decoded: dict[str, Schema] = {}

    def __getitem__(self, type_: str) -> Schema:
        if type_ not in self._decoded:
            self._decoded[type_] = json.loads(self._encoded[type_])
        return self._decoded[type_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)


def _entry(line: str) -> tuple[str, str]:
    key, _, value = line.partition(": ")
    return key.strip('"'), value.removesuffix(",")


def _derive(name: str, binding: binding_source.Binding) -> Mapping[str, object]:
    content = binding_source.read_binding(binding)
    facts = provider_facts.provider_facts(name)
    newer = NEWER.get(name)
    source = content.address.partition("/")[2]  # without the host
    version = max(content.version, newer.version, key=_numbers) if newer else content.version
    members: dict[str, object] = {"about": {"source": source, "version": version}}
    for declared in sorted(content.declarations, key=lambda declared: (declared.kind, declared.terraform_type)):
        key = "provider" if declared.kind == "provider" else f"{declared.kind} {declared.terraform_type}"
        schema = binding_schema.derive_schema(declared, nested_attributes=name in _PROTOCOL_6)
        if newer and key in newer.arguments:
            add_arguments(schema, newer.arguments[key])
        if key in facts:
            mark_sensitive(schema, facts[key])
            members[f"facts {key}"] = facts[key]
        members[key] = schema
    members |= EPHEMERAL.get(name, {})
    return members


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _lines(members: Mapping[str, object]) -> str:
    lines = (f'"{key}": {json.dumps(member, separators=(",", ":"))}' for key, member in members.items())
    return ",\n".join(lines) + "\n}"


def _is_intact(file: Path, name: str) -> bool:
    try:
        head, _, body = file.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return False
    return head == _head(body, name)


def _write_atomically(file: Path, text: str, name: str) -> None:
    body = text.encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
        new.write(_head(body, name) + b"\n" + body)
    Path(new.name).replace(file)


def _head(body: bytes, name: str) -> bytes:
    """The first line of a cache file: a digest of the rest, and of the code and the facts that derived it."""
    digest = hashlib.sha256()
    code = (
        __file__,
        binding_schema.__file__,
        binding_source.__file__,
        newer_arguments.__file__,
        provider_facts.__file__,
        unbound_schemas.__file__,
    )
    for file in (*map(Path, code), facts_file(name)):
        digest.update(file.read_bytes() if file.exists() else b"")
    digest.update(body)
    return f'{{"sha256": "{digest.hexdigest()}",'.encode()
