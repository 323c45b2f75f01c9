"""A holder's screens where somebody wants something unseen: long lists, many ceremonies, many questions at once."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.holding import FakeHolder, about_operation, about_repair
from tests.tui.pilots import SMALL, press, text_of
from tests.tui.test_holder import look, said_in, sit
from verifier.desk.group_asking import Asked, explain_unshown
from verifier.model.holding import Holding
from verifier.model.text import Shown
from verifier.tui.holder_app import HolderTerminal
from verifier.tui.holder_sign import HolderSignScreen


def about_unshown(count: int) -> Asked:
    """Return the question about so many holders, whose names are as long as names may be."""
    named = ", ".join(f"{index} ({'n' * 60})" for index in range(1, count + 1))
    numbers = ", ".join(map(str, range(1, count + 1)))
    return Asked(
        what=Shown(f"giving a new share to who does not show the old one: holders {numbers}"),
        because=Shown("shares for who shows none are given by a person, or by the holder's rules"),
        explained=explain_unshown(Shown(named)),
    )


def test_sign__twenty_long_names__what_follows_from_yes_is_in_sight_all_the_same() -> None:
    holder = FakeHolder()
    holder.ask(about_unshown(20))

    async def walk(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        assert "Decline" in text_of(app)
        assert "WHAT FOLLOWS FROM YES" in text_of(app)
        await press(app, pilot, "s")
        assert isinstance(app.screen, HolderSignScreen)
        shown = " ".join(text_of(app).split())
        for words in ("It is as good as a repair.", "Ask that person over another channel", "Yes, take part"):
            assert words in shown, shown

    sit(holder, walk, size=SMALL)


def test_changed__in_many_words__how_it_stands_and_its_danger_stay_in_sight() -> None:
    holder = FakeHolder()
    asked = about_operation(holder.scene, lane=1)
    holder.ask(replace(asked, changes=(Shown("New (danger): " + "it goes on and on " * 200),)))

    async def walk(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        shown = text_of(app)
        assert "CHANGED, read it again: New (danger)" in shown
        assert "CUSTODY" in shown
        assert "DANGER" in str(app.screen.query_one("#standing", Static).content)
        assert "1. no data" in shown
        await press(app, pilot, "right_square_bracket")
        assert text_of(app).count("it goes on and on") > 10

    sit(holder, walk, size=SMALL)


def test_bar__several_ceremonies_are_on_their_way__says_that_it_shows_one_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    holder = FakeHolder()
    look_once = holder.look

    def look_twice() -> Holding:
        found = look_once()
        return replace(found, sessions=(found.sessions[0], *found.sessions))

    holder.ask(about_repair())
    monkeypatch.setattr(FakeHolder, "look", lambda _: look_twice())

    async def walk(app: HolderTerminal, pilot: Pilot[None]) -> None:
        for keys in ((), ("2",), ("question_mark",), ("escape", "q")):
            await press(app, pilot, *keys)
            shown = text_of(app)
            assert "1 of 2: New shares of the key, epoch 5: 2 of 3 answered" in shown, keys
            assert "1 QUESTION FOR YOU" in shown, keys

    sit(holder, walk, size=SMALL)


def test_questions__many_at_once__ring_once_and_the_screen_is_not_filled() -> None:
    holder = FakeHolder()

    async def walk(app: HolderTerminal, pilot: Pilot[None]) -> None:
        with mock.patch.object(app, "bell") as bell:
            for _ in range(8):
                holder.ask(about_repair())
            await look(app, pilot)
            assert bell.call_count == 1
        assert len(app._notifications) == 3
        assert "Question 8" in said_in(app)
        assert "8 QUESTIONS FOR YOU" in text_of(app)

    sit(holder, walk, size=SMALL)
