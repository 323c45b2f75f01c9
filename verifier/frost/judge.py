"""Who lied, and what proves it to anybody who has the charter: envelopes that the liar signed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.errors.text import Shown
from verifier.frost.charter import Index
from verifier.frost.envelope import show_index


class Crime(StrEnum):
    """What somebody did that no correct program does."""

    TWO_WORDS = "said two things in one place"
    BAD_SHARE = "sent a signature share that is wrong"
    BAD_OFFER = "offered what no dealer may offer"
    BAD_SUB_SHARE = "sealed a value for another that does not fit its own commitments"
    FALSE_COMPLAINT = "complained of what was right"
    MISQUOTE = "passed on what nobody said so"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Somebody lied. `require_proven` finds it again from the evidence alone."""

    culprit: Index
    crime: Crime
    # Envelopes as they came.
    evidence: tuple[bytes, ...]

    def sentence(self) -> Shown:
        name = show_index(self.culprit)
        return Shown(
            f"{name[0].upper()}{name[1:]} {self.crime}; {len(self.evidence)} signed messages prove it."
        )
