"""The audit log's rows: written in the transaction of what they tell of, and read in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from verifier.errors import AuditBroken, WatchStoreCorrupt
from verifier.model.text import Shown, sanitise
from verifier.model.units import Timestamp
from verifier.model.watching import AuditRecord
from verifier.ports import AuditChain
from verifier.store.watch_json import UnreadableError
from verifier.store.watch_tables import AUDIT, AUDIT_HEAD

Entry = tuple[str, Mapping[str, object]]
"""The kind of a record, and what it says."""

# Looked at whenever a store is opened; `audit verify` looks at all.
_TAIL: Final = 200
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """Writes records in somebody's name."""

    chain: AuditChain
    origin: Shown
    identity: Shown

    def append(
        self,
        connection: Connection,
        entries: Iterable[Entry],
        *,
        now: Timestamp,
        identity: Shown | None = None,
    ) -> None:
        """Add records behind the newest one, which stays locked until the end of the transaction."""
        number, previous = lock_head(connection)
        records: list[AuditRecord] = []
        for kind, body in entries:
            record = self.chain.seal(
                number=number + 1,
                previous=previous,
                at=now,
                origin=self.origin,
                identity=self.identity if identity is None else identity,
                kind=kind,
                body=body,
            )
            number, previous = record.number, record.hash
            records.append(record)
        if records:
            connection.execute(insert(AUDIT), [_row(record) for record in records])
            connection.execute(update(AUDIT_HEAD).values(number=number, hash=previous))

    def require_sound_end(self, connection: Connection, store: str) -> None:
        """:raises WatchStoreCorrupt: the newest records do not hold to each other, or to the head."""
        number, head = read_head(connection)
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(_TAIL)).all()
        records = [_record(row) for row in reversed(rows)]
        try:
            self.chain.verify(records, is_tail=True)
        except AuditBroken as exc:
            why = f"record {exc.number} of its audit log is not the one that was written"
            raise WatchStoreCorrupt(store=store, why=why) from exc
        newest = (records[-1].number, records[-1].hash) if records else (0, bytes(32))
        if newest != (number, head):
            raise WatchStoreCorrupt(store=store, why=f"its audit log does not end with record {number}")


def lock_head(connection: Connection) -> tuple[int, bytes]:
    """Return number and hash of the newest record. Whoever writes takes this row first, so that nobody waits for
    another who waits for them.
    """
    return _head(connection, select(AUDIT_HEAD).with_for_update())


def read_head(connection: Connection) -> tuple[int, bytes]:
    """Return number and hash of the newest record; 0 and 32 zero bytes where there is none."""
    return _head(connection, select(AUDIT_HEAD))


def read_records(connection: Connection) -> Iterator[AuditRecord]:
    """Return all records in order, a few at a time."""
    last = -1 << 62
    while True:
        rows = connection.execute(
            select(AUDIT).where(AUDIT.c.number > last).order_by(AUDIT.c.number).limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        for row in rows:
            yield _record(row)
        last = rows[-1].number


def newest_record(connection: Connection) -> AuditRecord | None:
    """Return the newest record."""
    row = connection.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else _record(row)


def _head(connection: Connection, query: Any) -> tuple[int, bytes]:
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UnreadableError
    return row.number, row.hash


def _row(record: AuditRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "previous": record.previous,
        "at": int(record.at),
        "origin": record.origin,
        "identity": record.identity,
        "kind": record.kind,
        "body": record.body,
        "hash": record.hash,
    }


def _record(row: Any) -> AuditRecord:
    # What is not as it was shown does not have its hash any more, which is found where records are verified.
    return AuditRecord(
        number=row.number,
        previous=row.previous,
        at=Timestamp(row.at),
        origin=sanitise(row.origin, most=max(len(row.origin), 1)),
        identity=sanitise(row.identity, most=max(len(row.identity), 1)),
        kind=row.kind,
        body=row.body,
        hash=row.hash,
    )
