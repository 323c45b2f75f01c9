"""The happenings in a watcher's store: seen, seen again, undone, confirmed, acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, insert, literal_column, select, update

from verifier.errors import HappeningUnknown
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Happening, Kept, Kind, Standing
from verifier.store.watch_json import as_text, happening_json, read_happening, read_shown, readable
from verifier.store.watch_tables import HAPPENINGS, fitted

T = TypeVar("T")

OF_WATCHING: Final = frozenset(
    {
        Kind.DISAGREEMENT,
        Kind.UNREADABLE,
        Kind.BEHIND,
        Kind.REORGANISED,
        Kind.VAULT_WRONG,
        Kind.TEST,
    }
)
"""What no block of the chain took with it: a re-organisation does not undo that endpoints disagreed."""

_AT_ONCE: Final = 500
# As text in the statement: an index over some rows is used only where the statement itself says that it is about these.
_UNCONFIRMED: Final[ColumnElement[str]] = literal_column(f"'{Standing.UNCONFIRMED}'")
RETRACTED: Final[ColumnElement[str]] = literal_column(f"'{Standing.RETRACTED}'")
HappeningRow = Row[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of a happening that a step brought."""

    happening: Happening
    number: int
    # How often it came to be; more than once where it was retracted in between.
    coming: int
    # It is to be told: it came to be in this step.
    is_new: bool
    # A re-organisation undid it, and with the same key it says something else now.
    is_other: bool = False


def rows_of(connection: Connection, keys: Iterable[str]) -> dict[str, HappeningRow]:
    """Return the rows of these keys that there are."""
    found = {}
    for some in in_parts([fitted(key) for key in keys]):
        for row in connection.execute(select(HAPPENINGS).where(HAPPENINGS.c.key.in_(some))):
            found[row.key] = row
    return found


def undone_above(connection: Connection, chain_id: ChainId, block: BlockNumber) -> dict[str, HappeningRow]:
    """Return what a re-organisation down to a block undoes, unless it is seen again."""
    rows = connection.execute(
        select(HAPPENINGS)
        .where(
            HAPPENINGS.c.chain == str(chain_id),
            HAPPENINGS.c.block > block,
            HAPPENINGS.c.standing != Standing.RETRACTED,
            HAPPENINGS.c.kind.not_in(sorted(OF_WATCHING)),
        )
        .order_by(HAPPENINGS.c.number)
    )
    return {row.key: row for row in rows}


def see(
    connection: Connection, happening: Happening, row: HappeningRow | None, *, is_undone: bool, now: Timestamp
) -> Seen:
    """Keep a happening: as a new one, or as one that is there.

    One that still stands keeps its block: it was true from there on, and a re-organisation above does not undo it.

    :param row: as it is there under its key
    :param is_undone: this step's re-organisation undid it
    """
    body = as_text(happening_json(happening))
    place = {"block": int(happening.block), "severity": int(happening.severity), "body": body}
    if row is None:
        number = connection.execute(
            insert(HAPPENINGS)
            .values(
                key=fitted(happening.key),
                episode=fitted(happening.episode),
                chain=str(happening.chain_id),
                kind=happening.kind.value,
                standing=Standing.UNCONFIRMED.value,
                comings=1,
                first_seen=int(now),
                **place,
            )
            .returning(HAPPENINGS.c.number)
        ).scalar_one()
        return Seen(happening=happening, number=number, coming=1, is_new=True)
    change = update(HAPPENINGS).where(HAPPENINGS.c.number == row.number)
    if row.standing == Standing.RETRACTED:
        connection.execute(
            change.values(
                standing=Standing.UNCONFIRMED.value,
                comings=row.comings + 1,
                first_seen=int(now),
                acknowledged_by=None,
                acknowledged_at=None,
                **place,
            )
        )
        return Seen(happening=happening, number=row.number, coming=row.comings + 1, is_new=True)
    before = read_happening(row.body)
    if is_undone:
        connection.execute(change.values(standing=Standing.UNCONFIRMED.value, **place))
        is_other = (before.sentence, before.lines) != (happening.sentence, happening.lines)
        return Seen(
            happening=happening, number=row.number, coming=row.comings, is_new=False, is_other=is_other
        )
    if happening.kind not in OF_WATCHING:
        happening = replace(happening, block=before.block, block_hash=before.block_hash, at=before.at)
        body = as_text(happening_json(happening))
    if body != row.body:
        connection.execute(
            change.values(block=int(happening.block), severity=int(happening.severity), body=body)
        )
    return Seen(happening=happening, number=row.number, coming=row.comings, is_new=False)


def retract(connection: Connection, rows: Sequence[HappeningRow]) -> None:
    """Let them not stand any more."""
    for some in in_parts([row.number for row in rows]):
        connection.execute(
            update(HAPPENINGS).where(HAPPENINGS.c.number.in_(some)).values(standing=Standing.RETRACTED.value)
        )


def confirm(connection: Connection, chain_id: ChainId, final: BlockNumber) -> list[str]:
    """Let what is at or below a final block be confirmed, and return the keys of what was not yet."""
    wanted = (
        HAPPENINGS.c.chain == str(chain_id),
        HAPPENINGS.c.standing == _UNCONFIRMED,
        HAPPENINGS.c.block <= final,
    )
    keys = connection.execute(select(HAPPENINGS.c.key).where(*wanted).order_by(HAPPENINGS.c.number)).scalars()
    found = list(keys)
    if found:
        connection.execute(update(HAPPENINGS).where(*wanted).values(standing=Standing.CONFIRMED.value))
    return found


def kept_with_numbers(connection: Connection, numbers: Iterable[int]) -> tuple[Kept, ...]:
    """Return happenings as they stand now, in the order of their numbers."""
    found: list[Kept] = []
    for some in in_parts(sorted(numbers)):
        query = select(HAPPENINGS).where(HAPPENINGS.c.number.in_(some)).order_by(HAPPENINGS.c.number)
        found.extend(kept_of(row) for row in connection.execute(query))
    return tuple(found)


def acknowledge(connection: Connection, number: int, *, who: Shown, now: Timestamp) -> tuple[Kept, list[str]]:
    """Note who knows of a happening, and of all else that its episode held until now.

    :return: the happening, and the keys of all that were acknowledged by this; none where it was acknowledged before
    :raises HappeningUnknown: nothing has this number.
    """
    row = connection.execute(select(HAPPENINGS).where(HAPPENINGS.c.number == number)).one_or_none()
    if row is None:
        raise HappeningUnknown(number=number)
    if row.acknowledged_at is not None:
        return kept_of(row), []
    wanted = (HAPPENINGS.c.episode == row.episode, HAPPENINGS.c.acknowledged_at.is_(None))
    keys = connection.execute(select(HAPPENINGS.c.key).where(*wanted).order_by(HAPPENINGS.c.number)).scalars()
    found = list(keys)
    connection.execute(
        update(HAPPENINGS).where(*wanted).values(acknowledged_by=who, acknowledged_at=int(now))
    )
    (kept,) = kept_with_numbers(connection, [number])
    return kept, found


def read_open(connection: Connection, least: Severity) -> tuple[Kept, ...]:
    """Return what nobody acknowledged and still stands, the oldest first."""
    rows = connection.execute(
        select(HAPPENINGS)
        .where(
            HAPPENINGS.c.acknowledged_at.is_(None),
            HAPPENINGS.c.standing != RETRACTED,
            HAPPENINGS.c.severity >= int(least),
        )
        .order_by(HAPPENINGS.c.first_seen, HAPPENINGS.c.number)
    )
    return tuple(kept_of(row) for row in rows)


def read_between(
    connection: Connection, since: Timestamp, until: Timestamp, least: Severity
) -> tuple[Kept, ...]:
    """Return what was first seen from a moment on and before another, the oldest first."""
    rows = connection.execute(
        select(HAPPENINGS)
        .where(
            HAPPENINGS.c.first_seen >= int(since),
            HAPPENINGS.c.first_seen < int(until),
            HAPPENINGS.c.severity >= int(least),
        )
        .order_by(HAPPENINGS.c.first_seen, HAPPENINGS.c.number)
    )
    return tuple(kept_of(row) for row in rows)


def kept_of(row: HappeningRow) -> Kept:
    """Return a happening as it stands in the store."""
    happening = read_happening(row.body)
    with readable():
        return Kept(
            happening=happening,
            standing=Standing(row.standing),
            number=row.number,
            first_seen=Timestamp(row.first_seen),
            acknowledged_by=None if row.acknowledged_by is None else read_shown(row.acknowledged_by),
            acknowledged_at=None if row.acknowledged_at is None else Timestamp(row.acknowledged_at),
        )


def said_of(happening: Happening, **more: object) -> Mapping[str, object]:
    """Return what the audit log says of a happening."""
    return {**happening_json(happening), "key": happening.key, **more}


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield a list in parts that a statement takes."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
