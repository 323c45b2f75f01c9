"""The life of an operation, in the model: from its publication to one of its ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.lifecycle.seating import Seating
from tests.lifecycle.signatures import signer_of
from tests.lifecycle.state import LaneSlot
from tests.lifecycle.vocabulary import id_of
from verifier.assess.approvals import Claim, require_countable
from verifier.assess.policy import Judgement, judge
from verifier.assess.quorum import count, eligible
from verifier.errors.approvals import ApprovalDuplicate, ApprovalMissing
from verifier.errors.members import MemberIsSubject
from verifier.errors.operations import (
    LaneOfOtherSeat,
    LaneSequenceUnexpected,
    LaneTaken,
    OperationApproveByOutOfRange,
    OperationNotObjectable,
    OperationNotVetoable,
    OperationOverdue,
    OperationQuorumBroken,
    OperationSizeOutOfRange,
    OperationStatusUnexpected,
    OperationTierRisen,
    OperationUnknown,
    OperationWindowClosed,
)
from verifier.model.address import NOBODY, Address
from verifier.model.lane import Lane
from verifier.model.life import OPEN, Status
from verifier.model.limits import MAX_APPROVAL_TIME, MAX_CALLS, MAX_DATA
from verifier.model.member import MemberRecord, Role
from verifier.model.operation import Approval, Operation
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Hours, LaneIndex, MemberIndex, OperationId, Timestamp, seat_of_lane
from verifier.model.units import Sequence as SequenceNumber
from verifier.model.word import NO_SEATS, SeatSet
from verifier.sign.typed import approve_digest

ANY_ROLE: Final = Role(sum(Role))


@dataclass(slots=True)
class Life:
    """What one sender does to operations in one block."""

    seating: Seating
    chain_id: ChainId
    sender: Address

    @property
    def now(self) -> Timestamp:
        return self.seating.block.time

    # ------------------------------------------------------------------- steps

    def propose(self, operation: Operation, approvals: Sequence[Approval]) -> None:
        state, index = self.seating.state, operation.lane
        slot = state.lane(index)
        status = slot.state.status_at(self.now)
        if status in OPEN:
            raise LaneTaken(lane=index, by=slot.id, status=status)
        sequence = SequenceNumber(slot.state.sequence + 1)
        if operation.sequence != sequence:
            raise LaneSequenceUnexpected(lane=index, expected=sequence, actual=operation.sequence)
        self._require_within_limits(operation)
        judgement = self._judge(operation)
        roles = Role.PROPOSER | Role.APPROVER if judgement.is_seat_operation else Role.PROPOSER
        self._require_own_lane(index, self.seating.require_member(self.sender, roles))
        if self.sender == judgement.subject:
            raise MemberIsSubject(member=self.sender)
        lane = Lane(
            approvals=NO_SEATS,
            epoch=state.roster.epoch,
            moment=operation.approve_by,
            grace_hours=Hours(0),
            publication=self.seating.block.publication,
            sequence=sequence,
            status=Status.PROPOSED,
            tier=judgement.tier,
            seat_operation=judgement.is_seat_operation,
            objected=False,
            withdrawals=False,
        )
        if approvals:
            lane = self._collect(operation, lane, judgement.subject, approvals)
        state.lanes[index] = LaneSlot(id=id_of(operation), state=lane)

    def approve(self, operation: Operation, approvals: Sequence[Approval]) -> None:
        slot = self._open(operation)
        if self.now > operation.approve_by:
            raise OperationOverdue(id=slot.id, approve_by=operation.approve_by, now_=self.now)
        lane = slot.state
        if lane.epoch != self.seating.state.roster.epoch:
            lane = self._recount(operation, lane)
        lane = self._collect(operation, lane, self._judge(operation).subject, approvals)
        self._write(operation.lane, slot, lane)

    def withdraw(self, operation: Operation) -> None:
        slot = self._open(operation)
        record, lane = self.seating.state.record(self.sender), slot.state
        if not record.is_seated or record.seat not in lane.approvals:
            raise ApprovalMissing(id=slot.id, member=self.sender)
        withdrawn = self.seating.state.withdrawn_in(operation.lane) | {record.seat}
        self.seating.state.withdrawn[operation.lane] = withdrawn
        lane = replace(lane, withdrawals=True, approvals=lane.approvals - {record.seat})
        self._write(operation.lane, slot, self._stopped_unless_standing(operation, lane))

    def veto(self, index: LaneIndex, operation_id: OperationId) -> None:
        slot = self._open_as(index, operation_id)
        if slot.state.seat_operation:
            raise OperationNotVetoable(id=slot.id, state=slot.state.pack())
        self.seating.require_may_stop(self.sender)
        self._write(index, slot, replace(slot.state, status=Status.VETOED))

    def object(self, operation: Operation) -> None:
        slot = self._open(operation)
        lane = slot.state
        if not lane.seat_operation or lane.objected:
            raise OperationNotObjectable(id=slot.id, state=lane.pack())
        self.seating.require_may_stop(self.sender)
        if self.sender == self._judge(operation).subject:
            raise MemberIsSubject(member=self.sender)
        lane = self._stopped_unless_standing(operation, replace(lane, objected=True))
        self._write(operation.lane, slot, lane)

    def cancel(self, index: LaneIndex, operation_id: OperationId) -> None:
        slot = self._open_as(index, operation_id)
        self._require_own_lane(index, self.seating.require_member(self.sender, ANY_ROLE))
        self._write(index, slot, replace(slot.state, status=Status.CANCELLED))

    def execute(self, operation: Operation) -> None:
        """Mark it executed; the calls are the caller's to make."""
        slot = self._find(operation.lane, id_of(operation))
        self.seating.require_member(self.sender, ANY_ROLE)
        lane, roster = slot.state, self.seating.state.roster
        status = lane.status_at(self.now)
        if status is not Status.READY:
            raise OperationStatusUnexpected(id=slot.id, expected=1 << Status.READY, actual=status)
        if lane.epoch != roster.epoch:
            today = self._judge(operation).tier
            if today > lane.tier:
                raise OperationTierRisen(id=slot.id, waited_for=lane.tier, actual=today)
            if not self._is_standing(operation.lane, lane):
                raise OperationQuorumBroken(id=slot.id, state=lane.pack(), roster=roster.pack())
        if not self.seating.state.tiers[lane.tier].is_open_at(self.now):
            raise OperationWindowClosed(id=slot.id, tier=lane.tier, now_=self.now)
        self._write(operation.lane, slot, replace(lane, status=Status.EXECUTED))

    # ------------------------------------------------------------- parts of the above

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

    def _judge(self, operation: Operation) -> Judgement:
        state = self.seating.state
        return judge(operation.calls, vault=self.seating.vault, book=state.policy, known=state.records)

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
        approvals, today = lane.approvals & roster.approvers, self._judge(operation).tier
        if today > lane.tier:
            # Approvals that may be older than the publication are worth nothing from HIGH_VALUE on.
            if today >= Tier.HIGH_VALUE > lane.tier:
                approvals = NO_SEATS
            lane = self._proposed(operation, replace(lane, tier=today))
        return self._stopped_unless_standing(
            operation, replace(lane, approvals=approvals, epoch=roster.epoch)
        )

    def _collect(
        self, operation: Operation, lane: Lane, subject: Address, approvals: Sequence[Approval]
    ) -> Lane:
        """Record approvals, and start the clock where they complete a quorum."""
        state = self.seating.state
        withdrawn = state.withdrawn_in(operation.lane) if lane.withdrawals else NO_SEATS
        allowed = eligible(
            state.roster, publisher=seat_of_lane(operation.lane), subject=state.record(subject)
        )
        block = self.seating.block.publication.block
        claim = Claim(lane=lane, eligible=allowed, withdrawn=withdrawn, now=self.now, block=block)
        listed: set[MemberIndex] = set()
        for approval in approvals:
            if approval.seat in listed:
                raise ApprovalDuplicate(seat=approval.seat)
            listed.add(approval.seat)
            if approval.seat not in lane.approvals:
                self._require_countable(operation, claim, approval)
        collected: SeatSet = lane.approvals | listed
        if withdrawn & collected:
            state.withdrawn[operation.lane] = withdrawn - collected
        lane = replace(lane, approvals=collected)
        if lane.status is not Status.PROPOSED or not self._is_standing(operation.lane, lane):
            return lane
        terms = state.tiers[lane.tier]
        ready_at = Timestamp(self.now + terms.delay)
        return replace(lane, status=Status.WAITING, moment=ready_at, grace_hours=terms.grace_hours)

    def _require_countable(self, operation: Operation, claim: Claim, approval: Approval) -> None:
        state, seating = self.seating.state, self.seating
        if approval.is_own_transaction:
            # An account with code, its own or delegated (EIP-7702), consents to nothing.
            signer = NOBODY if self.sender in seating.coded else self.sender
        else:
            digest = approve_digest(
                id_of(operation), approval.publication, chain_id=self.chain_id, vault=seating.vault
            )
            signer = signer_of(digest, approval.signature)
        sitting = state.seat(approval.seat).member
        require_countable(approval, claim, signer=signer, record=state.record(signer), sitting=sitting)

    def _proposed(self, operation: Operation, lane: Lane) -> Lane:
        return replace(lane, status=Status.PROPOSED, moment=operation.approve_by, grace_hours=Hours(0))

    def _stopped_unless_standing(self, operation: Operation, lane: Lane) -> Lane:
        return lane if self._is_standing(operation.lane, lane) else self._proposed(operation, lane)

    def _is_standing(self, index: LaneIndex, lane: Lane) -> bool:
        state = self.seating.state
        counted = count(lane, publisher=seat_of_lane(index), roster=state.roster, tiers=state.tiers)
        return counted.is_standing
