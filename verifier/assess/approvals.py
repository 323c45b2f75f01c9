"""Whether an approval, or a consent to hurry, counts: the twin of the contract's check, in its order."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.approvals import (
    ApprovalBeforeSeat,
    ApprovalNotEligible,
    ApprovalPublicationUnexpected,
    ApprovalSignerUnexpected,
    ApprovalTooEarly,
    ApprovalUnseasoned,
    ApprovalUnsigned,
    ApprovalWithdrawn,
)
from verifier.model.address import NOBODY, Address
from verifier.model.lane import Lane
from verifier.model.member import MemberRecord, MemberStatus
from verifier.model.operation import UNPUBLISHED, Approval
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, MemberIndex, Timestamp
from verifier.model.word import SeatSet, bits_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What approvals are checked against, or consents to hurry."""

    lane: Lane
    # Whose approvals count.
    eligible: SeatSet
    # Approvals withdrawn earlier in the life of this operation; none, of consents.
    withdrawn: SeatSet
    now: Timestamp
    # The block in which they are sent; modulo 2^32. None for some block after the one of the publication.
    block: BlockNumber | None = None
    # Consents to hurry, with `readyAt` in what is signed, and not approvals.
    to_hurry: bool = False


def require_countable(
    approval: Approval, claim: Claim, *, signer: Address, record: MemberRecord, sitting: Address
) -> None:
    """Return if the approval counts; else raise what the contract raises.

    Recorded ones are not to be asked about: the contract passes them over.

    :param signer: who signed it, or sent the transaction; the zero address where the signature is nobody's, and where
        it is by FROST, but not of the group that sits there
    :param record: what the vault holds of the signer
    :param sitting: who sits in the approval's seat
    """
    seat, lane = approval.seat, claim.lane
    if seat not in claim.eligible:
        raise ApprovalNotEligible(seat=seat, eligible=bits_of(claim.eligible))
    is_own, signed = approval.is_own_transaction, approval.publication
    # Consent to hurry is signed, and says from when to hurry: a transaction would not.
    if claim.to_hurry and is_own:
        raise ApprovalUnsigned(seat=seat)
    require_consent(approval, signer=signer, record=record, sitting=sitting)
    unpublished = ApprovalPublicationUnexpected(
        seat=seat, expected=lane.publication.pack(), actual=signed.pack()
    )
    # A signature without publication may be older than the operation: not enough for one's own transaction, for a
    # member who came back, or to hurry.
    needs_publication = claim.to_hurry or is_own or record.status is MemberStatus.RETURNED
    if signed != lane.publication and (needs_publication or signed != UNPUBLISHED):
        raise unpublished
    if record.seated_in_block >= lane.publication.block:
        raise ApprovalBeforeSeat(
            seat=seat,
            seated_in_block=record.seated_in_block,
            published_in_block=lane.publication.block,
        )
    if lane.tier >= Tier.HIGH_VALUE:
        _require_countable_high(claim, seat, record, unpublished if signed != lane.publication else None)
    if seat in claim.withdrawn and not is_own:
        raise ApprovalWithdrawn(seat=seat)


def require_consent(approval: Approval, *, signer: Address, record: MemberRecord, sitting: Address) -> None:
    """Return if whoever sits in the approval's seat consented to what was signed; parameters as above.

    A group consents by FROST signatures alone: whoever has the key behind its address has what nobody should have.

    :raises ApprovalSignerUnexpected: somebody else, or nobody.
    """
    if approval.is_group:
        is_consent = record.is_group and signer == sitting
        signer = NOBODY
    else:
        is_consent = record.seat == approval.seat and record.is_active and not record.is_group
    if not is_consent:
        raise ApprovalSignerUnexpected(seat=approval.seat, expected=sitting, actual=signer)


def _require_countable_high(
    claim: Claim, seat: MemberIndex, record: MemberRecord, unpublished: ApprovalPublicationUnexpected | None
) -> None:
    """Return if what was consented to counts from HIGH_VALUE on, too."""
    lane = claim.lane
    if unpublished is not None:
        raise unpublished
    # The publication is known as soon as the parent block is, so the operation's own block is too early.
    if lane.publication.block == claim.block:
        raise ApprovalTooEarly(seat=seat, published_in_block=lane.publication.block)
    if not lane.seat_operation and record.seasoned_at > claim.now:
        raise ApprovalUnseasoned(seat=seat, seasoned_at=record.seasoned_at, now_=claim.now)
