"""Whoever brings a signing about. It has no secret, and nobody has to trust it.

    INVITING --threshold of COMMITMENTs--> COLLECTING --all SIGNATURE_SHAREs, valid--> SIGNED
       ^                                       |
       '--- next attempt, in a new session, without whoever was bad or late ---'        | FAILED: too few are left

A signature is verified before it leaves. A bad share is named with what proves it, whoever is late or declines is named
without, and the next attempt goes on with the others: `attempt_session` says its name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from verifier.errors.text import Foreign
from verifier.frost.charter import Index, Pen
from verifier.frost.judge import Verdict
from verifier.frost.shares import GroupKey
from verifier.frost.turn import Turn


class Stage(Enum):
    INVITING = "inviting"
    COLLECTING = "collecting"
    SIGNED = "signed"
    FAILED = "failed"


class Absence(Enum):
    """Why a holder is left out, where no lie is proven."""

    LATE = "did not answer in time"
    DECLINED = "declined"
    UNWANTED = "was left out by the coordinator"
    LIED = "lied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Why a holder is left out."""

    index: Index
    absence: Absence
    verdict: Verdict | None = None
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
    # Of this attempt, 32 bytes.
    session: bytes
    # The first is 0.
    attempt: int
    # Who has been asked in this attempt, who has committed, who was chosen, and who has answered.
    invited: tuple[Index, ...]
    committed: tuple[Index, ...]
    chosen: tuple[Index, ...]
    answered: tuple[Index, ...]
    excluded: Mapping[Index, Exclusion]
    # R and z, 65 bytes, verified; once it is SIGNED.
    signature: bytes | None


def start_signing(
    key: GroupKey,
    pen: Pen,
    *,
    digest: bytes,
    request: bytes,
    session: bytes,
    without: Collection[Index] = (),
) -> Turn[Signing]:
    """Invite all holders but some. The session is named by 32 bytes of dice, never used before."""
    raise NotImplementedError


def receive(signing: Signing, raw: bytes) -> Turn[Signing]:
    raise NotImplementedError


def miss(signing: Signing, late: Collection[Index]) -> Turn[Signing]:
    """Go on without those who are late: whoever calls has the clock."""
    raise NotImplementedError


def attempt_session(session: bytes, attempt: int) -> bytes:
    """Return the name of a later attempt's session."""
    raise NotImplementedError
