"""The bytes under a decoder, and the budget that keeps hostile ones from costing time."""

from __future__ import annotations

from typing import Final

from verifier.model.call import Fault, FaultKind
from verifier.model.finding import ByteRange

# Canonical data is read once. Some encoders share a tail between two offsets, and tuples and arrays that stand in a
# frame cost something too, though no bytes. Nobody honest has as much of either as this.
MOST_BRANCHES_A_WORD: Final = 2
_PER_WORD: Final = 1 + MOST_BRANCHES_A_WORD
_SPARE: Final = 4_096
# So many faults are kept; more tell nothing new. The last places are for the first ones of their kind.
_MOST_FAULTS: Final = 64
_MOST_ALIKE: Final = _MOST_FAULTS - len(FaultKind)


class StopError(Exception):
    """These bytes cannot be read on; it never leaves this room."""


class Source:
    """The data, what may still be read of it, and what was found wrong with it."""

    __slots__ = ("_kinds", "data", "faults", "left", "size")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)
        self.left = self.size // 32 * _PER_WORD + _SPARE
        self.faults: list[Fault] = []
        self._kinds: set[FaultKind] = set()

    def fault(self, kind: FaultKind, start: int, stop: int) -> None:
        if len(self.faults) < _MOST_ALIKE or kind not in self._kinds:
            self._kinds.add(kind)
            self.faults.append(Fault(kind=kind, where=ByteRange(start=start, stop=min(stop, self.size))))

    def take(self, start: int, size: int, branches: int = 0) -> None:
        """Use up some of what may be read: bytes, and the tuples and arrays that are made of them.

        Stop where the data ends, or was read too often.
        """
        if start + size > self.size:
            self.fault(FaultKind.TRUNCATED, min(start, self.size), self.size)
            raise StopError
        self.left -= (size + 31) // 32 + branches
        if self.left < 0:
            self.fault(FaultKind.ENDLESS, start, start + size)
            raise StopError

    def number(self, at: int) -> int:
        return int.from_bytes(self.data[at : at + 32], "big")
