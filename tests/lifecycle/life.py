"""The life of an operation, in the model: from its publication to one of its ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tests.lifecycle import messages
from tests.lifecycle.bypassing import Bypasses
from tests.lifecycle.collecting import Collector
from tests.lifecycle.seating import Seating
from tests.lifecycle.state import LaneSlot
from tests.lifecycle.vocabulary import id_of
from verifier.assess.approvals import Claim
from verifier.assess.hurry import require_consents, require_expeditable
from verifier.assess.policy import Judgement, judge
from verifier.assess.quorum import asks_for_segregation, count, count_anew, eligible, name_quorum
from verifier.errors.approvals import ApprovalMissing
from verifier.errors.members import MemberIsNoGroup, MemberIsSubject
from verifier.errors.operations import (
    LaneOfOtherSeat,
    LaneSequenceUnexpected,
    LaneTaken,
    OperationApproveByOutOfRange,
    OperationNotObjectable,
    OperationNotVetoable,
    OperationOverdue,
    OperationQuorumBroken,
    OperationQuorumStands,
    OperationSizeOutOfRange,
    OperationStatusUnexpected,
    OperationTierRisen,
    OperationUnknown,
    OperationWindowClosed,
)
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.lane import Lane
from verifier.model.life import OPEN, Status
from verifier.model.limits import MAX_APPROVAL_TIME, MAX_CALLS, MAX_DATA
from verifier.model.member import MemberRecord, Role
from verifier.model.operation import Approval, Operation
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Hours, LaneIndex, OperationId, Timestamp, seat_of_lane
from verifier.model.units import Sequence as SequenceNumber
from verifier.model.word import NO_SEATS


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

    # ------------------------------------------------------------- parts of the above

    @property
    def _collector(self) -> Collector:
        return Collector(self.seating, self.chain_id, self.sender)

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
