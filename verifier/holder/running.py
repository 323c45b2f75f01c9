"""Ceremonies that are asked about or on their way, by session: at most so many, and none that nobody goes on with.

A coordinator may begin what it never ends. What was silent for longest makes room for what is new, so that neither
memory is filled nor a later ceremony kept out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Generic, Protocol, TypeVar

from verifier.frost.assembly import Assembly
from verifier.frost.calling_off import Begun, decline_ceremony, rejected_call_off
from verifier.frost.charter import Index
from verifier.frost.envelope import Fault
from verifier.frost.repair_assembly import RepairAssembly
from verifier.holder.outfit import Outfit
from verifier.holder.ports import DealingQuestion, RepairQuestion
from verifier.holder.step import CALLED_OFF, Attended, Over, Step, refused
from verifier.model.text import Shown


class _Ceremony(Protocol):
    @property
    def assembly(self) -> Assembly | RepairAssembly: ...

    @property
    def awaited(self) -> tuple[Index, ...]: ...


C = TypeVar("C", bound=_Ceremony)
Q = TypeVar("Q", bound=DealingQuestion | RepairQuestion)

MOST_RUNNING: Final = 4
"""Of one kind. An honest coordinator has one at a time."""
MOST_ASKED: Final = 4
"""Questions of one kind that wait for an answer."""
MOST_SILENT: Final = 86_400.0
"""Seconds in which nothing happened: parcels may be carried for a day."""

MOST_ENDED: Final = 64
"""Of those that ended here before their coordinator said so, so that it says nothing new."""

NEWER: Final = Shown("nobody came back to it, and newer ones needed the room")
_SILENT: Final = Shown("nobody came back to it for a day")


Ended = deque[Begun]
"""How those began that wait for nothing here any more: what calls one of them off still has to fit it."""


class Running(Generic[C]):
    """States by session; of one that goes the secrets are overwritten."""

    def __init__(self, clock: Callable[[], float], forget: Callable[[C], object], ended: Ended) -> None:
        """:param clock: seconds that only grow
        :param ended: is told of those that go
        """
        self._clock, self._forget, self._ended = clock, forget, ended
        # The one that was silent for longest comes first.
        self._states: dict[bytes, tuple[C, float]] = {}

    def __contains__(self, session: bytes) -> bool:
        return session in self._states

    def __iter__(self) -> Iterator[bytes]:
        return iter(tuple(self._states))

    def __getitem__(self, session: bytes) -> C:
        return self._states[session][0]

    def get(self, session: bytes) -> C | None:
        return self._states[session][0] if session in self._states else None

    def keep(self, session: bytes, state: C) -> tuple[Over, ...]:
        """Store a state as the latest, and return what had to make room."""
        self._states.pop(session, None)
        self._states[session] = (state, self._clock())
        return tuple(self._drop(one, NEWER) for one in list(self._states)[:-MOST_RUNNING])

    def discard(self, session: bytes) -> None:
        """Let one go, if it is there."""
        found = self._states.pop(session, None)
        if found is not None:
            self._ended.append(Begun.of_ceremony(found[0].assembly))
            self._forget(found[0])

    def end_silent(self) -> tuple[Over, ...]:
        """Let those go that nobody comes back to, and return them."""
        now = self._clock()
        silent = [name for name, (_, since) in self._states.items() if now - since > MOST_SILENT]
        return tuple(self._drop(one, _SILENT) for one in silent)

    def _drop(self, session: bytes, how: Shown) -> Over:
        self.discard(session)
        return Over(session=session, is_done=False, how=how)


class Asked(Generic[Q]):
    """Questions that wait for an answer, by session."""

    def __init__(self, ended: Ended) -> None:
        """:param ended: is told of those that wait no more"""
        self._questions: dict[bytes, Q] = {}
        self._ended = ended

    def __contains__(self, session: bytes) -> bool:
        return session in self._questions

    def get(self, session: bytes) -> Q | None:
        return self._questions.get(session)

    def ask(self, question: Q) -> tuple[Over, ...]:
        """Note a question, and return what had to make room."""
        self._questions[question.session] = question
        oldest = list(self._questions)[:-MOST_ASKED]
        for one in oldest:
            self.take(one)
        return tuple(Over(session=one, is_done=False, how=NEWER) for one in oldest)

    def take(self, session: bytes) -> bool:
        """Return whether a question still waited; from now on it does not."""
        question = self._questions.pop(session, None)
        if question is None:
            return False
        self._ended.append(Begun.of_ceremony(question.assembly))
        return True


class Ceremonies(Generic[C, Q]):
    """All of one kind that this holder was called to. Whoever calls has seen to it that no session comes twice."""

    def __init__(self, outfit: Outfit, forget: Callable[[C], object]) -> None:
        self._outfit = outfit
        self._ended: Ended = deque(maxlen=MOST_ENDED)
        self._running: Running[C] = Running(outfit.clock, forget, self._ended)
        self._asked: Asked[Q] = Asked(self._ended)

    def has(self, session: bytes) -> bool:
        """Whether one of this name is asked about, or on its way."""
        return session in self._asked or session in self._running

    def is_running(self, session: bytes) -> bool:
        return session in self._running

    def attended(self, session: bytes) -> Attended | None:
        """Return who of its members has answered in one that is on its way."""
        state = self._running.get(session)
        if state is None:
            return None
        awaited = state.awaited
        return Attended(tuple(one for one in state.assembly.members if one not in awaited), awaited)

    def end_silent(self) -> tuple[Over, ...]:
        """Let those go that nobody comes back to, and return them."""
        return self._running.end_silent()

    def knows(self, session: bytes) -> bool:
        """Whether one of this name is asked about or on its way, or was not long ago."""
        return self.has(session) or self._how_began(session) is not None

    def call_off(self, session: bytes, raw: bytes) -> Step:
        """Take a CALL_OFF: what is secret of it is overwritten, and nobody waits for an answer any more.

        Its name is stored. Where the same call comes again, by whoever carries it, after a restart too, it is not
        answered: who answers what was called off looks like a liar.

        :raises HolderFileUnwritable: the name cannot be stored. It is over all the same, and stored when told again.
        """
        question, state = self._asked.get(session), self._running.get(session)
        found = question or state
        begun = self._how_began(session) if found is None else Begun.of_ceremony(found.assembly)
        # What ended here by then is ended by nobody twice, and what is not its coordinator's is refused all the same.
        rejected = None if begun is None else rejected_call_off(raw, begun)
        if rejected is not None:
            return Step(rejected=(rejected,))
        self._asked.take(session)
        self._running.discard(session)
        self._outfit.keeper.note_session(session)
        if found is None:
            return Step()
        how = CALLED_OFF if state is None else self._how_called_off(state)
        return Step(over=(Over(session=session, is_done=False, how=how),))

    def _how_began(self, session: bytes) -> Begun | None:
        """Return how one began that ended here."""
        return next((one for one in self._ended if one.beginning.session == session), None)

    def _how_called_off(self, state: C) -> Shown:  # noqa: ARG002 - some leave more behind than others
        return CALLED_OFF

    def _decline(self, assembly: Assembly | RepairAssembly, because: str) -> Step:
        """Say no. The session's name is stored first: it is never answered again, with other words or with yes."""
        session = assembly.envelope.session
        if session in self._outfit.keeper.sessions():
            return refused(Fault.OVER)
        self._outfit.keeper.note_session(session)
        return Step(sent=(decline_ceremony(assembly, self._outfit.pen, because),))
