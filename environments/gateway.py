"""The table [gateway]."""

from typing import Annotated, Literal

from pydantic import Field, Strict, ValidationInfo, field_validator

from environments.field_types import Audience, Email, HostName, HttpsUrl, Rate, WebOrigin, each_once, missing, refusal
from environments.scaling import Scaled
from environments.table import (
    BECAUSE_IN_CLUSTER,
    BECAUSE_PRODUCTION,
    Surroundings,
    Table,
    nothing_in_a_cluster,
)
from environments.wording import shown

_BECAUSE_DNS = 'because certificate_challenge is "dns"'
_REACHABLE = 'public = true or certificate_challenge = "dns"'


class TokenIssuer(Table):
    """Whose tokens are believed: OpenID Connect."""

    issuer: HttpsUrl = Field(description="Issuer, as tokens say it.")
    jwks_uri: HttpsUrl = Field(description="Where the issuer's keys are.")
    audiences: Annotated[tuple[Audience, ...], Strict(False)] = Field(
        description="Audiences, one of which a token has to have.",
        json_schema_extra={"uniqueItems": True, "minItems": 1},
    )

    @field_validator("audiences")
    @classmethod
    def _at_least_one(cls, audiences: tuple[str, ...]) -> tuple[str, ...]:
        if not audiences:
            raise refusal("at least one audience: a token for anybody else is for nobody here")
        each_once(audiences)
        return audiences


class Gateway(Scaled):
    """The one way in from outside, to the services that have paths."""

    host: HostName = Field(description="Host name of the API.")
    public: bool = Field(default=True, description="A public address; else one that only the network reaches.")
    certificate_challenge: Literal["http", "dns"] = Field(
        default="http",
        description='How the public authority is given proof that the host is ours: "http", at the host, which it has '
        'to reach; "dns", by a record in dns_zone, whoever reaches the host, and before anybody does: it wants a '
        "dns_zone and a certificate_email.",
    )
    dns_zone: HostName | None = Field(
        default=None,
        description="Public DNS zone of the cloud, in the environment's own account, in which the record of the host "
        "is made, of a public gateway. Without it, somebody makes the record by hand, of the output gateway_addresses.",
    )
    certificate_email: Email | None = Field(
        default=None,
        description="Whom the public authority warns of the certificate's end; without it, the cluster's own authority "
        "signs. Production wants it, when public.",
    )
    cors_origins: Annotated[tuple[WebOrigin, ...], Strict(False)] = Field(
        default=(), description="Web sites whose scripts may call the API.", json_schema_extra={"uniqueItems": True}
    )
    client_limit: Rate = Field(default="100/minute", description="What one client may ask, by its address.")
    max_request_kb: int = Field(default=1024, ge=1, le=102_400, description="Largest body of a request, in KiB.")
    token_issuer: TokenIssuer | None = Field(
        default=None, description="Whose tokens are believed. Without it everybody is let in; production wants it."
    )

    @property
    def client_requests(self) -> int:
        """Requests of a client in one unit of time."""
        return int(self.client_limit.partition("/")[0])

    @property
    def client_unit(self) -> str:
        """The unit of time: second, minute or hour."""
        return self.client_limit.partition("/")[2]

    @field_validator("certificate_challenge")
    @classmethod
    def _http_in_a_cluster(cls, challenge: str, info: ValidationInfo) -> str:
        if Surroundings.of(info).is_in_cluster and challenge != "http":
            raise refusal(f'"http", {BECAUSE_IN_CLUSTER}')
        return challenge

    @field_validator("dns_zone")
    @classmethod
    def _has_the_host(cls, zone: str | None, info: ValidationInfo) -> str | None:
        challenge = info.data.get("certificate_challenge")
        if zone is None:
            if challenge == "dns":
                raise missing(f"a public DNS zone that has the host, {_BECAUSE_DNS}")
            return None
        nothing_in_a_cluster(zone, info)
        if info.data.get("public") is False and challenge == "http":
            raise refusal(f"nothing, or {_REACHABLE}: a public zone is no place for a private address")
        host = info.data.get("host")
        if host and not f".{host}".endswith(f".{zone}"):
            raise refusal(f"what host ends with, such as {shown(host.partition('.')[2])}")
        return zone

    @field_validator("certificate_email")
    @classmethod
    def _goes_with_the_challenge(cls, email: str | None, info: ValidationInfo) -> str | None:
        public, challenge = info.data.get("public"), info.data.get("certificate_challenge")
        if email and public is False and challenge == "http":
            raise refusal(f"nothing, or {_REACHABLE}: a public authority has to reach what it signs for")
        if email is None and challenge == "dns":
            raise missing(f"an e-mail address, {_BECAUSE_DNS}")
        if Surroundings.of(info).is_production and public and not email:
            raise missing(f"an e-mail address, for a certificate that everybody trusts, {BECAUSE_PRODUCTION}")
        return email

    @field_validator("cors_origins")
    @classmethod
    def _each_once(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        each_once(origins)
        return origins

    @field_validator("token_issuer")
    @classmethod
    def _production_believes_tokens(cls, issuer: TokenIssuer | None, info: ValidationInfo) -> TokenIssuer | None:
        if Surroundings.of(info).is_production and issuer is None:
            raise missing(f'a table with "issuer", "jwks_uri" and "audiences", {BECAUSE_PRODUCTION}')
        return issuer
