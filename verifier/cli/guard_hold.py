"""The file that keeps a guard from acting while it is there, whoever made it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from verifier.errors import HoldUnwritable
from verifier.model.text import Shown, sanitise

_MOST: Final = 400


class FileHold:
    """The port Hold over one file. What it says is shown, and decides nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def why(self) -> Shown | None:
        """Return what the file says; None where there is no file."""
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            # A link to what is not there is something all the same: `hold` would find it.
            if not os.path.lexists(self._path):
                return None
            return Shown(f"{sanitise(str(self._path))} is there, and leads nowhere.")
        except OSError:
            # There is something, or nobody can tell: both are a hold.
            return Shown(f"{sanitise(str(self._path))} cannot be read.")
        try:
            words = os.read(handle, _MOST).decode("utf-8", errors="replace").strip()
        except OSError:
            words = ""
        finally:
            os.close(handle)
        return sanitise(words) if words else Shown(f"{sanitise(str(self._path))} is there.")

    def begin(self, said: Shown) -> bool:
        """Make the file, and return whether it was not there before: the first reason stays.

        :raises HoldUnwritable: it cannot be made.
        """
        try:
            with self._unwritable():
                handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return False
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{said}\n")
        return True

    def end(self) -> bool:
        """Remove the file, and return whether it was there.

        :raises HoldUnwritable: it cannot be removed.
        """
        try:
            with self._unwritable():
                self._path.unlink()
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def _unwritable(self) -> Iterator[None]:
        try:
            yield
        except (FileExistsError, FileNotFoundError) as exc:
            if isinstance(exc, FileNotFoundError) and not self._path.parent.is_dir():
                raise HoldUnwritable(path=str(self._path), why="its folder is not there") from exc
            raise
        except OSError as exc:
            raise HoldUnwritable(path=str(self._path), why=exc.strerror or "it is no path") from exc
