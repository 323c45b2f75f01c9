"""Addresses that look like others to somebody who reads their ends, as made-up ones do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from verifier.model.address import Address
from verifier.model.text import Shown

EQUAL_ENDS: Final = 4
"""Hexadecimal digits that are equal at either end. By chance, one of four billion pairs is so."""


class Likenesses:
    """Known addresses, to be asked which of them another one could be taken for."""

    def __init__(self, known: Iterable[Address]) -> None:
        self._by_ends: dict[tuple[str, str], list[Address]] = {}
        for address in dict.fromkeys(known):
            self._by_ends.setdefault(_ends_of(address), []).append(address)

    def of(self, address: Address) -> Iterator[Address]:
        """Yield the known addresses that this one looks like and is not."""
        yield from (known for known in self._by_ends.get(_ends_of(address), []) if known != address)


def mark_differences(address: Address, known: Address) -> Shown:
    """Return an address whole, with the digits in brackets that are not those of the known one."""
    shown = str(address)
    pairs = zip(shown, address.hex().rjust(42), known.hex().rjust(42), strict=True)
    runs = groupby(pairs, key=lambda pair: pair[1] != pair[2])
    parts = (
        f"[{text}]" if differs else text
        for differs, run in runs
        for text in ["".join(digit for digit, _, _ in run)]
    )
    return Shown("".join(parts))


def _ends_of(address: Address) -> tuple[str, str]:
    digits = address.hex()
    return digits[:EQUAL_ENDS], digits[-EQUAL_ENDS:]
