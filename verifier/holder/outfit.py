"""What the parts of a holder's process share."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.frost.charter import Index, Pen
from verifier.holder.ports import Dice, Keeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What a holder works with."""

    pen: Pen
    keeper: Keeper
    dice: Dice

    @property
    def index(self) -> Index:
        return self.pen.index
