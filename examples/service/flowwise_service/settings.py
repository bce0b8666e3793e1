"""What the process is told: environment variables, and the files with certificates."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """Settings are missing or wrong; the message names all of them."""


@dataclass(frozen=True)
class Database:
    """The microservice's own database."""

    host: str
    port: int
    name: str
    user: str
    password: str
    tls: str
    """A mode of libpq: verify-full, or verify-ca where a certificate does not name the host."""


@dataclass(frozen=True)
class Broker:
    """Where events come from and go to."""

    host: str
    port: int
    virtual_host: str
    user: str
    password: str
    publishes: tuple[str, ...]
    consumes: tuple[str, ...]


@dataclass(frozen=True)
class Cache:
    """Where to keep what is read often."""

    host: str
    port: int
    user: str
    password: str | None
    """None where a token of the pod's identity is the password."""
    key_prefix: str
    tls: bool
    sign_in: str
    """password, or the cloud whose tokens the cache wants: azure, aws, google."""
    name: str


@dataclass(frozen=True)
class Settings:
    """All that the process is told, but for what OpenTelemetry reads by itself."""

    port: int
    name: str
    certificates: Path
    database: Database
    broker: Broker
    cache: Cache

    def certificate(self, server: str) -> Path | None:
        """The authority of a server: database, broker or cache. None where a public one signs its certificate."""
        file = self.certificates / f"{server}.crt"
        return file if file.exists() else None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises SettingsError."""
    faults: list[str] = []

    def text(name: str) -> str:
        if name not in environment:
            faults.append(f"{name} is missing")
        return environment.get(name, "")

    def number(name: str) -> int:
        value = text(name)
        if value and not value.isdecimal():
            faults.append(f'{name} is "{value}", and should be a number')
        return int(value) if value.isdecimal() else 0

    def words(name: str) -> tuple[str, ...]:
        return tuple(filter(None, text(name).split(",")))

    sign_in = text("REDIS_SIGN_IN")
    settings = Settings(
        port=number("PORT"),
        name=text("OTEL_SERVICE_NAME"),
        certificates=Path(text("CERTIFICATES")),
        database=Database(
            host=text("DATABASE_HOST"),
            port=number("DATABASE_PORT"),
            name=text("DATABASE_NAME"),
            user=text("DATABASE_USER"),
            password=text("DATABASE_PASSWORD"),
            tls=text("DATABASE_TLS"),
        ),
        broker=Broker(
            host=text("RABBITMQ_HOST"),
            port=number("RABBITMQ_PORT"),
            virtual_host=text("RABBITMQ_VIRTUAL_HOST"),
            user=text("RABBITMQ_USER"),
            password=text("RABBITMQ_PASSWORD"),
            publishes=words("RABBITMQ_PUBLISHES"),
            consumes=words("RABBITMQ_CONSUMES"),
        ),
        cache=Cache(
            host=text("REDIS_HOST"),
            port=number("REDIS_PORT"),
            user=text("REDIS_USER"),
            password=text("REDIS_PASSWORD") if sign_in == "password" else None,
            key_prefix=text("REDIS_KEY_PREFIX"),
            tls=text("REDIS_TLS") == "true",
            sign_in=sign_in,
            name=text("REDIS_NAME"),
        ),
    )
    if faults:
        raise SettingsError("; ".join(faults))
    return settings
