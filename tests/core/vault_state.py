"""A vault on its chain: members, settings and operations change, and logs are written as the contracts write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from eth_hash.auto import keccak

from tests.desk.fakes import COMPANIONS, VAULT, member, members_apart, roster_of
from tests.desk.fakes import reading as vault_reading
from verifier.assess.happenings import OperationView
from verifier.decode.encode import encode
from verifier.decode.signatures import Event, interface
from verifier.model.address import NOBODY, Address
from verifier.model.bypass import BypassTerms
from verifier.model.call import AbiValue
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.member import Member, Role
from verifier.model.reading import Bypass, Head, LaneReading, PolicyReading, VaultReading
from verifier.model.text import Shown
from verifier.model.tier import TierBook, TierTerms
from verifier.model.units import (
    BlockNumber,
    ChainId,
    Duration,
    Epoch,
    Hours,
    OperationId,
    Timestamp,
)
from verifier.model.watching import LogEvent

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
# Monday 2026-03-02 09:00:00 UTC
START: Final = 1_772_442_000
CHAIN: Final = ChainId(31_337)
TOKEN: Final = Address(bytes.fromhex("70ce" * 10))
PAYEE: Final = Address(b"\x77" * 20)
TIERS: Final[TierBook] = (
    TierTerms(quorum=2, security_approvals=0, delay=Duration(HOUR), grace_hours=Hours(72)),
    TierTerms(quorum=2, security_approvals=0, delay=Duration(4 * HOUR), grace_hours=Hours(72)),
    TierTerms(quorum=3, security_approvals=1, delay=Duration(2 * DAY), grace_hours=Hours(72)),
    TierTerms(quorum=3, security_approvals=1, delay=Duration(3 * DAY), grace_hours=Hours(72)),
)

INTERFACES: Final[Mapping[Address, str]] = {
    VAULT: "vault",
    COMPANIONS.duty_registry: "duty_registry",
    COMPANIONS.strategy_limits: "strategy_limits",
    COMPANIONS.bypass_ledger: "bypass_ledger",
    TOKEN: "asset_events",
}


def usual() -> dict[int, Member]:
    """Two proposers, 0 and 6, the first an approver too; four approvers in three places; a guardian; an auditor."""
    sitting = members_apart()
    sitting[6] = member(6, Role.PROPOSER)
    sitting[7] = member(7, Role.AUDITOR)
    return sitting


def view(
    operation_id: OperationId,
    *severities: Severity,
    sentence: str = "Transfers 40 to an account.",
    evidence: Evidence = Evidence.PROVEN,
) -> OperationView:
    """Return what a review of an operation says, with a finding of each of these severities."""
    findings = tuple(
        Finding(rule=f"rule-{each.name.lower()}", severity=each, sentence=Shown("Look."), evidence=evidence)
        for each in sorted(severities, reverse=True)
    )
    return OperationView(
        operation_id=operation_id, sentence=Shown(sentence), findings=findings, evidence=evidence
    )


@dataclass(slots=True, kw_only=True)
class VaultState:
    """A vault and its chain, before anything happens."""

    now: int = START
    block: int = 1_000
    branch: bytes = b"a"
    members: dict[int, Member] = field(default_factory=usual)
    tiers: TierBook = TIERS
    supermajority: int = 4
    registry: Address = NOBODY
    lanes: dict[int, LaneReading] = field(default_factory=dict)
    bypasses: dict[int, Bypass] = field(default_factory=dict)
    ledger: BypassTerms = field(default_factory=lambda: BypassTerms(limit=3, review_hours=Hours(72)))
    policy: PolicyReading = field(
        default_factory=lambda: PolicyReading(assets={}, counterparties={}, rules={})
    )
    views: dict[OperationId, OperationView] = field(default_factory=dict)
    epoch: int = 7
    # Since the last look.
    logs: list[LogEvent] = field(default_factory=list)
    times: dict[BlockNumber, Timestamp] = field(default_factory=dict)
    _transaction: int = 0

    # ------------------------------------------------------------------------------------------- The chain's side

    def wait(self, seconds: int) -> None:
        """Let time pass, and make a block."""
        self.now += seconds
        self.block += 1

    def transact(self) -> None:
        """Begin another transaction, in a block of its own."""
        self.wait(12)
        self._transaction += 1

    def emit(self, emitter: Address, name: str, **values: AbiValue) -> None:
        """Write a log as the emitter's interface has it."""
        event = interface(INTERFACES[emitter]).events[name]
        self.write(emitter, (event.topic, *topics_of(event, values)), data_of(event, values))

    def write(self, emitter: Address, topics: tuple[bytes, ...], data: bytes) -> None:
        """Write any log."""
        block = BlockNumber(self.block)
        self.times[block] = Timestamp(self.now)
        self.logs.append(
            LogEvent(
                emitter=emitter,
                topics=topics,
                data=data,
                block=block,
                block_hash=self.hash_of(self.block),
                index=len(self.logs),
                transaction=keccak(self.branch + self._transaction.to_bytes(8, "big")),
            )
        )

    def hash_of(self, block: int) -> bytes:
        return keccak(self.branch + block.to_bytes(8, "big"))

    def reading(self, *, evidence: Evidence = Evidence.PROVEN) -> VaultReading:
        block = Head(
            chain_id=CHAIN,
            number=BlockNumber(self.block),
            hash=self.hash_of(self.block),
            state_root=b"\x22" * 32,
            timestamp=Timestamp(self.now),
            evidence=evidence,
            agreeing=("one.example", "two.example"),
            dissenting=(),
            silent=(),
        )
        roster = replace(roster_of(self.members, supermajority=self.supermajority), epoch=Epoch(self.epoch))
        return vault_reading(
            *self.lanes.values(),
            members=self.members,
            roster=roster,
            tiers=self.tiers,
            block=block,
            evidence=evidence,
            registry=self.registry,
        )


def topics_of(event: Event, values: Mapping[str, AbiValue]) -> tuple[bytes, ...]:
    """Return the topics behind the first one."""
    names = zip(event.arguments.names, event.indexed, strict=True)
    return tuple(_word(values[name]) for name, is_indexed in names if is_indexed)


def data_of(event: Event, values: Mapping[str, AbiValue]) -> bytes:
    return encode(event.data, tuple(values[name] for name in event.data.names))


def _word(value: AbiValue) -> bytes:
    if isinstance(value, bytes):
        return value.rjust(32, b"\0")
    assert isinstance(value, int)
    return value.to_bytes(32, "big")
