"""One thing about a vault that is not as its file says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.model.evidence import Evidence
from verifier.model.text import Shown


class Side(StrEnum):
    """Which of both has more."""

    # The chain has what the file does not know.
    BEYOND = "beyond"
    # The file asks for what the chain has not.
    LACKING = "lacking"
    # Both have it, and not alike.
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a chain has, and what its file says."""

    # Names the check, such as `member-roles`; stable, for scripts.
    rule: str
    side: Side
    subject: Shown
    # What the chain has first, then what the file says.
    sentence: Shown
    # Why what the chain has is believed. Of a plain comparison, as strong as it gets.
    evidence: Evidence = Evidence.PROVEN
