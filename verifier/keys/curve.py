"""Making of r and s, as a token gives them, the signature that the vault takes."""

from __future__ import annotations

from eth_hash.auto import keccak

from verifier.errors import SignatureMalformed, SignatureOfOther
from verifier.model.address import Address
from verifier.model.operation import Signature
from verifier.sign.approval import HALF_ORDER, ORDER, recover


def complete_signature(raw: bytes, digest: bytes, member: Address) -> Signature:
    """Return the member's signature of a digest from 64 bytes of r and s: s in the lower half, and v by trying both.

    :raises SignatureMalformed: it is no signature.
    :raises SignatureOfOther: neither v makes it the member's signature of this digest.
    """
    if len(raw) != 64:
        raise SignatureMalformed(why=f"it has {len(raw)} bytes and not the 64 of r and s")
    s = int.from_bytes(raw[32:], "big")
    lower = (ORDER - s if HALF_ORDER < s < ORDER else s).to_bytes(32, "big")
    signer = None
    malformed: SignatureMalformed | None = None
    for v in (27, 28):
        signature = Signature(r=raw[:32], s=lower, v=v)
        try:
            signer = recover(digest, signature)
        except SignatureMalformed as exc:
            malformed = exc
            continue
        if signer == member:
            return signature
    if signer is None:
        raise malformed or SignatureMalformed(why="it is nobody's")
    raise SignatureOfOther(expected=member, actual=signer)


def address_of_point(point: bytes) -> Address | None:
    """Return the address of a public key, given as an uncompressed point of 65 bytes; None where it is no such."""
    if len(point) != 65 or point[0] != 4:
        return None
    return Address(keccak(point[1:])[12:])
