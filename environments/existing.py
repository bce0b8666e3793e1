"""The table [existing]."""

import re
from collections.abc import Mapping

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import CloudId, refusal
from environments.table import Surroundings, Table
from flowwise.tables.existing_ids import KEYS, REGISTRIES, Identifier

_IDENTIFIERS: Mapping[str, Mapping[str, Identifier]] = {"registry": REGISTRIES, "encryption_key": KEYS}


class Existing(Table):
    """What is there already and is not made, by the cloud's own identifiers; its network is network.existing."""

    registry: CloudId | None = Field(
        default=None,
        description="Container registry; on AWS, the beginning that its repositories have in common; on Google Cloud, "
        "a repository. In it each microservice has images by its name.",
    )
    encryption_key: CloudId | None = Field(
        default=None,
        description="Key that encrypts everything, without its version. On Google Cloud, no other environment has it.",
    )

    @field_validator("registry", "encryption_key")
    @classmethod
    def _as_the_cloud_has_it(cls, identifier: str | None, info: ValidationInfo) -> str | None:
        known = _IDENTIFIERS[str(info.field_name)].get(Surroundings.of(info).cloud or "")
        if identifier and known and not re.fullmatch(known.pattern, identifier):
            raise refusal(f'the identifier of {known.words}, such as "{known.example}"')
        return identifier
