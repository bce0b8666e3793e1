"""Reads what a prebuilt CDKTF provider binding declares: every resource, its fields, their types and flags.

A binding is generated from the provider's schema, as TypeScript that is shipped compiled. The JavaScript
lacks much of what we are after (what is a block, what is computed), but its source maps embed the TypeScript:

    readonly subnet?: ...                      required or not, under a comment `subnet block` if it is one
    subnet: { value: ..., type: "set", ... }   the type of an argument
    // subnet - computed: true, optional: ...  flags; the getter below tells the type of a read-only attribute
"""

import base64
import importlib.util
import json
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cdk.binding_sets import installed_set

# Terraform's JSON form of a type: "string", ["set", element], ["object", {name: type}].
CtyType = str | list["str | CtyType | dict[str, CtyType]"]
Nesting = Literal["single", "list", "set", "map"]
Kind = Literal["resource", "data", "ephemeral", "provider"]

_SOURCE_MAP = b"//# sourceMappingURL=data:application/json;base64,"
_TERRAFORM_TYPE = re.compile(r'public static readonly tfResourceType = "(\w+)"')
_ROOT_CLASS = re.compile(r"\w+ extends cdkt[fn]\.Terraform(Resource|DataSource|EphemeralResource|Provider) ")
_PROPERTY = re.compile(
    r"Docs at Terraform Registry: \{@link \S+#([\w-]+) \S+\}\n(?: +\*.*\n)*?  \*/\n  readonly \w+(\??):"
)
_ARGUMENT = re.compile(
    r'^ +"?([\w-]+)"?: \{\n +value: (.*),\n +isBlock: \w+,\n +type: "(\w+)",\n +storageClassType: "(\w+)",',
    re.M,
)
_STRUCT_WRITER = re.compile(r"(?<!cdkt[fn]\.)\b(\w+)ToHclTerraform")
_PRIMITIVE = re.compile(r"(string|number|boolean|any)((?:List|Map)*)")
_FLAGS = re.compile(r"^  // ([\w-]+) - computed: (\w+), optional: \w+, required: \w+\n(.*\n.*\n.*\n)", re.M)
_BUILT_IN_COLLECTION = re.compile(r"new cdkt[fn]\.(String|Number|Boolean|Any)((?:List|Map)+)\(")
_STRUCT_REFERENCE = re.compile(r'new (\w+?)(OutputReference|Map|(?:List)+)\(this, "[\w-]+"(?:, (true|false))?\)')
_GETTER = re.compile(r"this\.get(String|Number|Boolean|Any)?(List|Map)?Attribute\(")
_KINDS: dict[str, Kind] = {
    "Resource": "resource",
    "DataSource": "data",
    "EphemeralResource": "ephemeral",
    "Provider": "provider",
}
_TERRAFORM_PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}


@dataclass(frozen=True, slots=True)
class Nested:
    """The shape of a field that holds fields: a block, or an attribute of objects."""

    struct: str
    nesting: Nesting
    is_block: bool = False
    single_item: bool = False  # a list or set of one item at most
    outer: Nesting | None = None  # the outer collection of a read-only list of lists


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute or a block, by its Terraform name. Optional if neither required nor only computed."""

    name: str
    shape: CtyType | Nested
    optional: bool = False
    required: bool = False
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """A resource, a data source or the provider's configuration: struct `root`, and those it refers to."""

    kind: Kind
    terraform_type: str
    root: str
    structs: dict[str, list[Field]]


@dataclass(frozen=True, slots=True)
class Binding:
    """An installed binding: its archive, and the version of the binding (not of the provider).

    `key` is where its package.json says which provider it is for.
    """

    archive: Path
    version: str
    key: str


@dataclass(frozen=True, slots=True)
class BindingContent:
    """What a binding holds: the provider's registry address and version, and everything that it declares."""

    address: str
    version: str
    declarations: list[Declaration]


def find_binding(name: str) -> Binding:
    """Find the binding of a provider, not importing it; raises ModuleNotFoundError if there is none installed."""
    bindings = installed_set().bindings
    if name not in bindings:
        raise ModuleNotFoundError(f'no binding of a provider "{name}" is known, only of {", ".join(bindings)}')
    package, key = bindings[name].package, bindings[name].key
    spec = importlib.util.find_spec(package)
    assert spec and spec.submodule_search_locations  # else it were no installed set
    (archive,) = Path(spec.submodule_search_locations[0], "_jsii").glob("*.jsii.tgz")
    return Binding(archive, archive.name.removesuffix(".jsii.tgz").rpartition("@")[2], key)


def read_binding(binding: Binding) -> BindingContent:
    """Read an installed binding; 5 seconds for the biggest."""
    provider: dict[str, str] = {}
    sources: defaultdict[str, str] = defaultdict(str)
    with tarfile.open(binding.archive) as package:
        for member in package:
            match member.name.split("/"):
                case ["package", "package.json"]:
                    provider = json.loads(_content(package, member))[binding.key]["provider"]
                case ["package", "lib", folder, *_, file] if file.endswith(".js"):
                    # A big resource spreads over several files of one folder.
                    sources[folder] += _typescript(_content(package, member))
    declarations = [found for source in sources.values() if (found := _declaration(source))]
    return BindingContent(provider["name"], provider["version"], declarations)


def _content(package: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = package.extractfile(member)
    return file.read() if file else b""


def _typescript(javascript: bytes) -> str:
    source_map = json.loads(base64.b64decode(javascript.rpartition(_SOURCE_MAP)[2]))
    return "".join(source_map["sourcesContent"])


@dataclass(frozen=True, slots=True)
class _Property:
    required: bool
    is_block: bool


def _declaration(source: str) -> Declaration | None:
    terraform_type = _TERRAFORM_TYPE.search(source)
    if not terraform_type:
        return None
    kind: Kind = "resource"
    root = ""
    interfaces: dict[str, str] = {}
    writers: dict[str, str] = {}
    classes: dict[str, str] = {}
    for declared in source.split("\nexport "):
        keyword, _, text = declared.partition(" ")
        name = text[: text.find("(" if keyword == "function" else " ")]
        if keyword == "interface":
            interfaces[name] = text
        elif keyword == "function" and name.endswith("ToHclTerraform"):
            writers[_struct_name(name.removesuffix("ToHclTerraform"))] = text
        elif keyword == "class" and name.endswith("OutputReference"):
            classes[name.removesuffix("OutputReference")] = text
        elif keyword == "class" and (base := _ROOT_CLASS.match(text)):
            kind, root = _KINDS[base[1]], name
            writers[name] = classes[name] = text
    # A resource's own properties are the first interface of its source, which no struct has the name of.
    interfaces[root] = next(text for name, text in interfaces.items() if name not in writers)
    structs = {
        struct: list(_fields(interfaces.get(struct, ""), writers.get(struct, ""), classes.get(struct, "")))
        for struct in writers.keys() | classes.keys()
    }
    return Declaration(kind, terraform_type[1], root, structs)


def _fields(interface: str, writer: str, class_: str) -> Iterator[Field]:
    properties = _properties(interface)
    flags = {name: (computed == "true", code) for name, computed, code in _FLAGS.findall(class_)}
    for name, value, kind, storage in _ARGUMENT.findall(writer):
        declared = properties[name]
        computed, _ = flags.pop(name, (False, ""))  # the provider's own blocks have no class, hence no flags
        shape = _nested_argument(value, kind, declared) or _argument_type(kind, storage)
        yield Field(name, shape, not declared.required, declared.required, computed)
    for name, (_, code) in flags.items():
        yield Field(name, _read_only_shape(code), computed=True)


def _properties(interface: str) -> dict[str, _Property]:
    properties = {}
    for found in _PROPERTY.finditer(interface):
        name, question_mark = found.groups()
        is_block = interface.endswith(f"* {name} block\n  *\n  * ", 0, found.start())
        properties[name] = _Property(not question_mark, is_block)
    return properties


def _nested_argument(value: str, kind: str, declared: _Property) -> Nested | None:
    writer = _STRUCT_WRITER.search(value)
    if not writer:
        return None
    nestings: dict[str, Nesting] = {"struct": "single", "list": "list", "set": "set", "map": "map"}
    # A list or set of one item at most is written as the item itself, without a mapper over items.
    single_item = kind != "struct" and "MapperHcl(" not in value
    return Nested(_struct_name(writer[1]), nestings[kind], declared.is_block, single_item)


def _argument_type(kind: str, storage: str) -> CtyType:
    type_ = _collections(*_PRIMITIVE.findall(storage)[0])
    return ["set", type_[1]] if kind == "set" else type_


def _read_only_shape(code: str) -> CtyType | Nested:
    if built_in := _BUILT_IN_COLLECTION.search(code):
        return _collections(built_in[1].lower(), built_in[2])
    if reference := _STRUCT_REFERENCE.search(code):
        struct, wrapper, is_set = reference.groups()
        outermost: Nesting = "set" if is_set == "true" else "list"
        nestings: dict[str, Nesting] = {"OutputReference": "single", "Map": "map", "List": outermost}
        if wrapper in nestings:
            return Nested(struct, nestings[wrapper])
        return Nested(struct, "list", outer=outermost)
    if getter := _GETTER.search(code):
        type_ = _collections((getter[1] or "String").lower(), getter[2] or "")
        return ["set", type_[1]] if "Fn.tolist(" in code else type_
    return "dynamic"


def _collections(primitive: str, collections: str) -> CtyType:
    """The type of `string` in `ListMap`: the element first, then what it is in, from the inside out."""
    if primitive == "any":
        return "dynamic"  # a map or list of any value has no type of its own in Terraform
    type_: CtyType = _TERRAFORM_PRIMITIVES[primitive]
    for collection in re.findall("List|Map", collections):
        type_ = [collection.lower(), type_]
    return type_


def _struct_name(function: str) -> str:
    return function[0].upper() + function[1:]
