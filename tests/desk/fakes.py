"""Fakes of the desk's ports, and a small vault of plain values to read through them.

Seats 0 to 4 are approvers (0 a proposer too, 2 and 3 of the security team), seat 5 a guardian. 3 approvals are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as ListOf
from dataclasses import dataclass, field, replace
from typing import Final

from verifier.desk.signer import Signer
from verifier.model.account import AccountReading
from verifier.model.address import NOBODY, Address
from verifier.model.bypass import BypassRecord, BypassTerms, Verdict
from verifier.model.companions import Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding
from verifier.model.group import Group
from verifier.model.lane import EMPTY_LANE, Lane
from verifier.model.life import Status
from verifier.model.member import STRANGER, Attributes, Kind, Member, MemberStatus, Role
from verifier.model.operation import Call, Operation, Publication
from verifier.model.place import place_at
from verifier.model.reading import (
    NO_POLICY,
    ApprovalsReading,
    Bypass,
    BypassReading,
    Head,
    LaneReading,
    OperationReading,
    PolicyReading,
    VaultReading,
)
from verifier.model.roster import Roster
from verifier.model.tier import Tier, TierBook, TierTerms
from verifier.model.units import (
    Amount,
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
    Wei,
)
from verifier.ports import NO_DELAY
from verifier.sign.typed import id_of

NOW: Final = Timestamp(1_800_000_000)
DAY: Final = 86_400
VAULT: Final = Address(bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3"))
TOKEN: Final = Address(bytes.fromhex("70ce" * 10))
STRANGER_ADDRESS: Final = Address(bytes.fromhex("bad0" * 10))
NO_OPERATION: Final = OperationId(bytes(32))
EPOCH: Final = Epoch(7)
TERMS: Final = TierTerms(quorum=3, security_approvals=1, delay=Duration(2 * DAY), grace_hours=Hours(72))
TIERS: Final[TierBook] = (TERMS, TERMS, TERMS, TERMS)
_APART: Final = replace(TERMS, segregated=1)
APART: Final[TierBook] = (TERMS, TERMS, _APART, _APART)
"""HIGH_VALUE and CUSTODY want three who are apart."""
COMPANIONS: Final = Companions(
    checks=Address(b"\xa1" * 20),
    duty_registry=Address(b"\xa2" * 20),
    strategy_limits=Address(b"\xa3" * 20),
    bypass_ledger=Address(b"\xa4" * 20),
    validation=Address(b"\xa5" * 20),
)


def ledger(
    *bypasses: Bypass, first: int = 0, limit: int = 3, evidence: Evidence = Evidence.PROVEN
) -> BypassReading:
    """Return a ledger with these bypasses, of which those from `first` on wait for a review."""
    terms = BypassTerms(limit=limit, review_hours=Hours(72), count=len(bypasses), first_unreviewed=first)
    return BypassReading(terms=terms, bypasses=dict(enumerate(bypasses)), evidence=evidence)


def bypass(
    of: OperationId = NO_OPERATION, *, at: int = NOW - 3_600, verdict: Verdict = Verdict.UNREVIEWED
) -> Bypass:
    record = BypassRecord(
        at=Timestamp(at),
        former_ready_at=Timestamp(at + 2 * DAY),
        lane=LaneIndex(0),
        seats=frozenset({MemberIndex(1)}),
        verdict=verdict,
    )
    return Bypass(operation_id=of, record=record, findings=bytes(32))


NO_BYPASSES: Final = BypassReading(
    terms=BypassTerms(limit=3, review_hours=Hours(72)), bypasses={}, evidence=Evidence.PROVEN
)
PUBLICATION: Final = Publication(block=BlockNumber(90), parent=0xABCD)


@dataclass(slots=True)
class FakeClock:
    """A clock that says what it is told."""

    time: Timestamp = NOW

    def now(self) -> Timestamp:
        return self.time


@dataclass(slots=True)
class FakeReader:
    """A vault of plain values. Operations that it does not have are not found."""

    reading: VaultReading
    operations: Mapping[LaneIndex, Operation] = field(default_factory=dict)
    policy: PolicyReading = NO_POLICY
    missing: tuple[Finding, ...] = ()
    # What the policy was asked about.
    asked: list[Address] = field(default_factory=list)
    bypasses: BypassReading = NO_BYPASSES
    accounts: Mapping[Address, AccountReading] = field(default_factory=dict)
    # By token and spender.
    allowances: Mapping[tuple[Address, Address], Fact[Amount]] = field(default_factory=dict)
    approvals: Mapping[OperationId, ApprovalsReading] = field(default_factory=dict)

    def read_vault(self) -> VaultReading:
        return self.reading

    def read_policy(
        self,
        reading: VaultReading,
        *,
        assets: Iterable[Address] = (),
        accounts: Iterable[Address] = (),
        functions: Iterable[tuple[Address, bytes]] = (),
        ahead: Iterable[Address] = (),  # noqa: ARG002 - nothing is far away here
        tokens: Iterable[Address] = (),  # noqa: ARG002
        delay: Duration = NO_DELAY,  # noqa: ARG002
    ) -> PolicyReading:
        assert reading is self.reading
        self.asked += [*assets, *accounts]
        asked = set(functions)
        rules = {function: rule for function, rule in self.policy.rules.items() if function in asked}
        return replace(self.policy, rules=rules)

    def read_bypasses(self, reading: VaultReading) -> BypassReading:
        assert reading is self.reading
        return self.bypasses

    def find_operations(
        self, reading: VaultReading, lanes: ListOf[LaneReading]
    ) -> tuple[OperationReading, ...]:
        return tuple(self.find_operation(reading, lane) for lane in lanes)

    def read_accounts(
        self,
        reading: VaultReading,
        addresses: Iterable[Address],
        *,
        tokens: Iterable[Address] = (),  # noqa: ARG002 - the accounts say whether they are
        delay: Duration = NO_DELAY,  # noqa: ARG002
    ) -> Mapping[Address, AccountReading]:
        assert reading is self.reading
        return {address: self.accounts[address] for address in addresses if address in self.accounts}

    def read_allowances(
        self, reading: VaultReading, tokens: Iterable[Address], spenders: Iterable[Address]
    ) -> Mapping[tuple[Address, Address], Fact[Amount]]:
        assert reading is self.reading
        asked, spending = set(tokens), set(spenders)
        return {
            pair: fact for pair, fact in self.allowances.items() if pair[0] in asked and pair[1] in spending
        }

    def read_approvals(
        self, reading: VaultReading, found: Iterable[OperationReading]
    ) -> Mapping[OperationId, ApprovalsReading]:
        assert reading is self.reading
        asked = {id_of(each.operation) for each in found if each.operation}
        return {name: approvals for name, approvals in self.approvals.items() if name in asked}

    def find_operation(self, reading: VaultReading, lane: LaneReading) -> OperationReading:
        operation = self.operations.get(lane.lane)
        findings = () if operation else self.missing
        return OperationReading(operation=operation, evidence=reading.lanes.evidence, findings=findings)


def address_of(seat: int) -> Address:
    """Return who sits in a seat."""
    return Address(bytes([0x10 + seat] * 20))


def member(
    seat: int,
    roles: Role = Role.APPROVER,
    *,
    status: MemberStatus = MemberStatus.ACTIVE,
    seasoned_at: int = 0,
) -> Member:
    record = replace(
        STRANGER,
        seat=MemberIndex(seat),
        status=status,
        roles=roles,
        person=Person(100 + seat),
        seasoned_at=Timestamp(seasoned_at),
        seated_in_block=BlockNumber(1),
    )
    return Member(address=address_of(seat), record=record)


PLACES: Final = (
    Attributes(employer=1, utc_offset=0, place=place_at(latitude=51.5, longitude=-0.1)),
    Attributes(employer=2, utc_offset=480, place=place_at(latitude=1.3, longitude=103.8)),
    Attributes(employer=3, utc_offset=-300, place=place_at(latitude=40.7, longitude=-74.0)),
    Attributes(employer=4, utc_offset=720, place=place_at(latitude=-41.3, longitude=174.8)),
)
"""London, Singapore, New York, Wellington: each of them from each of the others."""


def group(seat: int, *holders: int, roles: Role = Role.APPROVER) -> Member:
    """Return a group whose key these persons hold in parts."""
    plain = member(seat, roles)
    record = replace(plain.record, kind=Kind.FROST_EVEN, person=Person(0))
    return replace(plain, record=record, group=Group(x=7, holders=tuple(map(Person, holders))))


def members_apart() -> dict[int, Member]:
    """Return the usual members: 1 to 3 in three places, 4 near 3 and of the same employer, 0 in a fourth place."""
    members = usual_members()
    places = {0: PLACES[3], 1: PLACES[0], 2: PLACES[1], 3: PLACES[2], 4: PLACES[2]}
    for seat, place in places.items():
        members[seat] = replace(members[seat], record=replace(members[seat].record, attributes=place))
    return members


def usual_members() -> dict[int, Member]:
    return {
        0: member(0, Role.PROPOSER | Role.APPROVER),
        1: member(1),
        2: member(2, Role.APPROVER | Role.SECURITY),
        3: member(3, Role.APPROVER | Role.SECURITY),
        4: member(4),
        5: member(5, Role.GUARDIAN),
    }


def roster_of(members: Mapping[int, Member], *, supermajority: int = 4) -> Roster:
    """Return the roster that the members make."""

    def seats(role: Role) -> frozenset[MemberIndex]:
        return frozenset(
            MemberIndex(seat)
            for seat, each in members.items()
            if each.record.is_active and each.record.has_any(role)
        )

    return Roster(
        approvers=seats(Role.APPROVER),
        security=seats(Role.SECURITY),
        proposers=seats(Role.PROPOSER),
        epoch=EPOCH,
        supermajority=supermajority,
        windows=frozenset(),
    )


def operation(*calls: Call, lane: int = 0, approve_by: int = NOW + DAY) -> Operation:
    return Operation(
        calls=calls or (transfer(),),
        lane=LaneIndex(lane),
        sequence=Sequence(1),
        approve_by=Timestamp(approve_by),
    )


def transfer(to: Address = STRANGER_ADDRESS, amount: int = 40) -> Call:
    data = bytes.fromhex("a9059cbb") + to.rjust(32, b"\0") + amount.to_bytes(32, "big")
    return Call(target=TOKEN, value=Wei(0), data=data)


def lane_of(
    subject: Operation,
    *approvals: int,
    status: Status = Status.WAITING,
    moment: int = NOW + DAY,
    withdrawn: Iterable[int] = (),
    tier: Tier = Tier.CUSTODY,
    seat_operation: bool = False,
    objected: bool = False,
    epoch: int = EPOCH,
) -> LaneReading:
    state: Lane = replace(
        EMPTY_LANE,
        approvals=frozenset(map(MemberIndex, approvals)),
        epoch=Epoch(epoch),
        moment=Timestamp(moment),
        grace_hours=TERMS.grace_hours,
        publication=PUBLICATION,
        sequence=subject.sequence,
        status=status,
        tier=tier,
        seat_operation=seat_operation,
        objected=objected,
        withdrawals=bool(withdrawn),
    )
    return LaneReading(
        lane=subject.lane,
        operation_id=OperationId(id_of(subject)),
        state=state,
        withdrawn=frozenset(map(MemberIndex, withdrawn)),
    )


def head(*, timestamp: int = NOW, evidence: Evidence = Evidence.AGREED) -> Head:
    return Head(
        chain_id=ChainId(31_337),
        number=BlockNumber(100),
        hash=b"\x11" * 32,
        state_root=b"\x22" * 32,
        timestamp=Timestamp(timestamp),
        evidence=evidence,
        agreeing=("one.example", "two.example"),
        dissenting=(),
        silent=(),
    )


def reading(
    *lanes: LaneReading,
    members: Mapping[int, Member] | None = None,
    roster: Roster | None = None,
    tiers: TierBook = TIERS,
    block: Head | None = None,
    evidence: Evidence = Evidence.PROVEN,
    findings: tuple[Finding, ...] = (),
    registry: Address = NOBODY,
) -> VaultReading:
    """Return a vault of plain values."""
    sitting = usual_members() if members is None else members
    groups = frozenset(MemberIndex(seat) for seat, each in sitting.items() if each.record.is_group)

    return VaultReading(
        head=block or head(),
        vault=VAULT,
        balance=Fact(value=Wei(0), evidence=evidence),
        code_hash=Fact(value=b"\x33" * 32, evidence=evidence),
        founding=Fact(value=b"\x44" * 32, evidence=evidence),
        roster=Fact(value=roster or roster_of(sitting), evidence=evidence),
        tiers=Fact(value=tiers, evidence=evidence),
        companions=COMPANIONS,
        registry=Fact(value=registry, evidence=evidence),
        groups=Fact(value=groups, evidence=evidence),
        members=Fact(value={MemberIndex(seat): each for seat, each in sitting.items()}, evidence=evidence),
        lanes=Fact(value=lanes, evidence=evidence),
        findings=findings,
    )


def signer(seat: int | None = None, *, labels: Mapping[Address, str] | None = None) -> Signer:
    """Return a signer who pinned the vault, perhaps with a seat in it."""
    return Signer(
        vault_name="treasury",
        seat=None if seat is None else MemberIndex(seat),
        member=None if seat is None else address_of(seat),
        labels=labels or {},
    )
