"""Who approved an operation, whether it counts, and who else could."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.assess.approvals import Claim, require_countable
from verifier.assess.quorum import Count, count, eligible
from verifier.errors import VaultError
from verifier.model.address import NOBODY, Address
from verifier.model.member import STRANGER, Member, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, Approval, Operation
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown, show_moment
from verifier.model.units import BlockNumber, MemberIndex


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


def judge_quorum(
    reading: VaultReading, lane: LaneReading, operation: Operation | None, subject: Address
) -> Quorum:
    """Return how the approvals of a lane's operation stand.

    :param subject: the one member that a seat operation is about; the zero address in other operations
    """
    roster, state = reading.roster.value, lane.state
    counted = count(state, publisher=lane.proposer, roster=roster, tiers=reading.tiers.value)
    given = sorted(state.approvals | lane.withdrawn)
    seated = (seat for seat, member in reading.members.value.items() if _may_approve(member))
    others = sorted(set(seated) - set(given))
    claim = _claim(reading, lane, subject)
    return Quorum(
        count=counted,
        given=tuple(_given(reading, lane, seat) for seat in given),
        others=tuple(_other(reading, lane, claim, seat, operation) for seat in others),
    )


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
    approval = Approval(seat=seat, publication=lane.state.publication, signature=NO_SIGNATURE)
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
    return Claim(
        lane=lane.state,
        eligible=eligible(reading.roster.value, publisher=lane.proposer, subject=record),
        withdrawn=lane.withdrawn,
        now=reading.head.timestamp,
        # It could be sent in the next block.
        block=BlockNumber((reading.head.number + 1) % (1 << 32)),
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
