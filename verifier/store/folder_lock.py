"""One process at a time has a folder of a holder or a coordinator, and nobody else on the machine writes there."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verifier.errors import HolderFolderUnfit
from verifier.store.holder_folder import HolderFolder
from verifier.store.left_over import sweep

_OTHERS_WRITE: Final = 0o022
_UNLOCKABLE: Final = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


@dataclass(frozen=True, slots=True)
class FolderLock:
    """Given back by `release`, or by the system when the process ends in whatever way."""

    _handles: tuple[int, ...]

    def release(self) -> None:
        for handle in self._handles:
            with suppress(OSError):
                os.close(handle)


def lock_folder(folder: HolderFolder) -> FolderLock:
    """Keep a second process out of a folder until this one ends, and take away what one that was killed left over.

    It is the transport key that is locked, too: whoever is told that a process uses the folder deletes a file that is
    called `lock`, and not that one.

    :raises HolderFolderUnfit: there is one, or the folder is not this user's alone.
    """
    _require_own(folder.path)
    handles: list[int] = []
    try:
        for path, flags in ((folder.transport, 0), (folder.path / "lock", os.O_CREAT)):
            if flags or path.exists():
                handles.append(_locked(path, flags))
    except OSError as exc:
        FolderLock(tuple(handles)).release()
        why, advice = _why(exc)
        raise HolderFolderUnfit(path=str(folder.path), why=why, advice=advice) from exc
    sweep(folder.path)
    return FolderLock(tuple(handles))


def _locked(path: Path, flags: int) -> int:
    """:raises OSError: another process has it, or it cannot be locked."""
    import fcntl

    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


def _require_own(path: Path) -> None:
    """Raise HolderFolderUnfit where others could put files of theirs in the place of rules, groups and records."""
    try:
        found = path.stat()
    except OSError as exc:
        why, advice = _why(exc)
        raise HolderFolderUnfit(path=str(path), why=why, advice=advice) from exc
    if found.st_uid != os.geteuid():
        raise HolderFolderUnfit(
            path=str(path),
            why="it belongs to another user of this machine",
            advice="Run this as that user: files that are written now, that user could not use afterwards.",
        )
    if found.st_mode & _OTHERS_WRITE:
        raise HolderFolderUnfit(
            path=str(path),
            why="others on this machine can put files into it",
            advice="Run `chmod 700` on it, and look whether its rules and groups are still yours.",
        )


def _why(exc: OSError) -> tuple[str, str]:
    """Return what is wrong, and what to do about it."""
    if isinstance(exc, BlockingIOError):
        return "another process uses it", "End that process first; deleting files does not."
    said = exc.strerror or "it cannot be used"
    if exc.errno in _UNLOCKABLE:
        return f"its disk does not let one process keep others out ({said})", "Use a disk of this machine."
    if isinstance(exc, PermissionError):
        return said, "Run this as the user whose folder it is."
    if isinstance(exc, FileNotFoundError):
        return said, "Look for the right folder, or make one with `fourth-signer frost card`."
    return said, "Look at its disk."
