"""Under the steps of `life.py`, in the model: finding operations, judging them, and when a quorum stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tests.lifecycle import messages
from tests.lifecycle.collecting import Collector
from tests.lifecycle.seating import Seating
from tests.lifecycle.state import LaneSlot
from tests.lifecycle.vocabulary import id_of
from verifier.assess.approvals import Claim
from verifier.assess.policy import Judgement, judge
from verifier.assess.quorum import asks_for_segregation, count, count_anew, eligible, name_quorum
from verifier.errors.operations import (
    LaneOfOtherSeat,
    OperationApproveByOutOfRange,
    OperationQuorumStands,
    OperationSizeOutOfRange,
    OperationStatusUnexpected,
    OperationUnknown,
)
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.lane import Lane
from verifier.model.life import OPEN, Status
from verifier.model.limits import MAX_APPROVAL_TIME, MAX_CALLS, MAX_DATA
from verifier.model.member import MemberRecord
from verifier.model.operation import Approval, Operation
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Hours, LaneIndex, OperationId, Timestamp, seat_of_lane
from verifier.model.word import NO_SEATS


@dataclass(slots=True)
class Quorums:
    """The lanes of a vault, as one sender finds them in one block."""

    seating: Seating
    chain_id: ChainId
    sender: Address

    @property
    def now(self) -> Timestamp:
        return self.seating.block.time

    @property
    def _collector(self) -> Collector:
        return Collector(self.seating, self.chain_id, self.sender)

    def _write(self, index: LaneIndex, slot: LaneSlot, lane: Lane) -> None:
        self.seating.state.lanes[index] = replace(slot, state=lane)

    def _open(self, operation: Operation) -> LaneSlot:
        return self._open_as(operation.lane, id_of(operation))

    def _open_as(self, index: LaneIndex, operation_id: OperationId) -> LaneSlot:
        """Return the lane of an operation that may still be executed."""
        slot = self._find(index, operation_id)
        status = slot.state.status_at(self.now)
        if status not in OPEN:
            expected = sum(1 << each for each in OPEN)
            raise OperationStatusUnexpected(id=operation_id, expected=expected, actual=status)
        return slot

    def _find(self, index: LaneIndex, operation_id: OperationId) -> LaneSlot:
        """Return the lane that holds an operation, open or not."""
        slot = self.seating.state.lane(index)
        if slot.id != operation_id:
            raise OperationUnknown(lane=index, expected=slot.id, actual=operation_id)
        return slot

    def _judge(self, operation: Operation, *, with_levels: bool = True) -> Judgement:
        state = self.seating.state
        return judge(
            operation.calls,
            vault=self.seating.vault,
            book=state.policy,
            known=state.records,
            now=self.now,
            with_levels=with_levels,
        )

    def _require_within_limits(self, operation: Operation) -> None:
        calls, size = len(operation.calls), sum(len(call.data) for call in operation.calls)
        if not 0 < calls <= MAX_CALLS or size > MAX_DATA:
            raise OperationSizeOutOfRange(calls=calls, data=size)
        latest = Timestamp(self.now + MAX_APPROVAL_TIME)
        if not self.now <= operation.approve_by <= latest:
            raise OperationApproveByOutOfRange(earliest=self.now, latest=latest, actual=operation.approve_by)

    def _require_own_lane(self, index: LaneIndex, record: MemberRecord) -> None:
        if seat_of_lane(index) != record.seat:
            raise LaneOfOtherSeat(lane=index, expected=record.seat, actual=seat_of_lane(index))

    def _recount(self, operation: Operation, lane: Lane) -> Lane:
        """Judge and count anew, since members, tiers or policy changed."""
        roster = self.seating.state.roster
        today = self._judge(operation, with_levels=False).tier
        lane = replace(lane, approvals=lane.approvals & roster.approvers, epoch=roster.epoch)
        if today > lane.tier:
            return self._raised(operation, lane, today)
        if self._is_standing_anew(operation.lane, lane):
            return lane
        return self._proposed(operation, lane)

    def _raised(self, operation: Operation, lane: Lane, tier: Tier) -> Lane:
        """Return it in a higher tier, and without a quorum."""
        # Approvals that may be older than the publication are worth nothing from HIGH_VALUE on.
        approvals = NO_SEATS if tier >= Tier.HIGH_VALUE > lane.tier else lane.approvals
        return self._proposed(operation, replace(lane, tier=tier, approvals=approvals))

    def _collect(
        self, operation: Operation, lane: Lane, subject: Address, approvals: Sequence[Approval]
    ) -> tuple[Lane, bool]:
        """Record approvals. Return whether they complete a quorum, too, so that the clock may start."""
        state, roster, publisher = self.seating.state, self.seating.state.roster, seat_of_lane(operation.lane)
        withdrawn = state.withdrawn_in(operation.lane) if lane.withdrawals else NO_SEATS
        is_segregated = asks_for_segregation(lane, state.tiers)
        if is_segregated and lane.status is not Status.PROPOSED:
            raise OperationQuorumStands(id=id_of(operation), state=lane.pack())
        claim = Claim(
            lane=lane,
            eligible=eligible(roster, publisher=publisher, subject=state.record(subject)),
            withdrawn=withdrawn,
            now=self.now,
            block=self.seating.block.publication.block,
        )
        listed = self._collector.collect(
            claim, lane.approvals, approvals, lambda signed: messages.approval(id_of(operation), signed)
        )
        lane = replace(lane, approvals=lane.approvals | frozenset(listed))
        if lane.status is not Status.PROPOSED:
            return lane, False
        if not is_segregated:
            return lane, self._is_standing(operation.lane, lane)
        named = name_quorum(
            lane,
            listed,
            publisher=publisher,
            roster=roster,
            tiers=state.tiers,
            members=state.sitting(),
        )
        return named or lane, named is not None

    def _start_clock(self, lane: Lane, spending: Mapping[Address, AssetTerms]) -> Lane:
        """The quorum stands: start the clock, and keep what is about to move."""
        state = self.seating.state
        if lane.tier < Tier.HIGH_VALUE:
            state.assets.update(spending)
        terms = state.tiers[lane.tier]
        ready_at = Timestamp(self.now + terms.delay)
        return replace(lane, status=Status.WAITING, moment=ready_at, grace_hours=terms.grace_hours)

    def _start_clock_or_rise(self, operation: Operation, lane: Lane) -> Lane:
        """Start it, unless so much has moved since the publication that the quorum of a higher tier is asked."""
        spending: Mapping[Address, AssetTerms] = {}
        if lane.tier < Tier.HIGH_VALUE:
            judgement = self._judge(operation)
            spending = judgement.spending
            if judgement.tier > lane.tier:
                lane = self._raised(operation, lane, judgement.tier)
                if not self._is_standing_anew(operation.lane, lane):
                    return lane
        return self._start_clock(lane, spending)

    def _proposed(self, operation: Operation, lane: Lane) -> Lane:
        return replace(lane, status=Status.PROPOSED, moment=operation.approve_by, grace_hours=Hours(0))

    def _stopped_unless_standing(self, operation: Operation, lane: Lane) -> Lane:
        return lane if self._is_standing(operation.lane, lane) else self._proposed(operation, lane)

    def _is_standing(self, index: LaneIndex, lane: Lane) -> bool:
        state = self.seating.state
        counted = count(lane, publisher=seat_of_lane(index), roster=state.roster, tiers=state.tiers)
        return counted.is_standing

    def _is_standing_anew(self, index: LaneIndex, lane: Lane) -> bool:
        """Whether it stands, and who is segregated from whom is looked at again, too."""
        state = self.seating.state
        return count_anew(
            lane,
            publisher=seat_of_lane(index),
            roster=state.roster,
            tiers=state.tiers,
            members=state.sitting(),
        ).is_standing
