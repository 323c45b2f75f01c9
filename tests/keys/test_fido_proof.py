"""Signatures of a FIDO2 token's key: held against it, and the key found again from two of them."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

from verifier.keys.fido_proof import KEY_BYTES, Signed, is_key, is_signed_by, key_of, key_of_both


def new_key(number: int) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """Return a key, and its public half as it stands in files."""
    made = ec.derive_private_key(number, ec.SECP256R1())
    return made, key_of(cose_of(made))


def cose_of(made: ec.EllipticCurvePrivateKey) -> ES256:
    said: ES256 = ES256.from_cryptography_key(made.public_key())  # type: ignore[no-untyped-call]
    return said


def sign(key: ec.EllipticCurvePrivateKey) -> Signed:
    words, challenge = os.urandom(37), os.urandom(32)
    return Signed(words=words, challenge=challenge, signature=key.sign(words + challenge, ec.ECDSA(SHA256())))


def test_key_of__what_a_token_says__the_bytes_that_the_librarys_cbor_makes_of_it() -> None:
    made, key = new_key(7)
    assert len(key) == KEY_BYTES
    assert is_key(key)
    assert cbor.encode(cose_of(made)) == key


@pytest.mark.parametrize(
    "change", [{1: 1}, {3: -8}, {-1: 2}, {-2: b"\1" * 31}, {-3: bytes(32)}, {-3: None}, {-2: b"\xff" * 32}]
)
def test_key_of__none_of_es256__refused(change: dict[int, object]) -> None:
    made, _ = new_key(7)
    with pytest.raises(ValueError, match=r"no (key|point) of"):
        key_of({**cose_of(made), **change})


def test_is_signed_by__its_own_and_anything_else__only_its_own() -> None:
    made, key = new_key(7)
    other, other_key = new_key(8)
    signed = sign(made)
    assert is_signed_by(key, signed)
    assert not is_signed_by(other_key, signed)
    assert not is_signed_by(key, sign(other))
    for wrong in (b"", b"\0" * 70, signed.signature[:-1], encode_dss_signature(0, 0)):
        assert not is_signed_by(key, Signed(words=signed.words, challenge=signed.challenge, signature=wrong))
    assert not is_signed_by(key, Signed(words=signed.words, challenge=bytes(32), signature=signed.signature))


@pytest.mark.parametrize("number", [1, 2, 3, 2**255 + 9, 2**200 + 1])
def test_key_of_both__two_signatures__the_key_that_made_them(number: int) -> None:
    made, key = new_key(number)
    for _ in range(5):
        assert key_of_both(sign(made), sign(made)) == key


def test_key_of_both__of_two_keys_or_one_twice_or_no_signature__none() -> None:
    made, _ = new_key(7)
    other, _ = new_key(8)
    signed = sign(made)
    assert key_of_both(signed, sign(other)) is None
    assert key_of_both(signed, signed) is None
    numbers = [(0, 1), (1, 0), (2**256, 5), (5, 2**300)]
    for wrong in (b"", b"\0" * 70, *(encode_dss_signature(*each) for each in numbers)):
        assert key_of_both(signed, Signed(words=b"", challenge=bytes(32), signature=wrong)) is None
