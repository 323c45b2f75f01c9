"""What members sign, made from the things themselves, and whether what comes back is a member's signature of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.errors import SignatureOfOther
from verifier.model.address import Address
from verifier.model.message import MessageKind, TypedMessage
from verifier.model.operation import Operation, Publication, Signature
from verifier.model.units import ChainId, Epoch, MemberIndex, OperationId, Timestamp
from verifier.sign.approval import recover
from verifier.sign.typed import (
    approve_hash,
    digest_of,
    domain_separator,
    expedite_hash,
    id_of,
    suspend_self_hash,
    typed_approval,
    typed_expedite,
    typed_suspend_self,
    typed_veto,
    typed_withdraw,
    veto_hash,
    withdraw_hash,
)


def approve_message(
    operation: Operation, publication: Publication, *, chain_id: ChainId, vault: Address
) -> TypedMessage:
    """Return what an approver signs: the whole operation, and where it was published."""
    return _message(
        MessageKind.APPROVE,
        approve_hash(id_of(operation), publication),
        typed_approval(operation, publication, chain_id=chain_id, vault=vault),
        chain_id,
        vault,
    )


def expedite_message(
    operation: Operation,
    publication: Publication,
    ready_at: Timestamp,
    *,
    chain_id: ChainId,
    vault: Address,
) -> TypedMessage:
    """Return what is signed to bring the lane's present `readyAt` nearer."""
    return _message(
        MessageKind.EXPEDITE,
        expedite_hash(id_of(operation), publication, ready_at),
        typed_expedite(operation, publication, ready_at, chain_id=chain_id, vault=vault),
        chain_id,
        vault,
    )


def veto_message(operation_id: OperationId, *, chain_id: ChainId, vault: Address) -> TypedMessage:
    """Return what a group signs to veto; of a seat operation, to object."""
    return _message(
        MessageKind.VETO,
        veto_hash(operation_id),
        typed_veto(operation_id, chain_id=chain_id, vault=vault),
        chain_id,
        vault,
    )


def withdraw_message(
    operation_id: OperationId, publication: Publication, *, chain_id: ChainId, vault: Address
) -> TypedMessage:
    """Return what a group signs to take its approval back."""
    return _message(
        MessageKind.WITHDRAW,
        withdraw_hash(operation_id, publication),
        typed_withdraw(operation_id, publication, chain_id=chain_id, vault=vault),
        chain_id,
        vault,
    )


def suspend_self_message(
    seat: MemberIndex, epoch: Epoch, *, chain_id: ChainId, vault: Address
) -> TypedMessage:
    """Return what a group signs to suspend itself, good until the roster changes."""
    return _message(
        MessageKind.SUSPEND_SELF,
        suspend_self_hash(seat, epoch),
        typed_suspend_self(seat, epoch, chain_id=chain_id, vault=vault),
        chain_id,
        vault,
    )


def require_signed_by(member: Address, signature: Signature, digest: bytes) -> None:
    """Return if this is the member's signature of a digest; else raise. Whoever gave it is not believed.

    :raises SignatureMalformed: it is not a signature that the vault takes.
    :raises SignatureOfOther: something else was signed, or by another key.
    """
    signer = recover(digest, signature)
    if signer != member:
        raise SignatureOfOther(expected=member, actual=signer)


def _message(
    kind: MessageKind, struct: bytes, typed: Mapping[str, Any], chain_id: ChainId, vault: Address
) -> TypedMessage:
    return TypedMessage(
        kind=kind,
        chain_id=chain_id,
        vault=vault,
        domain_hash=domain_separator(chain_id, vault),
        struct_hash=struct,
        digest=digest_of(struct, chain_id=chain_id, vault=vault),
        typed_data=typed,
    )
