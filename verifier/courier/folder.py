"""Parcels as files in a folder that is carried: for a holder without a network. Both ends look into it until they stop.

    to-3-SESSION-0001.parcel          for holder 3
    from-3-PROCESS-0001.parcel        by holder 3

A file appears whole or not at all, is written once, and is never changed.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from verifier.courier.parcel import MOST_BYTES, pack_parcel, unpack_parcel
from verifier.errors import HolderFileUnwritable, ParcelMalformed
from verifier.model.text import Shown, sanitise

_NAME: Final = re.compile(r"(to|from)-([0-9]{1,3})-([0-9a-f]{1,32})-([0-9]{4,8})\.parcel")


class ParcelFolder:
    """One end of a folder: writes under a name of its own, and reads what is new."""

    def __init__(self, folder: Path, *, writes: str, reads: str, run: bytes) -> None:
        """Use a folder.

        :param writes: `to` or `from`; `reads` is the other
        :param run: tells this process from all others
        """
        self._folder, self._writes, self._reads, self._run = folder, writes, reads, run.hex()[:32]
        self._count = 0
        # What lies there is of other sessions, which are over.
        self._known: set[str] = {path.name for path, _ in self._files()}

    def write(self, index: int, envelopes: Sequence[bytes]) -> Path:
        """Write a parcel for, or by, a holder.

        :raises HolderFileUnwritable: the disk does not let us.
        """
        self._count += 1
        path = self._folder / f"{self._writes}-{index}-{self._run}-{self._count:04}.parcel"
        temporary = path.with_suffix(".writing")
        try:
            with temporary.open("xb") as file:
                file.write(pack_parcel(envelopes))
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
            _sync(self._folder)
        except OSError as exc:
            with suppress(OSError):
                temporary.unlink()
            why = exc.strerror or "the disk does not let us"
            raise HolderFileUnwritable(path=str(path), why=why) from exc
        return path

    def read(self) -> Iterator[tuple[int, tuple[bytes, ...] | Shown]]:
        """Yield what is new: whose it is, and its envelopes; or what is wrong with it."""
        for path, index in self._files():
            if path.name in self._known:
                continue
            self._known.add(path.name)
            named = sanitise(path.name, most=80)
            try:
                yield index, unpack_parcel(_read(path), origin=named)
            except OSError as exc:
                yield index, Shown(f"{named} cannot be read: {sanitise(exc.strerror or 'no reason given')}")
            except ParcelMalformed as exc:
                yield index, Shown(exc.sentence())

    def _files(self) -> Iterator[tuple[Path, int]]:
        """Yield the parcels that lie there, by their names."""
        with suppress(OSError):
            for path in sorted(self._folder.iterdir()):
                found = _NAME.fullmatch(path.name)
                if found and found[1] == self._reads:
                    yield path, int(found[2])


def _sync(folder: Path) -> None:
    """Have the names of its files on the disk, where it knows how: many that are carried around do not."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read(path: Path) -> bytes:
    """Return what is in a file: of no pipe, which would keep us waiting, and of nothing that a link leads to.

    :raises OSError: it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        return file.read(MOST_BYTES + 1)
