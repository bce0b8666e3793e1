"""Answers to GetProviderSchema, of both versions of the plugin protocol, which number their fields alike."""

from collections.abc import Set

from .protobuf import contents, fields

# tfplugin5.proto and tfplugin6.proto, GetProviderSchema.Response: resources, data sources, ephemeral resources.
_SCHEMAS_BY_TYPE = (2, 3, 8)


def only(types: Set[str], response: bytes) -> bytes:
    """The answer without the schemas of all other types: Terraform reads what is left in a fraction of the time."""
    return b"".join(
        whole
        for number, content, whole in fields(response)
        if number not in _SCHEMAS_BY_TYPE or contents(content or b"")[1].decode() in types
    )
