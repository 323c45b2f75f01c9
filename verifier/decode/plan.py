"""Decoding: one plan per list of arguments, made once, with two verdicts.

The value is what the EVM would read; the faults say where an honest encoder would have written something else.
Canonical bytes, which nearly all are, take the quick reader's way, and all others the exact one's. A test holds that
the two agree on any bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from verifier.decode.exact import Read, exact_reader
from verifier.decode.quick import DOUBTS, quick_reader
from verifier.decode.types import Tuple
from verifier.model.call import AbiValue, Argument, Fault, FaultKind
from verifier.model.finding import ByteRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The two verdicts on some data."""

    # None where they cannot be read.
    values: tuple[AbiValue, ...] | None
    faults: tuple[Fault, ...]

    @property
    def is_canonical(self) -> bool:
        """Whether an honest encoder would have written these very bytes."""
        return self.values is not None and not self.faults


class Plan:
    """How to read one list of arguments."""

    def __init__(self, arguments: Tuple) -> None:
        self.arguments = arguments

    @cached_property
    def _plain(self) -> _Readers:
        return _Readers(self.arguments, ranged=False)

    @cached_property
    def _ranged(self) -> _Readers:
        return _Readers(self.arguments, ranged=True)

    def decode(self, data: bytes, at: int = 0) -> Decoded:
        """Return values and verdict of the arguments that begin at `at` in `data`. Ranges count from its start."""
        values, faults = self._plain.read(data, at)
        return Decoded(values=values, faults=faults)

    def arguments_of(self, data: bytes, at: int = 0) -> tuple[Argument, ...]:
        """Return the same values with names and byte ranges; none where the data cannot be read."""
        found, _ = self._ranged.read(data, at)
        return found or ()


class _Readers:
    """Both ways of reading one list of arguments, with ranges or without."""

    __slots__ = ("_exact", "_quick")

    def __init__(self, arguments: Tuple, *, ranged: bool) -> None:
        self._quick = quick_reader(arguments, ranged=ranged) or _doubt
        self._exact = exact_reader(arguments, ranged=ranged)

    def read(self, data: bytes, at: int) -> Read:
        try:
            found = self._quick(data, at)
        except DOUBTS:
            found = None
        if found is not None:
            values, end = found
            size = len(data)
            if end == size:
                return values, ()
            if end < size:
                trailing = Fault(kind=FaultKind.TRAILING, where=ByteRange(start=end, stop=size))
                return values, (trailing,)
        return self._exact(data, at)


def _doubt(_data: bytes, _at: int) -> None:
    """Leave everything to the exact reader."""


@lru_cache(maxsize=1024)
def plan_of(arguments: Tuple) -> Plan:
    """Return the plan of a list of arguments, made on first use."""
    return Plan(arguments)
