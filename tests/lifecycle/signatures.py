"""Real signatures, each made once, and who made them: ECDSA of members, FROST of groups."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey

from tests.frost import reference
from tests.frost.group import Group
from tests.frost.reference import ORDER, challenge
from tests.lifecycle.curve import ecdsa, multiple
from tests.stage import Actor
from verifier.errors.client import SignatureMalformed
from verifier.model.address import NOBODY, Address
from verifier.model.operation import Signature
from verifier.sign.approval import recover

_MADE: Final[dict[tuple[bytes, Signature], Address]] = {}


@lru_cache(maxsize=100_000)
def sign(actor: Actor, digest: bytes) -> Signature:
    return _sign(actor.key, digest, Address(actor.address))


@lru_cache(maxsize=10_000)
def sign_as_account(group: Group, digest: bytes) -> Signature:
    """Return what nobody should be able to make: an ECDSA signature by a group's key, as if it were an account."""
    return _sign(group.key, digest, Address(group.account))


def _sign(key: PrivateKey, digest: bytes, account: Address) -> Signature:
    secret = key.to_bytes()
    r, s, v = ecdsa(int.from_bytes(secret, "big"), digest, _nonce(secret, digest))
    signature = Signature(r=r.to_bytes(32, "big"), s=s.to_bytes(32, "big"), v=v)
    _MADE[digest, signature] = account
    return signature


@lru_cache(maxsize=100_000)
def sign_as_group(group: Group, digest: bytes) -> Signature:
    """Return what `group.sign` gives, sooner."""
    secret = group.key.to_bytes()
    nonce = _nonce(secret, digest)
    rx, ry = multiple(nonce)
    prefix = 2 | ry & 1
    e = challenge(reference.compressed(prefix, rx), group.compressed, digest)
    z = (nonce + e * int.from_bytes(secret, "big")) % ORDER
    signature = Signature(r=rx.to_bytes(32, "big"), s=z.to_bytes(32, "big"), v=prefix)
    _MADE[digest, signature] = Address(group.account)
    return signature


def _nonce(secret: bytes, digest: bytes) -> int:
    return int.from_bytes(keccak(secret + digest), "big") % ORDER


def signer_of(digest: bytes, signature: Signature) -> Address:
    """Return who made an ECDSA signature, by curve arithmetic where nobody here did; else the zero address."""
    made = _MADE.get((digest, signature))
    return made if made is not None else _recovered(digest, signature)


def is_signed_by_group(account: Address, x: int, prefix: int, digest: bytes, signature: Signature) -> bool:
    """Whether the group of this account, with this key, made a FROST signature of this digest."""
    made = _MADE.get((digest, signature))
    return made == account if made is not None else _is_valid(x, prefix, digest, signature)


@lru_cache(maxsize=10_000)
def _is_valid(x: int, prefix: int, digest: bytes, signature: Signature) -> bool:
    r, z = int.from_bytes(signature.r, "big"), int.from_bytes(signature.s, "big")
    return reference.is_valid(x, prefix, digest, signature.v, r, z)


@lru_cache(maxsize=100_000)
def _recovered(digest: bytes, signature: Signature) -> Address:
    try:
        return recover(digest, signature)
    except SignatureMalformed:
        return NOBODY
