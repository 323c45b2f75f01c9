"""Where each chain stands, and what was read there: checkpoints, blocks, events, and the journal of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from verifier.model.address import Address
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import BlockRef, Checkpoint, LogEvent, WatchedFact, WatchStep
from verifier.store.watch_audit import Entry
from verifier.store.watch_json import readable
from verifier.store.watch_tables import BLOCKS, CHECKPOINTS, EVENTS, FACTS

KEPT_BELOW_FINAL: Final = 256
"""So many blocks stay, from the newest final one down: a re-organisation below them is deeper than it may be."""
MOST_BLOCKS: Final = 50_000
"""So many stay where nothing is ever final."""


# ----------------------------------------------------------------------------------------------------------- Reading


def read_checkpoints(connection: Connection) -> tuple[Checkpoint, ...]:
    """Return where each chain stands."""
    rows = connection.execute(
        select(CHECKPOINTS).order_by(func.length(CHECKPOINTS.c.chain), CHECKPOINTS.c.chain)
    )
    with readable():
        return tuple(
            Checkpoint(chain_id=ChainId(int(row.chain)), number=BlockNumber(row.number), hash=row.hash)
            for row in rows
        )


def read_lags(connection: Connection, now: Timestamp) -> dict[ChainId, int]:
    """Return the age of each chain's checkpoint in seconds; one whose time is not known is left out."""
    rows = connection.execute(select(CHECKPOINTS.c.chain, CHECKPOINTS.c.timestamp))
    with readable():
        return {
            ChainId(int(row.chain)): max(int(now) - row.timestamp, 0)
            for row in rows
            if row.timestamp is not None
        }


def read_blocks(connection: Connection, chain_id: ChainId, above: BlockNumber) -> tuple[BlockRef, ...]:
    """Return the blocks that are kept above a number, the newest first."""
    rows = connection.execute(
        select(BLOCKS)
        .where(BLOCKS.c.chain == str(chain_id), BLOCKS.c.number > above)
        .order_by(BLOCKS.c.number.desc())
    )
    return tuple(
        BlockRef(
            number=BlockNumber(row.number),
            hash=row.hash,
            parent=row.parent,
            timestamp=Timestamp(row.timestamp),
        )
        for row in rows
    )


def read_events(
    connection: Connection, chain_id: ChainId, first: BlockNumber, last: BlockNumber
) -> tuple[LogEvent, ...]:
    """Return the logs of these blocks, in order."""
    rows = connection.execute(
        select(EVENTS)
        .where(EVENTS.c.chain == str(chain_id), EVENTS.c.block.between(first, last))
        .order_by(EVENTS.c.block, EVENTS.c.place)
    )
    with readable():
        return tuple(
            LogEvent(
                emitter=Address(row.emitter),
                topics=tuple(row.topics[i : i + 32] for i in range(0, len(row.topics), 32)),
                data=row.data,
                block=BlockNumber(row.block),
                block_hash=row.block_hash,
                index=row.place,
                transaction=row.tx,
            )
            for row in rows
        )


def read_facts(
    connection: Connection, chain_id: ChainId, vault: Address, up_to: BlockNumber | None = None
) -> dict[str, WatchedFact]:
    """Return the latest value of each subject of a vault, or the latest until a block."""
    wanted = [FACTS.c.chain == str(chain_id), FACTS.c.vault == bytes(vault)]
    if up_to is not None:
        wanted.append(FACTS.c.block <= up_to)
    latest = (
        select(FACTS.c.subject, func.max(FACTS.c.nth).label("nth"))
        .where(*wanted)
        .group_by(FACTS.c.subject)
        .subquery()
    )
    rows = connection.execute(
        select(FACTS)
        .join(latest, and_(FACTS.c.subject == latest.c.subject, FACTS.c.nth == latest.c.nth))
        .where(FACTS.c.chain == str(chain_id), FACTS.c.vault == bytes(vault))
        .order_by(FACTS.c.subject)
    )
    return {
        row.subject: WatchedFact(
            chain_id=chain_id,
            vault=vault,
            subject=row.subject,
            value=row.value,
            block=BlockNumber(row.block),
            block_hash=row.block_hash,
            nth=row.nth,
        )
        for row in rows
    }


# ----------------------------------------------------------------------------------------------------------- Keeping


def unwind(connection: Connection, chain_id: ChainId, to: BlockNumber) -> Entry:
    """Forget blocks, events and facts above a block, and let the checkpoint be at most there."""
    gone = {
        name: connection.execute(delete(table).where(table.c.chain == str(chain_id), number > to)).rowcount
        for name, table, number in (
            ("events", EVENTS, EVENTS.c.block),
            ("facts", FACTS, FACTS.c.block),
            ("blocks", BLOCKS, BLOCKS.c.number),
        )
    }
    above = and_(CHECKPOINTS.c.chain == str(chain_id), CHECKPOINTS.c.number > to)
    if connection.execute(delete(CHECKPOINTS).where(above)).rowcount:
        newest = connection.execute(
            select(BLOCKS).where(BLOCKS.c.chain == str(chain_id), BLOCKS.c.number == to)
        ).one_or_none()
        if newest is not None:
            connection.execute(
                insert(CHECKPOINTS),
                {
                    "chain": str(chain_id),
                    "number": newest.number,
                    "hash": newest.hash,
                    "timestamp": newest.timestamp,
                },
            )
    return "unwinding", {"chain": int(chain_id), "to": int(to), **gone}


def keep_blocks(connection: Connection, step: WatchStep) -> None:
    """Keep the blocks of a step and its checkpoint, and drop those that no common ancestor is looked for among."""
    chain = str(step.chain_id)
    if step.blocks:
        rows = [
            {
                "chain": chain,
                "number": int(block.number),
                "hash": block.hash,
                "parent": block.parent,
                "timestamp": int(block.timestamp),
            }
            for block in step.blocks
        ]
        put(connection, BLOCKS, rows, ("chain", "number"))
    if step.checkpoint is None:
        return
    number = int(step.checkpoint.number)
    timestamp = connection.execute(
        select(BLOCKS.c.timestamp).where(
            BLOCKS.c.chain == chain, BLOCKS.c.number == number, BLOCKS.c.hash == step.checkpoint.hash
        )
    ).scalar_one_or_none()
    row = {"chain": chain, "number": number, "hash": step.checkpoint.hash, "timestamp": timestamp}
    put(connection, CHECKPOINTS, [row], ("chain",))
    least = number - MOST_BLOCKS
    if step.final is not None and step.final >= 0:
        least = max(least, min(int(step.final), number) - KEPT_BELOW_FINAL)
    connection.execute(delete(BLOCKS).where(BLOCKS.c.chain == chain, BLOCKS.c.number < least))


def keep_events(connection: Connection, step: WatchStep) -> list[Entry]:
    """Keep the logs of a step; those that are there already are left out of what is returned."""
    if not step.events:
        return []
    chain = str(step.chain_id)
    blocks = [int(event.block) for event in step.events]
    known = {
        (row.block, row.place, row.block_hash)
        for row in connection.execute(
            select(EVENTS.c.block, EVENTS.c.place, EVENTS.c.block_hash).where(
                EVENTS.c.chain == chain, EVENTS.c.block.between(min(blocks), max(blocks))
            )
        )
    }
    fresh = {
        (event.block, event.index): event
        for event in step.events
        if (event.block, event.index, event.block_hash) not in known
    }
    if not fresh:
        return []
    put(
        connection,
        EVENTS,
        [_event_row(chain, event) for event in fresh.values()],
        ("chain", "block", "place"),
    )
    return [("event", _event_json(step.chain_id, event)) for event in fresh.values()]


def keep_facts(connection: Connection, step: WatchStep) -> list[Entry]:
    """Add the facts of a step to the journal. A value that is the latest one already is no new fact; the number of a
    new one is the next of its subject, whatever it came with.
    """
    entries: list[Entry] = []
    rows: list[dict[str, Any]] = []
    for vault, facts in _by_vault(step.facts).items():
        latest = {
            subject: (fact.nth, fact.value)
            for subject, fact in read_facts(connection, step.chain_id, vault).items()
        }
        said = []
        for fact in facts:
            nth, value = latest.get(fact.subject, (0, None))
            if value == fact.value:
                continue
            latest[fact.subject] = (nth + 1, fact.value)
            rows.append(_fact_row(step.chain_id, fact, nth + 1))
            said.append(
                {"subject": fact.subject, "value": fact.value, "nth": nth + 1, "block": int(fact.block)}
            )
        if said:
            entries.append(("facts", {"chain": int(step.chain_id), "vault": str(vault), "facts": said}))
    if rows:
        connection.execute(insert(FACTS), rows)
    return entries


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Insert rows; where there is one with the same key, it is written over."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed), rows)


def _by_vault(facts: Iterable[WatchedFact]) -> dict[Address, list[WatchedFact]]:
    found: dict[Address, list[WatchedFact]] = {}
    for fact in facts:
        found.setdefault(fact.vault, []).append(fact)
    return found


def _fact_row(chain_id: ChainId, fact: WatchedFact, nth: int) -> dict[str, Any]:
    return {
        "chain": str(chain_id),
        "vault": bytes(fact.vault),
        "subject": fact.subject,
        "nth": nth,
        "value": fact.value,
        "block": int(fact.block),
        "block_hash": fact.block_hash,
    }


def _event_row(chain: str, event: LogEvent) -> dict[str, Any]:
    return {
        "chain": chain,
        "block": int(event.block),
        "place": event.index,
        "block_hash": event.block_hash,
        "emitter": bytes(event.emitter),
        "topics": b"".join(event.topics),
        "data": event.data,
        "tx": event.transaction,
    }


def _event_json(chain_id: ChainId, event: LogEvent) -> dict[str, object]:
    return {
        "chain": int(chain_id),
        "emitter": str(event.emitter),
        "topics": ["0x" + topic.hex() for topic in event.topics],
        "data": "0x" + event.data.hex(),
        "block": int(event.block),
        "block_hash": "0x" + event.block_hash.hex(),
        "index": event.index,
        "transaction": "0x" + event.transaction.hex(),
    }
