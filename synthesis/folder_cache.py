"""Keeps the folders of the tree as they were synthesised, so that the next synthesis makes only those that differ.

A folder is found by a digest of all that it was made of: code, installed packages, and what was asked for. So it is
either found as it would be made, or made.
"""

import hashlib
import json
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class SynthesisedFolder:
    """A folder of the tree: `path` relative to it, the text of each of its files by name, and what others say of it.

    `types` are those of resources and data sources in it and in what it calls, whose paths are `called`.
    """

    path: str
    files: Mapping[str, str]
    description: str
    types: Sequence[str]
    called: Sequence[str]


class FolderCache:
    """The folders of the last synthesis, a file each below `folder`.

    `code` gives the digest of all code that makes a folder. It is asked at once, so that the cache is there before the
    code is imported, and again before anything is kept: code that was edited meanwhile has made neither.
    """

    def __init__(self, folder: Path, code: Callable[[], str]) -> None:
        self._folder = folder
        self._ask_for_code = code
        self._code = code()

    def find(self, made_of: str) -> SynthesisedFolder | None:
        """The folder that was made of this; nothing if there is none, or what there is has been damaged."""
        with suppress(OSError):
            file = self._file(made_of)
            head, _, body = file.read_bytes().partition(b"\n")
            if head == _head(file, body):
                return SynthesisedFolder(**json.loads(body))
        return None

    def keep(self, folders: Mapping[str, SynthesisedFolder]) -> None:
        """Keep folders, by what each was made of. Where they cannot be written, they are made again next time."""
        if self._ask_for_code() != self._code:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for made_of, folder in folders.items():
                file, body = self._file(made_of), json.dumps(asdict(folder)).encode()
                with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as new:
                    new.write(_head(file, body) + b"\n" + body)
                Path(new.name).replace(file)

    def forget_others(self, made_of: Iterable[str]) -> None:
        """Remove all that was made of anything else."""
        kept = set(map(self._file, made_of))
        with suppress(OSError):
            for file in self._folder.iterdir():
                if file not in kept:
                    file.unlink(missing_ok=True)

    def _file(self, made_of: str) -> Path:
        return self._folder / hashlib.sha256(f"{self._code}\n{made_of}".encode()).hexdigest()


def code_digest(repository: Path, patterns: Iterable[str]) -> str:
    """A digest of the Python that runs, of the packages installed for it by name and version, and of files.

    These are all that match one of the patterns, relative to the repository, by path and content.
    """
    digest = hashlib.sha256(sys.version.encode())
    installed = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    digest.update("\n".join(sorted(path.name for path in installed)).encode())
    for path in sorted(code_files(repository, patterns)):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(repository).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def code_files(repository: Path, patterns: Iterable[str]) -> set[Path]:
    """The files that match one of the patterns, relative to the repository, but for what Python compiles."""
    found = {path for pattern in patterns for path in repository.glob(pattern) if path.is_file()}
    return {path for path in found if path.parent.name != "__pycache__"}


def _head(file: Path, body: bytes) -> bytes:
    """The first line of a file: a digest of the rest, and of what it was made of."""
    return hashlib.sha256(file.name.encode() + body).hexdigest().encode()
