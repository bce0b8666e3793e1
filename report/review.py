"""What Checkov said of a generated tree, kept until the tree changes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Counts:
    """Checks of one cloud's modules, or of what runs in the cluster; skipped are those that a comment accepts."""

    passed: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class Review:
    """Checkov's results. `tree` tells which tree it saw, `day` is ISO's, `counts` go by the folders' names."""

    tree: str
    checkov: str
    day: str
    counts: Mapping[str, Counts]


def digest(infra: Path) -> str:
    """What differs as soon as any Terraform of a generated tree does."""
    hashed = hashlib.sha256()
    for path in sorted(infra.rglob("*.tf")):
        if ".terraform" not in path.parts:
            hashed.update(f"{path.relative_to(infra).as_posix()}\n".encode())
            hashed.update(path.read_bytes())
    return hashed.hexdigest()


def keep(review: Review, file: Path) -> None:
    """Write a review to a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(review), indent=2) + "\n", encoding="utf-8")


def kept(file: Path, infra: Path) -> Review | None:
    """The review in a file; None if there is none, or if it is of another tree."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        counts = {name: Counts(**numbers) for name, numbers in found.pop("counts").items()}
        review = Review(**found, counts=counts)
    except (OSError, ValueError, TypeError, KeyError):  # whatever is wrong with it, it can be made anew
        return None
    return review if review.tree == digest(infra) else None
