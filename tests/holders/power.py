"""What a power cut takes: whatever no `fsync` has put on the disk, the names of files as well as what is in them.

    disk.grows(handle)          before something is written into a file
    disk.changes(path)          before a name comes, goes, or gets another file
    disk.is_safe(handle)        after the `fsync` of a file or a folder
    cut_power(notes, root)      once the process is dead: takes back what was not safe by then

It is the worst that a disk may do: many keep more. A process notes each change before it makes it, and whoever ended it
takes it back, so that nothing that other threads still do comes after it.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_MODE: Final = 0o777
# As they were, whatever is put around them later.
_open, _write, _read, _fstat = os.open, os.write, os.read, os.fstat


@dataclass(slots=True)
class Disk:
    """The notes of one process."""

    notes: Path
    _handle: int = -1

    def grows(self, handle: int, size: int | None = None) -> None:
        """Note how much of a file was there before it is written into, or cut to a size."""
        found = _fstat(handle)
        self._note(file=found.st_ino, size=found.st_size if size is None else min(size, found.st_size))

    def changes(self, path: Path) -> None:
        """Note what has a name before that changes."""
        try:
            handle = _open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._note(folder=str(path.parent), name=path.name, was=None)
            return
        with os.fdopen(handle, "rb") as file:
            mode = stat.S_IMODE(_fstat(handle).st_mode)
            self._note(folder=str(path.parent), name=path.name, was=file.read().hex(), mode=mode)

    def is_safe(self, handle: int) -> None:
        """Note that a file, or the names in a folder, are on the disk by now."""
        found = _fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            self._note(safe_folder=str(Path(f"/proc/self/fd/{handle}").readlink()))
        else:
            self._note(safe_file=found.st_ino)

    def _note(self, **said: Any) -> None:
        if self._handle < 0:
            self._handle = _open(self.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        _write(self._handle, (json.dumps(said) + "\n").encode())


def cut_power(notes: Path, root: Path) -> None:
    """Take back what a process that is dead had not put on the disk, below a folder. Once for all."""
    if not notes.exists():
        return
    lines = [json.loads(line) for line in notes.read_text().splitlines()]
    notes.unlink()
    names: list[dict[str, Any]] = []
    sizes: dict[int, int] = {}
    for line in lines:
        if "file" in line:
            sizes[line["file"]] = min(line["size"], sizes.get(line["file"], line["size"]))
        elif "name" in line:
            names.append(line)
        elif "safe_file" in line:
            sizes.pop(line["safe_file"], None)
        else:
            names = [each for each in names if each["folder"] != line["safe_folder"]]
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_ino in sizes:
            os.truncate(path, min(path.stat().st_size, sizes[path.stat().st_ino]))
    for line in reversed(names):
        _put_back(Path(line["folder"]) / line["name"], line)


def _put_back(path: Path, line: dict[str, Any]) -> None:
    if not path.parent.is_dir():
        return
    if path.is_dir():
        if line["was"] is None:
            shutil.rmtree(path)
        return
    path.unlink(missing_ok=True)
    if line["was"] is not None:
        path.write_bytes(bytes.fromhex(line["was"]))
        path.chmod(line["mode"])
