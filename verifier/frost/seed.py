"""Secret numbers of one ceremony from 32 bytes of dice."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final, NoReturn

from verifier.frost.scalar import WIDE, SecretScalar

DICE: Final = 32
"""Bytes of dice for a ceremony."""


class Seed:
    """Gives a secret number for every label.

    The ceremony's name and the share that its member already has go into it, so that dice which fall the same twice,
    or are known to somebody, do not make numbers of two ceremonies that give the share away together.
    """

    __slots__ = ("_key",)

    def __init__(self, dice: bytes, *, ceremony: bytes, share: SecretScalar | None) -> None:
        if len(dice) != DICE:
            raise ValueError("32 bytes of dice are wanted")
        held = b"" if share is None else share.reveal()
        self._key = hashlib.sha512(
            b"fourth-signer/seed\0" + dice + hashlib.sha256(ceremony).digest() + held
        ).digest()

    def number(self, label: str, index: int = 0) -> SecretScalar:
        """Return a secret number, the same for the same label and index."""
        return SecretScalar.from_wide(hmac.digest(self._key, f"{label}/{index}".encode(), "sha512")[:WIDE])

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a seed is neither copied nor stored")
