"""A holder's two nonces of one session: made once, taken once."""

from __future__ import annotations

import hashlib
from typing import Any, Final, NoReturn

from verifier.errors.frost import DiceStuck, NonceSpent
from verifier.frost.curve import Point
from verifier.frost.rfc9591 import make_nonce
from verifier.frost.scalar import SecretScalar

DICE: Final = 64
"""Bytes for the two of them."""


class Nonces:
    """Two secret numbers that answer one question. Whoever takes them has them alone, old states included."""

    __slots__ = ("_pairs", "binding", "hiding")

    def __init__(self, share: SecretScalar, *, dice: bytes, occasion: bytes) -> None:
        """Make them from 64 bytes of dice, the share, and what names the occasion once and for all.

        The occasion goes into what RFC 9591 takes as random, so that dice which fall the same twice do not make the
        same nonces twice; `Signer` notices such dice, too.

        :raises DiceStuck: the two halves of the dice are the same.
        """
        if len(dice) != DICE:
            raise ValueError("64 bytes of dice are wanted")
        if dice[:32] == dice[32:]:
            raise DiceStuck
        hiding, binding = (
            make_nonce(hashlib.sha256(b"fourth-signer/nonce\0" + half + occasion).digest(), share)
            for half in (dice[:32], dice[32:])
        )
        self._pairs = [(hiding, binding)]
        self.hiding: Final[Point] = hiding.point()
        self.binding: Final[Point] = binding.point()

    def take(self) -> tuple[SecretScalar, SecretScalar]:
        """Return the hiding and the binding nonce, once.

        :raises NonceSpent: they were taken.
        """
        try:
            return self._pairs.pop()
        except IndexError:
            raise NonceSpent from None

    def wipe(self) -> None:
        """Overwrite them, if they are still there."""
        while self._pairs:
            for secret in self._pairs.pop():
                secret.wipe()

    def __repr__(self) -> str:
        return "<nonces>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("nonces are neither copied nor stored")
