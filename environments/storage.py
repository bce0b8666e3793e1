"""The table [storage]."""

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import refusal
from environments.table import BECAUSE_PRODUCTION, Surroundings, Table
from flowwise.object_storage import LEAST_RETENTION_DAYS, MOST_RETENTION_DAYS

PRODUCTION_RETENTION_DAYS = 30


class Storage(Table):
    """Storage for files: a bucket for each microservice that uses it. Only in a cloud."""

    retention_days: int = Field(
        ge=LEAST_RETENTION_DAYS,
        le=MOST_RETENTION_DAYS,
        description="Days that a file is kept after it was overwritten or deleted. Production wants at least "
        f"{PRODUCTION_RETENTION_DAYS}.",
    )

    @field_validator("retention_days")
    @classmethod
    def _production_keeps_a_month(cls, retention_days: int, info: ValidationInfo) -> int:
        if Surroundings.of(info).is_production and retention_days < PRODUCTION_RETENTION_DAYS:
            raise refusal(f"at least {PRODUCTION_RETENTION_DAYS}, {BECAUSE_PRODUCTION}")
        return retention_days
