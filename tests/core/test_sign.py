"""What is signed, and who signed it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from tests.core import strategies
from tests.core.strategies import uints
from tests.vectors import read_vectors
from verifier.errors import ApprovalOfOther, SignatureMalformed
from verifier.model.address import Address
from verifier.model.member import STRANGER, Member
from verifier.model.operation import Approval, Call, Operation, Publication, Signature
from verifier.model.units import (
    ChainId,
    Epoch,
    LaneIndex,
    MemberIndex,
    OperationId,
    Sequence,
    Timestamp,
    Wei,
)
from verifier.sign.approval import (
    HALF_ORDER,
    ORDER,
    join_signature,
    recover,
    split_signature,
)
from verifier.sign.consent import require_approval
from verifier.sign.typed import (
    approve_digest,
    approve_hash,
    digest_of,
    domain_separator,
    expedite_digest,
    expedite_hash,
    id_of,
    register_group_hash,
    suspend_self_hash,
    typed_approval,
    typed_expedite,
    typed_register_group,
    typed_suspend_self,
    typed_veto,
    typed_withdraw,
    veto_hash,
    withdraw_hash,
)

CHAIN = ChainId(1)
VAULT = Address(b"\x11" * 20)
PUBLICATION = Publication.unpack(0x0123_4567_89AB_CDEF)
SIGNER = Account.from_key(keccak(b"signer"))
MEMBER = Address(bytes.fromhex(SIGNER.address[2:]))


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def signature_of(digest: bytes) -> Signature:
    return split_signature(bytes(SIGNER.unsafe_sign_hash(digest).signature))


@given(strategies.operations, strategies.publications, uints(64), strategies.addresses)
def test_digest__any_operation__as_eth_account_says(
    operation: Operation, publication: Publication, chain_id: int, vault: Address
) -> None:
    typed = typed_approval(operation, publication, chain_id=ChainId(chain_id), vault=vault)
    message = encode_typed_data(full_message=typed)
    digest = approve_digest(id_of(operation), publication, chain_id=ChainId(chain_id), vault=vault)
    assert keccak(b"\x19" + message.version + message.header + message.body) == digest
    assert message.header == domain_separator(ChainId(chain_id), vault)


def require_same(typed: dict[str, Any], struct: bytes, chain_id: int = CHAIN) -> None:
    """Fail unless eth_account hashes this typed data as we do."""
    message = encode_typed_data(full_message=typed)
    digest = digest_of(struct, chain_id=ChainId(chain_id), vault=VAULT)
    assert keccak(b"\x19" + message.version + message.header + message.body) == digest
    assert message.body == struct


@given(strategies.operations, strategies.publications, strategies.timestamps, uints(64))
def test_consent_to_hurry__any_operation__as_eth_account_says(
    operation: Operation, publication: Publication, ready_at: Timestamp, chain_id: int
) -> None:
    operation_id, chain = id_of(operation), ChainId(chain_id)
    typed = typed_expedite(operation, publication, ready_at, chain_id=chain, vault=VAULT)
    struct = expedite_hash(operation_id, publication, ready_at)
    require_same(typed, struct, chain_id)
    digest = expedite_digest(operation_id, publication, ready_at, chain_id=chain, vault=VAULT)
    assert digest == digest_of(struct, chain_id=chain, vault=VAULT)


@given(strategies.words, strategies.publications, uints(64))
def test_what_a_group_says_about_an_operation__any__as_eth_account_says(
    raw: bytes, publication: Publication, chain_id: int
) -> None:
    operation_id, chain = OperationId(raw), ChainId(chain_id)
    require_same(typed_veto(operation_id, chain_id=chain, vault=VAULT), veto_hash(operation_id), chain_id)
    typed = typed_withdraw(operation_id, publication, chain_id=chain, vault=VAULT)
    require_same(typed, withdraw_hash(operation_id, publication), chain_id)


@given(uints(8), uints(32), strategies.addresses, uints(256), st.tuples(uints(256), uints(256), uints(256)))
def test_what_a_group_says_about_itself__any__as_eth_account_says(
    seat: int, epoch: int, group: Address, roles: int, holders: tuple[int, int, int]
) -> None:
    leaving = typed_suspend_self(MemberIndex(seat), Epoch(epoch), chain_id=CHAIN, vault=VAULT)
    require_same(leaving, suspend_self_hash(MemberIndex(seat), Epoch(epoch)))
    coming = typed_register_group(group, roles, holders, chain_id=CHAIN, vault=VAULT)
    require_same(coming, register_group_hash(group, roles, holders))


def test_struct_hashes__of_the_same_values__are_all_different() -> None:
    operation_id = OperationId(bytes(32))
    nothing = Publication.unpack(0)
    hashes = {
        operation_id,
        approve_hash(operation_id, nothing),
        expedite_hash(operation_id, nothing, Timestamp(0)),
        veto_hash(operation_id),
        withdraw_hash(operation_id, nothing),
        suspend_self_hash(MemberIndex(0), Epoch(0)),
        register_group_hash(Address(bytes(20)), 0, (0, 0, 0)),
    }
    assert len(hashes) == 7


@pytest.mark.parametrize("vector", read_vectors("eip712.json")["approvals"], ids=lambda v: v["name"])
def test_digest__known_answer__the_same(vector: dict[str, str | int | list[list[str]]]) -> None:
    calls = vector["calls"]
    assert isinstance(calls, list)
    operation = Operation(
        calls=tuple(
            Call(target=Address.parse(to), value=Wei(int(value)), data=bytes.fromhex(data[2:]))
            for to, value, data in calls
        ),
        lane=LaneIndex(int(str(vector["lane"]))),
        sequence=Sequence(int(str(vector["sequence"]))),
        approve_by=Timestamp(int(str(vector["approveBy"]))),
    )
    publication = Publication.unpack(int(str(vector["publication"]), 16))
    vault, chain_id = Address.parse(str(vector["vault"])), ChainId(int(str(vector["chainId"])))
    digest = approve_digest(id_of(operation), publication, chain_id=chain_id, vault=vault)
    assert "0x" + id_of(operation).hex() == vector["id"]
    assert "0x" + digest.hex() == vector["digest"]


@given(strategies.operations, strategies.operations)
def test_id_of__two_operations__the_same_only_if_they_are(one: Operation, other: Operation) -> None:
    assert (id_of(one) == id_of(other)) == (one == other)


@given(strategies.operations, strategies.publications)
def test_digest__another_vault_chain_or_publication__another_digest(
    operation: Operation, publication: Publication
) -> None:
    operation_id = id_of(operation)
    digests = {
        approve_digest(operation_id, publication, chain_id=CHAIN, vault=VAULT),
        approve_digest(operation_id, publication, chain_id=ChainId(2), vault=VAULT),
        approve_digest(operation_id, publication, chain_id=CHAIN, vault=Address(b"\x12" * 20)),
        approve_digest(
            operation_id,
            replace(publication, parent=publication.parent ^ 1),
            chain_id=CHAIN,
            vault=VAULT,
        ),
    }
    assert len(digests) == 4


@given(st.binary(min_size=32, max_size=32))
def test_recover__a_signature__who_signed(digest: bytes) -> None:
    assert recover(digest, signature_of(digest)) == MEMBER


@given(st.binary(min_size=32, max_size=32), st.sampled_from([0, 27]))
def test_split_signature__joined_again__the_same_bytes(digest: bytes, base: int) -> None:
    raw = bytes(SIGNER.unsafe_sign_hash(digest).signature)
    given_raw = raw[:64] + bytes([raw[64] - 27 + base])
    assert join_signature(split_signature(given_raw)) == raw


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=130))
def test_recover__any_bytes__an_address_or_refused(digest: bytes, raw: bytes) -> None:
    try:
        signer = recover(digest, Signature(r=raw[:32], s=raw[32:64], v=27 + len(raw) % 2))
    except SignatureMalformed:
        return
    assert len(signer) == 20


@pytest.mark.parametrize("length", [0, 64, 66])
def test_split_signature__other_length__refused(length: int) -> None:
    with pytest.raises(SignatureMalformed):
        split_signature(b"\x01" * length)


def test_recover__the_other_s__refused() -> None:
    digest = keccak(b"digest")
    own = signature_of(digest)
    other = replace(own, s=word(ORDER - int.from_bytes(own.s, "big")), v=55 - own.v)
    with pytest.raises(SignatureMalformed):
        recover(digest, other)


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255, 27 + 256])
def test_recover__other_v__refused(v: int) -> None:
    digest = keccak(b"digest")
    with pytest.raises(SignatureMalformed):
        recover(digest, replace(signature_of(digest), v=v))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, HALF_ORDER + 1), (0, 0)])
def test_recover__r_or_s_out_of_range__refused(r: int, s: int) -> None:
    with pytest.raises(SignatureMalformed):
        recover(keccak(b"digest"), Signature(r=word(r), s=word(s), v=27))


@given(strategies.operations)
def test_require_approval__the_members_own__passes(operation: Operation) -> None:
    operation_id = id_of(operation)
    digest = approve_digest(operation_id, PUBLICATION, chain_id=CHAIN, vault=VAULT)
    approval = Approval(seat=MemberIndex(3), publication=PUBLICATION, signature=signature_of(digest))
    member = Member(address=MEMBER, record=STRANGER)
    require_approval(approval, operation_id, member=member, chain_id=CHAIN, vault=VAULT)


@pytest.mark.parametrize("changed", ["operation", "publication", "chain", "vault", "member"])
def test_require_approval__made_for_something_else__an_incident(changed: str) -> None:
    operation_id = OperationId(keccak(b"operation"))
    digest = approve_digest(operation_id, PUBLICATION, chain_id=CHAIN, vault=VAULT)
    approval = Approval(seat=MemberIndex(3), publication=PUBLICATION, signature=signature_of(digest))
    if changed == "publication":
        approval = replace(approval, publication=Publication.unpack(0))
    address = Address(b"\x22" * 20) if changed == "member" else MEMBER
    with pytest.raises(ApprovalOfOther) as incident:
        require_approval(
            approval,
            OperationId(keccak(b"another")) if changed == "operation" else operation_id,
            member=Member(address=address, record=STRANGER),
            chain_id=ChainId(2) if changed == "chain" else CHAIN,
            vault=Address(b"\x22" * 20) if changed == "vault" else VAULT,
        )
    assert "seat 3" in str(incident.value)
