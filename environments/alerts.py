"""The table [alerts]."""

from typing import Annotated

from pydantic import Field, Strict, field_validator

from environments.field_types import Email, refusal
from environments.table import Table
from flowwise.alerts import MOST_EMAILS


class Alerts(Table):
    """Alerts of the cloud itself: on databases, cache, managed broker and nodes. Only in a cloud."""

    emails: Annotated[tuple[Email, ...], Strict(False)] = Field(
        description="Who is told. On AWS, each has to confirm that by a link, once.",
        json_schema_extra={"uniqueItems": True, "minItems": 1, "maxItems": MOST_EMAILS},
    )

    @field_validator("emails")
    @classmethod
    def _neither_none_nor_too_many(cls, emails: tuple[str, ...]) -> tuple[str, ...]:
        if not 0 < len(set(emails)) == len(emails) <= MOST_EMAILS:
            raise refusal(f"one to {MOST_EMAILS} e-mail addresses, each once")
        return emails
