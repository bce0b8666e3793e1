"""PostgreSQL: a pool of connections, and what is asked of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from flowwise_service.settings import Settings

_SCHEMA = Path(__file__).with_name("schema.sql")
_ONE_AT_A_TIME = 7_305_002  # a lock of PostgreSQL's, for copies that start together
_MOST_CONNECTIONS = 4
_TIMEOUT_SECONDS = 5
_BATCH = 100


@dataclass(frozen=True)
class Entry:
    """A credit, or a debit, which is below zero."""

    id: UUID
    day: date
    amount: Decimal


@dataclass(frozen=True)
class Balance:
    """Of a day, and of how many entries it is."""

    day: date
    balance: Decimal
    entries: int


@dataclass(frozen=True)
class Outgoing:
    """A message that has to be published."""

    position: int
    exchange: str
    id: UUID
    body: str
    headers: dict[str, str]


class Database:
    """Connections that were lost are made anew when somebody asks."""

    def __init__(self, settings: Settings) -> None:
        database, authority = settings.database, settings.certificate("database")
        self.pool = AsyncConnectionPool(
            kwargs={
                "host": database.host,
                "port": database.port,
                "dbname": database.name,
                "user": database.user,
                "password": database.password,
                "sslmode": database.tls,
                "sslrootcert": str(authority) if authority else "system",
                "connect_timeout": _TIMEOUT_SECONDS,
                "application_name": settings.name,
            },
            min_size=1,
            max_size=_MOST_CONNECTIONS,
            timeout=_TIMEOUT_SECONDS,
            check=AsyncConnectionPool.check_connection,
            open=False,
        )

    async def make_tables(self) -> None:
        """Make what is not there."""
        async with self.pool.connection() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
            await connection.execute(_SCHEMA.read_bytes())

    async def ping(self) -> None:
        """Raises psycopg.Error, or psycopg_pool.PoolTimeout, if the database does not answer."""
        async with self.pool.connection() as connection:
            await connection.execute("SELECT")

    async def register(self, entry: Entry, exchanges: tuple[str, ...], body: str, headers: dict[str, str]) -> bool:
        """Keep an entry, and what is to be told of it. False where it was there; ValueError if it was another."""
        async with self.pool.connection() as connection:
            added = await connection.execute(
                "INSERT INTO entries (id, day, amount) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [entry.id, entry.day, entry.amount],
            )
            if not added.rowcount:
                if await self._entry(connection, entry.id) != entry:
                    raise ValueError(f"There is another entry {entry.id}")
                return False
            for exchange in exchanges:
                await connection.execute(
                    "INSERT INTO outbox (exchange, id, body, headers) VALUES (%s, %s, %s, %s)",
                    [exchange, entry.id, body, Jsonb(headers)],
                )
        return True

    async def entry(self, id_: UUID) -> Entry | None:
        """None where there is none."""
        async with self.pool.connection() as connection:
            return await self._entry(connection, id_)

    @staticmethod
    async def _entry(connection: AsyncConnection, id_: UUID) -> Entry | None:
        async with connection.cursor(row_factory=class_row(Entry)) as cursor:
            await cursor.execute("SELECT id, day, amount FROM entries WHERE id = %s", [id_])
            return await cursor.fetchone()

    async def publish(self, send: Callable[[Outgoing], Awaitable[None]]) -> int:
        """Send the oldest messages, and forget those that were sent; gives how many. Copies of the service take turns.

        A message that was sent, and not forgotten because the process ended in between, is sent again.
        """
        async with self.pool.connection() as connection, connection.cursor(row_factory=class_row(Outgoing)) as cursor:
            await cursor.execute(
                "SELECT position, exchange, id, body, headers FROM outbox ORDER BY position LIMIT %s "
                "FOR UPDATE SKIP LOCKED",
                [_BATCH],
            )
            messages = await cursor.fetchall()
            for message in messages:
                await send(message)
            await cursor.execute("DELETE FROM outbox WHERE position = ANY(%s)", [[each.position for each in messages]])
        return len(messages)

    async def add_to_balance(self, entry: Entry) -> bool:
        """Take an entry into the balance of its day, once."""
        async with self.pool.connection() as connection:
            new = await connection.execute("INSERT INTO consumed (id) VALUES (%s) ON CONFLICT DO NOTHING", [entry.id])
            if not new.rowcount:
                return False
            await connection.execute(
                "INSERT INTO balances AS b (day, balance, entries) VALUES (%s, %s, 1) "
                "ON CONFLICT (day) DO UPDATE SET balance = b.balance + excluded.balance, entries = b.entries + 1",
                [entry.day, entry.amount],
            )
        return True

    async def balance(self, day: date) -> Balance:
        """Zero where there is no entry."""
        async with (
            self.pool.connection() as connection,
            connection.cursor(row_factory=class_row(Balance)) as cursor,
        ):
            await cursor.execute("SELECT day, balance, entries FROM balances WHERE day = %s", [day])
            return await cursor.fetchone() or Balance(day, Decimal("0.00"), 0)
