"""What was read from a chain, and why it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.companions import Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Member
from verifier.model.operation import Approval, Operation
from verifier.model.roster import Roster
from verifier.model.rule import Rule
from verifier.model.text import Foreign, Shown
from verifier.model.tier import TierBook
from verifier.model.units import (
    BlockNumber,
    ChainId,
    LaneIndex,
    MemberIndex,
    OperationId,
    Timestamp,
    Wei,
    seat_of_lane,
)
from verifier.model.word import SeatSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The block that a reading rests on. Its header was hashed here."""

    chain_id: ChainId
    number: BlockNumber
    hash: bytes
    state_root: bytes
    timestamp: Timestamp
    # AGREED where as many endpoints as configured, and at least two, gave this block, or the reader vouches for it;
    # else CLAIMED.
    evidence: Evidence
    # Endpoints by their names.
    agreeing: tuple[Foreign, ...]
    dissenting: tuple[Foreign, ...]
    silent: tuple[Foreign, ...]
    # What is wrong with each of the silent ones, in their order.
    failures: tuple[Shown, ...] = ()
    # Those of the silent ones whose answers are known to be untrue.
    lying: tuple[Foreign, ...] = ()
    # The reader has its hash from elsewhere, and it was given here: no endpoints agree on it.
    vouched: bool = False
    # Endpoints, by twos, whose names lead to one address and port: they may be one source.
    shared: tuple[tuple[Foreign, ...], ...] = ()


def next_block(head: Head) -> BlockNumber:
    """Return the block after this one, as publications and seats number blocks: modulo 2^32."""
    return BlockNumber((head.number + 1) % (1 << 32))


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneReading:
    """A lane that holds, or held, an operation."""

    lane: LaneIndex
    operation_id: OperationId
    state: Lane
    # Who took an approval back in the life of this operation.
    withdrawn: SeatSet

    @property
    def proposer(self) -> MemberIndex:
        return seat_of_lane(self.lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultReading:
    """A vault at one block. That nothing is missing from members and lanes is believed as much as they are."""

    head: Head
    vault: Address
    balance: Fact[Wei]
    code_hash: Fact[bytes]
    founding: Fact[bytes]
    roster: Fact[Roster]
    tiers: Fact[TierBook]
    # Where the companions of its release are: they stand in its code.
    companions: Companions
    # Who says which custody duties a person has; the zero address where nobody does.
    registry: Fact[Address]
    # The seats that groups sit in, suspended ones included.
    groups: Fact[SeatSet]
    # Everyone who has a seat, by seat.
    members: Fact[Mapping[MemberIndex, Member]]
    # Every lane that ever held an operation, among those in which one can still be open.
    lanes: Fact[tuple[LaneReading, ...]]
    # About the reading itself: endpoints that dissent or are silent, evidence that is weak.
    findings: tuple[Finding, ...]

    @property
    def queue(self) -> tuple[LaneReading, ...]:
        """The operations that may still be executed, by lane."""
        return tuple(lane for lane in self.lanes.value if lane.state.is_open_at(self.head.timestamp))

    def lane(self, index: LaneIndex) -> LaneReading | None:
        """Return a lane, or None where none was read: it never held an operation, or none can be open there."""
        return next((lane for lane in self.lanes.value if lane.lane == index), None)

    def status(self, lane: LaneReading) -> Status:
        """Return the status by the clock of the block."""
        return lane.state.status_at(self.head.timestamp)

    def member(self, address: Address) -> Member | None:
        """Return who sits in a seat of this vault with this address."""
        return next((member for member in self.members.value.values() if member.address == address), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReading:
    """The vault's words about some assets, accounts and functions; what is in no mapping is not listed, not allowed, or
    has no rule.
    """

    assets: Mapping[Address, Fact[AssetTerms]]
    counterparties: Mapping[Address, Fact[Use]]
    # By target and selector.
    rules: Mapping[tuple[Address, bytes], Fact[Rule]] = field(default_factory=dict)
    # About the reading itself.
    findings: tuple[Finding, ...] = ()

    def joined(self, other: PolicyReading) -> PolicyReading:
        """Return what both know."""
        return PolicyReading(
            assets={**self.assets, **other.assets},
            counterparties={**self.counterparties, **other.counterparties},
            rules={**self.rules, **other.rules},
            findings=tuple(dict.fromkeys(self.findings + other.findings)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bypass:
    """One use of break-glass, as the ledger keeps it."""

    operation_id: OperationId
    record: BypassRecord
    # Hash of what an auditor found; zero before.
    findings: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BypassReading:
    """The ledger of bypasses about a vault: every bypass that is unreviewed, and the latest ones, by their numbers."""

    terms: BypassTerms
    bypasses: Mapping[int, Bypass]
    evidence: Evidence
    # About the reading itself.
    findings: tuple[Finding, ...] = ()

    @property
    def records(self) -> Mapping[int, BypassRecord]:
        return {index: bypass.record for index, bypass in self.bypasses.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationReading:
    """The bytes of an operation, which hash to the id that storage holds."""

    # None where they cannot be found: `findings` says so then, as danger.
    operation: Operation | None
    # That of the id: bytes that hash to it are as good.
    evidence: Evidence
    findings: tuple[Finding, ...] = ()
    # Hash of the transaction that published it, as the endpoint says that gave the bytes; only it stands for that.
    transaction: bytes | None = None
    # Where nobody gave them: the endpoints that looked and have none; those that did not answer are not among them.
    denying: tuple[Foreign, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsReading:
    """The approvals that the transaction brought along which published an operation. Whose they are is to be judged."""

    operation_id: OperationId
    # Hash of the transaction.
    transaction: bytes
    # As they stand in its data. None where its data is no `propose` of this operation: another contract made the call.
    approvals: tuple[Approval, ...] | None
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionTerms:
    """What a transaction needs besides what it says."""

    chain_id: ChainId
    nonce: int
    gas: int
    # Wei for a unit of gas.
    max_fee: Wei
    priority_fee: Wei


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That a block took in a transaction, which did what it should."""

    transaction: bytes
    block: BlockNumber
    gas_used: int
    # Where the transaction made a contract.
    contract: Address | None = None
    # Agreed where so many endpoints say it as have to agree, and these are several.
    evidence: Evidence = Evidence.CLAIMED


NO_POLICY: Final = PolicyReading(assets={}, counterparties={})
