"""The life of an operation, in the model: from its publication to one of its ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.lifecycle import messages
from tests.lifecycle.bypassing import Bypasses
from tests.lifecycle.quorums import Quorums
from tests.lifecycle.state import LaneSlot
from tests.lifecycle.vocabulary import id_of
from verifier.assess.approvals import Claim
from verifier.assess.hurry import require_consents, require_expeditable
from verifier.errors.approvals import ApprovalMissing
from verifier.errors.members import MemberIsNoGroup, MemberIsSubject
from verifier.errors.operations import (
    LaneSequenceUnexpected,
    LaneTaken,
    OperationNotObjectable,
    OperationNotVetoable,
    OperationOverdue,
    OperationQuorumBroken,
    OperationStatusUnexpected,
    OperationTierRisen,
    OperationWindowClosed,
)
from verifier.model.address import Address
from verifier.model.lane import Lane
from verifier.model.life import OPEN, Status
from verifier.model.member import Role
from verifier.model.operation import Approval, Operation
from verifier.model.units import Hours, LaneIndex, OperationId, seat_of_lane
from verifier.model.units import Sequence as SequenceNumber
from verifier.model.word import NO_SEATS


class Life(Quorums):
    """What one sender does to operations in one block."""

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
            lane, is_quorum = self._collect(operation, lane, judgement.subject, approvals)
            if is_quorum:
                lane = self._start_clock(lane, judgement.spending)
        state.lanes[index] = LaneSlot(id=id_of(operation), state=lane)

    def approve(self, operation: Operation, approvals: Sequence[Approval]) -> None:
        slot = self._open(operation)
        if self.now > operation.approve_by:
            raise OperationOverdue(id=slot.id, approve_by=operation.approve_by, now_=self.now)
        lane = slot.state
        if lane.epoch != self.seating.state.roster.epoch:
            lane = self._recount(operation, lane)
        lane, is_quorum = self._collect(operation, lane, self._judge(operation).subject, approvals)
        if is_quorum:
            lane = self._start_clock_or_rise(operation, lane)
        # Who approved again, by an own transaction, has not withdrawn any more; unless the tier rose just now.
        withdrawn = self.seating.state.withdrawn_in(operation.lane)
        if withdrawn & lane.approvals:
            self.seating.state.withdrawn[operation.lane] = withdrawn - lane.approvals
        self._write(operation.lane, slot, lane)

    def withdraw(self, operation: Operation) -> None:
        self.seating.require_no_group(self.sender)
        self._withdraw(operation, self._open(operation), self.sender)

    def veto(self, index: LaneIndex, operation_id: OperationId) -> None:
        self.seating.require_no_group(self.sender)
        self._veto(index, self._open_as(index, operation_id), self.sender)

    def object(self, operation: Operation) -> None:
        self.seating.require_no_group(self.sender)
        self._object(operation, self._open(operation), self.sender)

    def cancel(self, index: LaneIndex, operation_id: OperationId) -> None:
        slot = self._open_as(index, operation_id)
        self._require_own_lane(index, self.seating.require_sender(self.sender))
        self._write(index, slot, replace(slot.state, status=Status.CANCELLED))

    def execute(self, operation: Operation) -> None:
        """Mark it executed; the calls are the caller's to make."""
        slot = self._find(operation.lane, id_of(operation))
        self.seating.require_sender(self.sender)
        lane, roster = slot.state, self.seating.state.roster
        status = lane.status_at(self.now)
        if status is not Status.READY:
            raise OperationStatusUnexpected(id=slot.id, expected=1 << Status.READY, actual=status)
        if lane.epoch != roster.epoch:
            today = self._judge(operation, with_levels=False).tier
            if today > lane.tier:
                raise OperationTierRisen(id=slot.id, waited_for=lane.tier, actual=today)
            if not self._is_standing_anew(operation.lane, lane):
                raise OperationQuorumBroken(id=slot.id, state=lane.pack(), roster=roster.pack())
        if not self.seating.state.tiers[lane.tier].is_open_at(self.now):
            raise OperationWindowClosed(id=slot.id, tier=lane.tier, now_=self.now)
        self._write(operation.lane, slot, replace(lane, status=Status.EXECUTED))

    def expedite(self, operation: Operation, consents: Sequence[Approval]) -> None:
        slot, state = self._open(operation), self.seating.state
        lane, roster = slot.state, state.roster
        if lane.epoch != roster.epoch:
            lane = self._recount(operation, lane)
        status = lane.status_at(self.now)
        if status is not Status.WAITING:
            raise OperationStatusUnexpected(id=slot.id, expected=1 << Status.WAITING, actual=status)
        ready_at = require_expeditable(slot.id, lane, tiers=state.tiers, now=self.now)
        publisher, former = seat_of_lane(operation.lane), lane.moment
        claim = Claim(
            lane=lane,
            eligible=roster.approvers - {publisher},
            withdrawn=NO_SEATS,
            now=self.now,
            block=self.seating.block.publication.block,
            to_hurry=True,
        )
        consenting = self._collector.collect(
            claim, NO_SEATS, consents, lambda publication: messages.expedite(slot.id, publication, former)
        )
        require_consents(slot.id, lane, consenting, roster=roster, tiers=state.tiers, members=state.sitting())
        self._write(operation.lane, slot, replace(lane, moment=ready_at))
        # Who approved took part, even if it does not count any more.
        took_part = slot.state.approvals | frozenset(consenting) | {publisher}
        Bypasses(state, self.seating.block).record(slot.id, operation.lane, former, took_part)

    # ----------------------------------------------------------- a group's only words

    def veto_as_group(self, operation: Operation, proof: Approval) -> None:
        slot = self._open(operation)
        group = self._require_group(proof, messages.veto(slot.id))
        if slot.state.seat_operation:
            self._object(operation, slot, group)
        else:
            self._veto(operation.lane, slot, group)

    def withdraw_as_group(self, operation: Operation, proof: Approval) -> None:
        slot = self._open(operation)
        message = messages.withdrawal(slot.id, slot.state.publication.pack())
        self._withdraw(operation, slot, self._require_group(proof, message))

    def suspend_as_group(self, proof: Approval) -> None:
        message = messages.suspension(proof.seat, self.seating.state.roster.epoch)
        self.seating.suspend_self(self._require_group(proof, message))

    # --------------------------------------------------------- by an account or a group

    def _require_group(self, proof: Approval, message: messages.Message) -> Address:
        account, record = self._collector.require_consent(proof, message)
        if not record.is_group:
            raise MemberIsNoGroup(member=account)
        return account

    def _withdraw(self, operation: Operation, slot: LaneSlot, account: Address) -> None:
        record, lane = self.seating.state.record(account), slot.state
        if not record.is_seated or record.seat not in lane.approvals:
            raise ApprovalMissing(id=slot.id, member=account)
        withdrawn = self.seating.state.withdrawn_in(operation.lane) | {record.seat}
        self.seating.state.withdrawn[operation.lane] = withdrawn
        lane = replace(lane, withdrawals=True, approvals=lane.approvals - {record.seat})
        self._write(operation.lane, slot, self._stopped_unless_standing(operation, lane))

    def _veto(self, index: LaneIndex, slot: LaneSlot, account: Address) -> None:
        if slot.state.seat_operation:
            raise OperationNotVetoable(id=slot.id, state=slot.state.pack())
        self.seating.require_may_stop(account)
        self._write(index, slot, replace(slot.state, status=Status.VETOED))

    def _object(self, operation: Operation, slot: LaneSlot, account: Address) -> None:
        lane = slot.state
        if not lane.seat_operation or lane.objected:
            raise OperationNotObjectable(id=slot.id, state=lane.pack())
        self.seating.require_may_stop(account)
        if account == self._judge(operation).subject:
            raise MemberIsSubject(member=account)
        lane = self._stopped_unless_standing(operation, replace(lane, objected=True))
        self._write(operation.lane, slot, lane)
