"""How a holder decides: it reads the vault with its own endpoints, and judges by its rules; or it asks its person."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass

from verifier.cli.adapters import CLOCK, Choice, choose, open_aids, open_panel, open_reader
from verifier.cli.frost_keeping import NEXT, FolderKeeper, is_same_but_epoch, next_group
from verifier.cli.frost_rules import KeptRules
from verifier.decode.content import UnfitError
from verifier.desk.briefing import brief_lane, judge_age
from verifier.desk.group_asking import (
    Asked,
    explain_operation,
    explain_repair,
    explain_seat,
    explain_unshown,
)
from verifier.desk.group_request import address_of_group, parse_request
from verifier.desk.group_signing import (
    Answer,
    find_difference,
    find_forgery,
    find_seat_difference,
    judge_by_rules,
    judge_seat_by_rules,
)
from verifier.desk.group_words import words_of_request
from verifier.errors import MemoryUnusable
from verifier.frost.charter import Charter
from verifier.frost.signing_messages import Invitation
from verifier.holder.ports import DealingQuestion, Decision, Question, RepairQuestion, SigningQuestion
from verifier.model.address import Address
from verifier.model.group_request import ABOUT_OPERATION, GroupRequest
from verifier.model.holder_rules import HolderRules
from verifier.model.text import Shown, sanitise
from verifier.ports import Memory
from verifier.store.holder_folder import HolderFolder


@dataclass(slots=True)
class VaultDecider:
    """The port Decider."""

    options: Namespace
    folder: HolderFolder
    keeper: FolderKeeper
    rules: KeptRules

    def decide(self, question: Question) -> Decision | Asked:
        """As the port says."""
        rules = self.rules.now(question.session)
        match question:
            case SigningQuestion():
                return self._decide_signing(question, rules)
            case DealingQuestion():
                return self._decide_dealing(question, rules)
            case RepairQuestion():
                return self._decide_repair(question, rules)

    # ------------------------------------------------------------------------------------------------ signing

    def _decide_signing(self, question: SigningQuestion, rules: HolderRules) -> Decision | Asked:
        body, point = question.invitation.body, question.key.point
        try:
            request = parse_request(body.request if isinstance(body, Invitation) else b"")
        except UnfitError as exc:
            return _no(Shown(f"what is asked cannot be read: {sanitise(str(exc))}"))
        forged = find_forgery(request, question.invitation.digest, point)
        if forged is not None:
            return _no(forged)
        options = Namespace(**{**vars(self.options), "vault": str(request.vault)})
        choice = choose(options)
        if choice.pin is None or choice.chain.chain_id != request.chain_id:
            return _no(Shown("the vault is not pinned in this holder's configuration, or on another chain"))
        group = address_of_group(point)
        if request.purpose in ABOUT_OPERATION:
            return self._decide_operation(options, choice, request, group, rules)
        return self._decide_other(choice, request, group, rules)

    def _decide_operation(
        self,
        options: Namespace,
        choice: Choice,
        request: GroupRequest,
        group: Address,
        rules: HolderRules,
    ) -> Decision | Asked:
        operation = request.operation
        if operation is None:
            raise AssertionError("a request about an operation has none")
        panel = open_panel(choice)
        aids = open_aids(options, choice, panel)
        reader, known = open_reader(choice, panel), _executed(aids.memory, request)
        briefing = brief_lane(reader, CLOCK, choice.signer, int(operation.lane), aids=aids)
        if _executed(aids.memory, request) != known:
            # What it has just learnt of the past makes findings, which would look like a change when it is read next.
            briefing = brief_lane(reader, CLOCK, choice.signer, int(operation.lane), aids=aids)
        differs = find_difference(briefing, request, group)
        if differs is not None:
            return _no(differs)
        (review,) = briefing.reviews
        judged = judge_by_rules(request, briefing, rules, CLOCK.now())
        if judged.answer is not Answer.ASK:
            return Decision(is_yes=judged.answer is Answer.SIGN, because=judged.because)
        is_seat_operation = bool(review.lane.state.seat_operation)
        return Asked(
            what=words_of_request(request),
            because=judged.because,
            explained=explain_operation(request.purpose, operation.lane, is_seat_operation=is_seat_operation),
            findings=(*review.findings, *briefing.findings),
            request=request,
            briefing=briefing,
        )

    def _decide_other(
        self, choice: Choice, request: GroupRequest, group: Address, rules: HolderRules
    ) -> Decision | Asked:
        holders = tuple(sorted(holder.person for holder in self.keeper.group.holders))
        reading = open_reader(choice, open_panel(choice)).read_vault()
        differs = find_seat_difference(reading, request, group, holders)
        if differs is not None:
            return _no(differs)
        is_agreed = getattr(self.options, "agree_register", False)
        judged = judge_seat_by_rules(request, reading, rules, is_agreed=is_agreed)
        if judged.answer is not Answer.ASK:
            return Decision(is_yes=judged.answer is Answer.SIGN, because=judged.because)
        return Asked(
            what=words_of_request(request),
            because=judged.because,
            explained=explain_seat(request),
            findings=(*reading.findings, *judge_age(reading, CLOCK.now())),
            request=request,
        )

    # ---------------------------------------------------------------------------------------------- ceremonies

    def _decide_dealing(self, question: DealingQuestion, rules: HolderRules) -> Decision | Asked:
        charter = question.assembly.call.charter
        decision = self._decide_charter(charter)
        unshown = [index for index in question.assembly.unshown if int(index) not in rules.repairs]
        if not decision.is_yes or not unshown:
            return decision
        # As good as a repair: whoever has such a holder's transport key would get a share by it.
        named = ", ".join(f"{index} ({self._name(int(index))})" for index in unshown)
        # Numbers alone: names of twenty holders would leave no room for what follows from yes.
        whose = f"holder{'s' if len(unshown) > 1 else ''} {', '.join(map(str, unshown))}"
        what = Shown(f"giving a new share to who does not show the old one: {whose}")
        return Asked(
            what=what,
            because=Shown("shares for who shows none are given by a person, or by the holder's rules"),
            explained=explain_unshown(Shown(named)),
        )

    def _decide_charter(self, charter: Charter) -> Decision:
        if is_same_but_epoch(charter, self.keeper.group):
            return _yes(Shown("these are the holders of the group's file"))
        if is_same_but_epoch(charter, self.keeper.following()):
            return _yes(Shown("these are the holders of the file that the group is to have next"))
        if is_same_but_epoch(charter, next_group(self.folder)):
            return _no(
                Shown(
                    f"{NEXT}, which names these holders, was put here while this holder runs: "
                    "it counts once its person has read it and starts the holder anew"
                )
            )
        return _no(Shown("these are not the holders of any file that this holder has"))

    def _decide_repair(self, question: RepairQuestion, rules: HolderRules) -> Decision | Asked:
        lost = question.assembly.call.lost
        if int(lost) == int(self._index()):
            if self.keeper.share() is not None:
                return _no(Shown("this holder's share is not lost"))
            return _yes(Shown("this holder's share is lost"))
        if int(lost) in rules.repairs:
            return _yes(Shown("the holder's rules allow it"))
        named = Shown(f"holder {lost} ({self._name(int(lost))})")
        return Asked(
            what=Shown(f"making the share of {named} anew, for that holder"),
            because=Shown("the holder's rules leave repairs to a person"),
            explained=explain_repair(named),
        )

    def _name(self, index: int) -> Shown:
        holder = self.keeper.group.holder(index)
        return holder.name if holder else Shown("?")

    def _index(self) -> int:
        mine = self.folder.read_transport().point()[1:]
        return next(h.index for h in self.keeper.group.holders if h.transport_key == mine)


def _executed(memory: Memory | None, request: GroupRequest) -> int:
    """Return how many operations of a vault this client remembers as executed, of the latest ones."""
    if memory is None:
        return 0
    try:
        return len(memory.history(request.chain_id, request.vault).executed)
    except MemoryUnusable:
        # The reading has a finding of it.
        return 0


def _yes(because: Shown) -> Decision:
    return Decision(is_yes=True, because=because)


def _no(because: Shown) -> Decision:
    return Decision(is_yes=False, because=because)
