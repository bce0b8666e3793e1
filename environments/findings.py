"""What is to be said of a valid environment file: that it costs too much, say, or is too small for what it runs."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from environments.model import Environment
from environments.shared import read_environment, read_shared


@dataclass(frozen=True)
class Finding:
    """A fault makes a check fail, a notice does not. `file` is from the repository's root; `key` is what to change."""

    severity: Literal["fault", "notice"]
    file: str
    key: str
    text: str

    def __str__(self) -> str:
        """`environments/prod.toml: budget.monthly_usd: ...`."""
        return f"{self.file}: {self.key}: {self.text}"

    def as_json(self) -> dict[str, Any]:
        """The fields, by name."""
        return asdict(self)


def file_with(folder: Path, environment: Environment, key: str) -> str:
    """The file that has a key, from the folder's parent: the environment's own, or the one that is shared."""
    document = read_environment(folder / f"{environment.name}.toml", read_shared(folder))
    return f"{folder.name}/{document.file_of(key.split('.')).name}"
