"""The outbox of a watcher's store: what is to be told, who is at it, and what was told.

At least once, with a stable key: a watcher that dies between sending and marking leaves its claim to run out, and the
next one sends again, and so it is with a sending that outlives its claim. In no other case is anything given out twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from verifier.model.finding import Severity
from verifier.model.units import Timestamp
from verifier.model.watching import Delivery, Happening, Parcel, Standing
from verifier.store.watch_happenings import HappeningRow, Seen, in_parts, rows_of
from verifier.store.watch_json import (
    as_text,
    happening_json,
    read_happening,
)
from verifier.store.watch_tables import OUTBOX, fitted

PENDING: Final = "pending"
DELIVERED: Final = "delivered"
VOID: Final = "void"

TELLING: Final = (Parcel.ALERT.value, Parcel.UPDATE.value)


# --------------------------------------------------------------------------------------------------------- Putting in


def put_in(connection: Connection, deliveries: Sequence[Delivery]) -> None:
    """Add deliveries; a key that is there already is left as it is. What was retracted and came again has a new key."""
    rows_by_key = rows_of(
        connection, {each.happening.key for each in deliveries if each.happening is not None}
    )
    rows: dict[str, dict[str, Any]] = {}
    for delivery in deliveries:
        about = None if delivery.happening is None else rows_by_key.get(fitted(delivery.happening.key))
        if about is not None and not _is_wanted(delivery, about):
            continue
        row = _row(delivery, about)
        rows.setdefault(row["key"], row)
    for some in in_parts(list(rows)):
        for key in connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.key.in_(some))).scalars():
            del rows[key]
    if rows:
        connection.execute(insert(OUTBOX), list(rows.values()))


def take_back(connection: Connection, rows: Sequence[HappeningRow], *, now: Timestamp) -> None:
    """Void what was not sent yet about happenings that do not stand any more, and have those told that were told."""
    for row in rows:
        channels = _told_channels(connection, row.key, row.comings)
        connection.execute(
            update(OUTBOX)
            .where(
                OUTBOX.c.happening == row.key,
                OUTBOX.c.state == PENDING,
                # That an earlier coming was retracted is still owed to whoever was told of it.
                OUTBOX.c.parcel != Parcel.RETRACTION.value,
            )
            .values(state=VOID)
        )
        happening = read_happening(row.body)
        name = f"{happening.key}:{Parcel.RETRACTION}"
        letters = _letters(channels, name, Parcel.RETRACTION, happening, now=now)
        put_in(connection, [replace(letter, standing=Standing.RETRACTED) for letter in letters])


def tell_otherwise(connection: Connection, seen: Seen, *, now: Timestamp) -> None:
    """Have those told that were told something else of the same happening before a re-organisation."""
    happening = seen.happening
    channels = _told_channels(connection, fitted(happening.key), seen.coming)
    # A chain may go back and forth between two stories: what is said again is no copy of what was said before.
    before = select(func.count()).where(OUTBOX.c.happening == fitted(happening.key))
    name = f"{happening.key}:{Parcel.UPDATE}:{connection.execute(before).scalar_one()}"
    put_in(connection, _letters(channels, name, Parcel.UPDATE, happening, now=now))


def stop_escalating(connection: Connection, keys: Sequence[str]) -> None:
    """Void escalations that were not sent: somebody acknowledged."""
    for some in in_parts(keys):
        connection.execute(
            update(OUTBOX)
            .where(
                OUTBOX.c.happening.in_(some),
                OUTBOX.c.state == PENDING,
                OUTBOX.c.parcel == Parcel.ESCALATION.value,
            )
            .values(state=VOID)
        )


def _told_channels(connection: Connection, key: str, coming: int) -> list[str]:
    """Return who was told of one coming of a happening. Whatever was given out once may have been sent, whether it was
    marked or not.
    """
    rows = connection.execute(
        select(OUTBOX)
        .where(
            OUTBOX.c.happening == key,
            OUTBOX.c.coming == coming,
            OUTBOX.c.state != VOID,
            OUTBOX.c.parcel != Parcel.RETRACTION.value,
        )
        .order_by(OUTBOX.c.number)
    )
    told = [row.channel for row in rows if row.state == DELIVERED or row.attempts or row.claimed_by]
    return list(dict.fromkeys(told))


def _letters(
    channels: Iterable[str], name: str, parcel: Parcel, happening: Happening, *, now: Timestamp
) -> list[Delivery]:
    return [
        Delivery(
            key=f"{channel}:{name}",
            channel=channel,
            parcel=parcel,
            happening=happening,
            created_at=now,
            due_at=now,
        )
        for channel in channels
    ]


def _is_wanted(delivery: Delivery, about: HappeningRow) -> bool:
    """Whether a delivery still makes sense: what it tells of may have been retracted or acknowledged meanwhile."""
    if delivery.parcel is Parcel.RETRACTION:
        return True
    if about.standing == Standing.RETRACTED:
        return False
    return delivery.parcel is not Parcel.ESCALATION or about.acknowledged_at is None


def _row(delivery: Delivery, about: HappeningRow | None) -> dict[str, Any]:
    coming = 1 if about is None else about.comings
    happening = delivery.happening
    body: dict[str, Any] = {"text": list(delivery.text), "standing": delivery.standing.value}
    if happening is not None and about is None:
        body["happening"] = happening_json(happening)
    return {
        "key": fitted(delivery.key if coming == 1 else f"{delivery.key}#{coming}"),
        "channel": delivery.channel,
        "parcel": delivery.parcel.value,
        "state": PENDING,
        "happening": None if happening is None else fitted(happening.key),
        "coming": coming,
        "severity": int(Severity.INFO if happening is None else happening.severity),
        "body": as_text(body),
        "created_at": int(delivery.created_at),
        "due_at": int(delivery.due_at),
        "attempts": 0,
    }
