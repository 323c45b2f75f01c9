"""The tables of a watcher's store, for asking; `watch_schema` makes them. A test holds the two to each other."""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, Text

METADATA: Final = MetaData()


def _table(called: str, /, **kinds: type[BigInteger | LargeBinary | Text]) -> Table:
    return Table(called, METADATA, *(Column(column, kind) for column, kind in kinds.items()))


META: Final = _table("watch_meta", name=Text, value=Text)
CHECKPOINTS: Final = _table(
    "watch_checkpoints", chain=Text, number=BigInteger, hash=LargeBinary, timestamp=BigInteger
)
BLOCKS: Final = _table(
    "watch_blocks",
    chain=Text,
    number=BigInteger,
    hash=LargeBinary,
    parent=LargeBinary,
    timestamp=BigInteger,
)
EVENTS: Final = _table(
    "watch_events",
    chain=Text,
    block=BigInteger,
    # In its block.
    place=BigInteger,
    block_hash=LargeBinary,
    emitter=LargeBinary,
    # One after the other, 32 bytes each.
    topics=LargeBinary,
    data=LargeBinary,
    tx=LargeBinary,
)
FACTS: Final = _table(
    "watch_facts",
    chain=Text,
    vault=LargeBinary,
    subject=Text,
    nth=BigInteger,
    value=Text,
    block=BigInteger,
    block_hash=LargeBinary,
)
HAPPENINGS: Final = _table(
    "watch_happenings",
    number=BigInteger,
    key=Text,
    episode=Text,
    chain=Text,
    kind=Text,
    severity=BigInteger,
    standing=Text,
    block=BigInteger,
    # How often it came to be; it came again where this is more than 1.
    comings=BigInteger,
    first_seen=BigInteger,
    acknowledged_by=Text,
    acknowledged_at=BigInteger,
    # The happening whole, as JSON.
    body=Text,
)
OUTBOX: Final = _table(
    "watch_outbox",
    # The order in which they were made.
    number=BigInteger,
    key=Text,
    channel=Text,
    parcel=Text,
    # `pending`, `delivered`, or `void` where nobody needs it any more.
    state=Text,
    # Its key in the table of happenings; null in a digest.
    happening=Text,
    # Which of its comings it tells of.
    coming=BigInteger,
    severity=BigInteger,
    # As JSON: what is to be said where no happening in the table says it.
    body=Text,
    created_at=BigInteger,
    due_at=BigInteger,
    attempts=BigInteger,
    failure=Text,
    claimed_by=Text,
    claimed_until=BigInteger,
    reply=Text,
    delivered_at=BigInteger,
)
LEASES: Final = _table("watch_leases", chain=Text, holder=Text, expires_at=BigInteger)
AUDIT: Final = _table(
    "watch_audit",
    number=BigInteger,
    previous=LargeBinary,
    at=BigInteger,
    origin=Text,
    identity=Text,
    kind=Text,
    body=Text,
    hash=LargeBinary,
)
# One row: the newest record. Whoever writes one locks it first.
AUDIT_HEAD: Final = _table("watch_audit_head", one=BigInteger, number=BigInteger, hash=LargeBinary)

_MOST_KEY: Final = 600


def fitted(key: str) -> str:
    """Return a key that an index takes: the key itself, or its beginning with a hash of all of it."""
    if len(key) <= _MOST_KEY:
        return key
    return f"{key[: _MOST_KEY - 65]}:{hashlib.sha256(key.encode()).hexdigest()}"
