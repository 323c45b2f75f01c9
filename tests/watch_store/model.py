"""A watcher's store in plain Python: what the real ones have to be equal to, whatever is done to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from tests.watch_store.story import CHAIN
from verifier.model.finding import Severity
from verifier.model.units import BlockNumber
from verifier.model.watching import (
    BlockRef,
    Checkpoint,
    Delivery,
    Happening,
    LogEvent,
    Parcel,
    Standing,
    WatchedFact,
    WatchStep,
)

TELLING: Final = (Parcel.ALERT, Parcel.UPDATE)


@dataclass(slots=True, kw_only=True)
class Row:
    happening: Happening
    standing: Standing = Standing.UNCONFIRMED
    coming: int = 1
    is_acknowledged: bool = False


@dataclass(slots=True, kw_only=True)
class Letter:
    delivery: Delivery
    coming: int
    state: str = "pending"
    # It was given out, so it may have been sent.
    was_out: bool = False
    is_out: bool = False


@dataclass(slots=True, kw_only=True)
class Model:
    """One chain. What a step does is written down here as it is said in words, in their order."""

    checkpoint: Checkpoint | None = None
    blocks: dict[int, BlockRef] = field(default_factory=dict)
    events: dict[tuple[int, int], LogEvent] = field(default_factory=dict)
    journal: list[WatchedFact] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)

    def facts(self, up_to: int | None = None) -> dict[str, WatchedFact]:
        return {f.subject: f for f in self.journal if up_to is None or f.block <= up_to}

    def keep(self, step: WatchStep) -> list[str]:
        """Return the keys of what is new."""
        undone = set[str]()
        if step.unwound_to is not None:
            undone = self._unwind(step.unwound_to)
        self.blocks |= {block.number: block for block in step.blocks}
        if step.checkpoint:
            self.checkpoint = step.checkpoint
        self.events |= {(event.block, event.index): event for event in step.events}
        for fact in step.facts:
            latest = self.facts().get(fact.subject)
            if latest is None or latest.value != fact.value:
                self.journal.append(replace(fact, nth=latest.nth + 1 if latest else 1))
        new = [h.key for h in step.happenings if self._see(h, is_undone=h.key in undone)]
        over = undone - {h.key for h in step.happenings} | set(step.retracted) & self.rows.keys()
        for key in sorted(over):
            self._retract(key)
        for row in self.rows.values():
            is_final = step.final is not None and row.happening.block <= step.final
            if is_final and row.standing is Standing.UNCONFIRMED:
                row.standing = Standing.CONFIRMED
        for delivery in step.deliveries:
            self._put(delivery)
        return new

    def claimable(self) -> set[str]:
        """Return the keys of what may be given out: nothing overtakes what tells of the same happening."""
        found = set()
        busy = set()
        for key, letter in self.letters.items():
            told = letter.delivery.happening
            place = (letter.delivery.channel, told.key if told else key)
            if letter.state == "pending" and not letter.is_out and place not in busy:
                found.add(key)
            if letter.state == "pending" or letter.is_out:
                busy.add(place)
        return found

    def give_out(self, keys: set[str]) -> None:
        for key in keys:
            self.letters[key].was_out = self.letters[key].is_out = True

    def delivered(self, key: str) -> None:
        self.letters[key].state = "delivered"
        self.letters[key].is_out = False

    def failed(self, key: str) -> None:
        self.letters[key].is_out = False

    def acknowledge(self, key: str) -> None:
        if self.rows[key].is_acknowledged:
            return
        episode = self.rows[key].happening.episode
        for row in self.rows.values():
            row.is_acknowledged = row.is_acknowledged or row.happening.episode == episode

    def told(self) -> dict[tuple[str, str], Severity]:
        found: dict[tuple[str, str], Severity] = {}
        for letter in self.letters.values():
            about = letter.delivery.happening
            assert about
            row = self.rows[about.key]
            if letter.delivery.parcel not in TELLING or letter.state == "void":
                continue
            if row.standing is not Standing.RETRACTED and letter.coming == row.coming:
                place = (letter.delivery.channel, about.episode)
                found[place] = max(found.get(place, Severity.INFO), about.severity)
        return found

    def _unwind(self, to: BlockNumber) -> set[str]:
        self.blocks = {number: block for number, block in self.blocks.items() if number <= to}
        self.events = {place: event for place, event in self.events.items() if place[0] <= to}
        self.journal = [fact for fact in self.journal if fact.block <= to]
        if self.checkpoint and self.checkpoint.number > to:
            block = self.blocks.get(to)
            self.checkpoint = (
                None if block is None else Checkpoint(chain_id=CHAIN, number=block.number, hash=block.hash)
            )
        return {
            key
            for key, row in self.rows.items()
            if row.happening.block > to and row.standing is not Standing.RETRACTED
        }

    def _see(self, happening: Happening, *, is_undone: bool) -> bool:
        row = self.rows.get(happening.key)
        if row is None:
            self.rows[happening.key] = Row(happening=happening)
            return True
        if row.standing is Standing.RETRACTED:
            self.rows[happening.key] = Row(happening=happening, coming=row.coming + 1)
            return True
        before = row.happening
        if is_undone:
            row.happening, row.standing = happening, Standing.UNCONFIRMED
            if before.sentence != happening.sentence:
                self._tell(row, Parcel.UPDATE)
        else:
            row.happening = replace(happening, block=before.block, block_hash=before.block_hash, at=before.at)
        return False

    def _retract(self, key: str) -> None:
        row = self.rows[key]
        if row.standing is Standing.RETRACTED:
            return
        row.standing = Standing.RETRACTED
        self._tell(row, Parcel.RETRACTION)
        for letter in self.letters.values():
            about = letter.delivery.happening
            is_other = letter.delivery.parcel is Parcel.RETRACTION
            if about and about.key == key and letter.state == "pending" and not is_other:
                letter.state = "void"

    def _tell(self, row: Row, parcel: Parcel) -> None:
        """Write to every channel that may have been told of this coming."""
        key = row.happening.key
        channels = {
            letter.delivery.channel
            for letter in self.letters.values()
            if letter.delivery.happening
            and letter.delivery.happening.key == key
            and (letter.coming == row.coming and letter.state != "void")
            and letter.was_out
            and letter.delivery.parcel is not Parcel.RETRACTION
        }
        for channel in sorted(channels):
            name = f"{channel}:{key}:{parcel}:{row.coming}:{len(self.letters)}"
            self.letters.setdefault(
                name,
                Letter(
                    delivery=Delivery(
                        key=name,
                        channel=channel,
                        parcel=parcel,
                        happening=row.happening,
                        created_at=row.happening.at,
                        due_at=row.happening.at,
                    ),
                    coming=row.coming,
                ),
            )

    def _put(self, delivery: Delivery) -> None:
        assert delivery.happening
        row = self.rows[delivery.happening.key]
        if row.standing is Standing.RETRACTED:
            return
        key = f"{delivery.key}:{row.coming}"
        self.letters.setdefault(key, Letter(delivery=delivery, coming=row.coming))
