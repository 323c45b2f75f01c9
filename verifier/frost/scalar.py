"""Numbers that nobody may see."""

# ruff: noqa: SLF001 - a secret reaches into its like, and nobody else does.

from __future__ import annotations

import hmac
from typing import Any, Final, NoReturn

from verifier.errors.frost import ScalarMalformed
from verifier.frost import curve
from verifier.frost.curve import Point, to_bytes

WIDE: Final = 48
"""Bytes of dice for a number that all are equally likely to be, to 128 bits."""

_SHIFT: Final = to_bytes(1 << 192)


class SecretScalar:
    """A number from 1 to ORDER - 1: a share, a nonce, a coefficient, a key for one session.

    It prints as `<secret>`, is compared in the same time whatever it is, and is neither copied nor pickled. `wipe`
    overwrites it where it is held, and it cannot be used from then on: everything raises `ScalarMalformed`.
    """

    __slots__ = ("_held",)
    __hash__ = None  # type: ignore[assignment]  # a table of secrets would tell when two are equal

    def __init__(self, written: bytes | bytearray) -> None:
        """Take 32 bytes, the highest first.

        :raises ScalarMalformed: they are not a number from 1 to ORDER - 1.
        """
        self._held = bytearray(written)
        if not curve.is_secret(self._held):
            self.wipe()
            raise ScalarMalformed(what="A secret number")

    @classmethod
    def from_wide(cls, dice: bytes | bytearray) -> SecretScalar:
        """Return 48 bytes as a number modulo the order.

        :raises ScalarMalformed: the number, or one half of the bytes, is zero.
        """
        if len(dice) != WIDE:
            raise ValueError("48 bytes are wanted")
        # The halves are below the order as they stand; the upper is worth 2^192 times as much.
        number, lower = cls(bytearray(8) + dice[:24]), cls(bytearray(8) + dice[24:])
        curve.secret_multiply(number._held, _SHIFT)
        curve.secret_add(number._held, lower._held)
        lower.wipe()
        return number

    def plus(self, other: SecretScalar) -> SecretScalar:
        """:raises ScalarMalformed: the sum is zero."""
        total = SecretScalar(self._held)
        curve.secret_add(total._held, other._held)
        return total

    def times(self, factor: int | SecretScalar) -> SecretScalar:
        """Return the product with another secret or a public number, which is no multiple of the order."""
        product = SecretScalar(self._held)
        curve.secret_multiply(
            product._held, factor._held if isinstance(factor, SecretScalar) else to_bytes(factor)
        )
        return product

    def negated(self) -> SecretScalar:
        negative = SecretScalar(self._held)
        curve.secret_negate(negative._held)
        return negative

    def point(self) -> Point:
        """Return this number times the generator."""
        return curve.secret_point(self._held)

    def agree(self, point: Point) -> bytes:
        """Return 32 bytes that this and the secret behind a point have in common, and nobody else knows.

        :raises PointMalformed: it is no point.
        """
        return curve.secret_agree(self._held, point)

    def sign(self, digest: bytes) -> bytes:
        """Return a signature of 32 bytes by BIP-340, as envelopes have it: 64 bytes, the same for the same digest."""
        return curve.secret_sign(self._held, digest)

    def reveal(self) -> bytes:
        """Return the number itself, 32 bytes: for storage, or where it is to be public. Bind it to no name."""
        return bytes(self._held)

    def wipe(self) -> None:
        self._held[:] = bytes(len(self._held))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretScalar) and hmac.compare_digest(self._held, other._held)

    def __repr__(self) -> str:
        return "<secret>"

    def __format__(self, specification: str) -> str:
        return "<secret>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret number is neither copied nor stored")
