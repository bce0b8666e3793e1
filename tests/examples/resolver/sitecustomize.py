"""Has a process of Python find the names of a cluster: NAMES says, as JSON, at which of this machine's addresses."""

import json
import os
import socket
from typing import Any

_NAMES: dict[str, str] = json.loads(os.environ["NAMES"])
_getaddrinfo = socket.getaddrinfo


def _found(host: Any, *arguments: Any, **options: Any) -> Any:
    return _getaddrinfo(_NAMES.get(host, host), *arguments, **options)


socket.getaddrinfo = _found
