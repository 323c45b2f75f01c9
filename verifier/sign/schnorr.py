"""Signatures of groups that share one key: FROST(secp256k1, SHA-256) of RFC 9591, as the vault checks them.

A group's key is the point P, kept as x and the prefix of y. A signature is R and z with z*G = R + e*P, where
e = H2(R, P, message). The vault compares the addresses of both sides; here the points themselves are compared. Nothing
in here is secret, so nothing has to take the same time for everything; one answer takes some milliseconds.

A point is a pair of numbers below PRIME, or None where it is the identity.
"""

from __future__ import annotations

import hashlib
from typing import Final

from verifier.errors import SignatureMalformed
from verifier.model.operation import Signature
from verifier.sign.approval import ORDER

Point = tuple[int, int]

PRIME: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F
"""The curve is y^2 = x^3 + 7 over the field of this prime, which leaves 3 when divided by 4."""

GENERATOR: Final[Point] = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
PREFIXES: Final = (2, 3)
"""SEC1 writes a point as one byte and x: the first where y is even, the second where it is odd."""

_TAG: Final = b"FROST-secp256k1-SHA256-v1" + b"chal"
_BLOCK: Final = 64
_WANTED: Final = 48


def split_group_signature(signature: bytes) -> Signature:
    """Return the parts of 65 bytes: x of R, z, and the prefix of R.

    :raises SignatureMalformed: it is not one that the vault could take.
    """
    if len(signature) != 65:
        raise SignatureMalformed(why=f"it has {len(signature)} bytes and not 65")
    split = Signature(r=signature[:32], s=signature[32:64], v=signature[64])
    _require_whole(split)
    return split


def join_group_signature(signature: Signature) -> bytes:
    """Return the 65 bytes of a group's signature.

    :raises SignatureMalformed: it is not one that the vault could take.
    """
    _require_whole(signature)
    return signature.r + signature.s + bytes([signature.v])


def is_signed(x: int, prefix: int, message: bytes, signature: Signature) -> bool:
    """Whether a group signed a message: what the vault says of it, too. Nothing malformed is valid, and nothing raises.

    :param x: the abscissa of the group's key
    :param prefix: of the key: 2 or 3, which is the kind of its member
    :param message: of the vault's own, always a digest of 32 bytes
    """
    if len(signature.r) != 32 or len(signature.s) != 32:
        return False
    rx, z = int.from_bytes(signature.r, "big"), int.from_bytes(signature.s, "big")
    e = challenge(x, prefix, message, signature.v, rx)
    return e is not None and is_answer(x, prefix, e, signature.v, rx, z)


def challenge(x: int, prefix: int, message: bytes, r_prefix: int, rx: int) -> int | None:
    """Return e, which is H2 of R, P and the message (RFC 9591, 6.5); None where R or P cannot be written."""
    if prefix not in PREFIXES or r_prefix not in PREFIXES or not _is_word(x) or not _is_word(rx):
        return None
    written = _written(r_prefix, rx) + _written(prefix, x) + message
    # `expand_message_xmd` of RFC 9380, 5.3.1, to 48 bytes.
    domain = _TAG + bytes([len(_TAG)])
    start = hashlib.sha256(bytes(_BLOCK) + written + _WANTED.to_bytes(2, "big") + b"\0" + domain).digest()
    first = hashlib.sha256(start + b"\1" + domain).digest()
    mixed = bytes(one ^ other for one, other in zip(start, first, strict=True))
    second = hashlib.sha256(mixed + b"\2" + domain).digest()
    return int.from_bytes((first + second)[:_WANTED], "big") % ORDER


def is_answer(x: int, prefix: int, e: int, r_prefix: int, rx: int, z: int) -> bool:
    """Whether z*G = R + e*P, with everything in its range; as in the vault, an e of zero is answered by nobody."""
    if not 0 < z < ORDER or not 0 < x < ORDER or e % ORDER == 0:
        return False
    key, r = lift(prefix, x), lift(r_prefix, rx)
    if key is None or r is None:
        return False
    return _sum_of_products(z, GENERATOR, ORDER - e % ORDER, key) == r


def lift(prefix: int, x: int) -> Point | None:
    """Return the point that SEC1 writes as this prefix and x; None where it writes none so."""
    if prefix not in PREFIXES or not 0 <= x < PRIME:
        return None
    square = (x**3 + 7) % PRIME
    y = pow(square, (PRIME + 1) // 4, PRIME)
    if y * y % PRIME != square:
        return None
    # No point of the curve has a y of zero.
    return x, y if y % 2 == prefix % 2 else PRIME - y


def _sum_of_products(a: int, left: Point, b: int, right: Point) -> Point | None:
    """Return a*left + b*right, bit by bit for both at once."""
    both = _add(left, right)
    total: Point | None = None
    for place in reversed(range(max(a.bit_length(), b.bit_length()))):
        total = _add(total, total)
        match a >> place & 1, b >> place & 1:
            case 1, 1:
                total = _add(total, both)
            case 1, 0:
                total = _add(total, left)
            case 0, 1:
                total = _add(total, right)
            case _:
                pass
    return total


def _add(one: Point | None, other: Point | None) -> Point | None:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 != x2:
        slope = (y2 - y1) * pow(x2 - x1, -1, PRIME) % PRIME
    elif y1 == y2:
        slope = 3 * x1 * x1 * pow(2 * y1, -1, PRIME) % PRIME
    else:
        return None
    x = (slope * slope - x1 - x2) % PRIME
    return x, (slope * (x1 - x) - y1) % PRIME


def _require_whole(signature: Signature) -> None:
    if len(signature.r) != 32 or len(signature.s) != 32:
        raise SignatureMalformed(why="its parts are not 32 bytes each")
    if signature.v not in PREFIXES:
        raise SignatureMalformed(why=f"its prefix is {signature.v}, and 2 or 3 is expected")
    if not 0 < int.from_bytes(signature.s, "big") < ORDER:
        raise SignatureMalformed(why="its z is zero, or not below the order of the curve")
    if lift(signature.v, int.from_bytes(signature.r, "big")) is None:
        raise SignatureMalformed(why="its R is no point of the curve")


def _is_word(number: int) -> bool:
    return 0 <= number < 1 << 256


def _written(prefix: int, x: int) -> bytes:
    return bytes([prefix]) + x.to_bytes(32, "big")
