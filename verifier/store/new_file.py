"""Writing a file where there is none: all of it or nothing, readable by its owner alone, and never over another one."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from verifier.store.syncing import sync_folder


def require_none(path: Path) -> None:
    """Look beforehand, so that nobody is asked for what could not be written afterwards.

    :raises FileExistsError: there is a file already.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def write_new_file(path: Path, content: bytes) -> None:
    """Write a file where there is none yet. Should anything go wrong, there is none afterwards either.

    :raises FileExistsError: there is one already.
    :raises OSError: the disk does not let us.
    :raises ValueError: the path is no path.
    """
    if not _appear(path, content):
        _put(path, content)


def _appear(path: Path, content: bytes) -> bool:
    """Write a file without a name, then give it one that nothing has yet: at any moment it is whole, or not there.

    :return: whether this disk knows how; those that are carried around often do not
    """
    if not hasattr(os, "O_TMPFILE"):
        return False
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            handle = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        with os.fdopen(handle, "wb") as stream:
            _fill(stream, content)
            try:
                # With the folder given, Python has the link followed to the file itself.
                os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=folder, follow_symlinks=True)
            except FileExistsError:
                raise
            except OSError:
                return False
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _put(path: Path, content: bytes) -> None:
    """Write a file under a name that nobody reads, then give it its own, if nothing has that yet.

    Where a disk knows no second name for a file either, as on many sticks, an empty file keeps the place meanwhile.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new.")
    try:
        with os.fdopen(handle, "wb") as stream:
            _fill(stream, content)
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:
            _replace_none(Path(temporary), path)
        with suppress(OSError):
            # Such a disk may not know how, and there the file is.
            sync_folder(path.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _replace_none(temporary: Path, path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def _fill(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)
    stream.flush()
    os.fsync(stream.fileno())
