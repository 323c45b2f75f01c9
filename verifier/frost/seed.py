"""Secret numbers of one ceremony from 32 bytes of dice."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final, NoReturn

from verifier.frost.charter import Pen
from verifier.frost.scalar import WIDE, SecretScalar

DICE: Final = 32
"""Bytes of dice for a ceremony."""


def seed_for(pen: Pen, said: bytes, *, dice: bytes, share: SecretScalar | None) -> Seed:
    """Return the seed of a member in a ceremony.

    :param said: what was said in its call, but for the signature
    :param share: what the member has of the key as it is
    """
    ceremony = said + bytes([pen.index])
    return Seed(dice, ceremony=ceremony, share=share, own=own_of(pen, ceremony))


def own_of(pen: Pen, ceremony: bytes) -> bytes:
    """Return 64 bytes that nobody else can make, and that are never shown: no envelope is signed over such a hash."""
    return pen.sign(hashlib.sha256(b"fourth-signer/own\0" + ceremony).digest())


class Seed:
    """Gives a secret number for every label.

    The ceremony's name goes into it, and what its member alone has: the share that it holds already, if any, and what
    its key for the way makes of the ceremony. So dice which fall the same twice do not make the same numbers, and who
    knows how they fell, such as the maker of the machines of all, knows none of them.
    """

    __slots__ = ("_key",)

    def __init__(self, dice: bytes, *, ceremony: bytes, share: SecretScalar | None, own: bytes) -> None:
        """:param own: what `own_of` says of the ceremony, 64 bytes"""
        if len(dice) != DICE:
            raise ValueError("32 bytes of dice are wanted")
        held = b"" if share is None else share.reveal()
        self._key = hashlib.sha512(
            b"fourth-signer/seed\0" + dice + hashlib.sha256(ceremony).digest() + own + held
        ).digest()

    def number(self, label: str, index: int = 0) -> SecretScalar:
        """Return a secret number, the same for the same label and index."""
        return SecretScalar.from_wide(hmac.digest(self._key, f"{label}/{index}".encode(), "sha512")[:WIDE])

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a seed is neither copied nor stored")
