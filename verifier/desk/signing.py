"""Signing: what is signed was read again just now, and is the same that the signer read before.

    signing = open_signing(brief, MessageKind.APPROVE, seen=what_is_on_the_screen)
    ... show signing.changes, the hashes of signing.message, and ask for signing.acknowledgements ...
    file = finish_signing(signing, brief, holder, typed=[...], memory=memory)

`brief` gives a fresh briefing of one lane each time: from the chain, or from a bundle. Whatever goes wrong in between
raises, and then there is no signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from verifier.desk.briefing import Briefing
from verifier.desk.changes import changes_between
from verifier.desk.review import Review
from verifier.errors import ActionImpossible, DangerUnread, EvidenceDisputed, KeyOfOther, ReviewChanged
from verifier.model.approval_file import ApprovalFile
from verifier.model.finding import Finding, Severity
from verifier.model.member import Member
from verifier.model.message import MessageKind, TypedMessage
from verifier.model.operation import Approval, Operation
from verifier.model.reading import Head, VaultReading
from verifier.model.text import Shown
from verifier.ports import KeyHolder, Memory
from verifier.sign.messages import approve_message, expedite_message, require_signed_by

Brief = Callable[[], Briefing]
"""Reads one lane anew."""

ACTIONS: Final = {MessageKind.APPROVE: "approve", MessageKind.EXPEDITE: "expedite"}
"""What members sign, by the name of the action."""

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}\b")
_DIGITS: Final = 8
# Endpoints say different things, which one of them knows to be untrue.
_DISPUTES: Final = frozenset({"endpoint-dissents", "endpoint-lies"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A finding of danger, and what has to be typed by whoever goes on all the same."""

    finding: Finding
    # The last digits of the address that it is about, else the name of its rule.
    phrase: Shown
    # What that is, in words.
    hint: Shown

    def is_given_by(self, text: str) -> bool:
        """Whether this was typed, in whatever case; a rule's name is as good. Nothing at all never is."""
        return text.strip().lower() in (self.phrase.lower(), self.finding.rule.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What is about to be signed, and what has to be done before."""

    # As it was read when the signing was opened.
    briefing: Briefing
    message: TypedMessage
    member: Member
    acknowledgements: tuple[Acknowledgement, ...]
    # What is not as it was when the signer read it. Then this signing cannot be finished: it is read and opened again.
    changes: tuple[Shown, ...] = ()

    @property
    def review(self) -> Review:
        (review,) = self.briefing.reviews
        return review


def open_signing(brief: Brief, kind: MessageKind, *, seen: Briefing | None = None) -> Signing:
    """Read a lane anew and return what would be signed for it.

    :param kind: APPROVE, or EXPEDITE for consent to hurry
    :param seen: what the signer read before; None where this is the first time
    :raises ActionImpossible: the vault would not count the signature, or there is nothing to sign.
    :raises EvidenceDisputed: endpoints contradict each other.
    :raises FourthSignerError: the lane cannot be read.
    """
    briefing = brief()
    message, member = _prepare(briefing, kind)
    (review,) = briefing.reviews
    return Signing(
        briefing=briefing,
        message=message,
        member=member,
        acknowledgements=acknowledgements_for((*review.findings, *briefing.findings)),
        changes=() if seen is None else changes_between(seen, briefing),
    )


def finish_signing(
    signing: Signing,
    brief: Brief,
    holder: KeyHolder,
    *,
    typed: Collection[str],
    memory: Memory | None = None,
) -> ApprovalFile:
    """Read the lane once more, let the key sign, and return the signature with all that it is for.

    :param typed: what the signer typed for the acknowledgements, or the rules' names
    :raises ReviewChanged: something is not as it was when it was read.
    :raises DangerUnread: a danger is not acknowledged.
    :raises KeyOfOther: the key is not that of the signer's seat.
    :raises KeyHolderError: the key does not sign.
    :raises FourthSignerError: as for `open_signing`.
    """
    review, member = signing.review, signing.member
    if signing.changes:
        raise ReviewChanged(lane=review.lane.lane, changes=signing.changes)
    require_acknowledged(signing.acknowledgements, typed)
    require_key(holder, member)
    fresh = brief()
    if changes := changes_between(signing.briefing, fresh):
        raise ReviewChanged(lane=review.lane.lane, changes=changes)
    message, _ = _prepare(fresh, signing.message.kind)
    if message != signing.message:
        raise AssertionError("what would be signed differs, and nothing that it is made of does")
    signature = holder.sign(message)
    require_signed_by(member.address, signature, message.digest)
    note_signing(memory, fresh)
    is_consent = message.kind is MessageKind.EXPEDITE
    return ApprovalFile(
        kind=message.kind,
        chain_id=message.chain_id,
        vault=message.vault,
        lane=review.lane.lane,
        sequence=review.lane.state.sequence,
        operation_id=review.lane.operation_id,
        member=member.address,
        approval=Approval(
            seat=member.record.seat, publication=review.lane.state.publication, signature=signature
        ),
        ready_at=review.lane.state.moment if is_consent else None,
    )


def acknowledgements_for(findings: Iterable[Finding]) -> tuple[Acknowledgement, ...]:
    """Return what has to be typed for these findings: one for each danger, and none for the others."""
    return tuple(_acknowledgement(each) for each in findings if each.severity is Severity.DANGER)


def require_acknowledged(needed: Iterable[Acknowledgement], typed: Collection[str]) -> None:
    """:raises DangerUnread: for one of them nothing fitting was typed."""
    for each in needed:
        if not any(each.is_given_by(text) for text in typed):
            raise DangerUnread(rule=each.finding.rule, said=each.finding.sentence)


def require_key(holder: KeyHolder, member: Member) -> None:
    """:raises KeyOfOther: the key is not this member's."""
    if holder.address != member.address:
        raise KeyOfOther(holder=holder.describe(), expected=member.address, actual=holder.address)


def require_undisputed(briefing: Briefing) -> None:
    """Return if no endpoint contradicts another one.

    :raises EvidenceDisputed: one does.
    """
    _require_undisputed(briefing.reading.head, briefing.findings)


def require_undisputed_reading(reading: VaultReading) -> None:
    """Return if no endpoint contradicts another one about a vault's own words.

    :raises EvidenceDisputed: one does.
    """
    _require_undisputed(reading.head, reading.findings)


def _require_undisputed(head: Head, findings: Iterable[Finding]) -> None:
    named = dict.fromkeys((*head.dissenting, *head.lying))
    if named or any(finding.rule in _DISPUTES for finding in findings):
        raise EvidenceDisputed(endpoints=tuple(named) or ("an endpoint",))


def note_signing(memory: Memory | None, briefing: Briefing) -> None:
    """Remember what an operation touches as this signer signs it: at maturity that is compared.

    :raises MemoryUnusable: it cannot be noted.
    """
    (review,) = briefing.reviews
    if memory is None or review.simulation is None or not review.simulation.touched:
        return
    reading = briefing.reading
    memory.note_signing(
        reading.head.chain_id, reading.vault, review.lane.operation_id, review.simulation.touched
    )


def _prepare(briefing: Briefing, kind: MessageKind) -> tuple[TypedMessage, Member]:
    """Return what a member would sign, and who that is."""
    require_undisputed(briefing)
    (review,) = briefing.reviews
    member, operation = _require_signable(briefing, review, kind)
    reading, state = briefing.reading, review.lane.state
    chain_id, vault = reading.head.chain_id, reading.vault
    if kind is MessageKind.EXPEDITE:
        message = expedite_message(operation, state.publication, state.moment, chain_id=chain_id, vault=vault)
    else:
        message = approve_message(operation, state.publication, chain_id=chain_id, vault=vault)
        if message.digest != review.hashes.digest:
            raise AssertionError("the digest on the screen is not that of the message")
    return message, member


def _require_signable(briefing: Briefing, review: Review, kind: MessageKind) -> tuple[Member, Operation]:
    """Return who signs what.

    :raises ActionImpossible: there is nobody or nothing, or it would not count.
    """
    name = ACTIONS[kind]

    def impossible(why: str) -> ActionImpossible:
        return ActionImpossible(action=name, subject=f"lane {review.lane.lane}", why=why)

    for action in review.impossible:
        if action.name == name:
            raise impossible(action.why_not)
    member = briefing.signer.own_member(briefing.reading)
    if member is None:
        raise impossible("You have no seat here: none is pinned.")
    if member.record.is_group:
        raise impossible("A group signs by FROST: its holders sign the digest together.")
    if review.operation is None:
        raise impossible("Nobody gives its bytes.")
    seat = member.record.seat
    may = any(other.seat == seat and other.counts for other in review.quorum.others)
    if kind is MessageKind.APPROVE and not may:
        raise impossible("You have approved it.")
    return member, review.operation


def _acknowledgement(finding: Finding) -> Acknowledgement:
    found = _ADDRESS.search(finding.sentence)
    if found is None:
        return Acknowledgement(
            finding=finding,
            phrase=Shown(finding.rule),
            hint=Shown(f"the name of this finding, {finding.rule}"),
        )
    address = found[0]
    return Acknowledgement(
        finding=finding,
        phrase=Shown(address[-_DIGITS:]),
        hint=Shown(f"the last {_DIGITS} digits of the address that it is about"),
    )
