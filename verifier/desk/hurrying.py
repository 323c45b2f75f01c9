"""Whether a member's consent to hurry an operation would count, and if not, why."""

from __future__ import annotations

from typing import Final

from verifier.assess.approvals import Claim, require_countable
from verifier.assess.bypasses import require_bypass_allowed
from verifier.assess.hurry import require_expeditable
from verifier.assess.quorum import eligible
from verifier.errors import VaultError
from verifier.model.life import Status
from verifier.model.member import STRANGER, Member, Role
from verifier.model.operation import Approval, Signature
from verifier.model.reading import BypassReading, LaneReading, VaultReading, next_block
from verifier.model.tier import Tier
from verifier.model.word import NO_SEATS

# Stand for signatures, of a person and of a group: no rule looks at more than their v.
_SIGNED: Final = Signature(r=bytes(32), s=bytes(32), v=27)
_SIGNED_TOGETHER: Final = Signature(r=bytes(32), s=bytes(32), v=2)


def why_no_hurry(reading: VaultReading, lane: LaneReading, bypasses: BypassReading | None, me: Member) -> str:
    """Return why this member's consent to hurry would be in vain now; empty where it would count."""
    state, now = lane.state, reading.head.timestamp
    if reading.status(lane) is not Status.WAITING:
        return "Only what is WAITING can be hurried."
    if state.tier is Tier.CUSTODY:
        return "CUSTODY is never hurried."
    if bypasses is None:
        return "Nobody looked at the ledger of break-glass."
    seats = eligible(reading.roster.value, publisher=lane.proposer, subject=STRANGER)
    members = reading.members.value
    if not any(members[seat].record.has_any(Role.BREAK_GLASS) for seat in seats if seat in members):
        return "No approver with BREAK_GLASS is there to consent."
    claim = Claim(
        lane=state,
        eligible=seats,
        withdrawn=NO_SEATS,
        now=now,
        block=next_block(reading.head),
        to_hurry=True,
    )
    signature = _SIGNED_TOGETHER if me.record.is_group else _SIGNED
    consent = Approval(seat=me.record.seat, publication=state.publication, signature=signature)
    try:
        require_expeditable(lane.operation_id, state, tiers=reading.tiers.value, now=now)
        require_bypass_allowed(bypasses.terms, bypasses.records, now=now)
        require_countable(consent, claim, signer=me.address, record=me.record, sitting=me.address)
    except VaultError as refusal:
        return refusal.sentence()
    return ""
