"""What all tables of things that run in several copies have in common."""

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import refusal
from environments.table import BECAUSE_PRODUCTION, Surroundings, Table

PRODUCTION_MIN_REPLICAS = 2


class Scaled(Table):
    """Copies of one kind, as many as the load needs."""

    min_replicas: int = Field(
        default=2, ge=1, le=100, description=f"Copies that always run. Production wants {PRODUCTION_MIN_REPLICAS}."
    )
    max_replicas: int = Field(default=6, ge=1, le=100, description="Copies that there may be.")

    @field_validator("min_replicas")
    @classmethod
    def _one_may_fail(cls, replicas: int, info: ValidationInfo) -> int:
        if Surroundings.of(info).is_production and replicas < PRODUCTION_MIN_REPLICAS:
            raise refusal(f"at least {PRODUCTION_MIN_REPLICAS}, so that one may fail, {BECAUSE_PRODUCTION}")
        return replicas

    @field_validator("max_replicas")
    @classmethod
    def _not_below_min(cls, max_replicas: int, info: ValidationInfo) -> int:
        min_replicas = info.data.get("min_replicas", 0)
        if max_replicas < min_replicas:
            raise refusal(f"at least min_replicas, which is {min_replicas}")
        return max_replicas
