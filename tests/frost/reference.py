"""FROST(secp256k1, SHA-256) verification as RFC 9591 writes it, in plain integers: slow, and for comparing only.

A point is a pair of numbers below PRIME, or None where it is the identity.
"""

from __future__ import annotations

import hashlib
from typing import Final

PRIME: Final = 2**256 - 2**32 - 977
ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GENERATOR: Final = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
CHALLENGE_TAG: Final = b"FROST-secp256k1-SHA256-v1" + b"chal"

Point = tuple[int, int]


def add(left: Point | None, right: Point | None) -> Point | None:
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2) = left, right
    if x1 != x2:
        slope = (y2 - y1) * pow(x2 - x1, -1, PRIME) % PRIME
    elif y1 == y2:
        slope = 3 * x1 * x1 * pow(2 * y1, -1, PRIME) % PRIME
    else:
        return None
    x = (slope * slope - x1 - x2) % PRIME
    return x, (slope * (x1 - x) - y1) % PRIME


def times(factor: int, point: Point | None) -> Point | None:
    total = None
    for bit in f"{factor % ORDER:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def negative(point: Point | None) -> Point | None:
    return None if point is None else (point[0], PRIME - point[1])


def lift(prefix: int, x: int) -> Point | None:
    """Return the point that SEC1 writes as this prefix and x; None where it writes none so."""
    if prefix not in (2, 3) or not 0 <= x < PRIME:
        return None
    square = (x**3 + 7) % PRIME
    y = pow(square, (PRIME + 1) // 4, PRIME)
    if y * y % PRIME != square:
        return None
    return x, y if y % 2 == prefix % 2 else PRIME - y


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def compressed(prefix: int, x: int) -> bytes:
    return bytes([prefix]) + word(x)


def expand(message: bytes, tag: bytes, length: int) -> bytes:
    """Return `expand_message_xmd` of RFC 9380, 5.3.1, with SHA-256."""
    suffix = tag + bytes([len(tag)])
    first = hashlib.sha256(bytes(64) + message + length.to_bytes(2, "big") + b"\0" + suffix).digest()
    blocks = [hashlib.sha256(first + b"\1" + suffix).digest()]
    while 32 * len(blocks) < length:
        mixed = bytes(a ^ b for a, b in zip(first, blocks[-1], strict=True))
        blocks.append(hashlib.sha256(mixed + bytes([len(blocks) + 1]) + suffix).digest())
    return b"".join(blocks)[:length]


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    """Return H2 of two compressed points and a message (RFC 9591, 4.6 and 6.5)."""
    return int.from_bytes(expand(r + key + message, CHALLENGE_TAG, 48), "big") % ORDER


def is_answer(key: Point, e: int, r: Point, z: int) -> bool:
    """Return whether z*G = R + e*P."""
    return times(z, GENERATOR) == add(r, times(e, key))


def is_valid(x: int, prefix: int, message: bytes, r_prefix: int, rx: int, z: int) -> bool:
    """Return whether these are a key, a message and a signature that go together, and each in its range."""
    key, r = lift(prefix, x), lift(r_prefix, rx)
    if key is None or r is None or not 0 < x < ORDER or not 0 < z < ORDER:
        return False
    e = challenge(compressed(r_prefix, rx), compressed(prefix, x), message)
    return is_answer(key, e, r, z)
