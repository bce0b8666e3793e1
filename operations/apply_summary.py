"""What people want to know once a stack is deployed, as Markdown."""

from collections.abc import Mapping
from typing import Any

from operations.markdown import document


def summary(stack: str, outputs: Mapping[str, Any]) -> str:
    """Where the API of a stack is, and what prints the address for its DNS record; nothing where there is none."""
    url, command = outputs.get("url"), outputs.get("address_command")
    if not url or not command:
        return ""
    return document(
        f"Deployed `{stack}`",
        f"The API is at {url}. The DNS record of its host has to point to what this prints as EXTERNAL-IP, to whoever "
        "is signed in to the cluster:",
        f"```sh\n{command}\n```",
    )
