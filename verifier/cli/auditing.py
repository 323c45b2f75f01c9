"""`fourth-signer audit`: look whether the watcher's log is what was written, and hand it out."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.chain import HashChain
from verifier.audit.export import read_export, write_export
from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.errors import AuditBroken, HexMalformed
from verifier.model.text import Shown, sanitise, show_bytes, show_moment
from verifier.model.watching import AuditRecord
from verifier.store.place import path_of
from verifier.store.watch_configuration import read_watch_settings, watch_path
from verifier.store.watch_place import open_watch_store

if TYPE_CHECKING:
    from verifier.store.watch_store import DatabaseWatchStore


@dataclass(slots=True)
class Walk:
    """What came by while a log was looked at."""

    head: bytes | None = None
    # Told the number of each record that came by.
    passed: Callable[[int], object] = lambda _number: None
    first: AuditRecord | None = None
    last: AuditRecord | None = None
    # The record that has the head that was asked for.
    found: AuditRecord | None = None

    def through(self, records: Iterable[AuditRecord]) -> Iterator[AuditRecord]:
        for record in records:
            self.first = self.first or record
            self.last = record
            self.passed(record.number)
            if record.hash == self.head:
                self.found = record
            yield record


def run_audit(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises AuditBroken: the log is not what was written into it.
    :raises FourthSignerError: it cannot be read, or not be written where it should be.
    """
    return _export(options) if options.act == "export" else _verify(options)


def _verify(options: Namespace) -> Answer:
    walk = Walk(_head(options.head))
    if options.file is not None:
        path = path_of(options.file)
        count = HashChain().verify(walk.through(read_export(path)), head=walk.head)
        return Answer(text=_say_whole(count, walk, sanitise(str(path), most=300)))
    with _visit(options) as store:
        name = sanitise(store.name, most=300)
        count = store.with_audit(lambda records, newest: verify_records(records, newest, walk))
    return Answer(text=_say_whole(count, walk, name))


def verify_records(records: Iterable[AuditRecord], newest: tuple[int, bytes], walk: Walk) -> int:
    """Return how many records a store's log has, each holding to the one before it.

    :param newest: number and hash of the newest one, as the store says
    :raises AuditBroken: it is not what was written into it.
    """
    count = HashChain().verify(walk.through(records), head=walk.head)
    last = (walk.last.number, walk.last.hash) if walk.last else (0, bytes(32))
    if last != newest:
        why = f"it is missing: the store says that the newest record is number {newest[0]}"
        raise AuditBroken(number=last[0] + 1, why=why)
    return count


def _export(options: Namespace) -> Answer:
    path = path_of(options.file)
    with _visit(options) as store:
        made_at = CLOCK.now()
        count, head = store.with_audit(
            lambda records, newest: (write_export(path, records, newest, made_at=made_at), newest[1])
        )
    name = sanitise(str(path), most=300)
    return Answer(
        text=f"Wrote {name}: {_records(count)}, each holding to the one before it.\n"
        f"head  {show_bytes(head)}\n"
        "Its first line says how to check it without this program. Tell its reader the head over another channel.\n"
    )


def _say_whole(count: int, walk: Walk, name: Shown) -> str:
    said = f"The audit log at {name} holds {_records(count)}, each holding to the one before it.\n"
    if walk.first is None or walk.last is None:
        return said
    said += (
        f"from  {show_moment(walk.first.at)}\n"
        f"to    {show_moment(walk.last.at)}\n"
        f"head  {show_bytes(walk.last.hash)}\n"
    )
    if walk.found is not None:
        later = walk.last.number - walk.found.number
        since = f"; {_records(later)} came since" if later else ""
        return f"{said}The head that you gave is that of record {walk.found.number}{since}.\n"
    return (
        f"{said}Whether its end was cut off, or all of it written anew, shows only with a head that was sent through "
        "the channels: give it with --head.\n"
    )


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _head(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        found = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise HexMalformed(text=text, what="hash of a record, which has 32 bytes")
    return found


def _visit(options: Namespace) -> DatabaseWatchStore:
    """Open the store beside the watcher that has it, however its log may be."""
    place = options.store
    if place is None:
        place = read_watch_settings(watch_path(options.config, os.environ), os.environ).store.reveal()
    return open_watch_store(
        place, HashChain(), identity=Shown("a visitor"), now=CLOCK.now(), is_visit=True, trusts_audit=True
    )
