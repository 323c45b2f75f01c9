"""A holder while its group signs: at most one answer in a session, and no nonce twice.

    INVITATION -> ASKED --consent--> COMMITTED --PACKAGE--> ANSWERED
                    '----decline---> DECLINED     (the same PACKAGE again: the same answer; anything else is refused)

Nonces are in memory only. They are gone before the share is made, and even an old copy of the state cannot use them
again. What is asked is decided by whoever calls: `asked` are the sessions that wait for `consent` or `decline`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from verifier.frost.charter import Pen
from verifier.frost.envelope import Envelope
from verifier.frost.shares import Share
from verifier.frost.turn import Turn


class Stage(Enum):
    ASKED = "asked"
    COMMITTED = "committed"
    ANSWERED = "answered"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSession:
    stage: Stage
    # The INVITATION: its digest is what would be signed, its body's `request` what is asked.
    invitation: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A holder of a share, and its open sessions by their names of 32 bytes."""

    share: Share
    pen: Pen
    sessions: Mapping[bytes, SigningSession]
    # Whether it signs nothing but the trial of its share.
    is_trial: bool

    @property
    def asked(self) -> tuple[Envelope, ...]:
        """Return the invitations that wait for an answer."""
        raise NotImplementedError


def start_signer(share: Share, pen: Pen, *, is_trial: bool = False) -> Signer:
    """Return a holder without sessions, as after every start: a restart ends them all."""
    raise NotImplementedError


def receive(signer: Signer, raw: bytes) -> Turn[Signer]:
    """Take an envelope. A PACKAGE for a session that was consented to is answered at once."""
    raise NotImplementedError


def consent(signer: Signer, session: bytes, *, dice: bytes) -> Turn[Signer]:
    """Say yes, with new nonces from 64 bytes of dice.

    :raises NonceSpent: the session does not wait for it.
    :raises DiceStuck: these dice have made the same nonces before.
    """
    raise NotImplementedError


def decline(signer: Signer, session: bytes, why: str) -> Turn[Signer]:
    """Say no, in at most 200 bytes."""
    raise NotImplementedError


def forget(signer: Signer, session: bytes) -> Signer:
    """Return it without a session, whose nonces are overwritten: its name is not taken again."""
    raise NotImplementedError
