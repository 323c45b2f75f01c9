"""A vault whose story is told to a watcher: what happens changes storage and writes real logs, as the contracts do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from eth_hash.auto import keccak

from tests.desk.fakes import COMPANIONS, VAULT, address_of, member, members_apart, roster_of
from tests.desk.fakes import reading as vault_reading
from verifier.assess.happenings import USUAL, Judged, Look, Manner, OperationView, judge_look
from verifier.decode.encode import encode
from verifier.decode.logs import read_logs
from verifier.decode.signatures import Event, interface
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import BypassRecord, BypassTerms, Verdict
from verifier.model.call import AbiValue
from verifier.model.event import VaultEvent
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding, Severity
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status
from verifier.model.member import Member, MemberStatus, Role, Suspension
from verifier.model.operation import Publication
from verifier.model.reading import Bypass, BypassReading, Head, LaneReading, PolicyReading, VaultReading
from verifier.model.text import Shown
from verifier.model.tier import Tier, TierBook, TierTerms
from verifier.model.units import (
    BlockNumber,
    ChainId,
    Duration,
    Epoch,
    Hours,
    LaneIndex,
    MemberIndex,
    OperationId,
    Person,
    Sequence,
    Timestamp,
)
from verifier.model.watching import Happening, Kind, LogEvent, WatchedFact

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
    """Two proposers, seat 0 and 6, the first an approver too; four approvers in three places; a guardian; an auditor."""
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
class Story:
    """A vault, its chain and its watcher."""

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
    manner: Manner = USUAL
    # The watcher's side.
    journal: dict[str, WatchedFact] = field(default_factory=dict)
    logs: list[LogEvent] = field(default_factory=list)
    times: dict[BlockNumber, Timestamp] = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)
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

    # ------------------------------------------------------------------------------------------------- Operations

    def propose(
        self,
        lane: int = 0,
        tier: Tier = Tier.ROUTINE,
        *approvals: int,
        severities: Iterable[Severity] = (),
        seat_operation: bool = False,
    ) -> OperationId:
        """Publish an operation, perhaps with approvals; with enough of them its clock begins to run."""
        self.transact()
        index = LaneIndex(lane)
        former = self.lanes.get(lane)
        sequence = Sequence(former.state.sequence + 1 if former else 1)
        operation_id = OperationId(keccak(b"%d of %d" % (sequence, lane)))
        state = replace(
            EMPTY_LANE,
            approvals=frozenset(map(MemberIndex, approvals)),
            epoch=Epoch(self.epoch),
            moment=Timestamp(self.now + 7 * DAY),
            publication=Publication(block=BlockNumber(self.block), parent=1),
            sequence=sequence,
            status=Status.PROPOSED,
            tier=tier,
            seat_operation=seat_operation,
        )
        self.lanes[lane] = LaneReading(
            lane=index, operation_id=operation_id, state=state, withdrawn=frozenset()
        )
        self.views[operation_id] = view(operation_id, *severities)
        self._start_clock(lane)
        state = self.lanes[lane].state
        calls = ((TOKEN, 0, b"data"),)
        values: dict[str, AbiValue] = {"id": operation_id, "state": state.pack(), "lane": lane}
        self.emit(VAULT, "Proposed", **values, approveBy=self.now + 7 * DAY, calls=calls)
        return operation_id

    def approve(self, lane: int, *seats: int) -> None:
        self.transact()
        state = self.lanes[lane].state
        self._put(lane, approvals=state.approvals | set(map(MemberIndex, seats)))
        self._start_clock(lane)
        self._say("Approved", lane)

    def withdraw(self, lane: int, seat: int) -> None:
        self.transact()
        state = self.lanes[lane].state
        kept = state.approvals - {MemberIndex(seat)}
        self._put(lane, approvals=kept, withdrawals=True)
        self.lanes[lane] = replace(
            self.lanes[lane], withdrawn=self.lanes[lane].withdrawn | {MemberIndex(seat)}
        )
        if len(kept) < self.tiers[state.tier].quorum:
            self._put(lane, status=Status.PROPOSED, moment=Timestamp(self.now + DAY), grace_hours=Hours(0))
        self._say("Withdrawn", lane, by=address_of(seat))

    def object(self, lane: int, seat: int) -> None:
        self.transact()
        self._put(
            lane,
            objected=True,
            status=Status.PROPOSED,
            moment=Timestamp(self.now + DAY),
            grace_hours=Hours(0),
        )
        self._say("Objected", lane, by=address_of(seat))

    def end(self, lane: int, how: Status, seat: int = 5) -> None:
        """Execute, veto or cancel."""
        self.transact()
        self._put(lane, status=how)
        name = {Status.EXECUTED: "Executed", Status.VETOED: "Vetoed", Status.CANCELLED: "Cancelled"}[how]
        values: dict[str, AbiValue] = {} if name == "Cancelled" else {"by": address_of(seat)}
        self.emit(VAULT, name, id=self.lanes[lane].operation_id, **values)

    def expedite(self, lane: int, *seats: int, left: int = 10 * MINUTE) -> int:
        """Use break-glass, and return the number of the bypass."""
        self.transact()
        one, index = self.lanes[lane], len(self.bypasses)
        record = BypassRecord(
            at=Timestamp(self.now),
            former_ready_at=one.state.moment,
            lane=LaneIndex(lane),
            seats=frozenset(map(MemberIndex, seats)),
        )
        self.bypasses[index] = Bypass(operation_id=one.operation_id, record=record, findings=bytes(32))
        self.ledger = replace(self.ledger, count=index + 1)
        self._put(lane, moment=Timestamp(self.now + left))
        self.emit(
            COMPANIONS.bypass_ledger,
            "BypassRecorded",
            vault=VAULT,
            bypass=index,
            id=one.operation_id,
            record=record.pack(),
        )
        self._say("Expedited", lane)
        return index

    def review(self, index: int, verdict: Verdict) -> None:
        self.transact()
        record = replace(
            self.bypasses[index].record,
            verdict=verdict,
            reviewer=Person(107),
            reviewed_at=Timestamp(self.now),
        )
        findings = b"\x0f" * 32
        self.bypasses[index] = replace(self.bypasses[index], record=record, findings=findings)
        self.emit(
            COMPANIONS.bypass_ledger,
            "BypassReviewed",
            vault=VAULT,
            bypass=index,
            record=record.pack(),
            findings=findings,
            terms=self.ledger.pack(),
        )

    # ---------------------------------------------------------------------------------------------------- Members

    def seat(self, changed: Member, *, in_transaction: bool = False) -> None:
        """Let a member be so from now on; one who is not seated leaves."""
        if not in_transaction:
            self.transact()
        for seat, each in list(self.members.items()):
            if each.address == changed.address:
                del self.members[seat]
        if changed.record.is_seated:
            self.members[changed.record.seat] = changed
        self.epoch += 1
        self.emit(VAULT, "MemberChanged", member=changed.address, record=changed.record.pack())
        if changed.suspension:
            self.emit(
                VAULT,
                "Suspended",
                member=changed.address,
                guardianPerson=changed.suspension.guardian_person,
                lapsesAt=changed.suspension.lapses_at,
            )
        self.emit(VAULT, "RosterChanged", roster=self.reading().roster.value.pack())

    def suspend(self, seat: int, status: MemberStatus = MemberStatus.SUSPENDED) -> None:
        one = self.members[seat]
        suspension = Suspension(guardian_person=Person(105), lapses_at=Timestamp(self.now + 17 * DAY))
        self.seat(
            replace(
                one,
                record=replace(one.record, status=status),
                suspension=suspension if status is MemberStatus.SUSPENDED else None,
            )
        )

    def set_tiers(self, tiers: TierBook, supermajority: int | None = None) -> None:
        self.transact()
        self.tiers, self.supermajority = tiers, supermajority or self.supermajority
        self.epoch += 1
        words = tuple(terms.pack() for terms in tiers)
        self.emit(VAULT, "TiersSet", tiers=words, supermajority=self.supermajority)

    # ----------------------------------------------------------------------------------------------------- Policy

    def list_asset(self, asset: Address, terms: AssetTerms | None) -> None:
        self.transact()
        assets = {each: fact for each, fact in self.policy.assets.items() if each != asset}
        if terms:
            assets[asset] = Fact(value=terms, evidence=Evidence.PROVEN)
        self.policy = replace(self.policy, assets=assets)
        self.emit(VAULT, "AssetSet", asset=asset, terms=terms.pack() if terms else 0)

    def allow(self, account: Address, uses: Use) -> None:
        self.transact()
        parties = {each: fact for each, fact in self.policy.counterparties.items() if each != account}
        if uses:
            parties[account] = Fact(value=uses, evidence=Evidence.PROVEN)
        self.policy = replace(self.policy, counterparties=parties)
        self.emit(VAULT, "CounterpartySet", account=account, uses=int(uses))

    # ------------------------------------------------------------------------------------------ The watcher's side

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

    def events(self) -> tuple[VaultEvent, ...]:
        """Return everything logged since the last look, read."""
        return read_logs(self.logs, vault=VAULT, companions=COMPANIONS)

    def what_is_seen(self, *, with_events: bool = True) -> Look:
        return Look(
            reading=self.reading(),
            bypasses=BypassReading(terms=self.ledger, bypasses=self.bypasses, evidence=Evidence.PROVEN),
            policy=self.policy,
            journal=dict(self.journal),
            events=self.events() if with_events else (),
            times=self.times,
            now=Timestamp(self.now),
            views=dict(self.views),
        )

    def look(self, *, with_events: bool = True) -> tuple[Happening, ...]:
        """Look, keep what changed, and return what is said."""
        judged = judge_look(self.what_is_seen(with_events=with_events), self.manner)
        self.keep(judged)
        return judged.happenings

    def keep(self, judged: Judged) -> None:
        for fact in judged.facts:
            self.journal[fact.subject] = fact
        self.logs = []
        self.times = {}
        self.told += judged.happenings

    # ------------------------------------------------------------------------------------------ Parts of the above

    def _put(self, lane: int, **changes: object) -> None:
        one = self.lanes[lane]
        self.lanes[lane] = replace(one, state=replace(one.state, **changes))  # type: ignore[arg-type]

    def _start_clock(self, lane: int) -> None:
        state = self.lanes[lane].state
        terms = self.tiers[state.tier]
        needed = self.supermajority if state.objected else terms.quorum
        if state.status is Status.PROPOSED and len(state.approvals) >= needed:
            self._put(
                lane,
                status=Status.WAITING,
                moment=Timestamp(self.now + terms.delay),
                grace_hours=terms.grace_hours,
            )

    def _say(self, name: str, lane: int, **values: AbiValue) -> None:
        one = self.lanes[lane]
        self.emit(VAULT, name, id=one.operation_id, state=one.state.pack(), **values)


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


def begun(**more: object) -> Story:
    """Return a story whose watcher has looked once."""
    story = Story(**more)  # type: ignore[arg-type]
    assert story.look() == ()
    return story


def kinds(happenings: Iterable[Happening]) -> list[Kind]:
    return [happening.kind for happening in happenings]


def one(happenings: Iterable[Happening], kind: Kind) -> Happening:
    """Return the only happening of a kind."""
    (found,) = [happening for happening in happenings if happening.kind is kind]
    return found
