"""Who counts now: one storage word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self

from verifier.model.tier import Tier
from verifier.model.units import Epoch
from verifier.model.word import SeatSet, WordLayout, bits_of, seats_in

ROSTER: Final = WordLayout(
    "Roster",
    "approvers 64 | security 64 | proposers 64 | epoch 32 | supermajority 8 | tiers with a window 4",
)
_WINDOWS: Final = "window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The sets hold active seats only. An operation whose epoch is still the roster's executes without a recount."""

    approvers: SeatSet
    # Of the approvers, those of the security team.
    security: SeatSet
    proposers: SeatSet
    epoch: Epoch
    # What an objected seat operation needs.
    supermajority: int
    # Tiers that do not execute at any time of day and week.
    windows: frozenset[Tier]

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        return ROSTER.pack(
            approvers=bits_of(self.approvers),
            security=bits_of(self.security),
            proposers=bits_of(self.proposers),
            epoch=self.epoch,
            supermajority=self.supermajority,
            **{_WINDOWS: sum(1 << tier for tier in self.windows)},
        )

    @classmethod
    def unpack(cls, word: int) -> Self:
        fields = ROSTER.unpack(word)
        return cls(
            approvers=seats_in(fields["approvers"]),
            security=seats_in(fields["security"]),
            proposers=seats_in(fields["proposers"]),
            epoch=Epoch(fields["epoch"]),
            supermajority=fields["supermajority"],
            windows=frozenset(tier for tier in Tier if fields[_WINDOWS] >> tier & 1),
        )

    def at_next_epoch(self) -> Self:
        """Return the roster as it is after any change of members, roles, suspensions, tiers or policy."""
        return replace(self, epoch=Epoch((self.epoch + 1) % (1 << 32)))
