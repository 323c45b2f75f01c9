"""A group of the scene's vault, and its coordinator's folder as the front door hands it over: its holders do as told.

    owls = make_owls()
    in_terminal(owls.hand.scene, walk, **owls.options)
    ... owls.tell(decline(3, "not in my hours")), owls.sign() ...

What is said of the ceremony goes through the very `Progress` that holders' processes are told of by.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import Any, Final

from textual.pilot import Pilot

from tests.desk.fakes import NOW, roster_of
from tests.desk.signers import group_signature_of, group_with_key
from tests.frost.group import Group
from tests.tui.hand import Hand, make_hand
from tests.tui.pilots import settle
from verifier.desk.briefing import Briefing
from verifier.desk.group_request import digest_of_request
from verifier.desk.group_saying import GroupAtHand, GroupWord, request_of, title_of
from verifier.errors import CeremonyFailed
from verifier.frost.charter import Index
from verifier.frost.signing import Absence, Exclusion
from verifier.holder.progress import Progress, Watch
from verifier.model.group_request import Purpose
from verifier.model.text import Shown
from verifier.model.units import MemberIndex, Timestamp
from verifier.tui.app import Terminal
from verifier.tui.source import ForGroup

SEAT: Final = 9
NAMES: Final = {1: "Ann", 2: "Bartholomew the Third", 3: "Cid", 4: "Dot", 5: "Eve"}
_PATIENCE: Final = 300

Happening = Callable[[Progress], object]


def answer(*indexes: int, what: str = "commitment") -> Happening:
    def happen(progress: Progress) -> None:
        for index in indexes:
            progress.came(Index(index), b"", Shown(what))

    return happen


def decline(index: int, because: str) -> Happening:
    one = Exclusion(index=Index(index), absence=Absence.DECLINED, declined_because=because)
    return lambda progress: progress.left_out({one.index: one})


def away(index: int, why: str) -> Happening:
    return lambda progress: progress.trouble(Index(index), why)


def awaited(*indexes: int) -> Happening:
    return lambda progress: progress.waits(tuple(map(Index, indexes)))


class _Nowhere:
    def note(self, kind: str, body: Mapping[str, object]) -> None: ...


@dataclass(slots=True)
class Owls:
    """Five holders, three of whom sign."""

    hand: Hand
    group: GroupAtHand
    # Whether the terminal can send.
    has_key: bool = True
    in_vain: Shown = Shown("")  # noqa: RUF009 - a word and nothing else
    sent: list[GroupWord] = field(default_factory=list)
    kept: list[GroupWord] = field(default_factory=list)
    asked: list[Purpose] = field(default_factory=list)
    # Set once nobody asks the holders any more.
    left: threading.Event = field(default_factory=threading.Event)
    _steps: SimpleQueue[Happening | None] = field(default_factory=SimpleQueue)
    _done: SimpleQueue[None] = field(default_factory=SimpleQueue)

    async def tell(self, app: Terminal, pilot: Pilot[None], *happenings: Happening) -> None:
        """Let these things happen, and wait until they are on the screen."""
        for each in happenings:
            self._steps.put(each)
        for _ in happenings:
            await asyncio.to_thread(self._done.get, timeout=_PATIENCE)
        await settle(app, pilot)

    async def sign(self, app: Terminal, pilot: Pilot[None]) -> None:
        """Let enough of them sign."""
        self.sign_now()
        await self.wait(app, pilot)

    def sign_now(self) -> None:
        """Let enough of them sign, and wait for nothing."""
        self._steps.put(None)

    async def wait(self, app: Terminal, pilot: Pilot[None]) -> None:
        """Wait until nobody asks the holders any more, and the screen says what came of it."""
        assert await asyncio.to_thread(self.left.wait, _PATIENCE)
        convening = app.known.convening
        while convening is not None and (convening.has_thread or convening.is_running):
            await pilot.pause(0.01)
        await settle(app, pilot)

    def convene(
        self, purpose: Purpose, seen: Briefing, watch: Watch, is_called_off: Callable[[], bool]
    ) -> GroupWord:
        self.asked.append(purpose)
        self.left.clear()
        try:
            return self._convene(purpose, seen, watch, is_called_off)
        finally:
            self.left.set()

    def _convene(
        self, purpose: Purpose, seen: Briefing, watch: Watch, is_called_off: Callable[[], bool]
    ) -> GroupWord:
        request = request_of(seen, purpose, self.group)
        progress = Progress(lambda _: None, _Nowhere(), self.group.holders, lambda: Timestamp(NOW), watch)
        (review,) = seen.reviews
        progress.begin(title_of(purpose, review), bytes(range(32)), needed=self.group.threshold)
        progress.waits(tuple(map(Index, self.group.holders)))
        while True:
            if is_called_off():
                fault = CeremonyFailed(what="the ceremony", why="it was called off here, before it was done")
                progress.failed(Shown(fault.sentence()))
                raise fault
            try:
                step = self._steps.get(timeout=0.05)
            except Empty:
                continue
            if step is None:
                break
            try:
                step(progress)
            except CeremonyFailed as fault:
                progress.failed(Shown(fault.sentence()))
                raise
            finally:
                self._done.put(None)
        progress.ended(Shown(f"{title_of(purpose, review)} is signed"))
        signature = group_signature_of("owls", digest_of_request(request, self.group.point))
        return GroupWord(
            group=self.group, request=request, briefing=seen, signature=signature, in_vain=self.in_vain
        )

    def send(self, word: GroupWord) -> Shown:
        self.sent.append(word)
        return Shown("Done in block 101.")

    def keep(self, word: GroupWord) -> Shown:
        if self.hand.refuses is not None:
            raise self.hand.refuses
        self.kept.append(word)
        return Shown(f"Kept: {word.usual_name}.")

    @property
    def options(self) -> dict[str, Any]:
        for_group = ForGroup(
            group=self.group,
            folder=Shown("desk"),
            convene=self.convene,
            keep=self.keep,
            send=self.send if self.has_key else None,
        )
        return {**self.hand.options, "for_group": for_group}


def fail(why: str) -> Happening:
    """Let the ceremony end with nothing."""

    def happen(_: Progress) -> None:
        raise CeremonyFailed(what="the signing", why=why)

    return happen


def make_owls(seat: int = 3, *, name: str = "custody owls") -> Owls:
    """Return the place of a seat in the usual vault, where a group sits in seat 9."""
    hand = make_hand(seat)
    reader = hand.scene.reader
    members = {
        **reader.reading.members.value,
        MemberIndex(SEAT): group_with_key(SEAT, "owls", 201, 202, 203, 204, 205),
    }
    reader.reading = replace(
        reader.reading,
        members=replace(reader.reading.members, value=members),
        roster=replace(
            reader.reading.roster, value=roster_of({int(seat): each for seat, each in members.items()})
        ),
    )
    group = GroupAtHand(
        name=Shown(name),
        point=Group.new("owls").compressed,
        threshold=3,
        holders={index: Shown(each) for index, each in NAMES.items()},
    )
    return Owls(hand=hand, group=group)
