"""What one holder does with each envelope: it passes it to the state that it is for, and stores what must be stored.

    INVITATION  -> a SigningQuestion -> yes: a COMMITMENT, once the session's name is stored; no: a DECLINE
    PACKAGE     -> a SIGNATURE_SHARE, at once
    CALL        -> a DealingQuestion -> yes: an OFFER; the new share is stored before it is confirmed
    CERTIFICATE -> the new share is in use, and only then the old one is destroyed
    REPAIR_CALL -> a RepairQuestion

Nonces and what is secret of a ceremony are in memory only: a restart ends every session. What is refused is said, and
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from verifier.errors.frost import CertificateUnfit, DiceStuck, NonceSpent
from verifier.frost import dealer, repair, signer
from verifier.frost.assembly import assemble
from verifier.frost.charter import Index, Pen, TransportKey
from verifier.frost.envelope import Envelope, Fault, Rejected, claimed_epoch
from verifier.frost.judge import Verdict
from verifier.frost.messages import Kind
from verifier.frost.pending import PendingShare, activate
from verifier.frost.repair_assembly import RepairAssembly, assemble_repair
from verifier.frost.shares import Share, trial_digest
from verifier.frost.turn import Turn
from verifier.holder.ports import (
    DealingQuestion,
    Decision,
    Dice,
    Keeper,
    Question,
    RepairQuestion,
    SigningQuestion,
)
from verifier.model.text import Shown

_SESSION: Final = slice(40, 72)
_KIND: Final = 73
_NONCE_DICE: Final = 64
_CEREMONY_DICE: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What came of an envelope or of a decision."""

    # Envelopes for the coordinator.
    sent: tuple[bytes, ...] = ()
    # What has to be decided first.
    questions: tuple[Question, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    # The epoch that is in use from now on.
    epoch: int | None = None


@dataclass(slots=True)
class HolderService:
    """One holder. Whoever calls lets in one at a time."""

    group: bytes
    coordinator: TransportKey
    pen: Pen
    keeper: Keeper
    dice: Dice
    _signers: dict[int, signer.Signer] = field(default_factory=dict)
    _dealings: dict[bytes, dealer.Dealing] = field(default_factory=dict)
    _repairs: dict[bytes, repair.Repair] = field(default_factory=dict)
    _asked: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        share = self.keeper.share()
        if share is not None:
            self._start_signer(share, is_trial=False)
        for pending in self.keeper.pending():
            if pending.share is not None:
                self._start_signer(pending.share, is_trial=True)

    @property
    def index(self) -> Index:
        return self.pen.index

    def take(self, raw: bytes) -> Step:
        """Take an envelope, whatever it is.

        :raises FourthSignerError: what must be stored cannot be.
        """
        kind = raw[_KIND] if len(raw) > _KIND else 0
        session, epoch = raw[_SESSION], claimed_epoch(raw)
        match kind:
            case Kind.INVITATION | Kind.PACKAGE | Kind.SIGNATURE:
                return self._sign(epoch, raw)
            case Kind.CALL:
                return self._call(session, raw)
            case Kind.CERTIFICATE:
                return self._certificate(epoch, raw)
            case Kind.REPAIR_CALL:
                return self._repair_call(session, raw)
            case _ if session in self._dealings:
                turn = dealer.receive(self._dealings[session], raw)
                return self._dealt(session, turn)
            case _ if session in self._repairs:
                return self._repaired(session, repair.receive(self._repairs[session], raw))
            case _:
                return _refused(Fault.SESSION)

    def answer(self, question: Question, decision: Decision) -> Step:
        """Say what was decided."""
        self._asked.discard(question.session)
        match question:
            case SigningQuestion():
                return self._answer_signing(question, decision)
            case DealingQuestion() if decision.is_yes:
                return self._join(question)
            case RepairQuestion() if decision.is_yes:
                return self._help(question)
            case _:
                # Nobody waits for a word: who does not take part is late.
                return Step()

    def is_open(self, question: Question) -> bool:
        """Whether anybody still waits for the answer to a question."""
        match question:
            case SigningQuestion():
                state = self._signers.get(question.key.charter.epoch)
                return state is not None and any(one.session == question.session for one in state.asked)
            case DealingQuestion():
                return question.session in self._asked and question.assembly.old == self.keeper.key()
            case RepairQuestion():
                return question.session in self._asked and question.assembly.key == self.keeper.key()

    # ------------------------------------------------------------------------------------------------ signing

    def _start_signer(self, share: Share, *, is_trial: bool) -> None:
        closed = self.keeper.sessions()
        started = signer.start_signer(share, self.pen, closed=closed, is_trial=is_trial)
        self._signers[share.key.charter.epoch] = started

    def _sign(self, epoch: int, raw: bytes) -> Step:
        state = self._signers.get(epoch)
        if state is None:
            return _refused(Fault.EPOCH)
        before = {one.session for one in state.asked}
        turn = signer.receive(state, raw)
        self._signers[epoch] = turn.state
        new = [one for one in turn.state.asked if one.session not in before]
        return _joined([_step(turn), *(self._invited(turn.state, one) for one in new)])

    def _invited(self, state: signer.Signer, invitation: Envelope) -> Step:
        question = SigningQuestion(invitation=invitation, key=state.share.key)
        if state.is_trial and invitation.digest == trial_digest(state.share.key):
            # It says nothing to any vault, and whoever confirmed the share agreed to it.
            return self._answer_signing(question, _TRIAL)
        return Step(questions=(question,))

    def _answer_signing(self, question: SigningQuestion, decision: Decision) -> Step:
        epoch, session = question.key.charter.epoch, question.session
        state = self._signers.get(epoch)
        if state is None:
            return _refused(Fault.OVER)
        try:
            if decision.is_yes:
                self.keeper.note_session(session)
                turn = signer.consent(state, session, dice=self.dice(_NONCE_DICE))
            else:
                turn = signer.decline(state, session, decision.because)
        except NonceSpent:
            # It ended while it was thought about.
            return _refused(Fault.OVER)
        except DiceStuck as exc:
            turn = signer.decline(state, session, exc.sentence())
        self._signers[epoch] = turn.state
        return _step(turn)

    # ------------------------------------------------------------------------------------------------ dealing

    def _call(self, session: bytes, raw: bytes) -> Step:
        if session in self._asked or session in self._dealings or session in self.keeper.sessions():
            return _refused(Fault.DUPLICATE)
        known = self.keeper.key()
        found = assemble(
            raw,
            group=self.group,
            coordinator=self.coordinator,
            known=known,
            above=self.keeper.highest_epoch(),
        )
        if isinstance(found, Rejected):
            return Step(rejected=(found,))
        if self.index not in found.members:
            return _refused(Fault.SENDER)
        self._asked.add(session)
        return Step(questions=(DealingQuestion(assembly=found),))

    def _join(self, question: DealingQuestion) -> Step:
        assembly, session = question.assembly, question.session
        # It may have been thought about while another dealing came to its end.
        if assembly.old != self.keeper.key():
            return _refused(Fault.OVER)
        held = self.keeper.share() if assembly.old is not None and self.index in assembly.dealers else None
        if assembly.old is not None and self.index in assembly.dealers and held is None:
            return _refused(Fault.EPOCH)
        self.keeper.note_session(session)
        turn = dealer.join_dealing(assembly, self.pen, held=held, dice=self.dice(_CEREMONY_DICE))
        return self._dealt(session, turn)

    def _dealt(self, session: bytes, turn: Turn[dealer.Dealing]) -> Step:
        steps = [_step(turn)]
        dealing = turn.state
        if dealing.stage is dealer.Stage.PENDING and dealing.pending is not None:
            if dealing.pending.key.charter.epoch <= self.keeper.highest_epoch():
                # Of two dealings that were called for one epoch, the first is confirmed, and its share stays.
                self._dealings.pop(session, None)
                return _joined([*steps, _refused(Fault.EPOCH)])
            self.keeper.keep_pending(dealing.pending)
            if dealing.pending.share is not None:
                self._start_signer(dealing.pending.share, is_trial=True)
            confirmed = dealer.confirm(dealing)
            dealing = confirmed.state
            steps.append(_step(confirmed))
        if dealing.stage is dealer.Stage.FAILED:
            self._dealings.pop(session, None)
        else:
            self._dealings[session] = dealing
        return _joined(steps)

    def _certificate(self, epoch: int, raw: bytes) -> Step:
        pending = next((one for one in self.keeper.pending() if one.key.charter.epoch == epoch), None)
        key = self.keeper.key()
        if pending is not None and key is not None and pending.key.point != key.point:
            # Two keys were made before one was in use. The one in use is what a vault knows: it is never replaced.
            return _refused(Fault.EPOCH)
        if pending is None:
            # Coordinators send it again, for those who missed it.
            is_known = key is not None and epoch == key.charter.epoch
            return Step() if is_known else _refused(Fault.EPOCH)
        try:
            share = activate(pending, raw)
        except CertificateUnfit:
            return _refused(Fault.PROOF)
        self.keeper.take_into_use(pending)
        self._retire(pending)
        if share is not None:
            self._start_signer(share, is_trial=False)
        return Step(epoch=epoch)

    def _retire(self, pending: PendingShare) -> None:
        """End all sessions of epochs up to this one."""
        epoch = pending.key.charter.epoch
        for number in [number for number in self._signers if number <= epoch]:
            state = self._signers.pop(number)
            for session in list(state.sessions):
                state = signer.forget(state, session)
        self._dealings.clear()
        self._repairs.clear()

    # ------------------------------------------------------------------------------------------------- repair

    def _repair_call(self, session: bytes, raw: bytes) -> Step:
        if session in self._asked or session in self._repairs or session in self.keeper.sessions():
            return _refused(Fault.DUPLICATE)
        key = self.keeper.key()
        found = assemble_repair(raw, key) if key else Rejected(sender=None, fault=Fault.EPOCH)
        if not isinstance(found, RepairAssembly):
            return Step(rejected=(found,))
        if self.index not in found.members or (
            self.index in found.call.helpers and self.keeper.share() is None
        ):
            return _refused(Fault.SENDER)
        self._asked.add(session)
        return Step(questions=(RepairQuestion(assembly=found),))

    def _help(self, question: RepairQuestion) -> Step:
        assembly, session = question.assembly, question.session
        is_helper = self.index in assembly.call.helpers
        held = self.keeper.share() if is_helper else None
        # With another share than the one that was asked about, its honest word would look like a lie.
        if assembly.key != self.keeper.key() or is_helper != (self.keeper.share() is not None):
            return _refused(Fault.OVER)
        self.keeper.note_session(session)
        turn = repair.join_repair(assembly, self.pen, held=held, dice=self.dice(_CEREMONY_DICE))
        return self._repaired(session, turn)

    def _repaired(self, session: bytes, turn: Turn[repair.Repair]) -> Step:
        state, epoch = turn.state, None
        self._repairs[session] = state
        if state.share is not None and state.stage is repair.Stage.DONE:
            # Stored before the CONFIRMATION in this turn leaves.
            self.keeper.keep_repaired(state.share)
            self._start_signer(state.share, is_trial=False)
            epoch = state.share.key.charter.epoch
        if state.stage in (repair.Stage.DONE, repair.Stage.FAILED):
            self._repairs.pop(session, None)
        return _joined([_step(turn), Step(epoch=epoch)])


_TRIAL: Final = Decision(is_yes=True, because=Shown("the trial of the new shares"))


def _step(turn: Turn[Any]) -> Step:
    return Step(sent=tuple(one.raw for one in turn.sent), rejected=turn.rejected, verdicts=turn.verdicts)


def _joined(steps: Iterable[Step]) -> Step:
    found = list(steps)
    return Step(
        sent=tuple(raw for step in found for raw in step.sent),
        questions=tuple(one for step in found for one in step.questions),
        rejected=tuple(one for step in found for one in step.rejected),
        verdicts=tuple(one for step in found for one in step.verdicts),
        epoch=next((step.epoch for step in found if step.epoch is not None), None),
    )


def _refused(fault: Fault) -> Step:
    return Step(rejected=(Rejected(sender=None, fault=fault),))
