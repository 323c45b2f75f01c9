"""What a watcher's store tells whoever looks into it beside the watcher: its pulse, its episodes, whom it told.

One subject, such as one operation or one seat, is one episode, however often it is told of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import AuditRecord, Kept, Parcel, Standing


class TellingState(StrEnum):
    """How far a delivery is."""

    PENDING = "pending"
    """It was not taken yet, and is tried again."""
    DELIVERED = "delivered"
    """The channel took it."""
    VOID = "void"
    """Nobody needs it any more: taken back, or acknowledged, before it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One thing that one channel was told, or is to be told."""

    told_channel: Shown
    parcel: Parcel
    state: TellingState
    # Of the happening that it tells of; None in what is said once a day.
    number: int | None
    created_at: Timestamp
    # Not before.
    due_at: Timestamp
    attempts: int
    # Why it failed last.
    failure: Shown | None = None
    reply: Shown | None = None
    delivered_at: Timestamp | None = None
    # Of what is said once a day.
    text: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """All that was seen of one subject, in the order in which it was first seen. There is one at least."""

    kept: tuple[Kept, ...]

    @property
    def name(self) -> str:
        """Its name for ever, as `Happening.episode`."""
        return self.kept[0].happening.episode

    @property
    def standing(self) -> tuple[Kept, ...]:
        """What was not taken back."""
        return tuple(each for each in self.kept if each.standing is not Standing.RETRACTED)

    @property
    def gravest(self) -> Kept:
        """What it is called by: the gravest that stands, and that nobody acknowledged; the newest of several."""
        some = [each for each in self.standing if each.acknowledged_at is None] or self.standing or self.kept
        return max(some, key=lambda each: (each.happening.severity, each.first_seen, each.number))

    @property
    def latest(self) -> Kept:
        """The newest that stands, or of all where nothing does."""
        return max(self.standing or self.kept, key=lambda each: (each.first_seen, each.number))

    @property
    def severity(self) -> Severity:
        return self.gravest.happening.severity

    @property
    def is_taken_back(self) -> bool:
        return not self.standing

    @property
    def is_open(self) -> bool:
        """Whether something of it stands that nobody acknowledged."""
        return any(each.acknowledged_at is None for each in self.standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStand:
    """Where a watcher stands in one chain."""

    block: BlockNumber | None = None
    # Of that block, by the chain's clock; None where it is not kept any more.
    block_at: Timestamp | None = None
    # When whoever follows it gave a sign of life; None where nobody does, or whoever did stopped in good order.
    alive_at: Timestamp | None = None
    # Who does, or did last.
    follower: Shown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchView:
    """A store as it is at one moment, for one vault."""

    chains: Mapping[ChainId, ChainStand]
    # Whether any watcher ever read the vault into this store.
    has_vault: bool
    # About the vault and its chain.
    episodes: tuple[Episode, ...]
    # By channel: how many deliveries wait, and for how many seconds the oldest that is due.
    waiting: Mapping[Shown, tuple[int, int]] = field(default_factory=dict)
    # By channel: why it failed last, of what still waits.
    failing: Mapping[Shown, Shown] = field(default_factory=dict)
    # Every channel that something was put into the outbox for, of late.
    channels: frozenset[Shown] = frozenset()
    # What was said last of what is said once a day.
    daily: Mapping[Parcel, Telling] = field(default_factory=dict)
    # The newest record of the audit log.
    head: AuditRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedLog:
    """An audit log that was looked at from its first record to its last: each holds to the one before it."""

    count: int
    head: bytes
    newest_at: Timestamp | None
