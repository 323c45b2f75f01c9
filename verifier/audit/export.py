"""The audit log as one file for an outsider: JSON lines, which say at their head how to check them without us."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from verifier.errors import AuditBroken, AuditUnwritable
from verifier.model.hash_chain import PROGRAM, HashChain, canonical, line_of, record_of
from verifier.model.units import Timestamp
from verifier.model.watching import AuditRecord

MARK: Final = "fourth-signer audit log"
VERSION: Final = 1
MOST_BYTES: Final = 64 * 1024 * 1024
"""No line of a file is longer."""

HOW: Final = (
    "This file is the audit log of a watcher of Fourth Signer: one JSON object a line, after this one.",
    "Each record holds the hash of the record before it, `previous`; that of the first is 32 zero bytes.",
    "`hash` is SHA-256 over the record without `hash`, as JSON in ASCII, without spaces, keys in alphabetical order.",
    "So whoever knows one hash can tell whether anything up to there was changed, left out, put in or moved.",
    "Compare the head's hash with one that was sent through the watcher's channels: this file alone cannot show that",
    "it was not written anew as a whole. The lines under `program` are a program in Python that checks all of it;",
    "read it, save it as check.py, and run `python check.py FILE`.",
)
"""What an outsider has to know."""


def write_export(
    path: Path, records: Iterable[AuditRecord], head: tuple[int, bytes], *, made_at: Timestamp
) -> int:
    """Write all records where there is no file yet, and return how many there are.

    A log that is broken is written too, as it is: whoever looks into it needs all of it.

    :param head: number and hash of the newest record
    :raises AuditBroken: it is not what was written into it; the file is there.
    :raises AuditUnwritable: there is a file already, or the disk does not let us; nothing is left there.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as exc:
        why = "there is a file already, and nothing is written over"
        raise AuditUnwritable(path=str(path), why=why) from exc
    except (OSError, ValueError) as exc:
        raise AuditUnwritable(path=str(path), why=_reason(exc)) from exc
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            try:
                return _write_all(file, iter(records), head, made_at)
            finally:
                file.flush()
                os.fsync(file.fileno())
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise AuditUnwritable(path=str(path), why=_reason(exc)) from exc


def read_export(path: Path) -> Iterator[AuditRecord]:
    """Yield the records of a file; its head is compared at the end.

    :raises AuditBroken: the file is no export, or its end is missing.
    """
    number, newest = 0, "0x" + bytes(32).hex()
    try:
        with path.open("rb") as file:
            head = _head_of(file.readline(MOST_BYTES))
            while line := file.readline(MOST_BYTES):
                record = record_of(line, number + 1)
                yield record
                number, newest = record.number, "0x" + record.hash.hex()
    except OSError as exc:
        why = f"{path} cannot be read ({_reason(exc)})"
        raise AuditBroken(number=number and number + 1, why=why) from exc
    if (number, newest) != (head.get("number"), head.get("hash")):
        raise AuditBroken(
            number=number + 1, why="it is missing: the file's head is not that of its last record"
        )


def _write_all(
    file: TextIO, records: Iterator[AuditRecord], head: tuple[int, bytes], made_at: Timestamp
) -> int:
    number, newest = head
    said = {
        "mark": MARK,
        "version": VERSION,
        "made_at": int(made_at),
        "head": {"number": number, "hash": "0x" + newest.hex()},
        "how": list(HOW),
        "program": PROGRAM.splitlines(),
    }
    file.write(canonical(said) + "\n")
    last = (0, bytes(32))

    def written() -> Iterator[AuditRecord]:
        nonlocal last
        for record in records:
            file.write(line_of(record) + "\n")
            last = (record.number, record.hash)
            yield record

    try:
        count = HashChain().verify(written())
    except AuditBroken:
        file.writelines(line_of(record) + "\n" for record in records)
        raise
    if last != head:
        why = f"it is missing: the newest record is said to be number {number}"
        raise AuditBroken(number=last[0] + 1, why=why)
    return count


def _head_of(line: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
        if found["mark"] == MARK and found["version"] == VERSION:
            return dict(found["head"])
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise AuditBroken(number=1, why="the file does not begin as an audit log of this version")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "its path is no path"
