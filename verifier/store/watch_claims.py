"""What leaves the outbox of a watcher's store: who is at it, what was told, and what a channel did not take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.model.watching import Delivery, Parcel, Standing
from verifier.store.watch_audit import Entry
from verifier.store.watch_happenings import in_parts
from verifier.store.watch_json import as_text, read_happening, read_shown, readable
from verifier.store.watch_outbox import DELIVERED, PENDING, TELLING, VOID
from verifier.store.watch_tables import HAPPENINGS, OUTBOX, fitted

# As text in the statement: an index over some rows is used only where the statement itself says that it is about these.
IS_PENDING: Final[ColumnElement[bool]] = OUTBOX.c.state == literal_column(f"'{PENDING}'")
_DANGER: Final[ColumnElement[bool]] = OUTBOX.c.severity >= literal_column(str(int(Severity.DANGER)))


def claim(
    connection: Connection, channel: str, holder: str, *, now: Timestamp, clock: int, seconds: int, most: int
) -> tuple[Delivery, ...]:
    """Take deliveries that are due and that nobody is at: danger first, then in the order in which they were made.

    What tells of a happening comes after all that was made before it about the same one: a retraction never overtakes
    its alert.

    :param clock: the time by which claims run out
    """
    urgent = _next(connection, channel, _DANGER, now=now, clock=clock, most=most)
    others = OUTBOX.c.number.not_in(urgent)
    numbers = urgent + _next(connection, channel, others, now=now, clock=clock, most=most - len(urgent))
    if not numbers:
        return ()
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.number.in_(numbers))
        .values(claimed_by=holder, claimed_until=clock + seconds)
    )
    rows = connection.execute(
        select(
            OUTBOX,
            HAPPENINGS.c.number.label("happening_number"),
            HAPPENINGS.c.standing,
            HAPPENINGS.c.body.label("happening_body"),
        )
        .outerjoin(HAPPENINGS, HAPPENINGS.c.key == OUTBOX.c.happening)
        .where(OUTBOX.c.number.in_(numbers))
    )
    found = {row.number: _delivery(row) for row in rows}
    return tuple(found[number] for number in numbers)


def _next(
    connection: Connection,
    channel: str,
    which: ColumnElement[bool],
    *,
    now: Timestamp,
    clock: int,
    most: int,
) -> list[int]:
    """Return the numbers of those that may be sent next, in the order in which they were made."""
    if most <= 0:
        return []
    earlier = OUTBOX.alias("earlier")
    query = (
        select(OUTBOX.c.number)
        .where(
            OUTBOX.c.channel == channel,
            IS_PENDING,
            which,
            OUTBOX.c.due_at <= int(now),
            ~_at_work(OUTBOX.c.claimed_until, clock),
            ~exists(
                select(earlier.c.number).where(
                    earlier.c.channel == channel,
                    earlier.c.happening == OUTBOX.c.happening,
                    earlier.c.number < OUTBOX.c.number,
                    or_(earlier.c.state == PENDING, _at_work(earlier.c.claimed_until, clock)),
                )
            ),
        )
        .order_by(OUTBOX.c.number)
        .limit(most)
        .with_for_update(skip_locked=True, of=OUTBOX)
    )
    return list(connection.execute(query).scalars())


def mark_delivered(
    connection: Connection, delivery: Delivery, *, now: Timestamp, reply: Shown
) -> list[Entry]:
    """Note that a channel took a delivery; even one that was voided meanwhile."""
    attempts = delivery.attempts + 1
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.key == fitted(delivery.key))
        .values(
            state=DELIVERED,
            attempts=attempts,
            failure=None,
            claimed_until=None,
            reply=reply,
            delivered_at=int(now),
        )
    )
    return [("delivery", _said_of(delivery, attempt=attempts, reply=reply))]


def mark_failed(
    connection: Connection, delivery: Delivery, *, now: Timestamp, why: Shown, retry_at: Timestamp
) -> list[Entry]:
    """Note that a channel did not take a delivery, which becomes due again.

    The log has the first failure, the second, the fourth and so on: a channel that is away for a week must not fill it.
    """
    attempts = delivery.attempts + 1
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.key == fitted(delivery.key), OUTBOX.c.state != DELIVERED)
        .values(
            attempts=attempts,
            failure=why,
            claimed_by=None,
            claimed_until=None,
            due_at=max(int(retry_at), int(now)),
        )
    )
    if attempts & (attempts - 1):
        return []
    return [("delivery-failed", _said_of(delivery, attempt=attempts, why=why))]


def read_told(connection: Connection, episodes: Iterable[str]) -> dict[tuple[str, str], Severity]:
    """Return the gravest that each channel was, or is about to be, told of each episode and that still stands."""
    names = {fitted(episode): episode for episode in episodes}
    found: dict[tuple[str, str], Severity] = {}
    for some in in_parts(list(names)):
        rows = connection.execute(
            select(OUTBOX.c.channel, HAPPENINGS.c.episode, func.max(OUTBOX.c.severity).label("gravest"))
            .join(HAPPENINGS, HAPPENINGS.c.key == OUTBOX.c.happening)
            .where(
                HAPPENINGS.c.episode.in_(some),
                HAPPENINGS.c.standing != Standing.RETRACTED.value,
                OUTBOX.c.coming == HAPPENINGS.c.comings,
                OUTBOX.c.parcel.in_(TELLING),
                OUTBOX.c.state != VOID,
            )
            .group_by(OUTBOX.c.channel, HAPPENINGS.c.episode)
        )
        with readable():
            found |= {(row.channel, names[row.episode]): Severity(row.gravest) for row in rows}
    return found


def read_takers(connection: Connection, happening: str) -> tuple[str, ...]:
    """Return the channels that took what tells of a happening, in the order of their names.

    :param happening: its key
    """
    rows = connection.execute(
        select(OUTBOX.c.channel)
        .where(
            OUTBOX.c.happening == fitted(happening),
            OUTBOX.c.state == DELIVERED,
            OUTBOX.c.parcel.in_(TELLING),
        )
        .distinct()
        .order_by(OUTBOX.c.channel)
    )
    return tuple(rows.scalars())


def read_undelivered(connection: Connection, now: Timestamp) -> tuple[int, int]:
    """Return how many deliveries are pending, and the age in seconds of the oldest that is due."""
    pending, oldest = connection.execute(
        select(
            func.count(),
            func.min(case((OUTBOX.c.due_at <= int(now), OUTBOX.c.created_at))),
        ).where(IS_PENDING)
    ).one()
    return pending, 0 if oldest is None else max(int(now) - oldest, 0)


def read_waiting(connection: Connection, now: Timestamp) -> dict[str, tuple[int, int]]:
    """Return the same by channel: channels that no configuration names any more have their own."""
    rows = connection.execute(
        select(
            OUTBOX.c.channel,
            func.count().label("pending"),
            func.min(case((OUTBOX.c.due_at <= int(now), OUTBOX.c.created_at))).label("oldest"),
        )
        .where(IS_PENDING)
        .group_by(OUTBOX.c.channel)
    )
    return {
        row.channel: (row.pending, 0 if row.oldest is None else max(int(now) - row.oldest, 0)) for row in rows
    }


def _at_work(until: ColumnElement[Any], clock: int) -> ColumnElement[bool]:
    return and_(until.is_not(None), until > clock)


def _delivery(row: Any) -> Delivery:
    with readable():
        body: Mapping[str, Any] = json.loads(row.body)
        own = body.get("happening")
        text = row.happening_body if row.happening_body is not None else own and as_text(own)
        parcel = Parcel(row.parcel)
        standing = Standing(row.standing or body["standing"])
        return Delivery(
            key=row.key,
            channel=row.channel,
            parcel=parcel,
            happening=None if text is None else read_happening(text),
            standing=Standing.RETRACTED if parcel is Parcel.RETRACTION else standing,
            text=tuple(read_shown(line) for line in body["text"]),
            created_at=Timestamp(row.created_at),
            due_at=Timestamp(row.due_at),
            attempts=row.attempts,
            failure=None if row.failure is None else read_shown(row.failure),
            number=row.happening_number,
        )


def _said_of(delivery: Delivery, **more: object) -> Mapping[str, object]:
    said: dict[str, object] = {
        "key": delivery.key,
        "channel": delivery.channel,
        "parcel": delivery.parcel.value,
        **more,
    }
    if delivery.happening is None:
        return {**said, "text": list(delivery.text)}
    return {
        **said,
        "happening": delivery.happening.key,
        "standing": delivery.standing.value,
        "severity": int(delivery.happening.severity),
        "sentence": delivery.happening.sentence,
    }
