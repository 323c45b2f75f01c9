"""Dealings as one holder sees them: new shares are stored before they are confirmed, and in use once all have them.

CALL        -> a DealingQuestion -> yes: an OFFER; the new share is stored before it is confirmed; no: a DECLINE
CERTIFICATE -> the new share is in use, and only then the old one is destroyed
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from verifier.errors.frost import CertificateUnfit
from verifier.frost import dealer
from verifier.frost.assembly import assemble
from verifier.frost.charter import COORDINATOR, TransportKey
from verifier.frost.envelope import Fault, Rejected, claimed_epoch
from verifier.frost.pending import activate
from verifier.frost.turn import Turn
from verifier.holder.outfit import Outfit
from verifier.holder.ports import DealingQuestion, Decision
from verifier.holder.running import Ceremonies
from verifier.holder.signings import Signings
from verifier.holder.step import CALLED_OFF, Over, Step, failed, joined, refused, step_of
from verifier.model.text import Shown

MOST_PENDING: Final = 32
"""Shares that wait for their certificates: each is a file, and none goes before a later one is in use."""
_CEREMONY_DICE: Final = 32
_TOO_MANY: Final = Shown(
    "Their ceremonies failed after they were confirmed. Where the coordinator has no certificate of them, stop this "
    "holder, and put them aside: `fourth-signer frost put-aside FOLDER`."
)
_WAITING: Final = (
    f"{MOST_PENDING} new shares wait here; its person has to run `fourth-signer frost put-aside`"
)
_ASIDE: Final = Shown(
    "It is the certificate of a share that was put aside here. Stop this holder, and bring it back: "
    "`fourth-signer frost put-aside FOLDER --back`."
)
_NO_SHARE: Final = "this holder has no share of the key as it is"
_STAYS: Final = Shown(
    f"{CALLED_OFF}; the new share that was confirmed here stays, for if its certificate comes"
)
_IN_USE: Final = Shown("the new shares are in use")
_LEFT: Final = Shown("this holder has left the group: the others have new shares, and its own is destroyed")
_OTHER_FIRST: Final = Shown("another one was confirmed first")


class Dealings(Ceremonies[dealer.Dealing, DealingQuestion]):
    """All dealings that this holder was called to."""

    def __init__(
        self, outfit: Outfit, signings: Signings, *, group: bytes, coordinator: TransportKey
    ) -> None:
        super().__init__(outfit, dealer.forget)
        self._signings = signings
        self._group, self._coordinator = group, coordinator

    def call(self, raw: bytes) -> Step:
        """Take a CALL."""
        keeper = self._outfit.keeper
        found = assemble(
            raw,
            group=self._group,
            coordinator=self._coordinator,
            known=keeper.key(),
            above=keeper.highest_epoch(),
        )
        if isinstance(found, Rejected):
            return Step(rejected=(self._advised(found, claimed_epoch(raw)),))
        if self._outfit.index not in found.members:
            return refused(Fault.SENDER)
        if len(keeper.pending()) >= MOST_PENDING:
            full = Rejected(sender=COORDINATOR, fault=Fault.WAITING, is_proven=True, advice=_TOO_MANY)
            return joined([Step(rejected=(full,)), self._decline(found, _WAITING)])
        question = DealingQuestion(assembly=found)
        return Step(questions=(question,), over=self._asked.ask(question))

    def is_open(self, question: DealingQuestion) -> bool:
        """Whether anybody still waits for the answer."""
        return question.session in self._asked and question.assembly.old == self._outfit.keeper.key()

    def answer(self, question: DealingQuestion, decision: Decision) -> Step:
        """Join, or decline."""
        is_waiting = self._asked.take(question.session)
        assembly, session, keeper = question.assembly, question.session, self._outfit.keeper
        # It may have been thought about while another dealing came to its end.
        if not is_waiting or assembly.old != keeper.key():
            return refused(Fault.OVER) if decision.is_yes else Step()
        if not decision.is_yes:
            return self._decline(assembly, decision.because)
        deals = assembly.old is not None and self._outfit.index in assembly.dealers
        held = keeper.share() if deals else None
        if deals and held is None:
            return self._decline(assembly, _NO_SHARE)
        keeper.note_session(session)
        dice = self._outfit.dice(_CEREMONY_DICE)
        return self._dealt(session, dealer.join_dealing(assembly, self._outfit.pen, held=held, dice=dice))

    def take(self, session: bytes, raw: bytes) -> Step:
        """Take an envelope of another member of a dealing that is on its way."""
        return self._dealt(session, dealer.receive(self._running[session], raw))

    def certificate(self, epoch: int, raw: bytes) -> Step:
        """Take a CERTIFICATE. What was on its way is over, where it brings a share into use."""
        keeper = self._outfit.keeper
        pending = next((one for one in keeper.pending() if one.key.charter.epoch == epoch), None)
        key = keeper.key()
        if pending is not None and key is not None and pending.key.point != key.point:
            # Two keys were made before one was in use. The one in use is what a vault knows: it is never replaced.
            return refused(Fault.EPOCH)
        if pending is None:
            # Coordinators send it again, for those who missed it.
            is_known = key is not None and epoch == key.charter.epoch
            if epoch in keeper.aside():
                aside = Rejected(sender=COORDINATOR, fault=Fault.EPOCH, advice=_ASIDE)
                return Step(rejected=(aside,))
            return Step() if is_known else refused(Fault.EPOCH)
        try:
            share = activate(pending, raw)
        except CertificateUnfit:
            return refused(Fault.PROOF)
        keeper.take_into_use(pending)
        over, how = self._signings.retire(epoch), _LEFT if share is None else _IN_USE
        for session in self._running:
            dealing = self._running[session]
            is_this = dealing.pending is not None and dealing.pending.key == pending.key
            over.append(Over(session=session, is_done=is_this, how=how if is_this else _OTHER_FIRST))
            self._running.discard(session)
        if share is not None:
            self._signings.start(share, is_trial=False)
        return Step(epoch=epoch, over=tuple(over), has_left=share is None)

    def _how_called_off(self, state: dealer.Dealing) -> Shown:
        """What was confirmed is not taken back: others may have the certificate."""
        return _STAYS if state.stage is dealer.Stage.CONFIRMED else CALLED_OFF

    def _advised(self, found: Rejected, epoch: int) -> Rejected:
        """Say what an honest coordinator has to know whose own count of epochs was lost, or passed by a foul one."""
        highest = self._outfit.keeper.highest_epoch()
        if found.fault is not Fault.EPOCH or not found.is_proven or epoch > highest:
            return found
        said = (
            f"Shares of epoch {highest} were confirmed here: the coordinator has to add `--above {highest}`."
        )
        return replace(found, advice=Shown(said))

    def _dealt(self, session: bytes, turn: Turn[dealer.Dealing]) -> Step:
        steps = [step_of(turn)]
        dealing, keeper = turn.state, self._outfit.keeper
        if dealing.stage is dealer.Stage.PENDING and dealing.pending is not None:
            if dealing.pending.key.charter.epoch <= keeper.highest_epoch():
                # Of two dealings that were called for one epoch, the first is confirmed, and its share stays.
                self._running.discard(session)
                over = Over(session=session, is_done=False, how=_OTHER_FIRST)
                return joined([*steps, refused(Fault.EPOCH), Step(over=(over,))])
            keeper.keep_pending(dealing.pending)
            if dealing.pending.share is not None:
                self._signings.start(dealing.pending.share, is_trial=True)
            confirmed = dealer.confirm(dealing)
            dealing = confirmed.state
            steps.append(step_of(confirmed))
        if dealing.stage is dealer.Stage.FAILED:
            self._running.discard(session)
            steps.append(Step(over=(failed(session, dealing.verdict),)))
        else:
            steps.append(Step(over=self._running.keep(session, dealing)))
        return joined(steps)
