"""What a holder has said and its coordinator has not seen. It is numbered, so that nothing is lost with an answer that
did not arrive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_KEPT: Final = 1_024
"""Envelopes that wait in the box; whoever never fetches them loses the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is in the box from a number on, and how many were ever put in."""

    total: int
    envelopes: tuple[bytes, ...]


class Box:
    """The envelopes of one process. Whoever calls lets in one at a time."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._dropped = 0

    @property
    def total(self) -> int:
        """Return how many were ever put in."""
        return self._dropped + len(self._kept)

    def put(self, raw: bytes) -> None:
        self._kept.append(raw)
        if len(self._kept) > MOST_KEPT:
            self._drop(len(self._kept) - MOST_KEPT)

    def behind(self, seen: int) -> Outbox:
        """Return what was not seen. What was, is not told to whoever comes next."""
        self._drop(min(max(seen - self._dropped, 0), len(self._kept)))
        return Outbox(total=self.total, envelopes=tuple(self._kept))

    def _drop(self, count: int) -> None:
        del self._kept[:count]
        self._dropped += count
