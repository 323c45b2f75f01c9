"""Decoding: one plan per list of arguments, made once, with two verdicts.

The value is what the EVM would read; the faults say where an honest encoder would have written something else.
Canonical bytes, which nearly all are, take the quick reader's way, and all others the exact one's. A test holds that
the two agree on any bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from verifier.decode.exact import Exact, exact_reader
from verifier.decode.quick import DOUBTS, Quick, quick_reader
from verifier.decode.sealing import setter
from verifier.decode.types import Tuple
from verifier.model.call import AbiValue, Argument, Fault


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

    def decode(self, data: bytes, at: int = 0) -> Decoded:
        """Return values and verdict of the arguments that begin at `at` in `data`. Ranges count from its start."""
        try:
            values = self._quick(data, at)
        except DOUBTS:
            values = None
        if values is None:
            values, faults = self._exact(data, at)
            return Decoded(values=values, faults=faults)
        # Canonical. A frozen dataclass makes itself so too, but looks each field up, which takes three times as long.
        decoded = _new(Decoded)
        _set_values(decoded, values)
        _set_faults(decoded, ())
        return decoded

    def arguments_of(self, data: bytes, at: int = 0) -> tuple[Argument, ...]:
        """Return the same values with names and byte ranges; none where the data cannot be read."""
        try:
            found = self._quick_ranged(data, at)
        except DOUBTS:
            found = None
        if found is None:
            found, _ = self._exact_ranged(data, at)
        return found or ()

    @cached_property
    def _quick(self) -> Quick:
        return quick_reader(self.arguments, ranged=False) or _doubt

    @cached_property
    def _exact(self) -> Exact:
        return exact_reader(self.arguments, ranged=False)

    @cached_property
    def _quick_ranged(self) -> Quick:
        return quick_reader(self.arguments, ranged=True) or _doubt

    @cached_property
    def _exact_ranged(self) -> Exact:
        return exact_reader(self.arguments, ranged=True)


_new: Final = object.__new__
_set_values, _set_faults = (setter(Decoded, field) for field in ("values", "faults"))


def _doubt(_data: bytes, _at: int) -> None:
    """Leave everything to the exact reader."""


@lru_cache(maxsize=1024)
def plan_of(arguments: Tuple) -> Plan:
    """Return the plan of a list of arguments, made on first use."""
    return Plan(arguments)
