"""Signings as one holder sees them: what it is invited to, what it consented to, and what it answers.

INVITATION -> a SigningQuestion -> yes: a COMMITMENT, once the session's name is stored; no: a DECLINE
PACKAGE    -> a SIGNATURE_SHARE, at once
"""

from __future__ import annotations

from typing import Final

from verifier.errors.frost import DiceStuck, NonceSpent
from verifier.frost import signer
from verifier.frost.envelope import Envelope, Fault
from verifier.frost.messages import Kind
from verifier.frost.shares import Share, trial_digest
from verifier.holder.outfit import Outfit
from verifier.holder.ports import Decision, SigningQuestion
from verifier.holder.step import NEWER_EPOCH, Attended, Over, Step, joined, refused, step_of
from verifier.model.text import Shown

_NONCE_DICE: Final = 64


class Signings:
    """All sessions in which this holder is to sign, with the share in use and with those that wait."""

    def __init__(self, outfit: Outfit) -> None:
        """Begin without sessions, with the shares that are on the disk."""
        self._outfit = outfit
        # By epoch.
        self._signers: dict[int, signer.Signer] = {}
        share = outfit.keeper.share()
        if share is not None:
            self.start(share, is_trial=False)
        for pending in outfit.keeper.pending():
            if pending.share is not None:
                self.start(pending.share, is_trial=True)

    def start(self, share: Share, *, is_trial: bool) -> None:
        """Sign with a share from now on.

        :param is_trial: it signs nothing but its trial
        """
        closed = self._outfit.keeper.sessions()
        started = signer.start_signer(share, self._outfit.pen, closed=closed, is_trial=is_trial)
        self._signers[share.key.charter.epoch] = started

    def take(self, kind: Kind, epoch: int, raw: bytes) -> Step:
        """Take an INVITATION, a PACKAGE or a SIGNATURE."""
        state = self._signers.get(epoch)
        if state is None:
            return refused(Fault.EPOCH)
        before = {one.session for one in state.asked}
        turn = signer.receive(state, raw)
        self._signers[epoch] = turn.state
        new = [one for one in turn.state.asked if one.session not in before]
        gone = [one for one in state.sessions if one not in turn.state.sessions]
        over = [_signed(one) if kind is Kind.SIGNATURE else _unwanted(one) for one in gone]
        return joined([step_of(turn, *over), *(self._invited(turn.state, one) for one in new)])

    def answer(self, question: SigningQuestion, decision: Decision) -> Step:
        """Say what was decided."""
        epoch, session = question.key.charter.epoch, question.session
        state = self._signers.get(epoch)
        if state is None:
            return refused(Fault.OVER)
        try:
            if decision.is_yes:
                self._outfit.keeper.note_session(session)
                turn = signer.consent(state, session, dice=self._outfit.dice(_NONCE_DICE))
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

    def _invited(self, state: signer.Signer, invitation: Envelope) -> Step:
        question = SigningQuestion(invitation=invitation, key=state.share.key)
        if state.is_trial and invitation.digest == trial_digest(state.share.key):
            # It says nothing to any vault, and whoever confirmed the share agreed to it.
            return self.answer(question, _TRIAL)
        return Step(questions=(question,))


_TRIAL: Final = Decision(is_yes=True, because=Shown("the trial of the new shares"))


def _signed(session: bytes) -> Over:
    return Over(session=session, is_done=True, how=Shown("the group's signature is made"))


def _unwanted(session: bytes) -> Over:
    how = Shown("nobody came back to it, and newer ones needed the room")
    return Over(session=session, is_done=False, how=how)
