"""What of an environment is open, or trusted, further than it has to be: allowed by its file, and worth a look."""

from collections.abc import Iterator
from dataclasses import dataclass

from environments import Environment


@dataclass(frozen=True)
class Exposure:
    """A phrase of texts.toml, and the key that says so."""

    phrase: str
    key: str


def exposures(environment: Environment) -> Iterator[Exposure]:
    """Those of one environment in a cloud; a cluster that is there already is its owner's to guard."""
    if not environment.in_cloud:
        return
    gateway, cluster, rabbitmq = environment.gateway, environment.cluster, environment.rabbitmq
    if gateway and gateway.public and gateway.token_issuer is None:
        yield Exposure("exposed_without_token", "gateway.token_issuer")
    if cluster and cluster.public_access_cidrs:
        yield Exposure("exposed_api_server", "cluster.public_access_cidrs")
    if cluster and cluster.identity_endpoint:
        yield Exposure("exposed_identity_endpoint", "cluster.identity_endpoint")
    if rabbitmq and rabbitmq.accept_password_in_state:
        yield Exposure("exposed_password_in_state", "rabbitmq.accept_password_in_state")
