"""What can be done about an operation now, by whom, and the data of the transaction that does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.decode.operations import (
    encode_approve,
    encode_cancel,
    encode_execute,
    encode_object,
    encode_veto,
    encode_withdraw,
)
from verifier.desk.signer import Signer
from verifier.desk.standing import Quorum
from verifier.model.address import Address
from verifier.model.life import OPEN, Status
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, Approval, Operation
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that this signer can do; or anyone with the right seat, where the signer has none here."""

    # As the contract names it.
    name: str
    sentence: Shown
    # Of a transaction to the vault, from the member's own account.
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What decides on what can be done."""

    reading: VaultReading
    lane: LaneReading
    operation: Operation | None
    # The one member that a seat operation is about; the zero address in other operations.
    subject: Address
    quorum: Quorum
    me: Member | None

    @property
    def status(self) -> Status:
        return self.reading.status(self.lane)


def possible_actions(situation: Situation, signer: Signer) -> tuple[Action, ...]:
    """Return what can be done, what stops the operation first."""
    if situation.status not in OPEN:
        return ()
    if signer.seat is not None and situation.me is None:
        return ()
    return tuple(action for offer in _OFFERS for action in offer(situation))


def may_stop(member: Member) -> bool:
    """Whether a member may veto or object: an approver whom a guardian suspended still may."""
    if member.record.status is MemberStatus.SUSPENDED:
        return member.record.has_any(Role.APPROVER)
    return member.record.is_active and member.record.has_any(Role.APPROVER | Role.GUARDIAN)


def _veto(s: Situation) -> Iterator[Action]:
    if s.lane.state.seat_operation or (s.me and not may_stop(s.me)):
        return
    said = "Stops it for good. " + ("You can." if s.me else "One approver or guardian is enough.")
    yield Action(name="veto", sentence=Shown(said), data=encode_veto(s.lane.lane, s.lane.operation_id))


def _object(s: Situation) -> Iterator[Action]:
    if not s.lane.state.seat_operation or s.lane.state.objected or s.operation is None:
        return
    if s.me and (not may_stop(s.me) or s.me.address == s.subject):
        return
    most = s.reading.roster.value.supermajority
    who = "You can." if s.me else "One approver or guardian is enough, but not the member that it is about."
    said = f"Raises what it needs to {most} approvals; a seat operation takes no veto. {who}"
    yield Action(name="object", sentence=Shown(said), data=encode_object(s.operation))


def _approve(s: Situation) -> Iterator[Action]:
    if s.me is None or s.operation is None:
        return
    if any(other.seat == s.me.record.seat and other.counts for other in s.quorum.others):
        approval = Approval(
            seat=s.me.record.seat, publication=s.lane.state.publication, signature=NO_SIGNATURE
        )
        said = "Only if you read all of it and want it: sign its digest, or send this from your account."
        yield Action(name="approve", sentence=Shown(said), data=encode_approve(s.operation, [approval]))


def _withdraw(s: Situation) -> Iterator[Action]:
    if s.me and s.operation and s.me.record.seat in s.lane.state.approvals:
        said = "Takes your approval back; only a transaction of your own can give it again."
        yield Action(name="withdraw", sentence=Shown(said), data=encode_withdraw(s.operation))


def _cancel(s: Situation) -> Iterator[Action]:
    if s.me and s.me.record.is_active and s.me.record.seat == s.lane.proposer:
        said = "Ends it for good; it is yours."
        data = encode_cancel(s.lane.lane, s.lane.operation_id)
        yield Action(name="cancel", sentence=Shown(said), data=data)


def _execute(s: Situation) -> Iterator[Action]:
    if s.operation is None or s.status is not Status.READY or (s.me and not s.me.record.is_active):
        return
    if s.lane.state.epoch != s.reading.roster.value.epoch and not s.quorum.count.is_standing:
        return
    terms = s.reading.tiers.value[s.lane.state.tier]
    if not terms.is_open_at(s.reading.head.timestamp):
        return
    said = "Makes its calls, all or none. Any active member can."
    yield Action(name="execute", sentence=Shown(said), data=encode_execute(s.operation))


_OFFERS = (_veto, _object, _withdraw, _cancel, _approve, _execute)
