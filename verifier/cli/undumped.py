"""A process that has a secret in its memory for as long as it runs."""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress
from typing import Final

# Of Linux: PR_SET_DUMPABLE.
_DUMPABLE: Final = 4


def leave_no_dump() -> None:
    """Let no crash write this process's memory to a disk, and no other process of the same user read it: a share, or
    what opens a key, is in there. Where a system has no word for that, nothing is done.
    """
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DUMPABLE, 0, 0, 0, 0)
