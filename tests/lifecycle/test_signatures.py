"""The quick signatures of the stories are those that eth-keys and the tests' groups make."""

from __future__ import annotations

from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from tests.frost.group import Group
from tests.frost.reference import ORDER
from tests.lifecycle.curve import multiple
from tests.lifecycle.signatures import is_signed_by_group, sign, sign_as_account, sign_as_group, signer_of
from tests.stage import Actor
from verifier.model.address import Address
from verifier.model.member import Role
from verifier.sign.approval import recover

ANN = Actor.new("ann", Role.APPROVER)
OWLS = Group.new("owls")


@given(factor=st.integers(1, ORDER - 1))
@example(factor=1)
@example(factor=63)
@example(factor=64)
@example(factor=ORDER - 1)
def test_multiple__of_any_factor__is_the_key_of_eth_keys(factor: int) -> None:
    key = PrivateKey(factor.to_bytes(32, "big")).public_key.to_bytes()
    x, y = multiple(factor)
    assert x.to_bytes(32, "big") + y.to_bytes(32, "big") == key


@given(digest=st.binary(min_size=32, max_size=32))
def test_signature__of_a_member__is_recovered_by_eth_keys(digest: bytes) -> None:
    assert recover(digest, sign(ANN, digest)) == ANN.address == signer_of(digest, sign(ANN, digest))


def test_signature__of_a_group_s_key_as_an_account__is_its_address_s() -> None:
    digest = keccak(b"as an account")
    assert recover(digest, sign_as_account(OWLS, digest)) == OWLS.account


@given(message=st.binary(min_size=32, max_size=32))
def test_signature__of_a_group__is_the_one_that_the_group_makes(message: bytes) -> None:
    signature = sign_as_group(OWLS, message)
    assert OWLS.sign(message) == (signature.r, signature.s, signature.v.to_bytes(32, "big"))


def test_signature__of_a_group__is_no_other_group_s_and_of_nothing_else() -> None:
    digest, other = keccak(b"one"), keccak(b"two")
    signature, account = sign_as_group(OWLS, digest), Address(OWLS.account)
    elks = Group.new("elks")

    assert is_signed_by_group(account, OWLS.x, OWLS.prefix, digest, signature)
    assert not is_signed_by_group(account, OWLS.x, OWLS.prefix, other, signature)
    assert not is_signed_by_group(Address(elks.account), elks.x, elks.prefix, digest, signature)
