"""Who lied, and what proves it to anybody who knows the group: envelopes that the liar signed.

`evidence.py` finds a verdict again from its evidence alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.errors.frost import PointMalformed, ScalarMalformed
from verifier.errors.text import Shown
from verifier.frost.charter import Index
from verifier.frost.curve import Point
from verifier.frost.envelope import show_index
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, unseal_value


class Crime(StrEnum):
    """What somebody did that no correct program does."""

    # Evidence: two envelopes of one sender, session and kind.
    TWO_WORDS = "said two things in one place"
    # Evidence: one envelope, whose form or points no program writes.
    NONSENSE = "signed what no correct program says"
    # Evidence: INVITATION, PACKAGE, SIGNATURE_SHARE.
    BAD_SHARE = "sent a signature share that is wrong"
    # Evidence: INVITATION, PACKAGE.
    MISQUOTE = "passed on what nobody said so"
    # Evidence: the call, the offer.
    BAD_OFFER = "offered what no member may offer"
    # Evidence: the call, all offers, what was sealed by all, the COMPLAINT.
    BAD_SUB_SHARE = "sealed a value for another that does not fit what was committed to"
    FALSE_COMPLAINT = "complained of what was right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Somebody lied."""

    culprit: Index
    crime: Crime
    # Envelopes as they came.
    evidence: tuple[bytes, ...]

    def sentence(self) -> Shown:
        name = show_index(self.culprit)
        number = f"{len(self.evidence)} signed message{'s prove' if len(self.evidence) > 1 else ' proves'}"
        return Shown(f"{name[0].upper()}{name[1:]} {self.crime}; {number} it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What went between two, opened by the one who complains."""

    way: Way
    sealed: bytes
    # The receiver's secret for this one sender, and what both said their keys were.
    opened: bytes
    sender_key: Point
    receiver_key: Point
    # What the sealed value should be, times the generator; None where it can be nothing.
    expected: Point | None

    def culprit(self) -> tuple[Index, Crime]:
        """Return who lied: the sender if what it sealed does not fit, else whoever complains."""
        accuser = self.way.receiver, Crime.FALSE_COMPLAINT
        try:
            secret = SecretScalar(self.opened)
            if secret.point() != self.receiver_key:
                return accuser
        except (ScalarMalformed, PointMalformed):
            return accuser
        value = unseal_value(self.sealed, self.way, secret, self.sender_key)
        if value is not None and value.point() == self.expected:
            return accuser
        return self.way.sender, Crime.BAD_SUB_SHARE
