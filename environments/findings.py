"""What is to be said of a valid environment file: that it costs too much, say, or has too few nodes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from environments.model import Environment
from environments.shared import read_environment, read_shared

FileOf = Callable[[str], str]
"""From a key to the file that says it, such as environments/dev.toml."""


@dataclass(frozen=True)
class Finding:
    """A fault, which has checks fail, or a notice. `kind` is one of a few; `key` of `file` is what to change."""

    kind: str
    severity: Literal["fault", "notice"]
    file: str
    key: str
    text: str

    def __str__(self) -> str:
        """`environments/prod.toml: budget.monthly_usd: ...`."""
        return f"{self.file}: {self.key}: {self.text}"

    def as_json(self) -> dict[str, str]:
        """Each field by its name."""
        return asdict(self)


def file_of(folder: Path, environment: Environment) -> FileOf:
    """Which file of a folder says a key of an environment: its own, unless only the shared one does."""
    document = read_environment(folder / f"{environment.name}.toml", read_shared(folder))
    return lambda key: f"{folder.name}/{document.file_of(key.split('.')).name}"
