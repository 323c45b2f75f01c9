"""What a watcher's store tells whoever looks into it beside the watcher. It only reads, all of it at one moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, func, or_, select, union

from verifier.model.address import Address
from verifier.model.episodes import ChainStand, Episode, Telling, TellingState, WatchView
from verifier.model.finding import Severity
from verifier.model.routes import WATCHER
from verifier.model.text import Foreign, Shown, sanitise
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Kept, Kind, Parcel
from verifier.store.watch_audit import newest_record
from verifier.store.watch_claims import IS_PENDING, read_waiting
from verifier.store.watch_happenings import RETRACTED, in_parts, kept_of
from verifier.store.watch_json import read_shown, readable
from verifier.store.watch_tables import CHECKPOINTS, FACTS, HAPPENINGS, LEASES, OUTBOX, fitted

MOST_EPISODES: Final = 200
"""So many are shown: whoever has more open ones needs another tool than a screen."""
_MOST_KEPT: Final = 2_000
_MOST_TOLD: Final = 400
_MOST_ROWS: Final = 20_000
_DAILY: Final = (Parcel.DIGEST, Parcel.HEAD)


def read_view(
    connection: Connection,
    chain_id: ChainId,
    vault: Address,
    *,
    since: Timestamp,
    least: Severity,
    now: Timestamp,
    clock: int,
    lease_seconds: Mapping[ChainId, int],
    usual_lease: int,
) -> WatchView:
    """Return the store as it is now.

    :param since: what is acknowledged, or was taken back, is shown if it was first seen after this
    :param clock: the time by which leases run out, where that is another one
    :param lease_seconds: for how long a lease is given, by chain where that is not as usual
    """
    seconds = {each: lease_seconds.get(each, usual_lease) for each in _leased(connection)}
    return WatchView(
        chains=_chains(connection, seconds, behind=int(now) - clock),
        has_vault=_has_vault(connection, chain_id, vault),
        episodes=_episodes(connection, chain_id, vault, since, least),
        waiting={_name(channel): found for channel, found in read_waiting(connection, now).items()},
        failing=_failing(connection),
        channels=_channels(connection),
        daily={parcel: found for parcel in _DAILY if (found := _newest(connection, parcel)) is not None},
        head=newest_record(connection),
    )


def read_tellings(connection: Connection, episode: str) -> tuple[Telling, ...]:
    """Return what channels were told of an episode, or are to be told, in the order in which it was made."""
    query = (
        select(OUTBOX, HAPPENINGS.c.number.label("of"))
        .join(HAPPENINGS, HAPPENINGS.c.key == OUTBOX.c.happening)
        .where(HAPPENINGS.c.episode == fitted(episode))
        .order_by(OUTBOX.c.number.desc())
        .limit(_MOST_TOLD)
    )
    found = [_telling(row, row.of) for row in connection.execute(query)]
    return tuple(reversed(found))


def _leased(connection: Connection) -> list[ChainId]:
    with readable():
        return [ChainId(int(chain)) for chain in connection.execute(select(LEASES.c.chain)).scalars()]


def _chains(
    connection: Connection, seconds: Mapping[ChainId, int], *, behind: int
) -> dict[ChainId, ChainStand]:
    """:param behind: how much later it is here than by the store's clock, in seconds"""
    leases = {row.chain: row for row in connection.execute(select(LEASES))}
    marks = {row.chain: row for row in connection.execute(select(CHECKPOINTS))}
    found: dict[ChainId, ChainStand] = {}
    with readable():
        for chain in sorted({*leases, *marks}, key=int):
            chain_id, lease, mark = ChainId(int(chain)), leases.get(chain), marks.get(chain)
            is_held = lease is not None and lease.expires_at > 0
            found[chain_id] = ChainStand(
                block=None if mark is None else BlockNumber(mark.number),
                block_at=None if mark is None or mark.timestamp is None else Timestamp(mark.timestamp),
                alive_at=Timestamp(lease.expires_at - seconds[chain_id] + behind)
                if lease and is_held
                else None,
                follower=None if lease is None else sanitise(lease.holder, most=80),
            )
    return found


def _has_vault(connection: Connection, chain_id: ChainId, vault: Address) -> bool:
    query = select(FACTS.c.nth).where(FACTS.c.chain == str(chain_id), FACTS.c.vault == bytes(vault)).limit(1)
    return connection.execute(query).first() is not None


def _episodes(
    connection: Connection, chain_id: ChainId, vault: Address, since: Timestamp, least: Severity
) -> tuple[Episode, ...]:
    """Return what waits for somebody, and what was new lately; the whole of each episode."""
    kept: dict[str, list[Kept]] = {name: [] for name in _names(connection, chain_id, vault, since, least)}
    for some in in_parts(list(kept)):
        query = select(HAPPENINGS).where(HAPPENINGS.c.episode.in_(some))
        newest = query.order_by(HAPPENINGS.c.first_seen.desc(), HAPPENINGS.c.number.desc()).limit(_MOST_KEPT)
        for row in reversed(connection.execute(newest).all()):
            kept[row.episode].append(kept_of(row))
    return tuple(Episode(kept=tuple(each)) for each in kept.values() if each)


def _names(
    connection: Connection, chain_id: ChainId, vault: Address, since: Timestamp, least: Severity
) -> list[str]:
    """Return the episodes that are to be shown, the gravest first, then the newest."""
    subjects = [f"{chain_id}:{vault}:", f"{chain_id}:-:", f"{WATCHER}:-:"]
    ours = (
        or_(*(func.substr(HAPPENINGS.c.episode, 1, len(name)) == name for name in subjects)),
        HAPPENINGS.c.severity >= int(least),
        HAPPENINGS.c.kind != Kind.TEST.value,
    )
    found = select(HAPPENINGS.c.episode, HAPPENINGS.c.severity, HAPPENINGS.c.number)
    # Each half has an index of its own.
    is_open = (HAPPENINGS.c.acknowledged_at.is_(None), HAPPENINGS.c.standing != RETRACTED)
    both = union(found.where(*ours, *is_open), found.where(*ours, HAPPENINGS.c.first_seen >= int(since)))
    order: dict[str, tuple[int, int]] = {}
    for row in connection.execute(both):
        severity, number = order.get(row.episode, (0, 0))
        order[row.episode] = (max(severity, row.severity), max(number, row.number))
    return sorted(order, key=lambda name: order[name], reverse=True)[:MOST_EPISODES]


def _failing(connection: Connection) -> dict[Shown, Shown]:
    """Return why each channel failed last, of what still waits."""
    query = (
        select(OUTBOX.c.channel, OUTBOX.c.failure)
        .where(IS_PENDING, OUTBOX.c.failure.is_not(None))
        .order_by(OUTBOX.c.number.desc())
        .limit(_MOST_TOLD)
    )
    found: dict[Shown, Shown] = {}
    with readable():
        for row in connection.execute(query):
            found.setdefault(_name(row.channel), read_shown(row.failure))
    return found


def _channels(connection: Connection) -> frozenset[Shown]:
    query = select(OUTBOX.c.channel).where(OUTBOX.c.number > _oldest_row(connection)).distinct()
    return frozenset(_name(channel) for channel in connection.execute(query).scalars())


def _oldest_row(connection: Connection) -> int:
    """Return from which row of the outbox on it is looked through: not all of it, where it is long."""
    newest: int | None = connection.execute(select(func.max(OUTBOX.c.number))).scalar_one()
    return (newest or 0) - _MOST_ROWS


def _newest(connection: Connection, parcel: Parcel) -> Telling | None:
    query = (
        select(OUTBOX)
        .where(OUTBOX.c.number > _oldest_row(connection), OUTBOX.c.parcel == parcel.value)
        .order_by(OUTBOX.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _telling(row, None)


def _telling(row: Any, number: int | None) -> Telling:
    with readable():
        return Telling(
            told_channel=_name(row.channel),
            parcel=Parcel(row.parcel),
            state=TellingState(row.state),
            number=number,
            created_at=Timestamp(row.created_at),
            due_at=Timestamp(row.due_at),
            attempts=row.attempts,
            failure=None if row.failure is None else read_shown(row.failure),
            reply=None if row.reply is None else read_shown(row.reply),
            delivered_at=None if row.delivered_at is None else Timestamp(row.delivered_at),
            text=_lines(json.loads(row.body).get("text", ())),
        )


def _name(channel: Foreign) -> Shown:
    return sanitise(channel, most=40)


def _lines(found: Iterable[str]) -> tuple[Shown, ...]:
    return tuple(read_shown(line) for line in found)
