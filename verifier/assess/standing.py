"""Who approved an operation, whether it counts, and who else could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verifier.assess.approvals import Claim, require_countable
from verifier.assess.quorum import Count, asks_for_segregation, count_anew, eligible
from verifier.assess.segregated_quorum import Segregation, judge_segregation
from verifier.errors import VaultError
from verifier.model.address import NOBODY, Address
from verifier.model.life import Status
from verifier.model.member import STRANGER, Member, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, Approval, Operation
from verifier.model.reading import LaneReading, VaultReading, next_block
from verifier.model.text import Shown, show_moment
from verifier.model.units import MemberIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One seat's approval, or what is in the way of it."""

    seat: MemberIndex
    # None where nobody sits there any more.
    member: Member | None
    is_security: bool
    has_approved: bool
    # Among those who approved: towards the quorum. Among the others: if given now.
    counts: bool
    # Why it does not count; empty where it does.
    why: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How an operation's approvals stand by today's members and tiers."""

    count: Count
    # Every seat whose approval is recorded or was taken back.
    given: tuple[Standing, ...]
    # Every other approver.
    others: tuple[Standing, ...]
    # Where the quorum has to be segregated.
    segregation: Segregation | None = None


def judge_quorum(
    reading: VaultReading, lane: LaneReading, operation: Operation | None, subject: Address
) -> Quorum:
    """Return how the approvals of a lane's operation stand.

    :param subject: the one member that a seat operation is about; the zero address in other operations
    """
    roster, state = reading.roster.value, lane.state
    counted = _count(reading, lane)
    given = [_given(reading, lane, seat) for seat in sorted(state.approvals | lane.withdrawn)]
    seated = {seat for seat, member in reading.members.value.items() if _may_approve(member)}
    claim = _claim(reading, lane, subject)
    # A segregated quorum stays the one that was named, unless it is found broken.
    is_closed = (
        asks_for_segregation(state, reading.tiers.value)
        and state.status is Status.WAITING
        and (counted.is_standing or state.epoch == roster.epoch)
    )
    others = [
        _closed(reading, lane, seat) if is_closed else _other(reading, lane, claim, seat, operation)
        for seat in sorted(seated - state.approvals - lane.withdrawn)
    ]
    return Quorum(
        count=counted,
        given=tuple(given),
        others=tuple(others),
        segregation=judge_segregation(
            reading, lane, approved=_counting(given), may_approve=_counting(others)
        ),
    )


def _count(reading: VaultReading, lane: LaneReading) -> Count:
    counted = count_anew(
        lane.state,
        publisher=lane.proposer,
        roster=reading.roster.value,
        tiers=reading.tiers.value,
        members={seat: member.record for seat, member in reading.members.value.items()},
    )
    is_named = lane.state.status is not Status.PROPOSED
    # Before a list named a quorum there is none, whoever approved.
    if asks_for_segregation(lane.state, reading.tiers.value) and not is_named:
        return replace(counted, is_segregated=False)
    return counted


def _counting(standings: Sequence[Standing]) -> list[MemberIndex]:
    return [standing.seat for standing in standings if standing.counts]


def _closed(reading: VaultReading, lane: LaneReading, seat: MemberIndex) -> Standing:
    why = "published it" if seat == lane.proposer else "nobody joins a segregated quorum while it stands"
    return _standing(reading, seat, has_approved=False, why=why)


def _may_approve(member: Member) -> bool:
    return member.record.has_any(Role.APPROVER)


def _given(reading: VaultReading, lane: LaneReading, seat: MemberIndex) -> Standing:
    if seat not in lane.state.approvals:
        why = "took its approval back"
    elif seat in reading.roster.value.approvers:
        why = ""
    else:
        why = _say_inactive(reading.members.value.get(seat))
    return _standing(reading, seat, has_approved=True, why=why)


def _other(
    reading: VaultReading, lane: LaneReading, claim: Claim, seat: MemberIndex, operation: Operation | None
) -> Standing:
    member = reading.members.value[seat]
    # A group's only consent is a FROST signature: its v is a prefix, as the kind of the key is.
    signature = replace(NO_SIGNATURE, v=member.record.kind.value)
    approval = Approval(seat=seat, publication=lane.state.publication, signature=signature)
    why = ""
    if seat == lane.proposer:
        why = "published it"
    elif not member.record.is_active:
        why = _say_inactive(member)
    elif operation and reading.head.timestamp > operation.approve_by:
        why = f"too late: it could be approved until {show_moment(operation.approve_by)}"
    elif seat not in claim.eligible:
        why = "it is about this member"
    else:
        try:
            require_countable(
                approval, claim, signer=member.address, record=member.record, sitting=member.address
            )
        except VaultError as refusal:
            why = refusal.sentence()
    return _standing(reading, seat, has_approved=False, why=why)


def _claim(reading: VaultReading, lane: LaneReading, subject: Address) -> Claim:
    member = None if subject == NOBODY else reading.member(subject)
    record = member.record if member else STRANGER
    # It could be sent in the next block. What is only planned is published there at the soonest, and approved later.
    coming = next_block(reading.head)
    return Claim(
        lane=lane.state,
        eligible=eligible(reading.roster.value, publisher=lane.proposer, subject=record),
        withdrawn=lane.withdrawn,
        now=reading.head.timestamp,
        block=None if lane.state.publication.block == coming else coming,
    )


def _say_inactive(member: Member | None) -> str:
    if member is None:
        return "left its seat"
    match member.record.status:
        case MemberStatus.SUSPENDED:
            return "suspended by a guardian"
        case MemberStatus.CONFIRMED:
            return "suspended, and that is confirmed"
        case MemberStatus.SELF_SUSPENDED:
            return "suspended itself"
        case MemberStatus.ACTIVE | MemberStatus.RETURNED:
            return "is no approver any more"
        case _:
            return "left its seat"


def _standing(reading: VaultReading, seat: MemberIndex, *, has_approved: bool, why: str) -> Standing:
    return Standing(
        seat=seat,
        member=reading.members.value.get(seat),
        is_security=seat in reading.roster.value.security,
        has_approved=has_approved,
        counts=not why,
        why=Shown(why),
    )
