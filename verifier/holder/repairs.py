"""Repairs as one holder sees them: it helps another to its share, or gets its own back.

REPAIR_CALL -> a RepairQuestion -> yes: a REPAIR_OFFER; a share that comes back is stored before that is confirmed
                                -> no: a DECLINE
"""

from __future__ import annotations

from typing import Final

from verifier.frost import repair
from verifier.frost.envelope import Fault, Rejected
from verifier.frost.repair_assembly import RepairAssembly, assemble_repair
from verifier.frost.turn import Turn
from verifier.holder.outfit import Outfit
from verifier.holder.ports import Decision, RepairQuestion
from verifier.holder.running import Ceremonies
from verifier.holder.signings import Signings
from verifier.holder.step import NEWER_EPOCH, Over, Step, failed, joined, refused, step_of
from verifier.model.text import Shown

_CEREMONY_DICE: Final = 32
_NO_SHARE: Final = "this holder has no share to help with"
_NOT_LOST: Final = "this holder has its share already"
_DONE: Final = Shown("this holder's part in it is done")


class Repairs(Ceremonies[repair.Repair, RepairQuestion]):
    """All repairs that this holder was called to."""

    def __init__(self, outfit: Outfit, signings: Signings) -> None:
        super().__init__(outfit, repair.forget)
        self._signings = signings

    def call(self, raw: bytes) -> Step:
        """Take a REPAIR_CALL."""
        key, index = self._outfit.keeper.key(), self._outfit.index
        found = assemble_repair(raw, key) if key else Rejected(sender=None, fault=Fault.EPOCH)
        if not isinstance(found, RepairAssembly):
            return Step(rejected=(found,))
        is_bare = index in found.call.helpers and self._outfit.keeper.share() is None
        if index not in found.members or is_bare:
            return refused(Fault.SENDER)
        question = RepairQuestion(assembly=found)
        return Step(questions=(question,), over=self._asked.ask(question))

    def is_open(self, question: RepairQuestion) -> bool:
        """Whether anybody still waits for the answer."""
        return question.session in self._asked and question.assembly.key == self._outfit.keeper.key()

    def answer(self, question: RepairQuestion, decision: Decision) -> Step:
        """Help, or decline."""
        is_waiting = self._asked.take(question.session)
        if not is_waiting:
            return refused(Fault.OVER) if decision.is_yes else Step()
        if not decision.is_yes:
            return self._decline(question.assembly, decision.because)
        assembly, session, keeper = question.assembly, question.session, self._outfit.keeper
        is_helper = self._outfit.index in assembly.call.helpers
        held = keeper.share() if is_helper else None
        # With another share than the one that was asked about, its honest word would look like a lie.
        if assembly.key != keeper.key():
            return refused(Fault.OVER)
        if is_helper != (keeper.share() is not None):
            return self._decline(assembly, _NO_SHARE if is_helper else _NOT_LOST)
        keeper.note_session(session)
        dice = self._outfit.dice(_CEREMONY_DICE)
        return self._repaired(session, repair.join_repair(assembly, self._outfit.pen, held=held, dice=dice))

    def take(self, session: bytes, raw: bytes) -> Step:
        """Take an envelope of another member of a repair that is on its way."""
        return self._repaired(session, repair.receive(self._running[session], raw))

    def end_all(self) -> tuple[Over, ...]:
        """Forget them, and return them: the share that they were about is not in use any more."""
        over = tuple(Over(session=session, is_done=False, how=NEWER_EPOCH) for session in self._running)
        for session in self._running:
            self._running.discard(session)
        return over

    def _repaired(self, session: bytes, turn: Turn[repair.Repair]) -> Step:
        state, epoch = turn.state, None
        over = self._running.keep(session, state)
        if state.share is not None and state.stage is repair.Stage.DONE:
            # Stored before the CONFIRMATION in this turn leaves.
            self._outfit.keeper.keep_repaired(state.share)
            self._signings.start(state.share, is_trial=False)
            epoch = state.share.key.charter.epoch
        if state.stage in (repair.Stage.DONE, repair.Stage.FAILED):
            self._running.discard(session)
            done = Over(session=session, is_done=True, how=_DONE)
            over += (done if state.stage is repair.Stage.DONE else failed(session, state.verdict),)
        return joined([step_of(turn, *over), Step(epoch=epoch)])
