"""What a thread finds out while the screens are being taken down is told to nobody, and breaks nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.holding import FakeHolder, about_operation
from tests.tui.owls import make_owls
from tests.tui.pilots import in_terminal
from tests.tui.test_ceremony import begin
from tests.tui.test_holder import sit
from verifier.errors import ApprovalFileUnwritable
from verifier.tui.app import Terminal
from verifier.tui.asking import Answered, News, Refused
from verifier.tui.convening import CeremonyNews
from verifier.tui.holder_app import Happened, HolderTerminal, Told
from verifier.tui.shell import Shell

FAULT = ApprovalFileUnwritable(path="x", why="the disk is full")


def tell_once_gone(monkeypatch: pytest.MonkeyPatch, app: Shell, *news: News) -> list[News]:
    """Have a terminal told news once it has no screen any more; the list has what it took by its end."""
    taken: list[News] = []
    close_all = type(app)._close_all

    async def close_and_tell(self: Any) -> None:
        await close_all(self)
        assert self.screen_stack == []
        for each in news:
            assert self.post_message(each)
        # As often as it has to be anybody's turn; a terminal that breaks takes none of the others.
        for _ in range(100):
            await asyncio.sleep(0)
        if self._message_queue.empty():
            taken.extend(news)

    monkeypatch.setattr(type(app), "_close_all", close_and_tell)
    return taken


def test_terminal__news_when_its_screens_are_gone__nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    owls = make_owls()
    taken: list[list[News]] = []

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        convening = app.known.convening
        assert convening is not None
        news = (
            CeremonyNews(convening),
            Refused(("signing", 0), FAULT),
            Refused(("queue", 0), FAULT),
            Answered(("source", 0), app.source),
        )
        taken.append(tell_once_gone(monkeypatch, app, *news))

    in_terminal(owls.hand.scene, walk, **owls.options)
    assert len(taken[0]) == 4


def test_holder__news_when_its_screens_are_gone__nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = FakeHolder()
    holder.ask(about_operation(holder.scene))
    taken: list[list[News]] = []

    async def walk(app: HolderTerminal, pilot: Pilot[None]) -> None:
        news = (Happened(), Told("Touch it."), Refused(("agree", 1), FAULT), Answered(("look", 0), None))
        taken.append(tell_once_gone(monkeypatch, app, *news))

    sit(holder, walk)
    assert len(taken[0]) == 4
