"""What members sign, as a value, and whose a signature of it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak
from hypothesis import given

from tests.core import strategies
from tests.core.strategies import uints
from verifier.errors import SignatureMalformed, SignatureOfOther
from verifier.model.address import Address
from verifier.model.message import MessageKind, TypedMessage
from verifier.model.operation import Operation, Publication
from verifier.model.units import ChainId, Epoch, MemberIndex, OperationId, Timestamp
from verifier.sign.approval import ORDER, split_signature
from verifier.sign.messages import (
    approve_message,
    expedite_message,
    require_signed_by,
    suspend_self_message,
    veto_message,
    withdraw_message,
)

SIGNER = Account.from_key(keccak(b"signer"))
MEMBER = Address.parse(SIGNER.address)


def require_second_opinion(message: TypedMessage, kind: MessageKind, chain_id: int, vault: Address) -> None:
    """Fail unless eth_account finds the same hashes in the typed data."""
    assert (message.kind, message.chain_id, message.vault) == (kind, chain_id, vault)
    assert message.typed_data["primaryType"] == kind
    encoded = encode_typed_data(full_message=dict(message.typed_data))
    assert encoded.header == message.domain_hash
    assert encoded.body == message.struct_hash
    assert keccak(b"\x19" + encoded.version + encoded.header + encoded.body) == message.digest


@given(strategies.operations, strategies.publications, strategies.timestamps, uints(64), strategies.addresses)
def test_message__about_any_operation__hashes_are_those_of_its_typed_data(
    operation: Operation, publication: Publication, ready_at: Timestamp, chain_id: int, vault: Address
) -> None:
    chain = ChainId(chain_id)
    approve = approve_message(operation, publication, chain_id=chain, vault=vault)
    require_second_opinion(approve, MessageKind.APPROVE, chain_id, vault)
    expedite = expedite_message(operation, publication, ready_at, chain_id=chain, vault=vault)
    require_second_opinion(expedite, MessageKind.EXPEDITE, chain_id, vault)


@given(strategies.words, strategies.publications, uints(8), uints(32), strategies.addresses)
def test_message__of_a_group__hashes_are_those_of_its_typed_data(
    raw: bytes, publication: Publication, seat: int, epoch: int, vault: Address
) -> None:
    chain, operation_id = ChainId(5), OperationId(raw)
    veto = veto_message(operation_id, chain_id=chain, vault=vault)
    require_second_opinion(veto, MessageKind.VETO, chain, vault)
    withdraw = withdraw_message(operation_id, publication, chain_id=chain, vault=vault)
    require_second_opinion(withdraw, MessageKind.WITHDRAW, chain, vault)
    leaving = suspend_self_message(MemberIndex(seat), Epoch(epoch), chain_id=chain, vault=vault)
    require_second_opinion(leaving, MessageKind.SUSPEND_SELF, chain, vault)


@given(strategies.words, strategies.words)
def test_require_signed_by__one_digest_and_another__the_signed_one_only(digest: bytes, other: bytes) -> None:
    signature = split_signature(bytes(SIGNER.unsafe_sign_hash(digest).signature))
    require_signed_by(MEMBER, signature, digest)
    with pytest.raises(SignatureOfOther) as raised:
        require_signed_by(Address(bytes(20)), signature, digest)
    assert (raised.value.expected, raised.value.actual) == (Address(bytes(20)), MEMBER)
    if other != digest:
        with pytest.raises(SignatureOfOther):
            require_signed_by(MEMBER, signature, other)


def test_require_signed_by__the_malleable_twin__refused() -> None:
    digest = keccak(b"digest")
    signature = split_signature(bytes(SIGNER.unsafe_sign_hash(digest).signature))
    require_signed_by(MEMBER, signature, digest)
    high = (ORDER - int.from_bytes(signature.s, "big")).to_bytes(32, "big")
    with pytest.raises(SignatureMalformed, match="lower half"):
        require_signed_by(MEMBER, replace(signature, s=high, v=55 - signature.v), digest)
