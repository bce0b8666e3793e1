"""Writes constructs/flowwise/tables/digests.toml: what registries have by the names of charts and images.

It asks them, so it is run where they can be reached, and what it writes is committed, with the tree that it changes.
What is known stays: a registry that has something else under the same version now has been tampered with, or its
makers move tags, and somebody has to look.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from flowwise.tables.charts import CHARTS, IMAGES, Chart, Image
from flowwise.tables.digests import DIGESTS, FILE
from operations.failure import OperationError, exit_status
from operations.registries import digest_of_archive, digest_of_manifest

_OCI = "oci://"
_HEAD = "# Written by `make digests`, which asks registries; a line is taken out by hand to have it asked anew.\n"


def main() -> int:
    """Ask for all, and write what is told; 1 if something was not, or is not what it was."""
    return update([*CHARTS.values(), *IMAGES.values()], DIGESTS, FILE)


def update(wanted: Iterable[Chart | Image], known: Mapping[str, str], file: Path) -> int:
    """Write the digests of charts and images, of which some are known, into a file."""
    digests: dict[str, str] = {}
    waiting: dict[str, str] = {}
    moved: list[str] = []
    for each in wanted:
        name = each.reference if isinstance(each, Chart) else each.name
        try:
            told = _ask(each)
        except OperationError as error:
            print(error, file=sys.stderr)
            told = known.get(name, "")
            if not told:
                waiting[name] = str(error)
                continue
        digests[name] = known.get(name, told)
        if digests[name] != told:
            moved.append(f"{name} is {told} now, and was {digests[name]}: find out why before you take its line out.")
    file.write_text(_HEAD + _table("known", digests) + _table("waiting", waiting))
    print(f"{len(digests)} digests are known, and {len(waiting)} are not.")
    print(*moved, sep="\n", end="", file=sys.stderr)
    return int(bool(waiting or moved))


def _ask(each: Chart | Image) -> str:
    """Its digest, by whoever has it. Raises OperationError."""
    if isinstance(each, Image):
        return digest_of_manifest(each.repository, each.tag)
    if each.repository.startswith(_OCI):
        return digest_of_manifest(f"{each.repository.removeprefix(_OCI)}/{each.name}", each.version)
    return digest_of_archive(each.repository, each.name, each.version)


def _table(name: str, rows: Mapping[str, str]) -> str:
    return f"\n[{name}]\n" + "".join(f"{json.dumps(key)} = {json.dumps(rows[key])}\n" for key in sorted(rows))


if __name__ == "__main__":
    sys.exit(exit_status(main))
