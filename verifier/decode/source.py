"""The bytes under a decoder, and the budget that keeps hostile ones from costing time."""

from __future__ import annotations

from typing import Final

from verifier.model.call import Fault, FaultKind
from verifier.model.finding import ByteRange

# Canonical data is read once. Some encoders share a tail between two offsets; nobody honest reads a word three times.
_MOST_PASSES: Final = 2
_SPARE_WORDS: Final = 64
# So many faults are kept; more tell nothing new.
_MOST_FAULTS: Final = 64


class StopError(Exception):
    """These bytes cannot be read on; it never leaves this room."""


class Source:
    """The data, what may still be read of it, and what was found wrong with it."""

    __slots__ = ("data", "faults", "left", "size")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)
        self.left = self.size // 32 * _MOST_PASSES + _SPARE_WORDS
        self.faults: list[Fault] = []

    def fault(self, kind: FaultKind, start: int, stop: int) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(kind=kind, where=ByteRange(start=start, stop=min(stop, self.size))))

    def take(self, start: int, size: int) -> None:
        """Use up some of what may be read. Stop where the data ends, or was read too often."""
        if start + size > self.size:
            self.fault(FaultKind.TRUNCATED, min(start, self.size), self.size)
            raise StopError
        self.left -= (size + 31) // 32
        if self.left < 0:
            self.fault(FaultKind.ENDLESS, start, start + size)
            raise StopError

    def number(self, at: int) -> int:
        return int.from_bytes(self.data[at : at + 32], "big")
