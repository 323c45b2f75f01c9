"""Why a shown fact is believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Evidence(IntEnum):
    """From the weakest to the strongest. A fact is never stronger than the header it is proven against."""

    # One source says so.
    CLAIMED = 0
    # As many endpoints as configured say the same.
    AGREED = 1
    # A Merkle proof against a header that as many endpoints as configured agree on.
    PROVEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[T]):
    """A value, and why it is believed."""

    value: T
    evidence: Evidence

    def map(self, function: Callable[[T], U]) -> Fact[U]:
        """Return what follows from this fact alone, believed as much."""
        return Fact(value=function(self.value), evidence=self.evidence)
