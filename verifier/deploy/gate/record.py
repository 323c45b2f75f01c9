"""The record of releases on a disk: one entry a line, hash-chained, replaced as a whole, by one process at a time.

An entry is there from the moment at which its file has taken the place of the one before, and not before: there is no
half of one. So whoever was told that they may release has their tokens in it, even if they crash on the next line.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from verifier.deploy.gate.replay import EntryUnfitError, GateState, admitted, replayed, sealed
from verifier.deploy.gate.token import Authorisation
from verifier.errors import AuditBroken, ReleaseRecordBroken, ReleaseRecordUnusable, ReleaseRefused
from verifier.model.hash_chain import PROGRAM, HashChain, canonical, line_of, record_of
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.model.watching import AuditRecord

DOMAIN: Final = "fourth-signer release 1"
PIN_VARIABLE: Final = "FOURTH_SIGNER_RELEASE_HEAD"
"""Holds a head of the record where no command says one."""
MARK: Final = "fourth-signer record of releases"
_MOST_BYTES: Final = 256 * 1024 * 1024
_HOW: Final = (
    "This file is the record of releases of Fourth Signer: one JSON object a line, after this one.",
    "Each entry holds the hash of the entry before it, `previous`; that of the first is 32 zero bytes.",
    "`hash` is SHA-256 over the entry without `hash`, as JSON in ASCII, without spaces, keys in alphabetical order.",
    "`tokens` are the JWTs by which people authorised it; their keys are in the `policy` of an earlier entry.",
    "Compare the head's hash with one that was told at the time. The lines under `program` are a program in Python",
    "that checks the hashes; read it, save it as check.py, and run `python check.py FILE`.",
)


class ReleaseRecord:
    """One record, at its place."""

    def __init__(
        self, path: Path, origin: Shown, *, pin: bytes | None = None, must_pin: bool = False
    ) -> None:
        """Take the record at a path. Nothing is read yet.

        :param origin: the machine and process that writes, for those who read it later
        :param pin: the hash of an entry that it has to hold. Whoever may change the policy's file may name a record of
            their own in it, whole and consistent, so what tells the right one comes from elsewhere
        :param must_pin: whether nothing is believed without a pin
        """
        self.path: Final = path
        self._origin = origin
        self._pin = pin
        self._must_pin = must_pin
        self._chain = HashChain(DOMAIN)

    def start(self, policy: str, *, now: Timestamp, nonce: bytes) -> AuditRecord:
        """Begin a record where there is none.

        :raises ReleaseRecordUnusable: there is one.
        """
        with self._locked():
            if self.path.exists() or self.path.is_symlink():
                raise self._unusable("there is one already, and nothing is written over")
            body = {"policy": policy, "nonce": nonce.hex()}
            record = self._seal(GateState(), "start", body, (), now)
            admitted(GateState(), "start", body, at=now)
            self._write([record])
            return record

    def read(self) -> tuple[GateState, tuple[AuditRecord, ...]]:
        """Return what it comes to, and its entries; all of them were verified, tokens included.

        :raises ReleaseRecordUnusable: it is missing, or cannot be read.
        :raises ReleaseRecordBroken: it is not what was written into it.
        :raises ReleaseRefused: it is another one than the one that is pinned, or nothing is pinned.
        """
        records = self._records()
        try:
            self._chain.verify(records)
            state = replayed(records)
        except (AuditBroken, EntryUnfitError) as exc:
            raise self._broken(exc.number, exc.why) from exc
        self._require_pinned(state)
        return state, records

    def _require_pinned(self, state: GateState) -> None:
        if self._pin is None:
            if self._must_pin:
                why = (
                    f"nothing outside of the repository tells that {self.path} is the right record; give the head that "
                    f"you were told with --head, or in {PIN_VARIABLE}"
                )
                raise ReleaseRefused(rule="record-unpinned", why=why)
        elif self._pin not in state.hashes:
            why = f"{self.path} does not hold the head that is pinned: it was cut off, written anew, or is another one"
            raise ReleaseRefused(rule="record-other", why=why)

    @contextmanager
    def opened(self) -> Iterator[OpenRecord]:
        """Have the record alone, to add an entry to what it says now. Whoever comes at the same time waits.

        :raises ReleaseRecordUnusable: it is missing, or cannot be read.
        :raises ReleaseRecordBroken: it is not what was written into it.
        """
        with self._locked():
            yield OpenRecord(self, *self.read())

    def export(self, path: Path, *, made_at: Timestamp) -> tuple[int, bytes]:
        """Write it to a new file, with a program that checks it, and return the number of entries and the head.

        :raises ReleaseRecordUnusable: there is a file already, or the disk does not let us.
        """
        state, records = self.read()
        head = {"number": state.number, "hash": "0x" + state.head.hex()}
        said = {"mark": MARK, "version": 1, "made_at": int(made_at), "head": head, "how": list(_HOW)}
        first = canonical({**said, "program": PROGRAM.splitlines()})
        lines = [first, *(line_of(record, DOMAIN) for record in records)]
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
                file.writelines(line + "\n" for line in lines)
        except (OSError, ValueError) as exc:
            why = getattr(exc, "strerror", None) or "its path is no path"
            raise ReleaseRecordUnusable(path=str(path), why=why) from exc
        return state.number, state.head

    def _records(self) -> tuple[AuditRecord, ...]:
        try:
            if self.path.stat().st_size > _MOST_BYTES:
                raise self._unusable("it is too large to be one")
            content = self.path.read_bytes()
        except FileNotFoundError as exc:
            why = "it is missing; `fourth-signer release-record start` begins one, once for all"
            raise self._unusable(why) from exc
        except (OSError, ValueError) as exc:
            raise self._unusable(getattr(exc, "strerror", None) or "its path is no path") from exc
        lines = content.split(b"\n")
        if lines.pop() != b"" or not lines:
            raise self._broken(len(lines) + 1, "it ends in the middle of an entry, or has none")
        return tuple(self._record(line, number) for number, line in enumerate(lines, start=1))

    def _record(self, line: bytes, number: int) -> AuditRecord:
        try:
            record = record_of(line, number, DOMAIN)
        except AuditBroken as exc:
            raise self._broken(number, exc.why) from exc
        # One way to write it: what else could stand in a line would be covered by no hash.
        if line_of(record, DOMAIN).encode("ascii") != line:
            raise self._broken(number, "its line is not as this program writes it")
        return record

    def _seal(
        self,
        state: GateState,
        kind: str,
        body: Mapping[str, Any],
        people: tuple[Authorisation, ...],
        now: Timestamp,
    ) -> AuditRecord:
        return self._chain.seal(
            number=state.number + 1,
            previous=state.head,
            at=now,
            origin=self._origin,
            identity=Shown(", ".join(each.person for each in people)),
            kind=kind,
            body=body,
        )

    def append(
        self,
        state: GateState,
        records: tuple[AuditRecord, ...],
        kind: str,
        body: Mapping[str, Any],
        now: Timestamp,
    ) -> tuple[GateState, AuditRecord]:
        """Add an entry behind these, if it may follow. For `OpenRecord`, which has the lock."""
        # As it will be read.
        body = json.loads(canonical(body))
        after, people = admitted(state, kind, body, at=now)
        record = self._seal(state, kind, body, people, now)
        self._write([*records, record])
        return sealed(after, record.hash), record

    def _write(self, records: list[AuditRecord]) -> None:
        target = Path(os.path.realpath(self.path))
        content = "".join(line_of(record, DOMAIN) + "\n" for record in records).encode("ascii")
        try:
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fchmod(file.fileno(), mode)
                    os.fsync(file.fileno())
                Path(temporary).replace(target)
            except BaseException:
                with suppress(OSError):
                    Path(temporary).unlink(missing_ok=True)
                raise
            folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as exc:
            raise self._unusable(f"it cannot be written ({exc.strerror})") from exc

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep others out, by a lock on the folder: a file for it could be deleted, and would keep nobody out then."""
        try:
            handle = os.open(
                Path(os.path.realpath(self.path)).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            )
        except (OSError, ValueError) as exc:
            why = getattr(exc, "strerror", None) or "its path is no path"
            raise self._unusable(f"its folder cannot be locked ({why})") from exc
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _broken(self, number: int, why: str) -> ReleaseRecordBroken:
        return ReleaseRecordBroken(path=str(self.path), number=number, why=why)

    def _unusable(self, why: str) -> ReleaseRecordUnusable:
        return ReleaseRecordUnusable(path=str(self.path), why=why)


class OpenRecord:
    """A record that nobody else can change at the moment."""

    def __init__(self, record: ReleaseRecord, state: GateState, records: tuple[AuditRecord, ...]) -> None:
        self._record = record
        self.state = state
        self._records = records

    def append(self, kind: str, body: Mapping[str, Any], *, now: Timestamp) -> AuditRecord:
        """Add an entry, if it may follow, and return it; it is on the disk then.

        :raises ReleaseRefused: it may not follow, and nothing was written.
        :raises ReleaseRecordUnusable: the disk does not let us.
        """
        self.state, entry = self._record.append(self.state, self._records, kind, body, now)
        self._records = (*self._records, entry)
        return entry
