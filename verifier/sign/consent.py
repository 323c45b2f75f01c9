"""Whether who sits in a seat consented: by ECDSA, or as a group by FROST; the twin of `requireConsent`."""

from __future__ import annotations

from verifier.errors import ApprovalOfOther, SignatureMalformed
from verifier.model.address import Address
from verifier.model.member import Member
from verifier.model.operation import Approval
from verifier.model.units import ChainId, OperationId
from verifier.sign.approval import recover
from verifier.sign.schnorr import is_signed
from verifier.sign.typed import approve_digest


def require_approval(
    approval: Approval,
    operation_id: OperationId,
    *,
    member: Member,
    chain_id: ChainId,
    vault: Address,
) -> None:
    """Return if the approval is the member's, for this operation, vault and chain; else raise.

    :raises SignatureMalformed: it is not a signature that the vault takes.
    :raises ApprovalOfOther: it was made for other bytes or by another key: an incident.
    """
    digest = approve_digest(operation_id, approval.publication, chain_id=chain_id, vault=vault)
    require_signed(approval, digest, member)


def require_signed(approval: Approval, digest: bytes, member: Member) -> None:
    """Return if an approval, or a consent to hurry, is the member's signature of a digest; else raise.

    A group signs by FROST alone: whoever has the key behind its address has what nobody should have.

    :raises SignatureMalformed: it is not a signature that the vault takes from such a member.
    :raises ApprovalOfOther: it was made for other bytes or by another key: an incident.
    """
    if not member.record.is_group:
        signer = recover(digest, approval.signature)
        if signer != member.address:
            raise ApprovalOfOther(seat=approval.seat, expected=member.address, actual=signer)
        return
    if not approval.is_group:
        raise SignatureMalformed(why=f"a group sits in seat {approval.seat}, and groups sign by FROST")
    # A group whose key is not known signs nothing: no point has this x.
    x = member.group.x if member.group else 0
    if not is_signed(x, member.record.kind, digest, approval.signature):
        raise ApprovalOfOther(seat=approval.seat, expected=member.address, actual=b"")
