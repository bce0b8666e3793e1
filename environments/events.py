"""The queues that events come by: one for each consumer, or for all that share it."""

from collections.abc import Mapping
from dataclasses import dataclass

from environments.model import Environment
from environments.services import Service


@dataclass(frozen=True)
class EventQueue:
    """A queue of the broker, fed with an event by the exchange of the event's name."""

    event: str
    publishers: tuple[str, ...]
    consumers: tuple[str, ...]


def queue_of(event: str, consumer: str, service: Service) -> str:
    """The queue by which a consumer gets an event: its own, or that of the event's name."""
    return f"{event}.{service.was or consumer}" if event in service.own_queues else event


def queues_of(environment: Environment) -> Mapping[str, EventQueue]:
    """Every queue by its name, in the order of the names; both ends by the names that they were made by."""
    services = environment.deployed_services.items()
    consumers = dict[tuple[str, str], list[str]]()
    for name, service in services:
        for event in service.consumes:
            consumers.setdefault((queue_of(event, name, service), event), []).append(name)
    return {
        queue: EventQueue(
            event, tuple(name for name, service in services if event in service.publishes), tuple(readers)
        )
        for (queue, event), readers in sorted(consumers.items())
    }
