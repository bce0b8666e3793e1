"""The tables [services.*]."""

from typing import Annotated, Literal

from pydantic import Field, Strict, ValidationInfo, field_validator

from environments.field_types import refusal
from environments.table import Surroundings, Table
from environments.wording import listed


class Service(Table):
    """A microservice."""

    uses: Annotated[tuple[Literal["postgres", "rabbitmq", "redis"], ...], Strict(False)] = Field(
        description="What it needs; [] for nothing.", json_schema_extra={"uniqueItems": True}
    )

    @field_validator("uses")
    @classmethod
    def _each_once_and_described(cls, uses: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if len(set(uses)) < len(uses):
            raise refusal(f"{listed(dict.fromkeys(uses), 'and')} only once")
        absent = [need for need in uses if need in Surroundings.of(info).absent]
        if absent:
            raise refusal(f"only what has a table of its own: there is no [{'], and no ['.join(absent)}]")
        return uses
