"""Secrets that others hand out, by their names in the store and in secret_values."""

API_KEY = "monitoring"
"""With it the vendor takes data."""

APPLICATION_KEY = "monitoring-application"
"""Datadog's second key, with which its monitors are made."""

VENDOR_KEYS = (API_KEY, APPLICATION_KEY)
"""Those of the vendor of observability, which the cluster has by the same names."""

RUNNER_KEY = "runner"
"""The private key of the GitHub App that registers runners. Only the runners read it."""

GIVEN_SECRETS = (*VENDOR_KEYS, RUNNER_KEY)
"""Those that have one name in every environment; the secrets of microservices have names of their own."""


def own_secret(service: str, variable: str) -> str:
    """The name of a secret that a microservice has of its own, and reads from an environment variable."""
    return f"{service}-{variable.lower().replace('_', '-')}"
