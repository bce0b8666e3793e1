"""Secrets that the vendor of observability hands out: their names in the store, in the cluster and in secret_values."""

API_KEY = "monitoring"
"""With it the vendor takes data."""

APPLICATION_KEY = "monitoring-application"
"""Datadog's second key, with which its monitors are made."""

VENDOR_KEYS = (API_KEY, APPLICATION_KEY)
