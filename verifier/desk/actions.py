"""What can be done about an operation now, by whom, and the data of the transaction that does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.assess.segregated_quorum import find_quorum, show_seats
from verifier.assess.standing import Quorum
from verifier.decode.operations import (
    encode_approve,
    encode_cancel,
    encode_execute,
    encode_object,
    encode_veto,
    encode_withdraw,
)
from verifier.desk.signer import Signer
from verifier.model.address import Address
from verifier.model.life import OPEN, Status
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, Approval, Operation
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown
from verifier.model.units import MemberIndex
from verifier.sign.typed import approve_hash, digest_of, veto_hash, withdraw_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that this signer can do; or anyone with the right seat, where the signer has none here."""

    # As the contract names it.
    name: str
    sentence: Shown
    # Of a transaction to the vault, from the member's own account; empty where a group has to sign first.
    data: bytes
    # What a group signs by FROST, since it sends no transactions; anybody sends what it signed. Else empty.
    digest: bytes = b""


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
    is_group = situation.me is not None and situation.me.record.is_group
    offers = _OFFERS_TO_GROUPS if is_group else _OFFERS
    return tuple(action for offer in offers for action in offer(situation))


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
    if s.operation is None:
        return
    if s.me and _may_approve(s, s.me):
        said = "Only if you read all of it and want it: sign its digest, or send this from your account."
        listed = _listed_with(s, s.me.record.seat)
        if len(listed) > 1:
            said += f" It names {show_seats(listed)} as the quorum, and starts the clock."
        yield Action(name="approve", sentence=Shown(said), data=_encode_listed(s, s.operation, listed))
    elif named := _named(s):
        said = (
            f"Names {show_seats(named)} as the segregated quorum, and starts the clock; their approvals are there. "
            "Anyone can."
        )
        yield Action(name="approve", sentence=Shown(said), data=_encode_listed(s, s.operation, named))


def _may_approve(s: Situation, me: Member) -> bool:
    return any(other.seat == me.record.seat and other.counts for other in s.quorum.others)


def _named(s: Situation) -> tuple[MemberIndex, ...]:
    """Return the segregated quorum that is recorded, and that nobody has named yet."""
    segregation, is_proposed = s.quorum.segregation, s.status is Status.PROPOSED
    if segregation is None or not is_proposed or not isinstance(segregation.recorded, tuple):
        return ()
    return segregation.recorded


def _listed_with(s: Situation, seat: MemberIndex) -> tuple[MemberIndex, ...]:
    """Return a list with this seat in it: a quorum with recorded ones, where there has to be one and is."""
    if s.quorum.segregation is None:
        return (seat,)
    recorded = sorted(standing.seat for standing in s.quorum.given if standing.counts)
    found = find_quorum(s.reading, s.lane, [seat, *recorded])
    return found if isinstance(found, tuple) and seat in found else (seat,)


def _encode_listed(s: Situation, operation: Operation, seats: tuple[MemberIndex, ...]) -> bytes:
    """Return the data of `approve`: recorded approvals are listed by their heads alone."""
    publication = s.lane.state.publication
    approvals = [
        Approval(seat=seat, publication=publication, signature=NO_SIGNATURE) for seat in sorted(seats)
    ]
    return encode_approve(operation, approvals)


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


def _group_veto(s: Situation) -> Iterator[Action]:
    if s.me is None or s.operation is None or not may_stop(s.me):
        return
    is_objection = s.lane.state.seat_operation
    if is_objection and (s.lane.state.objected or s.me.address == s.subject):
        return
    said = f"{'Objects to it' if is_objection else 'Stops it for good'}. {_BY_FROST}"
    yield _signed("vetoAsGroup", said, _digest(s, veto_hash(s.lane.operation_id)))


def _group_withdraw(s: Situation) -> Iterator[Action]:
    if s.me and s.operation and s.me.record.seat in s.lane.state.approvals:
        said = f"Takes your approval back, for good. {_BY_FROST}"
        struct = withdraw_hash(s.lane.operation_id, s.lane.state.publication)
        yield _signed("withdrawAsGroup", said, _digest(s, struct))


def _group_approve(s: Situation) -> Iterator[Action]:
    if s.me and s.operation and _may_approve(s, s.me):
        said = f"Only if you read all of it and want it. {_BY_FROST}"
        struct = approve_hash(s.lane.operation_id, s.lane.state.publication)
        yield _signed("approve", said, _digest(s, struct))


def _digest(s: Situation, struct: bytes) -> bytes:
    return digest_of(struct, chain_id=s.reading.head.chain_id, vault=s.reading.vault)


def _signed(name: str, said: str, digest: bytes) -> Action:
    return Action(name=name, sentence=Shown(said), data=b"", digest=digest)


_BY_FROST = "The holders sign the digest by FROST, and anybody sends that."
_OFFERS_TO_GROUPS = (_group_veto, _group_withdraw, _group_approve)
