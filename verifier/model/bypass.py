"""Uses of break-glass, as the ledger keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from verifier.errors import NumberOutOfRange
from verifier.model.units import Hours, LaneIndex, Person, Timestamp
from verifier.model.word import SeatSet, WordLayout, bits_of, seats_in

BYPASS_RECORD: Final = WordLayout(
    "BypassRecord",
    "at 40 | formerReadyAt 40 | lane 16 | seats 64 | verdict 8 | reviewer 32 | reviewedAt 40",
)
BYPASS_TERMS: Final = WordLayout(
    "BypassTerms", "limit 8 | reviewHours 16 | count 32 | firstUnreviewed 32 | countedFrom 32"
)


_NOBODY: Final = Person(0)
_NEVER: Final = Timestamp(0)


class Verdict(IntEnum):
    """What an auditor said about a bypass."""

    UNREVIEWED = 0
    JUSTIFIED = 1
    UNJUSTIFIED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BypassRecord:
    """One use of break-glass."""

    at: Timestamp
    # When the operation would have been ready without it.
    former_ready_at: Timestamp
    lane: LaneIndex
    # Who took part, as publisher, approver or by consenting to hurry: their seats then.
    seats: SeatSet
    verdict: Verdict = Verdict.UNREVIEWED
    reviewer: Person = _NOBODY
    reviewed_at: Timestamp = _NEVER

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        return BYPASS_RECORD.pack(
            at=self.at,
            formerReadyAt=self.former_ready_at,
            lane=self.lane,
            seats=bits_of(self.seats),
            verdict=self.verdict,
            reviewer=self.reviewer,
            reviewedAt=self.reviewed_at,
        )

    @classmethod
    def unpack(cls, word: int) -> Self:
        """:raises NumberOutOfRange: a verdict that does not exist: no ledger wrote this word."""
        fields = BYPASS_RECORD.unpack(word)
        if fields["verdict"] > max(Verdict):
            raise NumberOutOfRange(
                what="verdict of BypassRecord", minimum=0, maximum=max(Verdict), actual=fields["verdict"]
            )
        return cls(
            at=Timestamp(fields["at"]),
            former_ready_at=Timestamp(fields["formerReadyAt"]),
            lane=LaneIndex(fields["lane"]),
            seats=seats_in(fields["seats"]),
            verdict=Verdict(fields["verdict"]),
            reviewer=Person(fields["reviewer"]),
            reviewed_at=Timestamp(fields["reviewedAt"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BypassTerms:
    """How a vault keeps break-glass in check."""

    # Bypasses within 30 days, while one is unreviewed.
    limit: int
    # How long one may be unreviewed.
    review_hours: Hours
    # How many there ever were.
    count: int = 0
    first_unreviewed: int = 0
    # Earlier ones were forgiven by an operation.
    counted_from: int = 0

    def pack(self) -> int:
        """:raises NumberOutOfRange: something does not fit into its field."""
        return BYPASS_TERMS.pack(
            limit=self.limit,
            reviewHours=self.review_hours,
            count=self.count,
            firstUnreviewed=self.first_unreviewed,
            countedFrom=self.counted_from,
        )

    @classmethod
    def unpack(cls, word: int) -> Self:
        fields = BYPASS_TERMS.unpack(word)
        return cls(
            limit=fields["limit"],
            review_hours=Hours(fields["reviewHours"]),
            count=fields["count"],
            first_unreviewed=fields["firstUnreviewed"],
            counted_from=fields["countedFrom"],
        )
