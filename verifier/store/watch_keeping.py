"""Keeping one step: everything that a look at a chain changes, in the transaction of whoever calls."""

from __future__ import annotations

from sqlalchemy import Connection

from verifier.model.units import Timestamp
from verifier.model.watching import Happening, Kept, WatchStep
from verifier.store.watch_audit import Entry
from verifier.store.watch_happenings import (
    HappeningRow,
    Seen,
    confirm,
    kept_with_numbers,
    retract,
    rows_of,
    said_of,
    see,
    undone_above,
)
from verifier.store.watch_journal import keep_blocks, keep_events, keep_facts, unwind
from verifier.store.watch_json import read_happening
from verifier.store.watch_outbox import put_in, take_back, tell_otherwise
from verifier.store.watch_tables import fitted


def keep_step(
    connection: Connection, step: WatchStep, *, now: Timestamp
) -> tuple[tuple[Kept, ...], list[Entry]]:
    """Keep a step. What a re-organisation undid and the step does not bring again is retracted.

    :return: the happenings that are new by it, and what the audit log says
    """
    entries: list[Entry] = []
    undone: dict[str, HappeningRow] = {}
    if step.unwound_to is not None:
        undone = undone_above(connection, step.chain_id, step.unwound_to)
        entries.append(unwind(connection, step.chain_id, step.unwound_to))
    keep_blocks(connection, step)
    entries += keep_events(connection, step)
    entries += keep_facts(connection, step)

    seen = _see_all(connection, step.happenings, undone, now=now)
    entries += [
        ("happening", said_of(each.happening, number=each.number, coming=each.coming))
        for each in seen
        if each.is_new or each.is_other
    ]
    for each in seen:
        undone.pop(fitted(each.happening.key), None)
        if each.is_other:
            tell_otherwise(connection, each, now=now)

    over = {**undone, **rows_of(connection, step.retracted)}
    gone = [row for row in over.values() if row.standing != "retracted"]
    retract(connection, gone)
    take_back(connection, gone, now=now)
    entries += [("retraction", {"number": row.number, **_key_and_sentence(row)}) for row in gone]

    if step.final is not None and (confirmed := confirm(connection, step.chain_id, step.final)):
        said = {"chain": int(step.chain_id), "final": int(step.final), "keys": confirmed}
        entries.append(("confirmation", said))
    put_in(connection, step.deliveries)
    new = kept_with_numbers(connection, [each.number for each in seen if each.is_new])
    return new, entries


def changes_chain(step: WatchStep) -> bool:
    """Whether a step says what is on the chain, so that only the one who follows it may have it kept."""
    return bool(step.checkpoint or step.unwound_to is not None or step.blocks or step.events or step.facts)


def _see_all(
    connection: Connection,
    happenings: tuple[Happening, ...],
    undone: dict[str, HappeningRow],
    *,
    now: Timestamp,
) -> list[Seen]:
    rows = rows_of(connection, {happening.key for happening in happenings})
    found: dict[str, Seen] = {}
    for happening in happenings:
        key = fitted(happening.key)
        if key not in found:
            found[key] = see(connection, happening, rows.get(key), is_undone=key in undone, now=now)
    return list(found.values())


def _key_and_sentence(row: HappeningRow) -> dict[str, object]:
    happening = read_happening(row.body)
    return {"key": happening.key, "sentence": happening.sentence}
