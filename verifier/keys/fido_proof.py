"""Whether a FIDO2 token has the key that a share was sealed with: by its signature over bytes that are new each time.

The keys are of ES256: ECDSA of P-256 and SHA-256. A public one stands in files in COSE, in the one way that CTAP
allows: {1: 2, 3: -7, -1: 1, -2: x, -3: y}, 77 bytes. All that is computed here is public.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

KEY_BYTES: Final = 77
_X: Final = bytes.fromhex("a5010203262001215820")
_Y: Final = bytes.fromhex("225820")
# Of P-256: the prime of its field, and its order.
_PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a token signed: its own words about itself and about extensions, and 32 bytes of the one who asked."""

    words: bytes
    challenge: bytes
    signature: bytes

    @property
    def content(self) -> bytes:
        return self.words + self.challenge


def key_of(cose: Mapping[int, Any]) -> bytes:
    """Return a public key as it stands in files, from what a token said when it made it.

    :raises ValueError: it is none of ES256.
    """
    x, y = cose.get(-2), cose.get(-3)
    if not isinstance(x, bytes) or not isinstance(y, bytes) or (len(x), len(y)) != (32, 32):
        raise ValueError("no point of P-256")
    key = _written(x, y)
    if (cose.get(1), cose.get(3), cose.get(-1)) != (2, -7, 1) or not is_key(key):
        raise ValueError("no key of ES256")
    return key


def is_key(key: bytes) -> bool:
    try:
        _public(key)
    except ValueError:
        return False
    return True


def is_signed_by(key: bytes, signed: Signed) -> bool:
    """Return whether a signature is that of a public key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        _public(key).verify(signed.signature, signed.content, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def key_of_both(first: Signed, second: Signed) -> bytes | None:
    """Return the public key that made two signatures; None where no one key did, or they are the same.

    A token tells its public key only when it makes it, and files of version 1 do not have it. One signature leaves two
    keys that may have made it.
    """
    common = _candidates(first) & _candidates(second)
    return common.pop() if len(common) == 1 else None


def _candidates(signed: Signed) -> set[bytes]:
    """Return the keys that may have made a signature: (s R - z G) / r, for the two points R whose x is r.

    x of (s / r) R comes of the library's own exchange, and is the same for both.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, derive_private_key
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    try:
        r, s = decode_dss_signature(signed.signature)
        inverse = pow(r, -1, _ORDER)
        z = int.from_bytes(hashlib.sha256(signed.content).digest(), "big")
        x = derive_private_key(s * inverse % _ORDER, SECP256R1()).exchange(ECDH(), _point(2, r))
        less = derive_private_key(z * inverse % _ORDER, SECP256R1()).public_key()
        ends = [_point(parity, int.from_bytes(x, "big")) for parity in (2, 3)]
        return {_difference(end, less) for end in ends}
    except ValueError:
        return set()


def _difference(left: EllipticCurvePublicKey, right: EllipticCurvePublicKey) -> bytes:
    """:raises ValueError: they have the same x."""
    a, b = left.public_numbers(), right.public_numbers()
    slope = (a.y + b.y) * pow(a.x - b.x, -1, _PRIME) % _PRIME
    x = (slope * slope - a.x - b.x) % _PRIME
    y = (slope * (a.x - x) - a.y) % _PRIME
    return _written(x.to_bytes(32, "big"), y.to_bytes(32, "big"))


def _point(parity: int, x: int) -> EllipticCurvePublicKey:
    """:raises ValueError: no point has this x."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    if not 0 <= x < _PRIME:
        raise ValueError("outside of the field")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes([parity]) + x.to_bytes(32, "big"))


def _written(x: bytes, y: bytes) -> bytes:
    return _X + x + _Y + y


def _public(key: bytes) -> EllipticCurvePublicKey:
    """:raises ValueError: it is no key as it stands in files."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    x, y = key[len(_X) : len(_X) + 32], key[-32:]
    if len(key) != KEY_BYTES or key != _written(x, y):
        raise ValueError("no key of ES256 in COSE")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b"\4" + x + y)
