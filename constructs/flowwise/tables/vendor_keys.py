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
