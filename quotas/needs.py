"""By cloud, what an environment needs."""

from collections.abc import Callable, Mapping

from environments import Environment
from quotas.aws import aws_needs
from quotas.azure import azure_needs
from quotas.google import google_needs
from quotas.need import Need

_NEEDS: Mapping[str, Callable[[Environment], list[Need]]] = {
    "azure": azure_needs,
    "aws": aws_needs,
    "google": google_needs,
}


def needs_of(environment: Environment, cloud: str | None = None) -> tuple[Need, ...]:
    """What an environment needs on its own cloud, or would on another; nothing if it is in no cloud."""
    if not environment.in_cloud:
        return ()
    return tuple(need for need in _NEEDS[cloud or environment.cloud](environment) if need.most)
