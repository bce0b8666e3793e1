"""Where the roots keep their state, read from what was generated: it is of use where no environment's file is."""

import re

_CLOUDS = {"azurerm": "azure", "s3": "aws", "gcs": "google"}


def cloud_of_backend(text: str) -> str | None:
    """The cloud in which a root keeps its state, by its backend.tf; None if in none."""
    backend = re.search(r'^  backend "(\w+)"', text, re.MULTILINE)
    return _CLOUDS.get(backend[1]) if backend else None
