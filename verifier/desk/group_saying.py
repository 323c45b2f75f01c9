"""What a group may say of an operation, as whoever brings its holders together asks for it, and what becomes of that.

request = request_of(briefing, Purpose.APPROVE, group)
... the holders sign it ...
word = GroupWord(group=group, request=request, briefing=briefing, signature=signature)
approval_file_of(word)        of an approval or a consent to hurry: anybody may submit it
stopping_data_of(word)        of a veto, an objection or a withdrawal: anybody may send it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.decode.operations import abi_of, encode_call
from verifier.desk.briefing import Briefing
from verifier.desk.group_request import address_of_group
from verifier.desk.group_signing import find_difference
from verifier.desk.group_words import words_about_lane
from verifier.desk.hurrying import why_no_hurry
from verifier.desk.outcomes import Shows, shows_act
from verifier.desk.review import Review
from verifier.errors import ActionImpossible
from verifier.model.address import Address
from verifier.model.approval_file import ApprovalFile
from verifier.model.group_file import GroupFile
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.life import OPEN
from verifier.model.member import Member
from verifier.model.message import MessageKind
from verifier.model.operation import UNPUBLISHED, Approval, Signature
from verifier.model.reading import VaultReading
from verifier.model.text import Shown

OFFERS: Final = (Purpose.VETO, Purpose.WITHDRAW, Purpose.APPROVE, Purpose.EXPEDITE)
"""What a group ever says of an operation; what stops it first."""

KINDS: Final = {Purpose.APPROVE: MessageKind.APPROVE, Purpose.EXPEDITE: MessageKind.EXPEDITE}
"""What goes into a file that others may submit."""

_FUNCTIONS: Final = {Purpose.VETO: "vetoAsGroup", Purpose.WITHDRAW: "withdrawAsGroup"}
_ENDINGS: Final = {Purpose.APPROVE: "approval", Purpose.EXPEDITE: "consent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAtHand:
    """A group whose holders this person can bring together."""

    # What its file calls it.
    name: Shown
    # Its key, 33 bytes compressed.
    point: bytes
    threshold: int
    # What people call the holders, by their numbers.
    holders: Mapping[int, Shown]

    @property
    def address(self) -> Address:
        return address_of_group(self.point)

    def member(self, reading: VaultReading) -> Member | None:
        """Return the member that has this key; None where there is none."""
        member = reading.member(self.address)
        return member if member is not None and member.record.is_group else None

    def describe(self) -> Shown:
        """Return how a person tells it from all others: `the group "owls" (2 of its 3 holders sign)`."""
        return Shown(f'the group "{self.name}" ({self.threshold} of its {len(self.holders)} holders sign)')


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWord:
    """What a group has signed, held against the vault's own rules for such a signature."""

    group: GroupAtHand
    request: GroupRequest
    # As it was read before the holders were asked.
    briefing: Briefing
    signature: Signature
    # Why it would be sent in vain by what was read after the holders signed; empty where it would count.
    in_vain: Shown

    @property
    def review(self) -> Review:
        (review,) = self.briefing.reviews
        return review

    @property
    def member(self) -> Member:
        """:raises AssertionError: the group was no member, and yet was asked."""
        return _member_of(self.group, self.briefing)

    @property
    def usual_name(self) -> str:
        """Return what a file with it is called, unless somebody says otherwise."""
        return usual_name_of(self.request.purpose, self.briefing, self.group)


def usual_name_of(purpose: Purpose, briefing: Briefing, group: GroupAtHand) -> str:
    """Return what a file with a group's word is called, before anybody was asked for it."""
    (review,) = briefing.reviews
    lane, ending = review.lane, _ENDINGS.get(purpose)
    name = f"lane-{lane.lane}-{lane.state.sequence}-seat-{_member_of(group, briefing).record.seat}"
    return f"{name}.{ending or purpose.value.lower()}"


def _member_of(group: GroupAtHand, briefing: Briefing) -> Member:
    member = group.member(briefing.reading)
    if member is None:
        raise AssertionError("the group was a member when it was asked")
    return member


def group_at_hand(group: GroupFile, point: bytes) -> GroupAtHand:
    """Return a group by its file and its key."""
    names = {holder.index: holder.name for holder in group.holders}
    return GroupAtHand(name=group.name, point=point, threshold=group.threshold, holders=names)


def request_of(briefing: Briefing, purpose: Purpose, group: GroupAtHand) -> GroupRequest:
    """Return what the holders are asked about the operation of a lane.

    :raises ActionImpossible: there is nothing to sign, or it would not count; with why.
    """
    request, why = _request_or_why(briefing, purpose, group)
    if request is None or why:
        (review,) = briefing.reviews
        raise ActionImpossible(action=purpose.lower(), subject=f"lane {review.lane.lane}", why=why)
    return request


def why_not(briefing: Briefing, purpose: Purpose, group: GroupAtHand) -> Shown:
    """Return why the holders cannot be asked now; empty where they can."""
    return _request_or_why(briefing, purpose, group)[1]


def _request_or_why(
    briefing: Briefing, purpose: Purpose, group: GroupAtHand
) -> tuple[GroupRequest | None, Shown]:
    (review,) = briefing.reviews
    if review.operation is None:
        return None, Shown("Nobody gives its bytes.")
    request = GroupRequest(
        purpose=purpose,
        chain_id=briefing.reading.head.chain_id,
        vault=briefing.reading.vault,
        operation=review.operation,
        publication=review.lane.state.publication,
        ready_at=review.lane.state.moment if purpose is Purpose.EXPEDITE else None,
    )
    difference = find_difference(briefing, request, group.address)
    if difference is not None:
        return request, Shown(f"{difference[0].upper()}{difference[1:]}.")
    member = group.member(briefing.reading)
    why = _why_in_vain(briefing, review, purpose, member) if member is not None else ""
    return request, Shown(why)


def doubt_of(briefing: Briefing, purpose: Purpose, group: GroupAtHand) -> Shown:
    """Return why an approval would not count as things are, and may later; empty where it would."""
    member, (review,) = group.member(briefing.reading), briefing.reviews
    if purpose is Purpose.APPROVE and member is not None:
        for standing in review.quorum.others:
            if standing.seat == member.record.seat and not standing.counts:
                return Shown(f"As things are, it would not count: {standing.why}")
    return Shown("")


def act_of(purpose: Purpose, review: Review) -> str:
    """Return what it does, as the contract names it: a group's veto of a seat operation is an objection."""
    if purpose is Purpose.VETO and review.lane.state.seat_operation:
        return "object"
    return purpose.lower()


def title_of(purpose: Purpose, review: Review) -> Shown:
    """Return what the group's word is called, such as `the group's approval of lane 3`."""
    lane = review.lane
    return words_about_lane(purpose, lane.lane, is_seat_operation=bool(lane.state.seat_operation))


def approval_file_of(word: GroupWord) -> ApprovalFile:
    """Return an approval or a consent to hurry as a file."""
    request, lane = word.request, word.review.lane
    seat, publication = word.member.record.seat, lane.state.publication
    return ApprovalFile(
        kind=KINDS[request.purpose],
        chain_id=request.chain_id,
        vault=request.vault,
        lane=lane.lane,
        sequence=lane.state.sequence,
        operation_id=lane.operation_id,
        member=word.group.address,
        approval=Approval(seat=seat, publication=publication, signature=word.signature),
        ready_at=request.ready_at,
    )


def stopping_data_of(word: GroupWord) -> bytes:
    """Return the data of the transaction that brings a veto, an objection or a withdrawal to the vault."""
    if word.request.operation is None:
        raise AssertionError("what is said of an operation carries it")
    proof = Approval(seat=word.member.record.seat, publication=UNPUBLISHED, signature=word.signature)
    packed = (proof.head, word.signature.r, word.signature.s)
    return encode_call(_FUNCTIONS[word.request.purpose], abi_of(word.request.operation), packed)


def shows_word(word: GroupWord) -> Shows:
    """Return what tells whether the vault heard it."""
    review = word.review
    return shows_act(act_of(word.request.purpose, review), review.lane, [word.member.record.seat])


def _why_in_vain(briefing: Briefing, review: Review, purpose: Purpose, member: Member) -> str:
    """Return why the vault would not take it, or it would change nothing; empty where it would."""
    seat, state = member.record.seat, review.lane.state
    if review.status not in OPEN:
        return f"It is {review.status.name}, and that is final."
    match purpose:
        case Purpose.APPROVE if seat in state.approvals:
            return "The group has approved it."
        case Purpose.EXPEDITE:
            return why_no_hurry(briefing.reading, review.lane, briefing.bypasses, member)
        case Purpose.WITHDRAW if seat not in state.approvals:
            return "The group has not approved it."
        case Purpose.VETO if state.seat_operation and state.objected:
            return "Somebody has objected already; a second objection changes nothing."
        case _:
            return ""
