"""Names of files, which are on the disk only once their folder is."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Have the names of its files on the disk: one that is new may be gone after a power cut, whatever is in it.

    :raises OSError: the disk does not let us.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
