"""Reading a file that holds a key: one that only its owner can read, and not longer than it should be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from verifier.errors import KeyFileUnusable

_ADVICE = "Check where your key file is."


def read_key_file(path: Path, most: int, *, is_secret: bool = True) -> bytes:
    """Return what stands in the file.

    :param is_secret: whether others on this machine must not be able to read it
    :raises KeyFileUnusable: it is missing, no file, too long, or open to others.
    """
    try:
        # Without waiting for the other end, should it be a pipe.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as exc:
        why = exc.strerror or "it cannot be opened" if isinstance(exc, OSError) else "this is no path"
        raise KeyFileUnusable(path=str(path), why=why, advice=_ADVICE) from exc
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        # Python opens no folder as a file, and would say so in its own way.
        os.close(handle)
        raise KeyFileUnusable(path=str(path), why="it is no file", advice=_ADVICE)
    with os.fdopen(handle, "rb") as file:
        if is_secret and found.st_mode & 0o077:
            raise KeyFileUnusable(
                path=str(path),
                why=f"its mode is {stat.S_IMODE(found.st_mode):04o}, so others on this machine can use it",
                advice="Run `chmod 600` on it, and think about who may have copied it.",
            )
        content = file.read(most + 1)
    if len(content) > most:
        raise KeyFileUnusable(path=str(path), why="it is too long for a key file", advice="Choose another.")
    return content
