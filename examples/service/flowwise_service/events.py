"""RabbitMQ: publishes what the outbox holds, and consumes what the others publish, at least once each.

Exchanges and queues are there before the service starts, and it may make none. A publisher waits for the broker to
confirm a message before it forgets it, for a full queue refuses messages. A consumer says that it is done with one once
the database has it. Whatever breaks, the connection is made anew, and what was under way comes again.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage
from opentelemetry import propagate, trace

from flowwise_service.database import Database, Outgoing
from flowwise_service.settings import Settings
from flowwise_service.telemetry import TRACER

_PREFETCH = 20
_RETRY_SECONDS = 1
_LOOK_SECONDS = 1  # between two looks at the outbox, when nobody says that there is something
_TIMEOUT_SECONDS = 10
_log = logging.getLogger(__name__)

Handler = Callable[[str], Awaitable[None]]
"""Takes the body of a message. ValueError for one that nobody can ever make sense of."""


class Events:
    """The two directions, each with a connection of its own: RabbitMQ slows down the connections of publishers."""

    def __init__(self, settings: Settings, database: Database, handler: Handler) -> None:
        self._settings, self._database, self._handler = settings, database, handler
        self._stopping = asyncio.Event()
        self._outbox_filled = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in the background."""
        broker = self._settings.broker
        if broker.publishes:
            self._tasks.append(asyncio.create_task(self._as_long_as_it_runs(self._publish)))
        if broker.consumes:
            self._tasks.append(asyncio.create_task(self._as_long_as_it_runs(self._consume)))

    def outbox_filled(self) -> None:
        """Have the outbox be looked at now."""
        self._outbox_filled.set()

    async def stop(self) -> None:
        """Take no more messages, finish those at hand, and publish what is there to publish."""
        self._stopping.set()
        self._outbox_filled.set()
        await asyncio.gather(*self._tasks)

    async def _as_long_as_it_runs(self, work: Callable[[AbstractConnection], Awaitable[None]]) -> None:
        while not self._stopping.is_set():
            try:
                async with await self._connect() as connection:
                    await work(connection)
            except Exception as error:  # whatever the broker, the network or the database has to say
                _log.warning("The broker is tried again: %s: %s", type(error).__name__, error)
                await self._sleep(_RETRY_SECONDS)

    async def _connect(self) -> AbstractConnection:
        broker, authority = self._settings.broker, self._settings.certificate("broker")
        return await aio_pika.connect(
            host=broker.host,
            port=broker.port,
            login=broker.user,
            password=broker.password,
            virtualhost=broker.virtual_host,
            ssl=True,
            ssl_context=ssl.create_default_context(cafile=authority),
            timeout=_TIMEOUT_SECONDS,
            client_properties={"connection_name": self._settings.name},
        )

    async def _publish(self, connection: AbstractConnection) -> None:
        channel = await connection.channel(publisher_confirms=True)
        exchanges = {name: await channel.get_exchange(name) for name in self._settings.broker.publishes}

        async def send(message: Outgoing) -> None:
            await exchanges[message.exchange].publish(
                aio_pika.Message(
                    message.body.encode(),
                    message_id=str(message.id),
                    content_type="application/json",
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    headers={**message.headers},
                ),
                routing_key="",
                mandatory=True,  # refused, rather than lost, where no queue would get it
                timeout=_TIMEOUT_SECONDS,
            )

        while True:
            self._outbox_filled.clear()
            if await self._database.publish(send):
                continue
            if self._stopping.is_set():
                return
            try:
                await asyncio.wait_for(self._outbox_filled.wait(), _LOOK_SECONDS)
            except TimeoutError:
                continue

    async def _consume(self, connection: AbstractConnection) -> None:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=_PREFETCH)
        at_hand: set[asyncio.Task[None]] = set()
        over = asyncio.Event()
        channel.close_callbacks.add(lambda *_: over.set())

        async def take(message: AbstractIncomingMessage) -> None:
            task = asyncio.create_task(self._take(message))
            at_hand.add(task)
            task.add_done_callback(at_hand.discard)

        queues = [await channel.get_queue(name) for name in self._settings.broker.consumes]
        tags = [await queue.consume(take) for queue in queues]
        ends = [asyncio.create_task(event.wait()) for event in (over, self._stopping)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if over.is_set():
            raise ConnectionError("the broker has closed the channel")
        for queue, tag in zip(queues, tags, strict=True):
            await queue.cancel(tag)
        if at_hand:
            await asyncio.wait(at_hand)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        context = propagate.extract({name: str(value) for name, value in message.headers.items()})
        with TRACER.start_as_current_span("consume", context, kind=trace.SpanKind.CONSUMER):
            try:
                await self._handler(message.body.decode())
            except ValueError as error:
                _log.error("Message %s goes to the dead letters: %s", message.message_id, error)
                await message.reject(requeue=False)
            except Exception as error:
                _log.warning("Message %s is given back: %s: %s", message.message_id, type(error).__name__, error)
                await self._sleep(_RETRY_SECONDS)
                await message.nack(requeue=True)
            else:
                await message.ack()

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
