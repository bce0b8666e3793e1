"""What registries have by the names of charts and images: the digest of each, or why there is none yet.

`make digests` writes the table, where registries can be reached, and nobody else does: a digest that was not read from
a registry is none. A name has its version in it, so that whoever raises a version has no digest for it, and says why.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("digests.toml")
_WRITTEN = tomllib.loads(FILE.read_text())

DIGESTS: Mapping[str, str] = _WRITTEN["known"]
"""By name and version: of an image that of its index, which has all platforms, of a chart in a registry that of its
manifest, and of one in a repository that of its archive."""

WAITING: Mapping[str, str] = _WRITTEN["waiting"]
"""Those without one, each with the reason."""
