"""Of r and s as a token gives them: the one signature that the vault takes."""

from __future__ import annotations

import pytest
from eth_account import Account
from eth_keys.datatypes import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.keys.members import MEMBER, OTHER
from verifier.errors import SignatureMalformed, SignatureOfOther
from verifier.keys.curve import address_of_point, complete_signature
from verifier.model.address import Address
from verifier.sign.approval import ORDER, join_signature

keys = st.integers(1, ORDER - 1).map(lambda number: number.to_bytes(32, "big"))
digests = st.binary(min_size=32, max_size=32)


@given(keys, digests)
def test_complete__s_in_either_half__the_one_that_eth_account_makes(key: bytes, digest: bytes) -> None:
    account = Account.from_key(key)
    theirs = account.unsafe_sign_hash(digest)
    member = Address.parse(account.address)
    for s in (theirs.s, ORDER - theirs.s):
        raw = theirs.r.to_bytes(32, "big") + s.to_bytes(32, "big")
        assert join_signature(complete_signature(raw, digest, member)) == bytes(theirs.signature)


@given(keys, digests)
def test_complete__signature_by_another__refused(key: bytes, digest: bytes) -> None:
    raw = bytes(Account.from_key(key).unsafe_sign_hash(digest).signature)[:64]
    with pytest.raises(SignatureOfOther) as raised:
        complete_signature(raw, digest, OTHER)
    assert raised.value.expected == OTHER


@given(st.binary(max_size=70) | st.binary(min_size=64, max_size=64), digests)
def test_complete__any_bytes__no_signature_of_the_member(raw: bytes, digest: bytes) -> None:
    with pytest.raises((SignatureMalformed, SignatureOfOther)):
        complete_signature(raw, digest, MEMBER)


@pytest.mark.parametrize("s", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_complete__s_that_is_none__refused(s: int) -> None:
    with pytest.raises(SignatureMalformed):
        complete_signature(b"\x01" * 32 + s.to_bytes(32, "big"), bytes(32), MEMBER)


@given(keys, st.binary(max_size=70))
def test_address_of_point__uncompressed_and_any_bytes__its_address_or_none(key: bytes, noise: bytes) -> None:
    public = PrivateKey(key).public_key
    assert address_of_point(b"\x04" + public.to_bytes()) == Address(public.to_canonical_address())
    assert address_of_point(public.to_compressed_bytes()) is None
    if len(noise) != 65 or noise[0] != 4:
        assert address_of_point(noise) is None
