"""Risk classes and what each asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from verifier.model.units import Duration, Hours, Timestamp
from verifier.model.word import WordLayout, require_bits

TIER_TERMS: Final = WordLayout(
    "TierTerms",
    "quorum 8 | securityApprovals 8 | delay 32 | graceHours 16 | opensAt 8 | closesAt 8 | "
    "segregated 8 | expeditedDelay 32 | weekdays 8",
)

# The last field: like the contract, whatever stands above it is seen as weekdays that do not exist.
_WEEKDAYS_AT: Final = TIER_TERMS.width - 8

QUARTER_HOURS: Final = 96
EVERY_DAY: Final = 127
_DAY: Final = 86_400
_QUARTER: Final = 900
_FIRST_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday: so many days after a Monday


class Tier(IntEnum):
    """Risk class of an operation, each at least as strict as the one before."""

    ROUTINE = 0
    STANDARD = 1
    HIGH_VALUE = 2
    CUSTODY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTerms:
    """What a tier asks for."""

    quorum: int
    security_approvals: int
    # From quorum to executable.
    delay: Duration
    # From executable to expired.
    grace_hours: Hours
    # The window of the UTC day in quarter hours, 0 to 96, the second one excluded.
    opens_at: int = 0
    closes_at: int = QUARTER_HOURS
    # Bit 0 is Monday, bit 6 Sunday.
    weekdays: int = EVERY_DAY
    # 1 where the quorum must be pairwise segregated (seat operations excepted); a word may say anything.
    segregated: int = 0
    # What break-glass leaves of a delay. None: the delay itself, so that nothing can be expedited.
    expedited_delay: Duration | None = None

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        require_bits("The weekdays of TierTerms", self.weekdays, 256 - _WEEKDAYS_AT)
        word = TIER_TERMS.pack(
            quorum=self.quorum,
            securityApprovals=self.security_approvals,
            delay=self.delay,
            graceHours=self.grace_hours,
            opensAt=self.opens_at,
            closesAt=self.closes_at,
            segregated=self.segregated,
            expeditedDelay=self.least_delay,
            weekdays=0,
        )
        return word | self.weekdays << _WEEKDAYS_AT

    @classmethod
    def unpack(cls, word: int) -> Self:
        fields = TIER_TERMS.unpack(word)
        expedited, delay = Duration(fields["expeditedDelay"]), Duration(fields["delay"])
        return cls(
            quorum=fields["quorum"],
            security_approvals=fields["securityApprovals"],
            delay=delay,
            grace_hours=Hours(fields["graceHours"]),
            opens_at=fields["opensAt"],
            closes_at=fields["closesAt"],
            weekdays=word >> _WEEKDAYS_AT,
            segregated=fields["segregated"],
            expedited_delay=None if expedited == delay else expedited,
        )

    @property
    def least_delay(self) -> Duration:
        """What is left of the delay when break-glass was used."""
        return self.delay if self.expedited_delay is None else self.expedited_delay

    @property
    def has_window(self) -> bool:
        return (self.opens_at, self.closes_at, self.weekdays) != (0, QUARTER_HOURS, EVERY_DAY)

    def is_open_at(self, now: Timestamp) -> bool:
        """Whether the window is open."""
        quarter = now % _DAY // _QUARTER
        weekday = (now // _DAY + _FIRST_WEEKDAY) % 7
        return self.opens_at <= quarter < self.closes_at and self.weekdays >> weekday & 1 == 1


TierBook = tuple[TierTerms, TierTerms, TierTerms, TierTerms]
"""The terms of every tier, by its number."""
