"""A signature on its way, as its coordinator sees it: `coordinator.py` takes the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from verifier.errors.text import Foreign
from verifier.frost import curve
from verifier.frost.charter import Index, Pen
from verifier.frost.envelope import Envelope, IsSigned, Place, open_envelope
from verifier.frost.judge import Verdict
from verifier.frost.rfc9591 import Occasion
from verifier.frost.shares import GroupKey


class Stage(Enum):
    INVITING = "inviting"
    COLLECTING = "collecting"
    SIGNED = "signed"
    FAILED = "failed"


class Absence(StrEnum):
    """Why a holder is left out."""

    LATE = "did not answer in time"
    DECLINED = "declined"
    LIED = "said what no correct holder says"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """One who is left out of all later attempts."""

    index: Index
    absence: Absence
    # What proves a lie, where somebody else can check it.
    verdict: Verdict | None = None
    # In the holder's own words.
    declined_because: Foreign = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """A signature on its way."""

    key: GroupKey
    pen: Pen
    stage: Stage
    # What is signed, 32 bytes, and what is asked.
    digest: bytes
    request: bytes
    # Of the first attempt, 32 bytes, and how many attempts there were before this one.
    first_session: bytes
    attempt: int
    # Who has been asked in this attempt, and how.
    invited: tuple[Index, ...]
    invitation: Envelope
    # What they answered.
    commitments: Mapping[Index, Envelope] = field(default_factory=dict)
    package: Envelope | None = None
    occasion: Occasion | None = None
    shares: Mapping[Index, Envelope] = field(default_factory=dict)
    excluded: Mapping[Index, Exclusion] = field(default_factory=dict)
    # Points of nonces that came in any attempt.
    used: frozenset[bytes] = frozenset()
    # R and z, 65 bytes, verified; once it is SIGNED.
    signature: bytes | None = None
    is_signed: IsSigned = curve.is_signed

    @property
    def session(self) -> bytes:
        """Return the name of this attempt's session, 32 bytes."""
        return self.invitation.session

    @property
    def chosen(self) -> tuple[Index, ...]:
        """Return who signs in this attempt, once that is decided."""
        return tuple(one.index for one in self.occasion.committed) if self.occasion else ()

    @property
    def awaited(self) -> tuple[Index, ...]:
        """Return whose answer is missing."""
        match self.stage:
            case Stage.INVITING:
                return tuple(i for i in self.invited if i not in {*self.commitments, *self.excluded})
            case Stage.COLLECTING:
                return tuple(i for i in self.chosen if i not in self.shares)
            case Stage.SIGNED | Stage.FAILED:
                return ()

    @property
    def place(self) -> Place:
        """Return where the envelopes of this attempt are taken."""
        return place_of(self.key, self.session, self.is_signed)


def place_of(key: GroupKey, session: bytes | None, is_signed: IsSigned) -> Place:
    """Return where envelopes of a key's holders are taken."""
    charter = key.charter
    return Place(
        group=charter.group, epoch=charter.epoch, session=session, keys=charter.keys, is_signed=is_signed
    )


def opened(raw: bytes, place: Place) -> Envelope:
    """Return an envelope of one's own.

    :raises ValueError: the pen is not the one that the charter names.
    """
    envelope = open_envelope(raw, place)
    if isinstance(envelope, Envelope):
        return envelope
    raise ValueError(f"the pen is not the one that the charter names: {envelope.fault}")
