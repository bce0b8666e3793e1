"""Where servers keep what they store while tests ask them: in memory, if the machine has enough."""

import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 2**31


def memory_folder() -> Path | None:
    """A folder for `tempfile`, whose own choice it is where this is None: databases are work for a file system."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES else None
