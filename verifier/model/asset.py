"""What may move, how much of it, and to whom, below HIGH_VALUE."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntFlag
from typing import Final, Self

from verifier.model.address import NOBODY, Address
from verifier.model.limits import REFILL
from verifier.model.units import Amount, Timestamp, Units
from verifier.model.word import WordLayout

ASSET_TERMS: Final = WordLayout(
    "AssetTerms",
    "routineLimit 64 | highValueFrom 64 | decimals 8 | listed 8 | level 64 | filledAt 40",
)

NATIVE: Final = NOBODY
"""The chain's native coin among the assets."""

# Limits count in millionths of a whole one.
_UNIT_DECIMALS: Final = 6

_EMPTY: Final = Units(0)
_NEVER: Final = Timestamp(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetTerms:
    """The limits of a listed asset, and its leaky bucket.

    Up to `routine_limit` is ROUTINE, from `high_value_from` on HIGH_VALUE: an amount, and what moved before, together.
    """

    routine_limit: Units
    high_value_from: Units
    decimals: int
    # What moved below HIGH_VALUE, as it was at `filled_at`; since then it went down by `high_value_from` in 24 hours.
    level: Units = _EMPTY
    filled_at: Timestamp = _NEVER

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        return ASSET_TERMS.pack(
            routineLimit=self.routine_limit,
            highValueFrom=self.high_value_from,
            decimals=self.decimals,
            listed=True,
            level=self.level,
            filledAt=self.filled_at,
        )

    @classmethod
    def unpack(cls, word: int) -> Self | None:
        """Return the terms of a word, or None for the word of an asset that is not listed."""
        if word == 0:
            return None
        fields = ASSET_TERMS.unpack(word)
        return cls(
            routine_limit=Units(fields["routineLimit"]),
            high_value_from=Units(fields["highValueFrom"]),
            decimals=fields["decimals"],
            level=Units(fields["level"]),
            filled_at=Timestamp(fields["filledAt"]),
        )

    @property
    def unit(self) -> Amount:
        """Base units in one unit of the limits."""
        return Amount(10 ** max(0, self.decimals - _UNIT_DECIMALS))

    def amount(self, units: Units) -> Amount:
        """Return a limit in the asset's base units."""
        return Amount(units * self.unit)

    def level_at(self, now: Timestamp) -> Units:
        """Return what is left of the level."""
        drained = self.high_value_from * (now - self.filled_at) // REFILL
        return Units(max(0, self.level - drained))

    def filled_to(self, level: Units, now: Timestamp) -> Self:
        return replace(self, level=level, filled_at=now)

    def with_bucket_of(self, former: Self | None) -> Self:
        """Return these limits with the level that the asset had. With other decimals it has no meaning."""
        if former is None or former.decimals != self.decimals:
            return self
        return self.filled_to(former.level, former.filled_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An asset as it is listed. The zero address is the chain's native coin."""

    asset: Address
    terms: AssetTerms


class Use(IntFlag):
    """What a counterparty is allowed below HIGH_VALUE, as a sum."""

    # To receive assets.
    RECIPIENT = 1
    # To be given an allowance.
    SPENDER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparty:
    """Who may receive assets, or be allowed to spend them, below HIGH_VALUE."""

    account: Address
    uses: Use
