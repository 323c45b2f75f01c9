"""Verdicts found again from their evidence alone, by whoever knows the group: nobody is believed who passes one on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.errors.frost import VerdictUnproven
from verifier.frost import curve
from verifier.frost.assembly import VIEWS, Assembly, assemble, fault_of_offer, fault_of_sub_shares
from verifier.frost.charter import COORDINATOR, Index, TransportKey
from verifier.frost.complaints import verdict_of_complaint
from verifier.frost.envelope import (
    Envelope,
    Fault,
    IsSigned,
    Place,
    Rejected,
    claimed_epoch,
    open_envelope,
)
from verifier.frost.judge import Crime, Verdict
from verifier.frost.messages import Kind
from verifier.frost.quoting import occasion_of, points_in
from verifier.frost.repair import Heard, fault_in, nothing_heard
from verifier.frost.repair_assembly import RepairAssembly, assemble_repair, verdict_of_repair_complaint
from verifier.frost.rfc9591 import is_answer_right
from verifier.frost.shares import GroupKey
from verifier.frost.signing_messages import SignatureShare


@dataclass(frozen=True, slots=True, kw_only=True)
class Court:
    """What one has to know of a group to judge."""

    group: bytes
    # Of all who may have lied, the coordinator included; of a dealing, of old and new holders.
    keys: Mapping[Index, TransportKey]
    # The key of the time; None where the first one was being made.
    key: GroupKey | None
    is_signed: IsSigned = curve.is_signed

    def place(self, raw: bytes) -> Place:
        epoch = claimed_epoch(raw)
        return Place(group=self.group, epoch=epoch, session=None, keys=self.keys, is_signed=self.is_signed)

    def open(self, raw: bytes) -> Envelope:
        """:raises VerdictUnproven: it is no envelope of the group's."""
        envelope = open_envelope(raw, self.place(raw))
        if isinstance(envelope, Envelope):
            return envelope
        raise VerdictUnproven(why=f"a message is unfit as evidence, {envelope.fault}")


def require_proven(verdict: Verdict, court: Court) -> None:
    """Find a verdict again.

    :raises VerdictUnproven: its evidence does not show it.
    """
    if not _JUDGES[verdict.crime](verdict, court):
        raise VerdictUnproven(why="the messages do not show what they should")


def find_two_words(transcripts: Iterable[Sequence[bytes]], court: Court) -> list[Verdict]:
    """Return who said two things in one place, from what several saw; what is no envelope of the group's is left
    out."""
    first: dict[tuple[bytes, Index, Kind], Envelope] = {}
    found: dict[Index, Verdict] = {}
    for raw in (raw for transcript in transcripts for raw in transcript):
        envelope = open_envelope(raw, court.place(raw))
        if isinstance(envelope, Rejected):
            continue
        other = first.setdefault((envelope.session, envelope.sender, envelope.kind), envelope)
        if other.said != envelope.said and envelope.sender not in found:
            found[envelope.sender] = Verdict(
                culprit=envelope.sender, crime=Crime.TWO_WORDS, evidence=(other.raw, envelope.raw)
            )
    return [found[index] for index in sorted(found)]


def _opened(verdict: Verdict, court: Court, count: int) -> list[Envelope]:
    if len(verdict.evidence) != count:
        raise VerdictUnproven(
            why=f"{count} messages are wanted as evidence, and {len(verdict.evidence)} are there"
        )
    return [court.open(raw) for raw in verdict.evidence]


def _said_two_things(verdict: Verdict, court: Court) -> bool:
    one, other = _opened(verdict, court, 2)
    places = {(e.epoch, e.session, e.sender, e.kind) for e in (one, other)}
    return len(places) == 1 and one.sender == verdict.culprit and one.said != other.said


def _said_nonsense(verdict: Verdict, court: Court) -> bool:
    if len(verdict.evidence) != 1:
        return False
    (raw,) = verdict.evidence
    envelope = open_envelope(raw, court.place(raw))
    if isinstance(envelope, Rejected):
        return envelope.is_proven and envelope.sender == verdict.culprit
    return points_in(envelope) is Fault.POINTS and envelope.sender == verdict.culprit


def _shared_badly(verdict: Verdict, court: Court) -> bool:
    invitation, package, share = _opened(verdict, court, 3)
    body, culprit = share.body, verdict.culprit
    if len({(e.epoch, e.session, e.digest) for e in (invitation, package, share)}) > 1 or court.key is None:
        return False
    if invitation.kind is not Kind.INVITATION or package.kind is not Kind.PACKAGE:
        return False
    place = Place(
        group=court.group,
        epoch=package.epoch,
        session=package.session,
        keys=court.key.charter.keys,
        is_signed=court.is_signed,
    )
    occasion = occasion_of(package, invitation, place, court.key)
    if isinstance(occasion, Fault) or not isinstance(body, SignatureShare):
        return False
    is_asked = share.sender == culprit and share.seen == package.hash and culprit in occasion.factors
    return is_asked and not is_answer_right(occasion, culprit, body.z)


def _misquoted(verdict: Verdict, court: Court) -> bool:
    invitation, package = _opened(verdict, court, 2)
    is_same = (invitation.epoch, invitation.session) == (package.epoch, package.session)
    kinds = invitation.kind, package.kind
    if court.key is None or not is_same or kinds != (Kind.INVITATION, Kind.PACKAGE):
        return False
    place = Place(
        group=court.group,
        epoch=package.epoch,
        session=package.session,
        keys=court.key.charter.keys,
        is_signed=court.is_signed,
    )
    is_fault = isinstance(occasion_of(package, invitation, place, court.key), Fault)
    return verdict.culprit == COORDINATOR and is_fault


def _offered_badly(verdict: Verdict, court: Court) -> bool:
    if len(verdict.evidence) != 2:
        return False
    assembly = _assembled(verdict, court)
    envelope = open_envelope(verdict.evidence[1], assembly.place)
    if isinstance(envelope, Rejected) or envelope.sender != verdict.culprit:
        return False
    if isinstance(assembly, RepairAssembly):
        fault = fault_in(assembly, nothing_heard(), envelope)
    elif envelope.kind is Kind.SUB_SHARES:
        fault = fault_of_sub_shares(assembly, {}, envelope)
    else:
        fault = fault_of_offer(assembly, envelope)
    # What depends on what else was seen is not shown by one message.
    return fault not in (None, Fault.KIND, *VIEWS)


def _complained_of(verdict: Verdict, court: Court) -> bool:
    if len(verdict.evidence) < 3:
        return False
    assembly = _assembled(verdict, court)
    opened = [open_envelope(raw, assembly.place) for raw in verdict.evidence[1:]]
    envelopes = [one for one in opened if isinstance(one, Envelope)]
    if len(envelopes) != len(opened):
        return False
    *shown, complaint = envelopes
    if isinstance(assembly, RepairAssembly):
        heard = _heard(assembly, shown)
        found = verdict_of_repair_complaint(assembly, heard, complaint) if heard else Fault.SEEN
    else:
        offers = {one.sender: one for one in shown if one.kind is Kind.OFFER}
        dealt = {one.sender: one for one in shown if one.kind is Kind.SUB_SHARES}
        is_whole = {*offers} == {*assembly.members} and {*dealt} == {*assembly.dealers}
        faults = [fault_of_offer(assembly, one) for one in offers.values()]
        faults += [fault_of_sub_shares(assembly, offers, one) for one in dealt.values()]
        is_whole = is_whole and not any(faults) and len(offers) + len(dealt) == len(shown)
        found = verdict_of_complaint(assembly, offers, dealt, complaint) if is_whole else Fault.SEEN
    return isinstance(found, Verdict) and (found.culprit, found.crime) == (verdict.culprit, verdict.crime)


def _heard(assembly: RepairAssembly, shown: Sequence[Envelope]) -> Heard | None:
    """Return what was heard in a repair, in the order of its rounds; None where that was not so."""
    heard = nothing_heard()
    for envelope in shown:
        if fault_in(assembly, heard, envelope) is not None or envelope.sender in heard[envelope.kind]:
            return None
        heard = {**heard, envelope.kind: {**heard[envelope.kind], envelope.sender: envelope}}
    return heard


def _assembled(verdict: Verdict, court: Court) -> Assembly | RepairAssembly:
    call = court.open(verdict.evidence[0])
    found: Assembly | RepairAssembly | Rejected
    if call.kind is Kind.REPAIR_CALL and court.key is not None:
        found = assemble_repair(call.raw, court.key, is_signed=court.is_signed)
    else:
        coordinator = court.keys[COORDINATOR]
        found = assemble(
            call.raw,
            group=court.group,
            coordinator=coordinator,
            known=court.key,
            above=call.epoch - 1,
            is_signed=court.is_signed,
        )
    if isinstance(found, Rejected):
        raise VerdictUnproven(why=f"its call is unfit, {found.fault}")
    return found


_JUDGES: Final[Mapping[Crime, Callable[[Verdict, Court], bool]]] = {
    Crime.TWO_WORDS: _said_two_things,
    Crime.NONSENSE: _said_nonsense,
    Crime.BAD_SHARE: _shared_badly,
    Crime.MISQUOTE: _misquoted,
    Crime.BAD_OFFER: _offered_badly,
    Crime.BAD_SUB_SHARE: _complained_of,
    Crime.FALSE_COMPLAINT: _complained_of,
}
