"""How many blocks to ask about at once: fewer as soon as an endpoint cannot, and slowly more again."""

from __future__ import annotations

from typing import Final

FIRST: Final = 2_000
MOST: Final = 50_000
# A part of itself that a stride grows by, after each range that was answered.
_GROWTH: Final = 8


class Stride:
    """The length of the next range."""

    def __init__(self, blocks: int = FIRST, *, most: int = MOST) -> None:
        self.blocks = max(blocks, 1)
        self._most = most

    def narrow(self, asked: int) -> None:
        """Note that so many blocks were too many."""
        self.blocks = max(min(self.blocks, asked) // 2, 1)

    def widen(self) -> None:
        """Note that a whole range was answered."""
        self.blocks = min(self.blocks + max(self.blocks // _GROWTH, 1), self._most)
