"""A member of a dealing: a new key is made, or new shares of the same key (refresh, another threshold, other holders).

    CALL -> OFFERING --all OFFERs--> DEALING --all SUB_SHARES--> PENDING --confirm--> CONFIRMED --CERTIFICATE--> a Share
                                        '--- something is wrong: COMPLAINT or a verdict --> FAILED

PENDING is where the new share must be stored, beside the old one; only then `confirm` is called. The old share goes
when the certificate has come, and not before: it shows that all members have stored theirs, and that the new ones sign.
So at every moment one epoch can sign. What is secret in between is in memory only: after a restart the dealing starts
anew, except that a stored pending share waits for its certificate (`activate`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from verifier.frost.charter import Index, Pen
from verifier.frost.dealing_messages import Call
from verifier.frost.envelope import Rejected
from verifier.frost.judge import Verdict
from verifier.frost.shares import GroupKey, Share
from verifier.frost.turn import Turn


class Stage(Enum):
    OFFERING = "offering"
    DEALING = "dealing"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingShare:
    """A share that is not in use before its certificate comes; None where the member only dealt, and leaves."""

    share: Share | None
    key: GroupKey
    # Whose confirmations the certificate must have, and of what: 32 bytes.
    members: tuple[Index, ...]
    transcript: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealing:
    call: Call
    pen: Pen
    session: bytes
    stage: Stage
    # Who has been heard in this stage.
    heard: tuple[Index, ...]
    # From PENDING on.
    pending: PendingShare | None
    # Once FAILED, where a lie is proven.
    verdict: Verdict | None
    # All that counted, as it came.
    transcript: tuple[bytes, ...]


def read_call(raw: bytes, *, known: GroupKey | None, pen: Pen) -> Call | Rejected:
    """Return what is called for, so that a person can be asked; `known` is the key as this member knows it."""
    raise NotImplementedError


def join_dealing(
    raw: bytes, pen: Pen, *, held: Share | None, known: GroupKey | None, dice: bytes
) -> Turn[Dealing]:
    """Answer a CALL with an OFFER.

    :param held: the share of the old epoch, where this member has one and deals
    :param known: the old key as this member knows it from elsewhere; None for a new key
    :param dice: `dice_for(call, index)` bytes
    """
    raise NotImplementedError


def dice_for(call: Call, index: Index) -> int:
    """Return how many bytes of dice `join_dealing` wants."""
    raise NotImplementedError


def receive(dealing: Dealing, raw: bytes) -> Turn[Dealing]:
    """Take an envelope of another member, as the coordinator passed it on."""
    raise NotImplementedError


def confirm(dealing: Dealing) -> Turn[Dealing]:
    """Say that the pending share is stored."""
    raise NotImplementedError


def activate(pending: PendingShare, raw: bytes) -> Share | None:
    """Return the share that is now in use, from a CERTIFICATE; None for a member that leaves.

    :raises CertificateUnfit: it does not show that the new shares can sign.
    """
    raise NotImplementedError
