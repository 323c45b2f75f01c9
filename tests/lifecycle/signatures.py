"""Real ECDSA signatures, each made once, and who made them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tests.stage import Actor
from verifier.errors.client import SignatureMalformed
from verifier.model.address import NOBODY, Address
from verifier.model.operation import Signature
from verifier.sign.approval import recover

_MADE: Final[dict[tuple[bytes, Signature], Address]] = {}


@lru_cache(maxsize=100_000)
def sign(actor: Actor, digest: bytes) -> Signature:
    r, s, v = actor.sign(digest)
    signature = Signature(r=r, s=s, v=int.from_bytes(v, "big"))
    _MADE[digest, signature] = Address(actor.address)
    return signature


def signer_of(digest: bytes, signature: Signature) -> Address:
    """Return who made a signature of this digest, by curve arithmetic where nobody here did; else the zero address."""
    made = _MADE.get((digest, signature))
    return made if made is not None else _recovered(digest, signature)


@lru_cache(maxsize=100_000)
def _recovered(digest: bytes, signature: Signature) -> Address:
    try:
        return recover(digest, signature)
    except SignatureMalformed:
        return NOBODY
