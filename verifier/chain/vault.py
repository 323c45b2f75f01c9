"""A vault from its storage words: which ones are asked for, and what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from verifier.chain import layout
from verifier.chain.words import Words
from verifier.model.address import Address
from verifier.model.companions import Companions
from verifier.model.evidence import Fact
from verifier.model.finding import Finding
from verifier.model.group import Group, unpack_holders
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Member, MemberRecord, MemberStatus, Suspension
from verifier.model.reading import Head, LaneReading, VaultReading
from verifier.model.roster import Roster
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import LANES_PER_SEAT, SEATS, LaneIndex, MemberIndex, OperationId, Person, Timestamp
from verifier.model.word import SeatSet, seats_in

_TIER_SLOTS: Final = tuple(layout.terms(tier) for tier in Tier)
_SEAT_SLOTS: Final = tuple(layout.seat(MemberIndex(i)) for i in range(SEATS))
FIXED_SLOTS: Final = (
    layout.ROSTER,
    layout.FOUNDING,
    layout.GROUP_SEATS,
    layout.REGISTRY,
    *_TIER_SLOTS,
    *_SEAT_SLOTS,
)
"""Those that are the same in every vault."""


class Seating:
    """Who sits where, by the fixed words: it says which further words there are."""

    def __init__(self, fixed: Words, now: Timestamp) -> None:
        seats = {i: layout.SEAT.unpack(fixed[layout.seat(i)]) for i in map(MemberIndex, range(SEATS))}
        self.sitting = {i: _address_in(seat["member"]) for i, seat in seats.items() if seat["member"]}
        # Long after a seat was left nothing can be open in it any more.
        used = [i for i, seat in seats.items() if seat["member"] or seat["freeFrom"] >= now]
        self.lanes = [LaneIndex(seat * LANES_PER_SEAT + i) for seat in used for i in range(LANES_PER_SEAT)]
        self.groups: SeatSet = seats_in(fixed[layout.GROUP_SEATS])
        self.keyed = [address for seat, address in self.sitting.items() if seat in self.groups]

    def slots(self) -> list[int]:
        """Return the slots of all lanes, members and groups that there are."""
        return _slots_of(self.lanes, self.sitting.values(), self.keyed)


def make_reading(
    head: Head,
    vault: Address,
    companions: Companions,
    fixed: Words,
    words: Words,
    findings: Iterable[Finding],
) -> VaultReading:
    """Return what the words of a vault say.

    :param words: those at the slots that the seating says
    """
    seating = Seating(fixed, head.timestamp)
    evidence = min(fixed.evidence, words.evidence)
    terms = [TierTerms.unpack(fixed[slot]) for slot in _TIER_SLOTS]
    return VaultReading(
        head=head,
        vault=vault,
        balance=Fact(value=fixed.account.balance, evidence=fixed.evidence),
        code_hash=Fact(value=fixed.account.code_hash, evidence=fixed.evidence),
        founding=Fact(value=fixed[layout.FOUNDING].to_bytes(32, "big"), evidence=fixed.evidence),
        roster=Fact(value=Roster.unpack(fixed[layout.ROSTER]), evidence=fixed.evidence),
        tiers=Fact(value=(terms[0], terms[1], terms[2], terms[3]), evidence=fixed.evidence),
        companions=companions,
        registry=Fact(value=_address_in(fixed[layout.REGISTRY]), evidence=fixed.evidence),
        groups=Fact(value=seating.groups, evidence=fixed.evidence),
        members=Fact(value=_members(seating.sitting, seating.keyed, words), evidence=evidence),
        lanes=Fact(value=_lanes(seating.lanes, words), evidence=evidence),
        findings=tuple(findings),
    )


def _slots_of(lanes: Iterable[LaneIndex], members: Iterable[Address], groups: Iterable[Address]) -> list[int]:
    slots = []
    for lane in lanes:
        slots += [layout.lane_id(lane), layout.lane_state(lane), layout.withdrawn(lane)]
    for member in members:
        slots += [layout.record(member), layout.suspension(member)]
    for group in groups:
        slots += layout.group(group)
    return slots


def _address_in(word: int) -> Address:
    return Address((word & (1 << 160) - 1).to_bytes(20, "big"))


def _members(
    sitting: Mapping[MemberIndex, Address], groups: Collection[Address], words: Words
) -> Mapping[MemberIndex, Member]:
    members = {}
    for seat, address in sitting.items():
        record = MemberRecord.unpack(words[layout.record(address)])
        fields = layout.SUSPENSION.unpack(words[layout.suspension(address)])
        suspension = Suspension(
            guardian_person=Person(fields["guardianPerson"]), lapses_at=Timestamp(fields["lapsesAt"])
        )
        is_held = record.status is MemberStatus.SUSPENDED
        members[seat] = Member(
            address=address,
            record=record,
            suspension=suspension if is_held else None,
            group=_group(address, words) if address in groups else None,
        )
    return MappingProxyType(members)


def _group(address: Address, words: Words) -> Group:
    x, *holders = (words[slot] for slot in layout.group(address))
    return Group(x=x, holders=unpack_holders(holders))


def _lanes(lanes: Iterable[LaneIndex], words: Words) -> tuple[LaneReading, ...]:
    found = []
    for lane in lanes:
        state = Lane.unpack(words[layout.lane_state(lane)])
        if state.status is Status.UNKNOWN:
            continue
        taken_back = seats_in(words[layout.withdrawn(lane)]) if state.withdrawals else frozenset()
        operation_id = OperationId(words[layout.lane_id(lane)].to_bytes(32, "big"))
        found.append(LaneReading(lane=lane, operation_id=operation_id, state=state, withdrawn=taken_back))
    return tuple(found)
