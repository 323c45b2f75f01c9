"""A holder while its group signs: at most one answer in a session, and no nonce twice.

    INVITATION -> ASKED --consent--> COMMITTED --PACKAGE--> ANSWERED
                    '----decline---> DECLINED      (the same PACKAGE again: the same answer; anything else is refused)

A SIGNATURE or a CALL_OFF ends a session in any of these: its nonces are overwritten, and its name is not taken again.

Whoever calls must have stored the name of a session before its COMMITMENT or DECLINE leaves, and once a message ended
it, and gives all names back after a restart: a session that is over is never taken up again, so that two words in one
place are always a lie.

Nonces are in memory only. They are gone before the share is made, and even an old copy of the state cannot use them
again. What is asked is decided by whoever calls: `asked` are the sessions that wait for `consent` or `decline`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from verifier.errors.frost import DiceStuck, NonceSpent
from verifier.frost import curve
from verifier.frost.calling_off import fault_of_call_off
from verifier.frost.charter import COORDINATOR, Pen
from verifier.frost.envelope import NOTHING, Envelope, Fault, IsSigned, Place, Rejected, open_envelope, seal
from verifier.frost.judge import Crime, Verdict
from verifier.frost.messages import Body, Kind
from verifier.frost.nonces import Nonces
from verifier.frost.quoting import occasion_of
from verifier.frost.rfc9591 import answer, is_signed
from verifier.frost.shares import Share, trial_digest
from verifier.frost.signing import place_of
from verifier.frost.signing_messages import Commitment, Decline, GroupSignature, SignatureShare
from verifier.frost.turn import Outgoing, Turn

MOST_SESSIONS: Final = 64
"""That wait for anything at one time."""


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
    # From COMMITTED on: the last envelope that went out, and the nonces.
    reply: bytes = b""
    nonces: Nonces | None = None
    # Once ANSWERED.
    package: Envelope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A holder of a share, and its open sessions by their names of 32 bytes."""

    share: Share
    pen: Pen
    # Whether it signs nothing but the trial of its share.
    is_trial: bool
    sessions: Mapping[bytes, SigningSession] = field(default_factory=dict)
    # Names of sessions that are over.
    closed: frozenset[bytes] = frozenset()
    # Hashes of the dice that were used, and points of the nonces that they made.
    used: frozenset[bytes] = frozenset()
    is_signed: IsSigned = curve.is_signed

    @property
    def asked(self) -> tuple[Envelope, ...]:
        """Return the invitations that wait for an answer."""
        return tuple(one.invitation for one in self.sessions.values() if one.stage is Stage.ASKED)


def start_signer(share: Share, pen: Pen, *, closed: Iterable[bytes] = (), is_trial: bool = False) -> Signer:
    """Return a holder without sessions, as after every start: a restart ends them all.

    :param closed: the names of all sessions that it consented to before
    :param is_trial: for a share that is pending: it signs nothing but its own trial
    """
    if pen.index != share.index:
        raise ValueError("the pen is another holder's")
    return Signer(share=share, pen=pen, is_trial=is_trial, closed=frozenset(closed))


def receive(signer: Signer, raw: bytes) -> Turn[Signer]:
    """Take an envelope. A PACKAGE for a session that was consented to is answered at once.

    :raises NonceSpent: the state is an old one, whose nonces have been used since.
    """
    envelope = open_envelope(raw, _place(signer, None))
    if isinstance(envelope, Rejected):
        return Turn(state=signer, rejected=(envelope,))
    if envelope.session in signer.closed:
        # Who is told that it is over, and has ended it itself by then, need not be told of that.
        is_known = envelope.kind is Kind.CALL_OFF
        return Turn(state=signer) if is_known else _refuse(signer, envelope, Fault.OVER)
    session = signer.sessions.get(envelope.session)
    match envelope.kind:
        case Kind.INVITATION:
            return _invited(signer, session, envelope)
        case Kind.PACKAGE if session is not None:
            return _packaged(signer, session, envelope)
        case Kind.SIGNATURE if session is not None:
            return _signed(signer, session, envelope)
        case Kind.CALL_OFF if session is not None:
            return _called_off(signer, session, envelope)
        case Kind.PACKAGE | Kind.SIGNATURE | Kind.CALL_OFF:
            return _refuse(signer, envelope, Fault.SESSION)
        case _:
            return _refuse(signer, envelope, Fault.KIND)


def consent(signer: Signer, session: bytes, *, dice: bytes) -> Turn[Signer]:
    """Say yes, with new nonces from 64 bytes of dice.

    :raises NonceSpent: the session does not wait for it.
    :raises DiceStuck: these dice have fallen so before.
    """

    asked = _asked(signer, session)
    rolled = hashlib.sha256(b"fourth-signer/dice\0" + dice).digest()
    if rolled in signer.used:
        raise DiceStuck
    nonces = Nonces(signer.share.secret, dice=dice, occasion=session + asked.invitation.hash)
    if {nonces.hiding, nonces.binding} & signer.used:
        nonces.wipe()
        raise DiceStuck
    used = signer.used | {rolled, nonces.hiding, nonces.binding}
    reply = _seal(signer, asked, Kind.COMMITMENT, Commitment(hiding=nonces.hiding, binding=nonces.binding))
    committed = replace(asked, stage=Stage.COMMITTED, nonces=nonces, reply=reply)
    return _reply(replace(signer, used=used), committed)


def decline(signer: Signer, session: bytes, why: str) -> Turn[Signer]:
    """Say no, in at most 200 bytes.

    :raises NonceSpent: the session does not wait for it.
    """
    asked = _asked(signer, session)
    reply = _seal(signer, asked, Kind.DECLINE, Decline(declined_because=why))
    return _reply(signer, replace(asked, stage=Stage.DECLINED, reply=reply))


def forget(signer: Signer, session: bytes) -> Signer:
    """Return it without a session, whose nonces are overwritten: its name is not taken again."""
    found = signer.sessions.get(session)
    if found is not None and found.nonces is not None:
        found.nonces.wipe()
    rest = {name: one for name, one in signer.sessions.items() if name != session}
    return replace(signer, sessions=rest, closed=signer.closed | {session})


def _invited(signer: Signer, session: SigningSession | None, envelope: Envelope) -> Turn[Signer]:
    if session is not None:
        if session.invitation.said != envelope.said:
            return _two_words(signer, session.invitation, envelope)
        return _again(signer, session, envelope, is_due=session.stage in (Stage.COMMITTED, Stage.DECLINED))
    if envelope.seen != NOTHING:
        return _refuse(signer, envelope, Fault.SEEN)
    if signer.is_trial and envelope.digest != trial_digest(signer.share.key):
        return _refuse(signer, envelope, Fault.DIGEST)
    if len(signer.sessions) >= MOST_SESSIONS:
        # What was answered makes room: its coordinator may never have come to an end, and says nothing of that.
        done = next((name for name, one in signer.sessions.items() if one.stage is not Stage.ASKED), None)
        if done is None:
            return _refuse(signer, envelope, Fault.BUSY)
        signer = forget(signer, done)
    asked = SigningSession(stage=Stage.ASKED, invitation=envelope)
    return Turn(state=_with(signer, asked))


def _packaged(signer: Signer, session: SigningSession, envelope: Envelope) -> Turn[Signer]:
    if session.package is not None:
        if session.package.said != envelope.said:
            return _two_words(signer, session.package, envelope)
        return _again(signer, session, envelope, is_due=True)
    if session.nonces is None:
        return _refuse(signer, envelope, Fault.ORDER)
    occasion = occasion_of(envelope, session.invitation, _place(signer, envelope.session), signer.share.key)
    if isinstance(occasion, Fault):
        verdict = Verdict(
            culprit=COORDINATOR, crime=Crime.MISQUOTE, evidence=(session.invitation.raw, envelope.raw)
        )
        return Turn(
            state=signer,
            rejected=(Rejected(sender=COORDINATOR, fault=occasion, is_proven=True),),
            verdicts=(verdict,),
        )
    index, nonces = signer.share.index, session.nonces
    mine = next((one for one in occasion.committed if one.index == index), None)
    if mine is None or (mine.hiding, mine.binding) != (nonces.hiding, nonces.binding):
        return _refuse(signer, envelope, Fault.COMMITMENT)
    # From here on there are no nonces, in whatever state.
    z = answer(occasion, index, signer.share.secret, *nonces.take())
    reply = _seal(signer, session, Kind.SIGNATURE_SHARE, SignatureShare(z=z), seen=envelope.hash)
    return _reply(signer, replace(session, stage=Stage.ANSWERED, nonces=None, package=envelope, reply=reply))


def _signed(signer: Signer, session: SigningSession, envelope: Envelope) -> Turn[Signer]:
    """Close a session whose signature has come."""
    body, digest = envelope.body, session.invitation.digest
    if not isinstance(body, GroupSignature) or envelope.digest != digest:
        return _refuse(signer, envelope, Fault.DIGEST)
    if not is_signed(signer.share.key.point, digest, body.signature):
        return _refuse(signer, envelope, Fault.SHARE)
    # All attempts at it are over.
    for name, one in signer.sessions.items():
        if one.invitation.digest == digest:
            signer = forget(signer, name)
    return Turn(state=signer)


def _called_off(signer: Signer, session: SigningSession, envelope: Envelope) -> Turn[Signer]:
    """Close a session of which nothing is to come; of a share that was given, nobody can take it back."""
    invitation = session.invitation
    fault = fault_of_call_off(envelope, invitation, invitation.digest)
    return _refuse(signer, envelope, fault) if fault else Turn(state=forget(signer, invitation.session))


def _asked(signer: Signer, session: bytes) -> SigningSession:
    asked = signer.sessions.get(session)
    if asked is None or asked.stage is not Stage.ASKED:
        raise NonceSpent
    return asked


def _place(signer: Signer, session: bytes | None) -> Place:
    return place_of(signer.share.key, session, signer.is_signed)


def _seal(signer: Signer, session: SigningSession, kind: Kind, body: Body, *, seen: bytes = b"") -> bytes:
    """Return an envelope about what the session's invitation asks; by default it saw that."""
    invitation = session.invitation
    place = _place(signer, invitation.session)
    return seal(signer.pen, place, kind, body, digest=invitation.digest, seen=seen or invitation.hash)


def _with(signer: Signer, session: SigningSession) -> Signer:
    return replace(signer, sessions={**signer.sessions, session.invitation.session: session})


def _reply(signer: Signer, session: SigningSession) -> Turn[Signer]:
    return Turn(state=_with(signer, session), sent=(Outgoing(to=(COORDINATOR,), raw=session.reply),))


def _again(signer: Signer, session: SigningSession, envelope: Envelope, *, is_due: bool) -> Turn[Signer]:
    """Give the same answer to the same words, if one was given."""
    return _reply(signer, session) if is_due else _refuse(signer, envelope, Fault.DUPLICATE)


def _refuse(signer: Signer, envelope: Envelope, fault: Fault) -> Turn[Signer]:
    return Turn(state=signer, rejected=(Rejected(sender=envelope.sender, fault=fault, is_proven=True),))


def _two_words(signer: Signer, first: Envelope, second: Envelope) -> Turn[Signer]:
    verdict = Verdict(culprit=second.sender, crime=Crime.TWO_WORDS, evidence=(first.raw, second.raw))
    return Turn(state=signer, rejected=_refuse(signer, second, Fault.CONFLICT).rejected, verdicts=(verdict,))
