"""Packed storage words. Their layout is written as in the Solidity types, and a test holds both to be the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from verifier.errors import NumberOutOfRange
from verifier.model.units import SEATS, MemberIndex

_FIELD: Final = re.compile(r"(\w+) (\d+)")


def require_bits(what: str, value: int, bits: int) -> None:
    """:raises NumberOutOfRange: the number does not fit into so many bits."""
    if not 0 <= value < 1 << bits:
        raise NumberOutOfRange(what=what, minimum=0, maximum=(1 << bits) - 1, actual=value)


class WordLayout:
    """Fields of one 256-bit word, lowest bit first, such as `approvals 64 | epoch 32`."""

    __slots__ = ("_fields", "name", "text", "width")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._fields: list[tuple[str, int, int]] = []
        shift = 0
        for field, width in _FIELD.findall(text):
            self._fields.append((field, shift, int(width)))
            shift += int(width)
        self.width = shift

    def pack(self, **values: int) -> int:
        """Return the word. Signed fields are given as two's complement.

        :raises NumberOutOfRange: a value does not fit into its field.
        """
        word = 0
        for field, shift, width in self._fields:
            value = int(values[field])
            require_bits(f"{field} of {self.name}", value, width)
            word |= value << shift
        return word

    @property
    def fields(self) -> tuple[tuple[str, int], ...]:
        """Names and widths, lowest bit first."""
        return tuple((field, width) for field, _, width in self._fields)

    def unpack(self, word: int) -> dict[str, int]:
        """Return every field; bits above the last one are passed over."""
        return {field: word >> shift & (1 << width) - 1 for field, shift, width in self._fields}


SeatSet = frozenset[MemberIndex]
"""A set of seats. A person has at most one seat, so counting seats counts persons."""

NO_SEATS: Final[SeatSet] = frozenset()


def seats_in(bits: int) -> SeatSet:
    """Return the seats of a 64-bit set: bit i stands for seat i."""
    return frozenset(MemberIndex(i) for i in range(SEATS) if bits >> i & 1)


def bits_of(seats: Iterable[MemberIndex]) -> int:
    """Return a set of seats as 64 bits."""
    bits = 0
    for seat in seats:
        bits |= 1 << seat
    return bits


def to_signed(value: int, width: int) -> int:
    """Return a field of `width` bits as the signed number it stands for."""
    return value - (1 << width) if value >> (width - 1) & 1 else value


def from_signed(value: int, width: int) -> int:
    """Return a signed number as a field of `width` bits; what does not fit stays too large for the field."""
    return value + (1 << width) if -(1 << (width - 1)) <= value < 0 else value
