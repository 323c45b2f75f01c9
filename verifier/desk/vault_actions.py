"""What can be done that is about no operation: taking a member out, letting a suspension lapse, reviewing a bypass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.assess.bypasses import require_reviewer
from verifier.decode.operations import encode_call
from verifier.decode.signatures import interface
from verifier.desk.signer import Signer
from verifier.errors import VaultError
from verifier.model.address import Address
from verifier.model.life import OPEN
from verifier.model.limits import SUSPENSION
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.reading import BypassReading, VaultReading
from verifier.model.text import Shown, show_duration, show_moment
from verifier.model.tier import Tier
from verifier.model.units import LANES_PER_SEAT

_NO_SEAT: Final = "You have no seat here: none is pinned, or it is another's now."

_NO_AUDITOR: Final = "Only an active auditor who took no part reviews it."


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAction:
    """Something that this signer can do about the vault as such, or why it cannot be done now."""

    # As the contract names it.
    name: str
    sentence: Shown
    # Of a transaction without value from the signer's own account; empty where it is impossible.
    data: bytes
    to: Address
    why_not: Shown
    # What it takes to undo it; empty where nothing does, or there is nothing to be undone.
    undoing: Shown

    @property
    def is_possible(self) -> bool:
        return not self.why_not


def suspend_action(reading: VaultReading, signer: Signer, member: Member) -> VaultAction:
    """Return how this signer takes a member out: oneself always, another one as a guardian.

    Whether too few would be left, or the same guardian was there too recently, the vault says when it is asked.
    """
    me = signer.own_member(reading)
    is_self = me is not None and me.address == member.address
    if is_self:
        said = (
            "Suspends you, at once, until the others reinstate you: your approvals do not count from then on."
        )
        why = _why_not_oneself(member)
    else:
        said = f"Suspends seat {member.record.seat}, {member.address}, at once, until that lapses or is confirmed."
        why = _why_not_another(reading, me, member)
    data = encode_call("suspend", member.address)
    return _action("suspend", said, data, reading.vault, why, _undoing(reading, is_self=is_self))


def suspend_self_action(reading: VaultReading, signer: Signer) -> VaultAction:
    """Return how this signer takes itself out: "I am compromised"."""
    me = signer.own_member(reading)
    if me is None:
        return _action("suspend", "Suspends you.", b"", reading.vault, _NO_SEAT)
    return suspend_action(reading, signer, me)


def lapse_action(reading: VaultReading, member: Member) -> VaultAction:
    """Return how anybody ends a guardian's suspension that nobody confirmed in time."""
    said = f"Ends the suspension of seat {member.record.seat}, {member.address}: it has a new seat then."
    why = ""
    if member.suspension is None:
        why = "No guardian's suspension of it waits for anything."
    elif member.suspension.lapses_at > reading.head.timestamp:
        why = f"It lapses {show_moment(member.suspension.lapses_at)}, and not before."
    return _action("lapse", said, encode_call("lapse", member.address), reading.vault, why)


def review_action(
    reading: VaultReading,
    bypasses: BypassReading,
    signer: Signer,
    index: int,
    *,
    findings: bytes,
    is_justified: bool,
) -> VaultAction:
    """Return how this signer reviews a use of break-glass.

    :param findings: hash of what was found out, 32 bytes
    """
    me = signer.own_member(reading)
    bypass = bypasses.bypasses.get(index)
    verdict = "justified" if is_justified else "not justified"
    said = f"Records for ever that use {index} of break-glass was {verdict}, and the hash of your findings."
    why = _NO_SEAT if me is None else _NO_AUDITOR
    if me is not None and me.record.is_active and me.record.has_any(Role.AUDITOR):
        seats = bypass.record.seats if bypass else frozenset()
        took_part = {
            person
            for seat in seats
            if seat in reading.members.value
            for person in reading.members.value[seat].persons
        }
        try:
            require_reviewer(
                index,
                bypasses.terms,
                bypass.record if bypass else None,
                vault=reading.vault,
                reviewer=me.address,
                member=me.record,
                participants=took_part,
            )
            why = ""
        except VaultError as refusal:
            why = refusal.sentence()
    review = interface("bypass_ledger").function("review")
    data = review.encode(reading.vault, index, findings, is_justified)
    return _action("review", said, data, reading.companions.bypass_ledger, why)


def why_no_proposal(reading: VaultReading, signer: Signer) -> Shown:
    """Return why this signer can propose nothing at all now; empty where something may be proposed."""
    me = signer.own_member(reading)
    if me is None:
        return Shown(_NO_SEAT)
    if me.record.is_group:
        return Shown("A group sends no transactions.")
    if not me.record.is_active:
        return Shown("Your seat is suspended.")
    if not me.record.has_any(Role.PROPOSER | Role.APPROVER):
        return Shown("You are neither proposer nor approver.")
    taken = [lane for lane in reading.lanes.value if reading.status(lane) in OPEN]
    if sum(lane.proposer == me.record.seat for lane in taken) >= LANES_PER_SEAT:
        return Shown("All of your lanes hold open operations.")
    return Shown("")


def _action(name: str, said: str, data: bytes, to: Address, why: str, undoing: str = "") -> VaultAction:
    return VaultAction(
        name=name,
        sentence=Shown(said),
        data=b"" if why else data,
        to=to,
        why_not=Shown(why),
        undoing=Shown(undoing),
    )


def _undoing(reading: VaultReading, *, is_self: bool) -> str:
    """Return what brings a suspended member back."""
    custody = reading.tiers.value[Tier.CUSTODY]
    operation = f"a seat operation: {custody.quorum} approvals, and {show_duration(custody.delay)} after them"
    if is_self:
        return f"Only the others undo it, by {operation}."
    lapses = show_duration(SUSPENSION + custody.delay)
    return (
        f"It lapses {lapses} later unless a seat operation confirms it. Sooner it is undone by {operation}."
    )


def _why_not_oneself(me: Member) -> str:
    if me.record.is_group:
        return "A group sends no transactions: its holders sign by FROST that it suspends itself."
    return "" if me.record.may_stop else "You are suspended already."


def _why_not_another(reading: VaultReading, me: Member | None, member: Member) -> str:
    if me is None:
        return _NO_SEAT
    if not me.record.is_active or not me.record.has_any(Role.GUARDIAN):
        return "Only an active guardian suspends another member."
    if member.record.has_any(Role.GUARDIAN):
        return "A guardian is not suspended by another one; a seat operation removes it."
    if not member.record.is_active:
        return "It is suspended already."
    for other in reading.members.value.values():
        held = other.suspension
        if (
            held
            and other.record.status is MemberStatus.SUSPENDED
            and held.guardian_person == me.record.person
        ):
            return f"You hold the suspension of seat {other.record.seat}, and a guardian holds one at a time."
    return ""
