"""The provider schemas that are derived from the bindings: right, cached, and like the real provider's."""

import base64
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cdk.binding_sets import DEFAULT, installed_set
from flowwise.tables.providers import PROVIDERS as PROVIDER_TABLE
from synthesis.schemas.binding_schema import Block, Schema, derive_schema
from synthesis.schemas.binding_source import Binding, Declaration, Field, Nested, read_binding
from synthesis.schemas.newer_arguments import NEWER, add_arguments
from synthesis.schemas.provider_schema import PROVIDERS, ProviderSchema, provider_schema
from tests.offline import offline_cli_config, provider_origins
from tests.workspace import REPOSITORY

CACHE = REPOSITORY / ".cache" / "schemas"

# Unchanged between the version that the bindings were made for and the oldest that the project admits.
STABLE_AWS_TYPES = (
    "aws_db_instance",
    "aws_db_subnet_group",
    "aws_ecr_repository",
    "aws_eks_node_group",
    "aws_iam_role",
    "aws_kms_key",
    "aws_mq_broker",
    "aws_route_table",
    "aws_secretsmanager_secret_version",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
)
# Of those, what has changed in versions after that of the default set's binding, which other sets have bindings for.
CHANGED_LATER = {
    "resource_schemas aws_mq_broker.user",  # optional
    "resource_schemas aws_route_table.route",  # with odb_network_arn
    "resource_schemas aws_subnet.cidr_block",  # computed, too, for IPAM
    "resource_schemas aws_subnet.ipv6_cidr_block",
}


def block_of(name: str, type_: str) -> Block:
    return provider_schema(name, CACHE).resource_schemas[type_]["block"]


def test_there_is_a_schema_for_each_provider_of_the_project() -> None:
    assert set(PROVIDERS) == set(PROVIDER_TABLE)
    for name in PROVIDERS:
        schema = provider_schema(name, CACHE)
        assert schema.source == PROVIDER_TABLE[name].source
        assert schema.resource_schemas.keys()
        assert all(type_.startswith(f"{name}_") for type_ in schema.resource_schemas)


@pytest.mark.parametrize("name", NEWER)
def test_what_is_newer_than_a_binding_is_admitted_from_the_version_on_that_brought_it(name: str) -> None:
    newer = NEWER[name]
    schema = provider_schema(name, CACHE)
    assert schema.version == newer.version or installed_set() != DEFAULT
    major, minor, _ = newer.version.split(".")
    assert PROVIDER_TABLE[name].constraint.startswith(f">= {major}.{minor},")
    texts = "\n".join(file.read_text() for file in (REPOSITORY / "infra" / "modules").glob("*/*/main.tf"))
    for key, arguments in newer.arguments.items():
        for path, attribute in arguments.items():
            *blocks, argument = path.split(".")
            block = schema.resource_schemas[key.removeprefix("resource ")]["block"]
            for each in blocks:
                block = block["block_types"][each]["block"]
            assert block["attributes"][argument] == attribute
            assert argument in texts


def test_a_newer_argument_of_an_unknown_block_is_an_error() -> None:
    with pytest.raises(KeyError, match="rule"):
        add_arguments(
            Schema(version=0, block={"block_types": {}}), {"rule.topic": {"type": "string", "optional": True}}
        )


def test_a_block_of_one_item_at_most() -> None:
    cluster = block_of("azurerm", "azurerm_kubernetes_cluster")
    node_pool = cluster["block_types"]["default_node_pool"]
    assert (node_pool["nesting_mode"], node_pool.get("min_items"), node_pool.get("max_items")) == ("list", 1, 1)
    assert node_pool["block"]["attributes"]["name"] == {"type": "string", "required": True}


def test_nested_attributes_are_no_blocks() -> None:
    release = block_of("helm", "helm_release")
    assert "block_types" not in release  # not even `timeouts`
    assert release["attributes"]["set"] == {
        "optional": True,
        "nested_type": {
            "nesting_mode": "list",
            "attributes": {
                "name": {"type": "string", "required": True},
                "type": {"type": "string", "optional": True, "computed": True},
                "value": {"type": "string", "optional": True},
            },
        },
    }


def test_an_attribute_of_objects_is_no_block() -> None:
    group = block_of("aws", "aws_security_group")
    assert "ingress" not in group.get("block_types", {})
    ingress = group["attributes"]["ingress"]
    assert ingress["optional"] and ingress["computed"]
    assert isinstance(ingress["type"], list)
    assert ingress["type"][0] == "set"


def test_a_block_without_nesting() -> None:
    timeouts = block_of("azurerm", "azurerm_resource_group")["block_types"]["timeouts"]
    assert timeouts["nesting_mode"] == "single"
    assert timeouts["block"]["attributes"].keys() == {"create", "delete", "read", "update"}


def test_a_resource_that_is_spread_over_several_files() -> None:
    spec = block_of("kubernetes", "kubernetes_deployment_v1")["block_types"]["spec"]["block"]
    containers = spec["block_types"]["template"]["block"]["block_types"]["spec"]["block"]["block_types"]["container"]
    assert containers["nesting_mode"] == "list"
    assert "max_items" not in containers
    assert containers["block"]["attributes"]["image"] == {"type": "string", "optional": True}


def test_types() -> None:
    network = block_of("azurerm", "azurerm_virtual_network")["attributes"]
    assert network["address_space"]["type"] == ["set", "string"]
    assert network["tags"]["type"] == ["map", "string"]
    assert network["flow_timeout_in_minutes"]["type"] == "number"
    assert block_of("kubernetes", "kubernetes_manifest")["attributes"]["manifest"]["type"] == "dynamic"


def test_what_is_optional_may_be_computed_too() -> None:
    cluster = block_of("azurerm", "azurerm_kubernetes_cluster")["attributes"]
    assert cluster["kubernetes_version"] == {"type": "string", "optional": True, "computed": True}
    assert cluster["dns_prefix"] == {"type": "string", "optional": True}
    assert cluster["fqdn"] == {"type": "string", "computed": True}


def test_write_only_and_sensitive_attributes() -> None:
    database = block_of("aws", "aws_db_instance")["attributes"]
    assert database["password_wo"].get("write_only")
    assert not database["password_wo_version"].get("write_only")
    assert database["password"].get("sensitive")
    assert not database["manage_master_user_password"].get("sensitive")
    assert block_of("azurerm", "azurerm_kubernetes_cluster")["attributes"]["kube_config"].get("sensitive")
    set_wo = block_of("helm", "helm_release")["attributes"]["set_wo"]
    assert all(field.get("write_only") for field in set_wo["nested_type"]["attributes"].values())


def test_provider_configuration_and_data_sources() -> None:
    schema = provider_schema("azurerm", CACHE)
    features = schema.provider["block"]["block_types"]["features"]
    assert (features["nesting_mode"], features.get("min_items")) == ("list", None)
    assert "key_vault" in features["block"]["block_types"]
    assert "alias" not in schema.provider["block"]["attributes"]
    client = schema.data_source_schemas["azurerm_client_config"]["block"]["attributes"]
    assert client["tenant_id"] == {"type": "string", "computed": True}


def test_the_cache_is_filled_and_then_read(tmp_path: Path) -> None:
    derived = as_dict(provider_schema("helm", tmp_path))
    (file,) = tmp_path.iterdir()
    before = file.stat()
    assert as_dict(provider_schema("helm", tmp_path)) == derived
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert json.loads(file.read_text())["resource helm_release"] == derived["resource_schemas"]["helm_release"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"helm_release", b"helm_xelease"),
    ],
    ids=["emptied", "truncated", "changed"],
)
def test_a_damaged_cache_is_derived_anew(tmp_path: Path, damage: Any) -> None:
    derived = as_dict(provider_schema("helm", tmp_path))
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    file.write_bytes(damage(content))
    assert as_dict(provider_schema("helm", tmp_path)) == derived
    assert file.read_bytes() == content


def test_several_at_once_may_fill_the_cache(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        schemas = list(threads.map(lambda _: as_dict(provider_schema("helm", tmp_path)), range(16)))
    assert all(schema == schemas[0] for schema in schemas)
    assert len(list(tmp_path.iterdir())) == 1  # nothing half-written is left


def test_a_provider_without_a_binding(tmp_path: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match='no binding of a provider "nosuch" is known'):
        provider_schema("nosuch", tmp_path)


@pytest.mark.terraform
def test_the_schema_is_like_that_of_the_real_aws_provider(tmp_path: Path) -> None:
    """Its version differs from that of the bindings, so what both have is compared, and little may have changed."""
    real = real_aws_schema(tmp_path)
    derived = as_dict(provider_schema("aws", CACHE))
    compared, differing = 0, []
    for part in ("resource_schemas", "data_source_schemas"):
        for type_ in derived[part].keys() & real[part].keys():
            ours, theirs = (dict(facts(schema[part][type_]["block"])) for schema in (derived, real))
            common = ours.keys() & theirs.keys()
            compared += len(common)
            differing += [f"{part} {type_}.{path}" for path in common if ours[path] != theirs[path]]
    assert compared > 30_000
    assert len(differing) < compared / 100, sorted(differing)
    stable = [each for each in differing if each.split(".")[0].removeprefix("resource_schemas ") in STABLE_AWS_TYPES]
    assert set(stable) <= (set() if installed_set() == DEFAULT else CHANGED_LATER)


def real_aws_schema(folder: Path) -> dict[str, Any]:
    if provider_origins()["aws"].startswith("offline"):
        pytest.skip("the real AWS provider is not at hand in any filesystem mirror")
    (folder / "main.tf").write_text('provider "aws" {}\n')
    environment = os.environ | {"TF_CLI_CONFIG_FILE": str(offline_cli_config()), "CHECKPOINT_DISABLE": "1"}
    for command in (["init"], ["providers", "schema", "-json"]):
        result = subprocess.run(["terraform", *command], cwd=folder, env=environment, check=True, capture_output=True)
    (schema,) = json.loads(result.stdout)["provider_schemas"].values()
    return dict(schema)


def facts(block: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What a schema says of each attribute and block, but for sensitivity and numbers that bindings do not tell."""
    for name, attribute in block.get("attributes", {}).items():
        flags = [flag for flag in ("required", "optional", "computed", "write_only") if attribute.get(flag)]
        yield path + name, ("attribute", attribute.get("type"), flags)
    for name, nested in block.get("block_types", {}).items():
        yield (
            path + name,
            ("block", nested["nesting_mode"], nested.get("max_items") == 1, bool(nested.get("min_items"))),
        )
        yield from facts(nested["block"], f"{path}{name}.")


def as_dict(schema: ProviderSchema) -> dict[str, Any]:
    return {key: value if isinstance(value, str) else dict(value) for key, value in vars(schema).items()}


# As the bindings of CDK Terrain are compiled: in JavaScript, whose source map has the TypeScript.
_EPHEMERAL = """import * as cdktn from 'cdktn';
export interface EphemeralXTokenConfig extends cdktn.TerraformMetaArguments {
  /**
  * Docs at Terraform Registry: {@link https://registry.example/x#name EphemeralXToken#name}
  */
  readonly name: string;
}
export class EphemeralXToken extends cdktn.TerraformEphemeralResource {
  public static readonly tfResourceType = "x_token";
  // name - computed: false, optional: false, required: true
  private _name?: string;
  public get name() {
    return this.getStringAttribute('name');
  }
  // value - computed: true, optional: false, required: false
  public get value() {
    return this.getStringAttribute('value');
  }
  protected synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      name: {
        value: cdktn.stringToHclTerraform(this._name),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };
  }
}
"""


def test_a_binding_of_cdk_terrain_has_ephemeral_resources(tmp_path: Path) -> None:
    archive = tmp_path / "provider-x@1.0.0.jsii.tgz"
    source_map = base64.b64encode(json.dumps({"sourcesContent": [_EPHEMERAL]}).encode())
    files = {
        "package/package.json": b'{"cdktn": {"provider": {"name": "registry.example/x/x", "version": "1.2.3"}}}',
        "package/lib/ephemeral-x-token/index.js": b"//# sourceMappingURL=data:application/json;base64," + source_map,
    }
    with tarfile.open(archive, "w:gz") as package:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))
    content = read_binding(Binding(archive, "1.0.0", "cdktn"))
    assert (content.address, content.version) == ("registry.example/x/x", "1.2.3")
    (token,) = content.declarations
    assert (token.kind, token.terraform_type) == ("ephemeral", "x_token")
    assert derive_schema(token, nested_attributes=False)["block"] == {
        "attributes": {"name": {"type": "string", "required": True}, "value": {"type": "string", "computed": True}}
    }


def test_a_block_that_contains_itself_ends() -> None:
    """As aws_wafv2_web_acl_rule has it in the bindings of CDK Terrain."""
    statement = [
        Field("and", Nested("Statement", "list", is_block=True), optional=True),
        Field("name", "string", required=True),
        Field("not", Nested("Not", "list", is_block=True, single_item=True), optional=True),
    ]
    structs = {
        "Rule": [Field("statement", Nested("Statement", "list", is_block=True), required=True)],
        "Statement": statement,
        "Not": [Field("statement", Nested("Statement", "list", is_block=True), required=True)],
    }
    block = derive_schema(Declaration("resource", "x_rule", "Rule", structs), nested_attributes=False)["block"]
    inner = block["block_types"]["statement"]["block"]
    assert inner["attributes"] == {
        "and": {"type": "dynamic", "optional": True},
        "name": {"type": "string", "required": True},
    }
    assert inner["block_types"]["not"]["block"] == {"attributes": {"statement": {"type": "dynamic", "required": True}}}
