"""An example of each key, from examples.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path as File
from typing import Any

from environments.keys import Path

_FILE = File(__file__).with_name("examples.toml")


class Examples:
    """What a file may say of each key, and what has to stand beside it."""

    def __init__(self) -> None:
        document = tomllib.loads(_FILE.read_text(encoding="utf-8"))
        self._beside: Mapping[str, Mapping[str, Any]] = document.pop("with")
        self._values = document.pop("top") | document

    def of(self, path: Path) -> Any:
        """The example of a key. Raises KeyError, which says what is missing, without one."""
        value: Any = self._values
        for step in path:
            if not isinstance(value, dict) or step not in value:
                raise KeyError(f"{'.'.join(path)} has no example in {_FILE.name}")
            value = value[step]
        return value

    def beside(self, path: Path) -> Mapping[str, Any]:
        """Values that the example of a key needs, by their keys from the top of the file."""
        return self._beside.get(".".join(path), {})

    def paths(self) -> set[Path]:
        """All keys that there is something of, as deep as tables go."""
        return {*_leaves(self._values), *(tuple(key.split(".")) for key in self._beside)}


def _leaves(node: Mapping[str, Any], path: Path = ()) -> set[Path]:
    found = set[Path]()
    for key, value in node.items():
        found |= _leaves(value, (*path, key)) if isinstance(value, dict) else {(*path, key)}
    return found
