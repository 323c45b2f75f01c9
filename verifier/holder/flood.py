"""How much a holder listens to: whoever has the coordinator's line may fill neither its disk nor its screen.

Every envelope is recorded whole, so that rounds can be replayed. A ceremony takes a few dozen of them. This lets
through far more than that, and little for ever: 64 MiB at once, and 350 MB a day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

MOST: Final = 65_536.0
"""Units, of 1 KiB each: whatever comes costs one and its size."""
PER_SECOND: Final = 4.0
ENOUGH: Final = 1_024.0
"""Units that have to be there again, once there were none, before anything is taken."""
_UNIT: Final = 1_024


class Flood:
    """One line's allowance, which comes back with time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """:param clock: seconds that only grow"""
        self._clock = clock
        self._left, self._since = MOST, clock()
        self.is_over = False

    def admits(self, size: int) -> bool:
        """Return whether so many bytes are taken; then they are paid for."""
        now = self._clock()
        self._left = min(MOST, self._left + (now - self._since) * PER_SECOND)
        self._since = now
        cost = 1 + size / _UNIT
        if self._left < (ENOUGH if self.is_over else cost):
            self.is_over = True
            return False
        self.is_over = False
        self._left -= cost
        return True
