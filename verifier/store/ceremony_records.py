"""The records of a holder or a coordinator: JSON lines, each with the hash of the one before, and on the disk at once.

Kinds: `begun`, `sent`, `received`, `refused`, `lied`, `excluded`, `decided`, `epoch`, `ended`, `failed`, `rules`. Each
says when, on what machine, whose it is and of what session. Envelopes stand in them whole, as hex: so a round can be
replayed from them. No secret is in an envelope that is not sealed for its receiver.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from verifier.errors import AuditBroken, HolderFileUnwritable
from verifier.model.hash_chain import GENESIS, HashChain, line_of, record_of
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.model.watching import AuditRecord
from verifier.store.record_sessions import RecordSessions
from verifier.store.syncing import sync_folder
from verifier.store.watch_lock import origin_of_this_process

DOMAIN: Final = "fourth-signer frost 1"
MOST_LINE: Final = 16 * 1024 * 1024
_TAKEN_AWAY: Final = "it was taken away, or another file put in its place, while this runs; start this anew"
_WRITTEN: Final = (
    "somebody else writes into it, or cut it, while this runs; end that, keep a copy, and start this anew"
)


class CeremonyRecords:
    """The port Recorder over one file, which only grows."""

    def __init__(self, path: Path, *, identity: Shown, now: Callable[[], Timestamp]) -> None:
        """Look at the last record; the file is made if there is none.

        :param identity: whose records they are
        :raises AuditBroken: what stands there is not what was written.
        :raises HolderFileUnwritable: the disk does not let us.
        """
        self._path, self._identity, self._now = path, identity, now
        self._chain, self._sessions = HashChain(DOMAIN), RecordSessions()
        self._origin = origin_of_this_process()
        self._lock = threading.Lock()
        self._number, self._previous = 0, GENESIS
        # The last record of each kind that stood there at the start.
        self._latest: dict[str, AuditRecord] = {}
        if path.exists():
            for record in read_records(path):
                self._number, self._previous = record.number, record.hash
                self._latest[record.kind] = record
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            sync_folder(path.parent)
            self._was_cut = self._cut_tail()
            # As it is left after each record: nobody else writes here.
            self._size, self._is_torn = os.fstat(self._handle).st_size, False
        except OSError as exc:
            raise HolderFileUnwritable(path=str(path), why=exc.strerror or "no reason given") from exc

    def note(self, kind: str, body: Mapping[str, object]) -> None:
        """As the port says.

        :raises HolderFileUnwritable: the disk does not let us.
        """
        with self._lock:
            record = self._chain.seal(
                number=self._number + 1,
                previous=self._previous,
                at=self._now(),
                origin=self._origin,
                identity=self._identity,
                kind=kind,
                body=self._sessions.name(kind, body),
            )
            try:
                self._append((line_of(record, DOMAIN) + "\n").encode("ascii"))
            except OSError as exc:
                why = exc.strerror or "no reason given"
                raise HolderFileUnwritable(path=str(self._path), why=why) from exc
            self._number, self._previous = record.number, record.hash

    def _append(self, line: bytes) -> None:
        """Add a line, all or nothing.

        :raises OSError: it is not on the disk.
        """
        self._require_in_place()
        self._is_torn = True
        try:
            _write_whole(self._handle, line)
        except OSError:
            self._take_back()
            raise
        self._size += len(line)
        self._is_torn = False

    def _take_back(self) -> None:
        # Behind a part of a line, or a record that nobody was told of, no other would hold.
        os.ftruncate(self._handle, self._size)
        self._is_torn = False

    def _require_in_place(self) -> None:
        """Look whether the file is what was left: nothing is said that is not recorded where it will be looked for.

        :raises OSError: somebody wrote into it, or took it away.
        """
        ours = os.fstat(self._handle)
        try:
            there = self._path.stat()
        except FileNotFoundError:
            raise OSError(errno.ENOENT, _TAKEN_AWAY) from None
        if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            raise OSError(errno.ESTALE, _TAKEN_AWAY)
        if self._is_torn:
            # The disk did not even let us take back what it had failed to take.
            self._take_back()
        elif ours.st_size != self._size:
            raise OSError(errno.ESTALE, _WRITTEN)

    def _cut_tail(self) -> bool:
        """Take away a last line that was cut off when the machine stopped: it was never a record."""
        size = os.fstat(self._handle).st_size
        tail = os.pread(self._handle, MOST_LINE, max(size - MOST_LINE, 0))
        if not tail or tail.endswith(b"\n"):
            return False
        os.ftruncate(self._handle, size - len(tail) + tail.rfind(b"\n") + 1)
        return True

    def latest(self, kind: str) -> dict[str, object]:
        """Return what the last record of a kind said, of an earlier run; nothing where there is none."""
        found = self._latest.get(kind)
        return {} if found is None else body_of(found)

    @property
    def was_cut(self) -> Shown | None:
        """Return what to say of a last line that was cut off and is taken away; None where there was none."""
        if not self._was_cut:
            return None
        return Shown(
            f"A last record, number {self._number + 1}, was cut off when this stopped, and is taken away: "
            "what it was about had not left."
        )

    @property
    def head(self) -> tuple[int, bytes]:
        """Return number and hash of the last record."""
        return self._number, self._previous

    def close(self) -> None:
        os.close(self._handle)


def _write_whole(handle: int, line: bytes) -> None:
    """:raises OSError: a part of it is on the disk, or none."""
    if os.write(handle, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fdatasync(handle)


def read_records(path: Path) -> Iterator[AuditRecord]:
    """Yield the records of a file, each holding to the one before it. A last line that was cut off is no record.

    :raises AuditBroken: they are not what was written, or cannot be read.
    """
    number = 0

    def lines() -> Iterator[AuditRecord]:
        nonlocal number
        with path.open("rb") as file:
            while (line := file.readline(MOST_LINE)).endswith(b"\n"):
                number += 1
                yield record_of(line, number, DOMAIN)

    try:
        found = list(lines())
    except OSError as exc:
        why = f"{path} cannot be read ({exc.strerror})"
        raise AuditBroken(number=number and number + 1, why=why) from exc
    HashChain(DOMAIN).verify(found)
    yield from found


def body_of(record: AuditRecord) -> dict[str, object]:
    """Return what a record says."""
    found = json.loads(record.body)
    return found if isinstance(found, dict) else {}
