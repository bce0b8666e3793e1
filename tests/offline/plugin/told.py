"""What a cloud was told through write-only arguments, which no state keeps, and what it was asked to refuse."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SUFFIX = "_wo"  # of write-only arguments, in all providers


class Told:
    """Lines of `told.jsonl` in the folder OFFLINE_CLOUD, without which nothing is kept.

    Each is the `type` of a resource, its other `arguments` and the `secrets`, under the names that they are read by.
    Creating a resource fails while the folder's `refused` names its type.
    """

    def __init__(self) -> None:
        folder = os.environ.get("OFFLINE_CLOUD")
        self._folder = Path(folder) if folder else None

    @property
    def is_kept(self) -> bool:
        """Whether secrets can be read back."""
        return self._folder is not None

    def refuses(self, type_: str) -> bool:
        """Whether a resource of this type cannot be made."""
        refused = self._folder / "refused" if self._folder else None
        return refused is not None and refused.exists() and type_ in refused.read_text().split()

    def note(self, type_: str, configuration: dict[str, Any], write_only: set[str]) -> None:
        """Keep what a resource was made or changed with, if it has secrets."""
        secrets = {name.removesuffix(_SUFFIX): configuration[name] for name in write_only if configuration[name]}
        if self._folder and secrets:
            arguments = {name: value for name, value in configuration.items() if isinstance(value, str)}
            arguments = {name: value for name, value in arguments.items() if name not in write_only}
            with (self._folder / "told.jsonl").open("a") as file:
                file.write(json.dumps({"type": type_, "arguments": arguments, "secrets": secrets}) + "\n")

    def read(self, type_: str, configuration: dict[str, Any]) -> dict[str, str] | None:
        """What was told last of a resource of this type, and of the same arguments as far as both have them."""
        found = None
        for line in self._lines():
            shared = line["arguments"].keys() & {name for name, value in configuration.items() if value is not None}
            if (
                line["type"] == type_
                and shared
                and all(line["arguments"][name] == configuration[name] for name in shared)
            ):
                found = line["secrets"]
        return found

    def _lines(self) -> Iterator[dict[str, Any]]:
        file = self._folder / "told.jsonl" if self._folder else None
        if file and file.exists():
            yield from map(json.loads, file.read_text().splitlines())
