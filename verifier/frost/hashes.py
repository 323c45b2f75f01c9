"""The hashes of FROST(secp256k1, SHA-256): H1 to H5 of RFC 9591, 6.5, and the Zcash Foundation's for making keys.

H3 makes a nonce, so it returns a secret number; the others make public ones.
"""

from __future__ import annotations

import hashlib
from typing import Final

from verifier.frost.curve import ORDER
from verifier.frost.scalar import WIDE, SecretScalar

_CONTEXT: Final = b"FROST-secp256k1-SHA256-v1"
_BLOCK: Final = bytes(64)


def binding(message: bytes) -> int:
    """Return H1."""
    return int.from_bytes(_expand(message, b"rho"), "big") % ORDER


def challenge(message: bytes) -> int:
    """Return H2."""
    return int.from_bytes(_expand(message, b"chal"), "big") % ORDER


def nonce(secret_message: bytes) -> SecretScalar:
    """Return H3."""
    return SecretScalar.from_wide(_expand(secret_message, b"nonce"))


def of_message(message: bytes) -> bytes:
    """Return H4."""
    return hashlib.sha256(_CONTEXT + b"msg" + message).digest()


def of_commitments(written: bytes) -> bytes:
    """Return H5."""
    return hashlib.sha256(_CONTEXT + b"com" + written).digest()


def proof(message: bytes) -> int:
    """Return HDKG: the challenge of a dealer's proof of knowledge."""
    return int.from_bytes(_expand(message, b"dkg"), "big") % ORDER


def _expand(message: bytes, purpose: bytes) -> bytes:
    """Return 48 bytes by `expand_message_xmd` with SHA-256: RFC 9380, 5.3.1."""
    tag = _CONTEXT + purpose
    domain = tag + bytes([len(tag)])
    start = hashlib.sha256(_BLOCK + message + WIDE.to_bytes(2, "big") + b"\0" + domain).digest()
    first = hashlib.sha256(start + b"\1" + domain).digest()
    mixed = bytes(one ^ other for one, other in zip(start, first, strict=True))
    return (first + hashlib.sha256(mixed + b"\2" + domain).digest())[:WIDE]
