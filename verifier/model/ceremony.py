"""A ceremony as whoever waits for it sees it: who has answered, who is awaited, who was left out and why.

       .-----------> ANSWERED (with what) --.        LEFT_OUT (why)   and   LIED (how): for good
       |                                    | asked for more
    AWAITED <-------------------------------'        NOT_ASKED, NOT_NEEDED: nothing is wanted of this holder
       |
       '-----------> UNREACHABLE (why): awaited all the same

`Progress` makes these of what it says and writes down, so that the line, the record and the screen agree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from verifier.model.text import Shown
from verifier.model.units import Timestamp


class Turnout(Enum):
    """How it stands with one holder."""

    NOT_ASKED = "not asked"
    AWAITED = "awaited"
    ANSWERED = "answered"
    NOT_NEEDED = "not needed any more"
    UNREACHABLE = "cannot be reached"
    LEFT_OUT = "left out"
    LIED = "lied"


_NOTHING: Final = Shown("")

FOR_GOOD: Final = frozenset({Turnout.LEFT_OUT, Turnout.LIED})
"""Whoever is one of these has no part in the ceremony any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One holder in a ceremony."""

    # Within the group, 1 to 255.
    index: int
    # What people call the holder; empty where nobody knows.
    name: Shown
    turnout: Turnout = Turnout.NOT_ASKED
    # What was answered last, why it is left out or cannot be reached, what it did; empty where there is nothing to say.
    told: Shown = _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """Holders of a group brought together for one thing."""

    # Such as `the group's approval of lane 3`.
    what: Shown
    # 32 bytes of dice that name it.
    session: bytes
    # By the clock of whoever brings it about.
    since: Timestamp
    # How many have to answer; None where that is not said.
    needed: int | None
    # By growing index.
    holders: tuple[Attendance, ...]
    # The ceremony inside this one that is on its way, such as the trial of new shares; empty where none is.
    part: Shown = _NOTHING
    # How it ended, and whether what was wanted came about; empty while it is on its way.
    ended: Shown = _NOTHING
    is_done: bool = False

    @property
    def is_over(self) -> bool:
        return bool(self.ended)

    def in_state(self, *turnouts: Turnout) -> tuple[Attendance, ...]:
        """Return the holders with which it stands so."""
        return tuple(one for one in self.holders if one.turnout in turnouts)

    def begun_anew(self, part: Shown, needed: int | None) -> Ceremony:
        """Return it with a ceremony inside of it that begins: everybody is asked again."""
        fresh = tuple(Attendance(index=one.index, name=one.name) for one in self.holders)
        return replace(self, part=part, needed=needed, holders=fresh)

    def answered(self, index: int, what: Shown) -> Ceremony:
        """Return it after a holder said something."""
        return self._with(index, Turnout.ANSWERED, what)

    def awaiting(self, awaited: Collection[int]) -> Ceremony:
        """Return it where these have to answer, and nobody else."""
        return replace(self, holders=tuple(_awaited(one, one.index in awaited) for one in self.holders))

    def unreachable(self, index: int, why: Shown) -> Ceremony:
        return self._with(index, Turnout.UNREACHABLE, why)

    def refused(self, index: int, why: Shown) -> Ceremony:
        """Return it after what a holder's connection brought was worth nothing."""
        holders = (
            replace(one, told=why) if one.index == index and _is_in(one) else one for one in self.holders
        )
        return replace(self, holders=tuple(holders))

    def left_out(self, index: int, why: Shown) -> Ceremony:
        return self._with(index, Turnout.LEFT_OUT, why)

    def lied(self, index: int, crime: Shown) -> Ceremony:
        return self._with(index, Turnout.LIED, crime)

    def over(self, how: Shown, *, is_done: bool) -> Ceremony:
        """Return it at its end; at the end of a ceremony inside of it, as it goes on."""
        if self.part and is_done:
            return replace(self, part=_NOTHING)
        return replace(self, ended=how, is_done=is_done)

    def _with(self, index: int, turnout: Turnout, told: Shown) -> Ceremony:
        def changed(one: Attendance) -> Attendance:
            if one.index != index or not (_is_in(one) or turnout is Turnout.LIED):
                return one
            return replace(one, turnout=turnout, told=told)

        return replace(self, holders=tuple(map(changed, self.holders)))


def begin_ceremony(
    what: Shown, *, session: bytes, since: Timestamp, needed: int | None, names: Mapping[int, Shown]
) -> Ceremony:
    """Return a ceremony of the holders with these names.

    :param needed: how many have to answer; None where that is not said
    """
    holders = tuple(Attendance(index=index, name=names[index]) for index in sorted(names))
    return Ceremony(what=what, session=session, since=since, needed=needed, holders=holders)


def _is_in(one: Attendance) -> bool:
    return one.turnout not in FOR_GOOD


def _awaited(one: Attendance, is_awaited: bool) -> Attendance:
    """Return how it stands with a holder that is awaited, or is not."""
    if not _is_in(one) or (is_awaited and one.turnout is Turnout.UNREACHABLE):
        return one
    if is_awaited:
        return one if one.turnout is Turnout.AWAITED else replace(one, turnout=Turnout.AWAITED)
    if one.turnout in (Turnout.AWAITED, Turnout.UNREACHABLE):
        told = one.told if one.turnout is Turnout.AWAITED else _NOTHING
        return replace(one, turnout=Turnout.NOT_NEEDED, told=told)
    return one
