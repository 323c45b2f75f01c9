"""What a holder has to tell of itself while it runs: its ceremonies as it sees them, and what was refused.

It is in memory and bounded; the records on the disk have all of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from verifier.decode.content import UnfitError
from verifier.desk.group_request import parse_request
from verifier.desk.group_words import words_of_request
from verifier.frost.charter import Index
from verifier.frost.signing_messages import Invitation
from verifier.holder.ports import DealingQuestion, Decision, Question, RepairQuestion, SigningQuestion
from verifier.holder.service import HolderService
from verifier.holder.step import Step
from verifier.model.ceremony import Ceremony, begin_ceremony
from verifier.model.holding import HeldSession, Holding, Remark
from verifier.model.text import Shown
from verifier.model.units import Timestamp

MOST_SESSIONS: Final = 100
MOST_REMARKS: Final = 100
COORDINATORS_LINE: Final = Shown("the coordinator's connection")

_ANSWERED: Final = Shown("")


class Diary:
    """One holder's. Whoever calls lets in one at a time."""

    def __init__(
        self,
        service: HolderService,
        *,
        names: Callable[[], Mapping[int, Shown]],
        now: Callable[[], Timestamp],
    ) -> None:
        """:param names: what people call the holders, by their indexes"""
        self._service, self._names, self._now = service, names, now
        self._sessions: dict[bytes, HeldSession] = {}
        self._remarks: deque[Remark] = deque(maxlen=MOST_REMARKS)
        self._called_at: Timestamp | None = None
        self._has_left = False
        # Where it listens, or looks for parcels.
        self.where = Shown("")
        # Called after each change.
        self.changed: Callable[[], object] = lambda: None

    def called(self) -> None:
        """Note that the coordinator was heard."""
        self._called_at = self._now()
        self.changed()

    def remark(self, said: Shown, line: Shown) -> None:
        """Note something that was refused."""
        self._remarks.appendleft(Remark(at=self._now(), said=said, line=line))
        self.changed()

    def asked(self, question: Question) -> None:
        """Note a ceremony that this holder is asked to take part in."""
        if len(self._sessions) >= MOST_SESSIONS:
            over = next((name for name, one in self._sessions.items() if one.ceremony.is_over), None)
            del self._sessions[over or next(iter(self._sessions))]
        self._sessions[question.session] = HeldSession(ceremony=self._begun(question))
        self.changed()

    def decided(self, question: Question, decision: Decision) -> None:
        """Note what this holder said."""
        held = self._sessions.get(question.session)
        if held is None:
            return
        mine = Shown(f"{'yes' if decision.is_yes else 'no'}: {decision.because}")
        ceremony = held.ceremony
        if not decision.is_yes and not ceremony.is_over:
            ceremony = ceremony.over(Shown("this holder takes no part in it"), is_done=False)
        self._sessions[question.session] = replace(held, ceremony=ceremony, mine=mine)
        self.changed()

    def taken_away(self, question: Question) -> None:
        """Note that nobody waits for this holder's answer any more, where nothing else is known of it."""
        self._end(question.session, Shown("nobody waits for this holder's answer any more"), is_done=False)

    def how_ended(self, session: bytes) -> Shown:
        """Return how a session ended; empty where it is on its way, or not in here."""
        held = self._sessions.get(session)
        return Shown("") if held is None else held.ceremony.ended

    def passed(self, step: Step) -> None:
        """Note how things stand after a step."""
        if step.epoch is not None:
            self._has_left = step.has_left
        for over in step.over:
            self._end(over.session, over.how, is_done=over.is_done)
        for session, held in self._sessions.items():
            attended = None if held.ceremony.is_over else self._service.attended(session)
            if attended is not None:
                self._sessions[session] = replace(held, ceremony=_attended(held.ceremony, *attended))
        self.changed()

    def holding(self) -> Holding:
        """Return how the holder stands now."""
        share = self._service.keeper.share()
        return Holding(
            epoch=None if share is None else share.key.charter.epoch,
            where=self.where,
            called_at=self._called_at,
            sessions=tuple(reversed(self._sessions.values())),
            remarks=tuple(self._remarks),
            has_left=self._has_left,
        )

    def _end(self, session: bytes, how: Shown, *, is_done: bool) -> None:
        held = self._sessions.get(session)
        if held is not None and not held.ceremony.is_over:
            ceremony = held.ceremony.awaiting(()).over(how, is_done=is_done)
            self._sessions[session] = replace(held, ceremony=ceremony)
            self.changed()

    def _begun(self, question: Question) -> Ceremony:
        """Return a ceremony with those holders of whom this one ever hears in it, itself being awaited."""
        names, mine = self._names(), self._service.index
        members: tuple[Index, ...]
        match question:
            case SigningQuestion():
                # Who else answers, nobody tells it.
                members = (mine,)
            case DealingQuestion() | RepairQuestion():
                members = question.assembly.members
        return begin_ceremony(
            what_of(question),
            session=question.session,
            since=self._now(),
            needed=None if isinstance(question, SigningQuestion) else len(members),
            names={int(index): names.get(int(index), Shown("")) for index in members},
        ).awaiting([int(mine)])


def what_of(question: Question) -> Shown:
    """Return what a ceremony is about, in words."""
    match question:
        case DealingQuestion():
            epoch = question.assembly.call.charter.epoch
            is_first = question.assembly.old is None
            return Shown(f"{'the making of the key' if is_first else 'new shares of the key'}, epoch {epoch}")
        case RepairQuestion():
            return Shown(f"the repair of the share of holder {question.assembly.call.lost}")
        case SigningQuestion():
            body = question.invitation.body
            return _what_is_signed(body.request if isinstance(body, Invitation) else b"")


def _what_is_signed(written: bytes) -> Shown:
    try:
        request = parse_request(written)
    except UnfitError:
        return Shown("a signature of something that cannot be read")
    return words_of_request(request)


def _attended(ceremony: Ceremony, answered: tuple[Index, ...], awaited: tuple[Index, ...]) -> Ceremony:
    """Return a ceremony in which these have answered, and these are awaited."""
    for index in answered:
        ceremony = ceremony.answered(int(index), _ANSWERED)
    return ceremony.awaiting([int(index) for index in awaited])
