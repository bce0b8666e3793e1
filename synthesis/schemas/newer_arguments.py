"""Arguments that a provider has and its binding does not, for the bindings are frozen: as many as the modules use.

A resource takes them by `add_override`. The stand-in of such a provider has the version that brought the last of them,
which is the least that `flowwise.tables.providers` may admit, unless another set of bindings has a newer one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from synthesis.schemas.binding_schema import Attribute, Block, Schema


@dataclass(frozen=True)
class Newer:
    """The version that has them all, and what they are: by `resource <type>` and the path of the attribute."""

    version: str
    arguments: Mapping[str, Mapping[str, Attribute]]


_EXCLUSION = "maintenance_policy.maintenance_exclusion"

NEWER: Mapping[str, Newer] = {
    # 4.61: a cache gets another size, where older ones make another cache ("CHANGELOG").
    "azurerm": Newer("4.61.0", {}),
    # 7.6: a kubelet_config that does not say cpu_cfs_quota leaves the quota of CPU time on, which it turned off before.
    # 7.12: a maintenance exclusion ends with the support of the version, instead of on a day ("CHANGELOG").
    "google": Newer(
        "7.12.0",
        {
            "resource google_container_cluster": {
                f"{_EXCLUSION}.end_time": {"type": "string", "optional": True},
                f"{_EXCLUSION}.exclusion_options.end_time_behavior": {"type": "string", "optional": True},
            }
        },
    ),
}
"""By provider."""


def add_arguments(schema: Schema, arguments: Mapping[str, Attribute]) -> None:
    """Add attributes to a schema, or put them in the place of those that it has. Raises KeyError for no such block."""
    for path, attribute in arguments.items():
        *blocks, name = path.split(".")
        block: Block = schema["block"]
        for each in blocks:
            block = block["block_types"][each]["block"]
        block.setdefault("attributes", {})[name] = attribute
