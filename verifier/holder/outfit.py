"""What the parts of a holder's process share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verifier.frost.charter import Index, Pen
from verifier.holder.ports import Dice, Keeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What a holder works with."""

    pen: Pen
    keeper: Keeper
    dice: Dice
    # Seconds that only grow, and grow while the machine sleeps.
    clock: Callable[[], float]
    # Seconds for which a consent holds.
    consent_seconds: float

    @property
    def index(self) -> Index:
        return self.pen.index
