"""Signings as one holder sees them: what it is invited to, what it consented to, and what it answers.

INVITATION -> a SigningQuestion -> yes: a COMMITMENT; no: a DECLINE; either once the session's name is stored
PACKAGE    -> a SIGNATURE_SHARE, at once
SIGNATURE, CALL_OFF -> the session is over
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.errors.frost import DiceStuck, NonceSpent
from verifier.frost import signer
from verifier.frost.envelope import Envelope, Fault, claimed_session
from verifier.frost.messages import Kind
from verifier.frost.shares import Share, trial_digest
from verifier.holder.outfit import Outfit
from verifier.holder.ports import Decision, SigningQuestion
from verifier.holder.running import NEWER
from verifier.holder.step import CALLED_OFF, NEWER_EPOCH, Attended, Over, Step, joined, refused, step_of
from verifier.model.text import Shown, show_duration

MOST_ASKED: Final = 8
"""Operations that wait for a decision; the oldest makes room."""
_NONCE_DICE: Final = 64


class Signings:
    """All sessions in which this holder is to sign, with the share in use and with those that wait."""

    def __init__(self, outfit: Outfit) -> None:
        """Begin without sessions, with the shares that are on the disk."""
        self._outfit = outfit
        # By epoch.
        self._signers: dict[int, signer.Signer] = {}
        # Until when the consents hold, by epoch and session.
        self._until: dict[tuple[int, bytes], float] = {}
        share = outfit.keeper.share()
        if share is not None:
            self.start(share, is_trial=False)
        for pending in outfit.keeper.pending():
            if pending.share is not None:
                self.start(pending.share, is_trial=True)

    def has(self, session: bytes) -> bool:
        """Whether a signing of this name is open, in whatever epoch."""
        return any(session in one.sessions for one in self._signers.values())

    def start(self, share: Share, *, is_trial: bool) -> None:
        """Sign with a share from now on.

        :param is_trial: it signs nothing but its trial
        """
        closed = self._outfit.keeper.sessions()
        started = signer.start_signer(share, self._outfit.pen, closed=closed, is_trial=is_trial)
        self._signers[share.key.charter.epoch] = started

    def take(self, kind: Kind, epoch: int, raw: bytes) -> Step:
        """Take an INVITATION, a PACKAGE, a SIGNATURE or a CALL_OFF.

        :raises HolderFileUnwritable: the name of what it ends cannot be stored. That is over all the same.
        """
        state = self._signers.get(epoch)
        if state is None:
            return refused(Fault.EPOCH)
        before = {one.session for one in state.asked}
        session = claimed_session(raw)
        if kind is Kind.INVITATION and session not in state.sessions and self.has(session):
            # One name for two: the end of a trial would be shown as that of what is asked about.
            return refused(Fault.DUPLICATE)
        turn = signer.receive(state, raw)
        new = [one for one in turn.state.asked if one.session not in before]
        gone = [one for one in state.sessions if one not in turn.state.sessions]
        over = [_over(kind, state.sessions[one]) for one in gone]
        self._signers[epoch] = turn.state
        is_called_off = kind is Kind.CALL_OFF and not turn.rejected
        for one in {*gone, session} if is_called_off else gone:
            # Where it comes again, after a restart too, nobody is asked about what is over.
            self._outfit.keeper.note_session(one)
        for invitation in new:
            over += self._make_room(epoch, invitation)
        return joined([step_of(turn, *over), *(self._invited(turn.state, one) for one in new)])

    def end_late(self) -> tuple[Over, ...]:
        """Destroy the nonces of consents that hold no more, and return their sessions."""
        now, over = self._outfit.clock(), []
        for (epoch, session), until in list(self._until.items()):
            state = self._signers.get(epoch)
            found = state.sessions.get(session) if state else None
            if state is None or found is None or found.stage is not signer.Stage.COMMITTED:
                del self._until[epoch, session]
            elif now > until:
                del self._until[epoch, session]
                self._signers[epoch] = signer.forget(state, session)
                held = show_duration(int(self._outfit.consent_seconds))
                how = Shown(
                    f"nobody came back to it within {held} of this holder's yes, which holds no longer"
                )
                over.append(_ended(session, how))
        return tuple(over)

    def answer(self, question: SigningQuestion, decision: Decision) -> Step:
        """Say what was decided. The session's name is stored first: a no in other words would look like a lie, too."""
        epoch, session = question.key.charter.epoch, question.session
        state = self._signers.get(epoch)
        if state is None:
            return refused(Fault.OVER)
        self._outfit.keeper.note_session(session)
        try:
            if decision.is_yes:
                turn = signer.consent(state, session, dice=self._outfit.dice(_NONCE_DICE))
                self._until[epoch, session] = self._outfit.clock() + self._outfit.consent_seconds
            else:
                turn = signer.decline(state, session, decision.because)
        except NonceSpent:
            # It ended while it was thought about.
            return refused(Fault.OVER)
        except DiceStuck as exc:
            turn = signer.decline(state, session, exc.sentence())
        self._signers[epoch] = turn.state
        return step_of(turn)

    def is_open(self, question: SigningQuestion) -> bool:
        """Whether anybody still waits for the answer."""
        state = self._signers.get(question.key.charter.epoch)
        return state is not None and any(one.session == question.session for one in state.asked)

    def attended(self, session: bytes) -> Attended | None:
        """Return whether this holder has answered in a session; of the others it hears nothing."""
        states = (one.sessions[session] for one in self._signers.values() if session in one.sessions)
        state = next(states, None)
        if state is None:
            return None
        mine = (self._outfit.index,)
        return Attended((), mine) if state.stage is signer.Stage.ASKED else Attended(mine, ())

    def retire(self, epoch: int) -> list[Over]:
        """End all sessions of epochs up to this one, and return them."""
        over = []
        for number in [number for number in self._signers if number <= epoch]:
            state = self._signers.pop(number)
            for session in list(state.sessions):
                state = signer.forget(state, session)
                over.append(Over(session=session, is_done=False, how=NEWER_EPOCH))
        return over

    def _make_room(self, epoch: int, new: Envelope) -> Iterator[Over]:
        """Forget questions in whose place a new one comes: one about the same, and the oldest of too many."""
        state = self._signers[epoch]
        others = [one for one in state.asked if one.session != new.session]
        same = [one.session for one in others if one.digest == new.digest]
        rest = [one.session for one in others if one.digest != new.digest]
        for session in (*same, *rest[: max(0, len(rest) + 1 - MOST_ASKED)]):
            self._signers[epoch] = signer.forget(self._signers[epoch], session)
            yield _ended(session, _ANEW if session in same else NEWER)

    def _invited(self, state: signer.Signer, invitation: Envelope) -> Step:
        question = SigningQuestion(invitation=invitation, key=state.share.key)
        if state.is_trial and invitation.digest == trial_digest(state.share.key):
            # It says nothing to any vault, and whoever confirmed the share agreed to it.
            return self.answer(question, _TRIAL)
        return Step(questions=(question,))


_ANEW: Final = Shown("the same is asked anew")
_TRIAL: Final = Decision(is_yes=True, because=Shown("the trial of the new shares"))


_UNGIVEN: Final = Shown(f"{CALLED_OFF}; nothing can be made of this holder's yes, whose nonces are destroyed")
_GIVEN: Final = Shown(
    f"{CALLED_OFF}, after this holder gave its share of the signature: it may be made all the same"
)


def _over(kind: Kind, state: signer.SigningSession) -> Over:
    """Return how a session ended with a message: after a CALL_OFF, a share that was given may be used for all that."""
    session = state.invitation.session
    if kind is Kind.SIGNATURE:
        return Over(session=session, is_done=True, how=Shown("the group's signature is made"))
    if kind is not Kind.CALL_OFF:
        return _ended(session, NEWER)
    said = {signer.Stage.COMMITTED: _UNGIVEN, signer.Stage.ANSWERED: _GIVEN}
    return _ended(session, said.get(state.stage, CALLED_OFF))


def _ended(session: bytes, how: Shown) -> Over:
    return Over(session=session, is_done=False, how=how)
