"""The table [observability]."""

from typing import Any

from pydantic import Field, ValidationInfo, field_validator

from environments.field_types import Vendor, VendorEndpoint, missing, refusal
from environments.table import Table, nothing_in_a_cluster
from environments.wording import shown

_SITE = 'a Datadog site such as "us5.datadoghq.com"'
_ADDRESS = "an address that begins with https://"


class Observability(Table):
    """Where logs, metrics and traces go."""

    backend: Vendor = Field(description="Who gets them; none keeps them in the cluster.")
    endpoint: VendorEndpoint | None = Field(
        default=None,
        description="Where the vendor takes them: Datadog's site, or the address of Elastic or Dynatrace.",
    )

    key_version: int = Field(
        default=1, ge=1, le=1000, description="Raise it to have the vendor's key replaced with the next deploy."
    )
    application_key_version: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="With it, Datadog's default monitors are made, by an application key: 1 to begin with, and more to "
        "have that key replaced with the next deploy. With Datadog and in a cloud only.",
    )

    @field_validator("endpoint", mode="before")
    @classmethod
    def _goes_with_a_vendor(cls, endpoint: Any, info: ValidationInfo) -> Any:
        backend = info.data.get("backend")
        if backend == "none" and endpoint is not None:
            raise refusal('nothing: with backend = "none", nobody gets anything')
        if backend not in (None, "none") and endpoint is None:
            raise missing(f"{_allowed_with(backend)}, because backend is {shown(backend)}")
        return endpoint

    @field_validator("endpoint")
    @classmethod
    def _as_the_vendor_has_it(cls, endpoint: str | None, info: ValidationInfo) -> str | None:
        backend = info.data.get("backend")
        if endpoint and backend and endpoint.startswith("https://") is (backend == "datadog"):
            raise refusal(f"{_allowed_with(backend)}, because backend is {shown(backend)}")
        return endpoint

    @field_validator("application_key_version", mode="before")
    @classmethod
    def _is_datadog_s(cls, version: Any, info: ValidationInfo) -> Any:
        backend = info.data.get("backend")
        if version is not None and backend not in (None, "datadog"):
            raise refusal(f"nothing: only Datadog has such a key, and backend is {shown(backend)}")
        return nothing_in_a_cluster(version, info)


def _allowed_with(backend: str) -> str:
    return _SITE if backend == "datadog" else _ADDRESS
