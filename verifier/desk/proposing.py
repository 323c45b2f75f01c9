"""Proposing: an operation that is not published yet, reviewed just as everybody will review it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier.assess.policy import Judgement
from verifier.decode.operations import encode_propose
from verifier.desk.aids import NO_AIDS, Aids
from verifier.desk.briefing import Briefing, judge_age
from verifier.desk.changes import changes_between
from verifier.desk.gathering import Gathered, gather_about
from verifier.desk.remembering import recall
from verifier.desk.review import Review, judge_calls, make_review
from verifier.desk.signer import Signer, judge_signer
from verifier.desk.signing import (
    Acknowledgement,
    acknowledgements_for,
    require_acknowledged,
    require_undisputed,
)
from verifier.desk.surroundings import surroundings_of
from verifier.errors import ActionImpossible, ReviewChanged
from verifier.model.history import History
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import OPEN, Status
from verifier.model.limits import MAX_APPROVAL_TIME, MAX_CALLS, MAX_DATA
from verifier.model.member import Member, Role
from verifier.model.operation import Call, Operation, Publication
from verifier.model.reading import LaneReading, OperationReading, VaultReading, next_block
from verifier.model.tier import Tier
from verifier.model.units import LANES_PER_SEAT, Duration, LaneIndex, OperationId, Timestamp
from verifier.model.units import Sequence as SequenceNumber
from verifier.model.word import NO_SEATS
from verifier.ports import ChainReader, Clock
from verifier.sign.typed import id_of

USUAL_TIME: Final = Duration(7 * 86_400)
"""How long an operation may be approved, where its proposer does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An operation as it would be published, and what everybody would be shown of it."""

    operation: Operation
    # Its one review stands for a lane in which it is PROPOSED; there are no actions in it.
    briefing: Briefing
    proposer: Member
    # Of the transaction that publishes it, from the proposer's own account, to the vault and without value.
    data: bytes
    acknowledgements: tuple[Acknowledgement, ...]

    @property
    def review(self) -> Review:
        (review,) = self.briefing.reviews
        return review


def draft_operation(
    reader: ChainReader,
    clock: Clock,
    signer: Signer,
    calls: Sequence[Call],
    *,
    aids: Aids = NO_AIDS,
    approve_within: Duration = USUAL_TIME,
    lane: int | None = None,
    approve_by: Timestamp | None = None,
) -> Draft:
    """Return an operation of these calls for a free lane of the signer's seat, and its review.

    :param approve_within: how long it may be approved
    :param lane: which of the seat's lanes; None for the first free one
    :param approve_by: the last moment at which it may be approved, where that is settled already
    :raises ActionImpossible: this signer cannot publish it, or no vault takes it.
    :raises EvidenceDisputed: endpoints contradict each other.
    :raises FourthSignerError: the vault cannot be read.
    """
    _require_size(calls, approve_within)
    reading = reader.read_vault()
    me = signer.own_member(reading)
    if me is None:
        raise _impossible("you have no seat here: none is pinned, or it is another's now")
    index, sequence = _free_lane(reading, me, lane)
    operation = Operation(
        calls=tuple(calls),
        lane=index,
        sequence=sequence,
        approve_by=approve_by or Timestamp(reading.head.timestamp + approve_within),
    )
    history, unusable = recall(aids.memory, reading)
    # Until the tier is known it may be the highest: that asks most about the past.
    assumed = lane_after_publishing(operation, reading, None)
    found = OperationReading(operation=operation, evidence=reading.lanes.evidence)
    gathered = gather_about(reader, reading, [assumed], (found,), aids)
    judgement = judge_calls(reading, assumed, operation, gathered.policy)
    _require_publisher(me, judgement)
    standing = lane_after_publishing(operation, reading, judgement)
    review = _review(reading, standing, found, gathered, history, signer, aids)
    findings = [
        *dict.fromkeys((*reading.findings, *gathered.policy.findings, *gathered.bypasses.findings)),
        *judge_age(reading, clock.now()),
        *judge_signer(signer, reading),
        *unusable,
    ]
    briefing = Briefing(
        reading=reading,
        signer=signer,
        findings=tuple(sorted(findings, key=lambda finding: -finding.severity)),
        reviews=(review,),
        bypasses=gathered.bypasses,
    )
    require_undisputed(briefing)
    return Draft(
        operation=operation,
        briefing=briefing,
        proposer=me,
        data=encode_propose(operation),
        acknowledgements=acknowledgements_for((*review.findings, *briefing.findings)),
    )


def recheck_draft(
    draft: Draft, reader: ChainReader, clock: Clock, *, aids: Aids, typed: Collection[str]
) -> None:
    """Return if a draft may be published: everything is read once more, and is as its proposer read it.

    :param typed: what was typed for its dangers, or the rules' names
    :raises DangerUnread: a danger is not acknowledged.
    :raises ReviewChanged: something is not as it was when it was read.
    :raises FourthSignerError: as for `draft_operation`.
    """
    require_acknowledged(draft.acknowledgements, typed)
    before, operation = draft.briefing, draft.operation
    fresh = draft_operation(
        reader,
        clock,
        before.signer,
        operation.calls,
        aids=aids,
        lane=operation.lane,
        approve_by=operation.approve_by,
    )
    # It is published nowhere yet: the block that stands for that moves on with the chain.
    state = replace(fresh.review.lane.state, publication=draft.review.lane.state.publication)
    review = replace(fresh.review, lane=replace(fresh.review.lane, state=state))
    if changes := changes_between(before, replace(fresh.briefing, reviews=(review,))):
        raise ReviewChanged(lane=operation.lane, changes=changes)


def _impossible(why: str) -> ActionImpossible:
    return ActionImpossible(action="propose", subject="these calls", why=why)


def _require_size(calls: Sequence[Call], approve_within: Duration) -> None:
    size = sum(len(call.data) for call in calls)
    if not 1 <= len(calls) <= MAX_CALLS:
        raise _impossible(f"an operation has 1 to {MAX_CALLS} calls, and these are {len(calls)}")
    if size > MAX_DATA:
        raise _impossible(f"an operation has at most {MAX_DATA} bytes of data, and these have {size}")
    if not 0 < approve_within <= MAX_APPROVAL_TIME:
        days = MAX_APPROVAL_TIME // 86_400
        raise _impossible(f"it may be approved for some time, and for {days} days at most")


def _free_lane(reading: VaultReading, me: Member, wanted: int | None) -> tuple[LaneIndex, SequenceNumber]:
    """Return a lane of one's own in which no operation is open, and the number that is next there."""
    first = me.record.seat * LANES_PER_SEAT
    own = [LaneIndex(first + nth) for nth in range(LANES_PER_SEAT)]
    if wanted is not None and wanted not in own:
        raise _impossible(f"lane {wanted} is not yours: yours are {own[0]} to {own[-1]}")
    for index in own if wanted is None else [LaneIndex(wanted)]:
        lane = reading.lane(index)
        if lane is None:
            return index, SequenceNumber(1)
        if reading.status(lane) not in OPEN:
            return index, SequenceNumber(lane.state.sequence + 1)
    if wanted is not None:
        raise _impossible(f"an operation is open in lane {wanted}")
    raise _impossible("all of your lanes hold open operations; cancel one, or wait for one to end")


def _require_publisher(me: Member, judgement: Judgement | None) -> None:
    """Return if this member may publish what was judged so."""
    record = me.record
    if record.is_group:
        raise _impossible("a group sends no transactions")
    if not record.is_active:
        raise _impossible("your seat is suspended")
    is_seat_operation = judgement is not None and judgement.is_seat_operation
    if judgement is not None and is_seat_operation and judgement.subject == me.address:
        raise _impossible("it is about you")
    if record.has_any(Role.PROPOSER) or (is_seat_operation and record.has_any(Role.APPROVER)):
        return
    raise _impossible(
        "you are no proposer; an approver may publish what changes one other member, and nothing else"
    )


def lane_after_publishing(
    operation: Operation, reading: VaultReading, judgement: Judgement | None
) -> LaneReading:
    """Return the lane as it would be right after publication."""
    state = replace(
        EMPTY_LANE,
        epoch=reading.roster.value.epoch,
        moment=operation.approve_by,
        # Nobody knows where it will be published, and no sooner than in the next block: who has a seat by now counts.
        publication=Publication(block=next_block(reading.head), parent=0),
        sequence=operation.sequence,
        status=Status.PROPOSED,
        tier=judgement.tier if judgement else Tier.CUSTODY,
        seat_operation=bool(judgement and judgement.is_seat_operation),
    )
    return LaneReading(
        lane=operation.lane, operation_id=OperationId(id_of(operation)), state=state, withdrawn=NO_SEATS
    )


def _review(
    reading: VaultReading,
    lane: LaneReading,
    found: OperationReading,
    gathered: Gathered,
    history: History,
    signer: Signer,
    aids: Aids,
) -> Review:
    delay = reading.tiers.value[lane.state.tier].delay
    simulation = None
    if aids.simulator is not None and found.operation is not None:
        at = Timestamp(reading.head.timestamp + delay)
        simulation = aids.simulator.simulate(reading, None, found.operation, at=at)
    surroundings = surroundings_of(
        reading,
        lane,
        accounts=gathered.accounts,
        simulation=simulation,
        history=history,
        published=None,
        books=aids.books,
        descriptors=gathered.descriptors,
        precedents=gathered.precedents,
    )
    review = make_review(reading, lane, found, gathered.policy, gathered.bypasses, signer, surroundings)
    # Nothing can be done about it before it is published.
    return replace(review, actions=(), impossible=())
