"""The table [budget]."""

from typing import Annotated

from pydantic import Field, Strict, field_validator

from environments.field_types import Currency, Email, refusal
from environments.table import Table

_MOST_EMAILS = 5  # Google Cloud tells no more ("NotificationsRule")


class Bill(Table):
    """The bill of an account that is not billed in US dollars."""

    currency: Currency = Field(description="Code of its currency. Google Cloud refuses another one than the account's.")
    monthly: int = Field(
        ge=1,
        le=1_000_000_000,
        description="What a month may cost in that currency, of which the cloud's own alert tells. On AWS, whose "
        "budgets are in US dollars whatever the bill is in, it makes no difference.",
    )


class Budget(Table):
    """What a month may cost, and who hears of it when it costs more."""

    monthly_usd: int = Field(ge=1, le=1_000_000, description="US dollars a month: all that `make cost` says.")
    emails: Annotated[tuple[Email, ...], Strict(False)] = Field(
        description="Who is told.", json_schema_extra={"uniqueItems": True, "minItems": 1, "maxItems": _MOST_EMAILS}
    )
    bill: Bill | None = Field(default=None, description="Where the account is billed in another currency.")

    @field_validator("emails")
    @classmethod
    def _neither_none_nor_too_many(cls, emails: tuple[str, ...]) -> tuple[str, ...]:
        if not 0 < len(set(emails)) == len(emails) <= _MOST_EMAILS:
            raise refusal(f"one to {_MOST_EMAILS} e-mail addresses, each once")
        return emails
