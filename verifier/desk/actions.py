"""What can be done about an operation now, by whom, and the data of the transaction that does it; or why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
from verifier.desk.hurrying import why_no_hurry
from verifier.desk.signer import Signer
from verifier.model.address import Address
from verifier.model.life import OPEN, Status
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, Approval, Operation
from verifier.model.reading import BypassReading, LaneReading, VaultReading
from verifier.model.text import Shown, show_moment
from verifier.model.units import MemberIndex
from verifier.sign.typed import approve_hash, digest_of, expedite_hash, veto_hash, withdraw_hash

_POSSIBLE: Final = Shown("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that this signer can do; or anyone with the right seat, where the signer has none here."""

    # As the contract names it.
    name: str
    # What it does; of what cannot be done, only that.
    sentence: Shown
    # Of a transaction to the vault, from the member's own account; empty where a signature has to come first.
    data: bytes
    # What is signed where no transaction of one's own does it: what a group says, by FROST, and consent to hurry.
    digest: bytes = b""
    # Why it cannot be done now; empty where it can.
    why_not: Shown = _POSSIBLE

    @property
    def is_possible(self) -> bool:
        return not self.why_not


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
    # None where nobody looked: then nothing is hurried.
    bypasses: BypassReading | None = None

    @property
    def status(self) -> Status:
        return self.reading.status(self.lane)


def all_actions(situation: Situation, signer: Signer) -> tuple[Action, ...]:
    """Return everything that is ever done about an operation, what stops it first; impossible ones say why."""
    is_group = situation.me is not None and situation.me.record.is_group
    offers = _OFFERS_TO_GROUPS if is_group else _OFFERS
    why = _why_nothing(situation, signer)
    return tuple(_never(offer(situation), why) if why else offer(situation) for offer in offers)


def may_stop(member: Member) -> bool:
    """Whether a member may veto or object: an approver whom a guardian suspended still may."""
    if member.record.status is MemberStatus.SUSPENDED:
        return member.record.has_any(Role.APPROVER)
    return member.record.is_active and member.record.has_any(Role.APPROVER | Role.GUARDIAN)


def _why_nothing(s: Situation, signer: Signer) -> str:
    if s.status not in OPEN:
        return f"It is {s.status.name}, and that is final."
    if signer.seat is not None and s.me is None:
        return f"Seat {signer.seat} is not yours any more."
    return ""


def _never(action: Action, why: str) -> Action:
    return _action(action.name, action.sentence, why)


def _action(name: str, said: str, why: str, data: bytes = b"", digest: bytes = b"") -> Action:
    if why:
        return Action(name=name, sentence=Shown(said), data=b"", why_not=Shown(why))
    return Action(name=name, sentence=Shown(said), data=data, digest=digest)


_NO_BYTES: Final = "Nobody gives its bytes, and they are needed for it."
_NO_SEAT: Final = "You have no seat here: none is pinned."
_CANNOT_STOP: Final = "Only an approver or guardian can stop it."


# ------------------------------------------------------------------------------------------------------ stopping it


def _veto(s: Situation) -> Action:
    why = ""
    if s.lane.state.seat_operation:
        why = "A seat operation takes no veto; object to it."
    elif s.me and not may_stop(s.me):
        why = _CANNOT_STOP
    said = "Stops it for good. " + ("You can." if s.me else "One approver or guardian is enough.")
    return _action("veto", said, why, encode_veto(s.lane.lane, s.lane.operation_id))


def _object(s: Situation) -> Action:
    most = s.reading.roster.value.supermajority
    who = "You can." if s.me else "One approver or guardian is enough, but not the member that it is about."
    said = f"Raises what it needs to {most} approvals; a seat operation takes no veto. {who}"
    data = encode_object(s.operation) if s.operation else b""
    return _action("object", said, _why_no_objection(s), data)


def _why_no_objection(s: Situation) -> str:
    if not s.lane.state.seat_operation:
        return "Only a seat operation takes an objection."
    if s.lane.state.objected:
        return "Somebody has objected already; a second objection changes nothing."
    if s.operation is None:
        return _NO_BYTES
    if s.me and s.me.address == s.subject:
        return "It is about you."
    return _CANNOT_STOP if s.me and not may_stop(s.me) else ""


def _withdraw(s: Situation) -> Action:
    said = "Takes your approval back; only a transaction of your own can give it again."
    data = encode_withdraw(s.operation) if s.operation else b""
    return _action("withdraw", said, _why_no_withdrawal(s), data)


def _why_no_withdrawal(s: Situation) -> str:
    if s.me is None:
        return _NO_SEAT
    if s.operation is None:
        return _NO_BYTES
    return "" if s.me.record.seat in s.lane.state.approvals else "You have not approved it."


def _cancel(s: Situation) -> Action:
    why = ""
    if s.me is None:
        why = _NO_SEAT
    elif s.me.record.seat != s.lane.proposer:
        why = f"Only seat {s.lane.proposer}, which published it, can."
    elif not s.me.record.is_active:
        why = "Your seat is suspended."
    data = encode_cancel(s.lane.lane, s.lane.operation_id)
    return _action("cancel", "Ends it for good; it is yours.", why, data)


# ---------------------------------------------------------------------------------------------------- letting it go on


def _approve(s: Situation) -> Action:
    said = "Only if you read all of it and want it: sign its digest, or send this from your account."
    if s.operation is None:
        return _action("approve", said, _NO_BYTES)
    if s.me and _may_approve(s, s.me):
        listed = _listed_with(s, s.me.record.seat)
        if len(listed) > 1:
            said += f" It names {show_seats(listed)} as the quorum, and starts the clock."
        return _action("approve", said, "", _encode_listed(s, s.operation, listed))
    if named := _named(s):
        said = (
            f"Names {show_seats(named)} as the segregated quorum, and starts the clock; their approvals are there. "
            "Anyone can."
        )
        return _action("approve", said, "", _encode_listed(s, s.operation, named))
    return _action("approve", said, _why_no_approval(s))


def _why_no_approval(s: Situation) -> str:
    if s.me is None:
        return _NO_SEAT
    seat = s.me.record.seat
    if seat in s.lane.state.approvals:
        return "You have approved it."
    for standing in s.quorum.others:
        if standing.seat == seat:
            return f"Your seat does not count here: {standing.why}"
    return "You are no approver."


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


def _expedite(s: Situation) -> Action:
    said = "Consents to hurry: others have to sign as well, and it is recorded for ever. Your approval is not consent."
    why = _NO_SEAT if s.me is None else _NO_BYTES if s.operation is None else ""
    if not why and s.me:
        why = why_no_hurry(s.reading, s.lane, s.bypasses, s.me)
    struct = expedite_hash(s.lane.operation_id, s.lane.state.publication, s.lane.state.moment)
    return _action("expedite", said, why, digest=_digest(s, struct))


def _execute(s: Situation) -> Action:
    data = encode_execute(s.operation) if s.operation else b""
    return _action(
        "execute", "Makes its calls, all or none. Any active member can.", _why_no_execution(s), data
    )


def _why_no_execution(s: Situation) -> str:
    if s.operation is None:
        return _NO_BYTES
    if s.status is Status.PROPOSED:
        return "It has no quorum."
    if s.status is not Status.READY:
        return f"It is not ready before {show_moment(s.lane.state.moment)}."
    if s.me and not s.me.record.is_active:
        return "Your seat is suspended."
    if s.lane.state.epoch != s.reading.roster.value.epoch and not s.quorum.count.is_standing:
        return "Its quorum is broken: members, tiers or policy have changed."
    if not s.reading.tiers.value[s.lane.state.tier].is_open_at(s.reading.head.timestamp):
        return "The window of its tier is closed."
    return ""


_OFFERS: Final = (_veto, _object, _withdraw, _cancel, _approve, _expedite, _execute)


# -------------------------------------------------------------------------------------------------- what a group says


def _group_veto(s: Situation) -> Action:
    is_objection = s.lane.state.seat_operation
    why = ""
    if s.me is None or not may_stop(s.me):
        why = _CANNOT_STOP
    elif s.operation is None:
        why = _NO_BYTES
    elif is_objection:
        why = _why_no_objection(s)
    said = f"{'Objects to it' if is_objection else 'Stops it for good'}. {_BY_FROST}"
    return _action("vetoAsGroup", said, why, digest=_digest(s, veto_hash(s.lane.operation_id)))


def _group_withdraw(s: Situation) -> Action:
    said = f"Takes your approval back, for good. {_BY_FROST}"
    struct = withdraw_hash(s.lane.operation_id, s.lane.state.publication)
    return _action("withdrawAsGroup", said, _why_no_withdrawal(s), digest=_digest(s, struct))


def _group_approve(s: Situation) -> Action:
    why = _NO_BYTES if s.operation is None else ""
    if not why and not (s.me and _may_approve(s, s.me)):
        why = _why_no_approval(s)
    said = f"Only if you read all of it and want it. {_BY_FROST}"
    struct = approve_hash(s.lane.operation_id, s.lane.state.publication)
    return _action("approve", said, why, digest=_digest(s, struct))


def _digest(s: Situation, struct: bytes) -> bytes:
    return digest_of(struct, chain_id=s.reading.head.chain_id, vault=s.reading.vault)


_BY_FROST: Final = "The holders sign the digest by FROST, and anybody sends that."
_OFFERS_TO_GROUPS: Final = (_group_veto, _group_withdraw, _group_approve)
