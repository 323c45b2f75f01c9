"""What a watcher keeps and says: where it stands in a chain, what happened to a vault, and who was told.

A happening follows from a vault's state at a block, or from its events up to there. Its key names the vault, the
subject, the kind and which time it is, never a transaction: a re-organised chain that takes the same step again says
nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, LaneIndex, OperationId, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRef:
    """A block of the chain that is followed. Its header was hashed here."""

    number: BlockNumber
    hash: bytes
    parent: bytes
    timestamp: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Up to where a chain was read; what happened until then is in the same store."""

    chain_id: ChainId
    number: BlockNumber
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One log as the endpoints agree on it: of the vault, of one of its companions, or of an asset."""

    emitter: Address
    topics: tuple[bytes, ...]
    data: bytes
    block: BlockNumber
    block_hash: bytes
    # Place in its block.
    index: int
    transaction: bytes


class Kind(StrEnum):
    """What happened, for routing and scripts: these names stay."""

    PROPOSED = "operation-proposed"
    APPROVED = "operation-approved"
    QUEUED = "operation-queued"
    QUORUM_LOST = "operation-quorum-lost"
    TIER_RISEN = "operation-tier-risen"
    OBJECTED = "operation-objected"
    EXPEDITED = "operation-expedited"
    READY_SOON = "operation-ready-soon"
    READY = "operation-ready"
    EXECUTED = "operation-executed"
    VETOED = "operation-vetoed"
    CANCELLED = "operation-cancelled"
    EXPIRED = "operation-expired"
    CODE_CHANGED = "operation-code-changed"
    APPROVED_HASTILY = "approval-hasty"
    APPROVED_AT_NIGHT = "approval-unusual-hour"
    APPROVED_TOGETHER = "approvals-co-located"
    MEMBER = "member-changed"
    SUSPENDED = "member-suspended"
    TIER = "tier-changed"
    POLICY = "policy-changed"
    DUTY = "duty-changed"
    STRATEGY = "strategy-changed"
    FLOOR_NEAR = "floor-near"
    BYPASS = "bypass-made"
    BYPASS_UNREVIEWED = "bypass-unreviewed"
    BYPASSES_MANY = "bypasses-many"
    BYPASS_REVIEWED = "bypass-reviewed"
    ASSET_MOVED = "asset-moved"
    ALLOWANCE = "allowance-changed"
    UNKNOWN_EVENT = "event-unknown"
    DISAGREEMENT = "endpoints-disagree"
    UNREADABLE = "chain-unreadable"
    BEHIND = "chain-behind"
    REORGANISED = "chain-reorganised"
    VAULT_WRONG = "vault-not-as-pinned"
    GUARD_WILL = "guard-will-veto"
    GUARD_VETOED = "guard-vetoed"
    GUARD_FAILED = "guard-failed"
    GUARD_NEEDLESS = "guard-not-needed"
    GUARD_RANG = "guard-rang"
    GUARD_WOULD = "guard-would-veto"
    GUARD_STOPPED = "guard-stopped"
    GUARD_HELD = "guard-held"
    GUARD_UNFIT = "guard-unfit"
    TEST = "synthetic"
    """Once a day, through the whole path."""


class Standing(StrEnum):
    """How firm a happening is."""

    UNCONFIRMED = "unconfirmed"
    """In the newest blocks: a re-organisation may still undo it."""
    CONFIRMED = "confirmed"
    """At or before a finalised block."""
    RETRACTED = "retracted"
    """Its block is not in the chain any more, and the step was not taken again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to one vault, or to the watching of one chain."""

    chain_id: ChainId
    # None where it is about the chain itself, or the watcher.
    vault: Address | None
    kind: Kind
    # What it is about, such as `operation/0x...`, `seat/3`, `tier/2`, `chain`; what shares it is one episode.
    subject: str
    # Which time it is, such as the moment of readiness, or the number of the change; empty where there is only one.
    occasion: str = ""
    severity: Severity
    # What is, and what to do.
    sentence: Shown
    # More, line by line: findings, approvals, hashes to compare.
    lines: tuple[Shown, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: Evidence
    # Where it was seen; a re-organisation below this block takes it back.
    block: BlockNumber
    block_hash: bytes
    # By the chain's clock where the chain tells, else by the watcher's.
    at: Timestamp
    lane: LaneIndex | None = None
    operation_id: OperationId | None = None
    # When the operation becomes executable, where it waits; whoever tells people writes it in their time zone.
    ready_at: Timestamp | None = None
    # Whether a person has to be fetched, and not only told: the severity alone says so where this is None.
    pages: bool | None = None

    @property
    def key(self) -> str:
        """Its name for ever: the same step seen twice, or by two watchers, has the same."""
        return f"{self.episode}:{self.kind}:{self.occasion}"

    @property
    def episode(self) -> str:
        """What one alert is about, with its updates."""
        return f"{self.chain_id}:{self.vault or '-'}:{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFact:
    """One thing that is so in a vault. The journal keeps each of its values, with the block that it was seen in."""

    chain_id: ChainId
    vault: Address
    # Such as `seat/3`, `tier/2`, `operation/0x...`.
    subject: str
    # Canonical text: two values are the same if their texts are.
    value: str
    block: BlockNumber
    block_hash: bytes
    # Which value of this subject it is; the first is 1.
    nth: int = 1


class Parcel(StrEnum):
    """What a delivery is for."""

    ALERT = "alert"
    UPDATE = "update"
    RETRACTION = "retraction"
    ESCALATION = "escalation"
    DIGEST = "digest"
    HEAD = "audit-head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A row of the outbox: one happening, or a digest, for one channel."""

    # Stable: a channel that knows it may drop the second copy.
    key: str
    channel: str
    parcel: Parcel
    # None in a digest.
    happening: Happening | None
    standing: Standing = Standing.UNCONFIRMED
    # Of a digest, the text.
    text: tuple[Shown, ...] = ()
    created_at: Timestamp
    # Not before.
    due_at: Timestamp
    attempts: int = 0
    # Why it failed last.
    failure: Shown | None = None
    # Of its happening, as `Kept.number`, for acknowledging; the store adds it when the delivery is claimed.
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStep:
    """Everything that one look at a chain changes, kept in one transaction or not at all."""

    chain_id: ChainId
    # None where nothing of the chain was read; then nothing else about blocks changes.
    checkpoint: Checkpoint | None = None
    # The blocks on the way there, for finding a common ancestor later.
    blocks: tuple[BlockRef, ...] = ()
    # Everything above this block was undone first: events, facts, and happenings that were not seen again.
    unwound_to: BlockNumber | None = None
    # Happenings up to here are confirmed.
    final: BlockNumber | None = None
    events: tuple[LogEvent, ...] = ()
    facts: tuple[WatchedFact, ...] = ()
    happenings: tuple[Happening, ...] = ()
    # Keys of happenings that are over, such as endpoints that could not be read: retracted, as those that were unwound.
    retracted: tuple[str, ...] = ()
    # Rows for the outbox; a key that is there already is left as it is.
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A happening as it stands in the store."""

    happening: Happening
    standing: Standing
    # What `watch ack` takes: short, and unique in the store.
    number: int
    first_seen: Timestamp
    acknowledged_by: Shown | None = None
    acknowledged_at: Timestamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One link of the audit log: it holds the hash of the link before it."""

    number: int
    previous: bytes
    at: Timestamp
    # The machine and process that wrote it.
    origin: Shown
    # Who: a watcher, or the person who acknowledged.
    identity: Shown
    # Such as `event`, `happening`, `delivery`, `acknowledgement`, `start`.
    kind: str
    # Canonical JSON.
    body: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the watcher itself is, chain by chain."""

    # Seconds between the newest block's time and now.
    lag: dict[ChainId, int] = field(default_factory=dict)
    # Seconds since the oldest delivery that is due was created.
    oldest_undelivered: int = 0
    pending: int = 0


NOTHING_FINAL: Final = BlockNumber(-1)
"""Where no block is final yet."""
