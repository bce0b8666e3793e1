"""What is read often, for a few seconds. Without the cache the service is slower, and as right."""

import asyncio
import logging
import ssl
from collections.abc import Callable

from redis.asyncio import Redis
from redis.credentials import CredentialProvider
from redis.exceptions import RedisError

from flowwise_service.settings import Settings
from flowwise_service.tokens import token_source

_TIMEOUT_SECONDS = 1
_KEPT_SECONDS = 5  # also as long as a value may be old that was read while another was written
_log = logging.getLogger(__name__)


class Tokens(CredentialProvider):
    """A user, and as its password a token that is valid at the time of each sign-in."""

    def __init__(self, user: str, token: Callable[[], str]) -> None:
        self._user, self._token = user, token

    def get_credentials(self) -> tuple[str, str]:
        """User and token."""
        return self._user, self._token()

    async def get_credentials_async(self) -> tuple[str, str]:
        """The same, while others go on: the token may have to be asked for."""
        return await asyncio.to_thread(self.get_credentials)


class Cache:
    """Texts by key. Every key begins with the service's own prefix, beyond which it has no rights."""

    def __init__(self, settings: Settings) -> None:
        cache = settings.cache
        self._prefix = cache.key_prefix
        authority = settings.certificate("cache")
        self._redis = Redis(
            host=cache.host,
            port=cache.port,
            username=cache.user if cache.password else None,
            password=cache.password,
            credential_provider=None if cache.password else Tokens(cache.user, token_source(cache)),
            ssl=cache.tls,
            ssl_ca_certs=str(authority) if authority else None,
            ssl_min_version=ssl.TLSVersion.TLSv1_2 if cache.tls else None,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            decode_responses=True,
        )

    async def get(self, key: str) -> str | None:
        """The text of a key. None where there is none, or no cache."""
        try:
            value = await self._redis.get(self._prefix + key)
        except (RedisError, OSError) as error:
            _log.warning("The cache does not answer: %s", error)
            return None
        return None if value is None else str(value)

    async def put(self, key: str, value: str) -> None:
        """Keep a text for some seconds."""
        try:
            await self._redis.set(self._prefix + key, value, ex=_KEPT_SECONDS)
        except (RedisError, OSError) as error:
            _log.warning("The cache takes nothing: %s", error)

    async def forget(self, key: str) -> None:
        """Have the next reader look elsewhere."""
        try:
            await self._redis.delete(self._prefix + key)
        except (RedisError, OSError) as error:
            _log.warning("The cache forgets nothing, which it will by itself in %s seconds: %s", _KEPT_SECONDS, error)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()
