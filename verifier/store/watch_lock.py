"""One process at a time has a watcher's file: an OS lock on a file beside it, held for as long as the process lives.

Not on the database itself: SQLite's own locks go when any descriptor of that file is closed.
"""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import Final

from verifier.errors import WatchStoreLocked, WatchStoreUnusable
from verifier.model.text import Shown, sanitise

_MOST_BYTES: Final = 200
_ATTEMPTS: Final = 10


def origin_of_this_process() -> Shown:
    """Return the machine and process, for logs."""
    return sanitise(f"{socket.gethostname()} process {os.getpid()}", most=120)


class FileLock:
    """Taken where it is made; given back by `release`, or by the system when the process ends in whatever way."""

    def __init__(self, store: Path) -> None:
        """Take the lock.

        :raises WatchStoreLocked: another process has it.
        :raises WatchStoreUnusable: the disk does not let us.
        """
        self._path = store.with_name(store.name + ".lock")
        self._handle = -1
        try:
            # Whoever deletes the file between our opening and locking it leaves us with a lock that keeps nobody out.
            for _ in range(_ATTEMPTS):
                self._handle = self._locked(store)
                if self._is_in_place():
                    return
                self.release()
        except OSError as exc:
            self.release()
            raise WatchStoreUnusable(store=str(store), why=exc.strerror or "it cannot be locked") from exc
        raise WatchStoreUnusable(store=str(store), why="its lock is deleted again and again")

    def release(self) -> None:
        """Give it back. The file stays: a name that comes and goes keeps nobody out."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _locked(self, store: Path) -> int:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            holder = os.pread(handle, _MOST_BYTES, 0).decode("utf-8", "replace").strip()
            os.close(handle)
            raise WatchStoreLocked(store=str(store), holder=holder or "another process") from exc
        except BaseException:
            os.close(handle)
            raise
        os.ftruncate(handle, 0)
        os.pwrite(handle, origin_of_this_process().encode("ascii"), 0)
        return handle

    def _is_in_place(self) -> bool:
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        ours = os.fstat(self._handle)
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
