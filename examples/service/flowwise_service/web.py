"""HTTP: how the service is, and what it is for."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from opentelemetry import propagate, trace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from flowwise_service.cache import Cache
from flowwise_service.database import Database, Entry
from flowwise_service.events import Events
from flowwise_service.settings import Settings
from flowwise_service.telemetry import TRACER, outgoing_headers

_CENT = Decimal("0.01")
_TOO_MUCH = 10**13  # for the columns of schema.sql


def entry_of(text: str | bytes, id_: UUID | None = None) -> Entry:
    """An entry of the JSON that is sent, whose id may be said beside it. Raises ValueError."""
    try:
        fields = json.loads(text)
        amount = Decimal(fields["amount"])
        entry = Entry(id_ or UUID(fields["id"]), date.fromisoformat(fields["day"]), amount.quantize(_CENT))
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError(f"not an entry: {error!r}") from error
    if entry.amount != amount or abs(amount) >= _TOO_MUCH:
        raise ValueError("amount has two decimals, and at most thirteen digits before them")
    return entry


def json_of(entry: Entry) -> str:
    """What `entry_of` reads."""
    return json.dumps({"id": str(entry.id), "day": entry.day.isoformat(), "amount": str(entry.amount)})


def new_application(settings: Settings) -> Starlette:
    """Both microservices' routes, of which each has those that its settings ask for."""
    database, cache = Database(settings), Cache(settings)

    async def add_to_balance(body: str) -> None:
        entry = entry_of(body)
        if await database.add_to_balance(entry):
            await cache.forget(_balance_key(entry.day))

    events = Events(settings, database, add_to_balance)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await database.pool.open(wait=True)
        await database.make_tables()
        events.start()
        yield  # until requests are answered, and no more are taken
        await events.stop()
        await cache.close()
        await database.pool.close()

    async def started(_: Request) -> Response:
        return PlainTextResponse("started")  # nobody is answered before the tables are there

    async def ready(_: Request) -> Response:
        """Only the database is asked: without the broker, entries wait in the outbox; without the cache, it is slow."""
        await database.ping()
        return PlainTextResponse("ready")

    async def live(_: Request) -> Response:
        return PlainTextResponse("live")

    async def put_entry(request: Request) -> Response:
        entry = entry_of(await request.body(), request.path_params["id"])
        body = json_of(entry)
        try:
            added = await database.register(entry, settings.broker.publishes, body, outgoing_headers())
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 409)
        events.outbox_filled()
        return Response(body, 201 if added else 200, media_type="application/json")

    async def get_entry(request: Request) -> Response:
        entry = await database.entry(request.path_params["id"])
        return Response(json_of(entry), media_type="application/json") if entry else Response(status_code=404)

    async def get_balance(request: Request) -> Response:
        day = date.fromisoformat(request.path_params["day"])
        kept = await cache.get(_balance_key(day))
        if kept is None:
            balance = await database.balance(day)
            kept = json.dumps({"day": day.isoformat(), "balance": str(balance.balance), "entries": balance.entries})
            await cache.put(_balance_key(day), kept)
        return Response(kept, media_type="application/json")

    health = [Route("/health/startup", started), Route("/health/ready", ready), Route("/health/live", live)]
    entries = [
        Route("/lancamentos/{id:uuid}", _traced(put_entry), methods=["PUT"]),
        Route("/lancamentos/{id:uuid}", _traced(get_entry)),
    ]
    balances = [Route("/consolidacao/{day}", _traced(get_balance))]
    return Starlette(
        routes=health + (entries if settings.broker.publishes else []) + (balances if settings.broker.consumes else []),
        lifespan=lifespan,
        exception_handlers={ValueError: _bad_request, Exception: _unavailable},
    )


def _balance_key(day: date) -> str:
    return f"balance:{day.isoformat()}"


def _traced(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def traced(request: Request) -> Response:
        context = propagate.extract(dict(request.headers))
        with TRACER.start_as_current_span(answer.__name__, context, kind=trace.SpanKind.SERVER):
            return await answer(request)

    return traced


async def _bad_request(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _unavailable(_: Request, error: Exception) -> Response:
    """The database's absence, as any other fault: whoever asked may ask again."""
    return JSONResponse({"error": type(error).__name__}, 503)
