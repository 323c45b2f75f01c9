"""What has to be in sight: a ceremony's line under whatever opens over it, a question under whatever is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from unittest import mock

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.desk.fakes import NOW, lane_of
from tests.tui.owls import Owls, answer, make_owls
from tests.tui.pilots import SMALL, in_terminal, press, settle, text_of
from tests.tui.quiet import exactly_waiting
from tests.tui.scene import batch
from tests.tui.test_ceremony import begin, run
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.tui.app import Terminal
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.known import Trouble

LINE = "The group's veto of lane 1: 1 of 3 answered"


def test_ceremony__whatever_covers_the_bar__its_line_stays_in_sight() -> None:
    owls = make_owls(0)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.tell(app, pilot, answer(1))
        for name, keys in {
            "ceremony": (),
            "help": ("question_mark",),
            "question": ("escape", "k"),
            "palette": ("escape", "ctrl+p"),
            "form": ("escape", "escape", "escape", "p", "n"),
            "leaving": ("escape", "ctrl+c"),
        }.items():
            await press(app, pilot, *keys)
            assert LINE in text_of(app).splitlines()[1], name
        await press(app, pilot, "escape", "question_mark")
        await owls.tell(app, pilot, answer(2))
        assert "2 of 3 answered" in text_of(app).splitlines()[1]
        assert app.known.convening is not None
        app.known.convening.end(30)

    run(owls, walk, size=SMALL)


@pytest.mark.parametrize("size", [SMALL, (60, 16)])
def test_ceremony__an_endpoint_has_much_to_say_of_what_is_wrong__its_line_stays_in_sight(
    size: tuple[int, int],
) -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.tell(app, pilot, answer(1))
        app.known.trouble = Trouble(sentence="It says: " + "try again " * 60, since=NOW - 100)
        app.refresh_ceremony()
        await settle(app, pilot)
        assert LINE in text_of(app)
        assert "OLD: nothing newer for" in text_of(app)
        assert app.known.convening is not None
        app.known.convening.end(30)

    run(owls, walk, size=size)


def with_words(owls: Owls, walk: Callable[[Terminal, Pilot[None]], Awaitable[None]]) -> None:
    """Open the terminal as it is, with what is said at its edge."""

    async def opened() -> None:
        app = Terminal(lambda: owls.hand.scene.source(**owls.options))
        async with app.run_test(size=SMALL, notifications=True) as pilot:
            await settle(app, pilot)
            await walk(app, pilot)

    # On a slow machine, what was said would be gone before anybody looks.
    with mock.patch.object(Terminal, "NOTIFICATION_TIMEOUT", 3_600), exactly_waiting():
        asyncio.run(opened())


def test_question__hundreds_of_things_are_said_meanwhile__none_covers_it_and_the_last_are_said_after() -> (
    None
):
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "V")
        before = text_of(app)
        for number in range(300):
            app.say(f"Lane {number}: something is otherwise than it was, {'and ' * 20}so on.")
        await settle(app, pilot)
        assert text_of(app) == before
        await press(app, pilot, "escape")
        assert [each.message[:8] for each in app._notifications] == ["Lane 297", "Lane 298", "Lane 299"]
        assert "Lane 299: something" in text_of(app)

    with_words(owls, walk)


def test_screen__hundreds_of_things_are_said__most_of_it_is_in_sight_and_what_went_wrong_stays() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        before = text_of(app).splitlines()
        app.say("It was not sent.", severity="error")
        for number in range(300):
            app.say(f"Lane {number}: something is otherwise than it was, {'and ' * 20}so on.")
        await settle(app, pilot)
        after = text_of(app).splitlines()
        same = [old == new for old, new in zip(before, after, strict=True)]
        assert all(same[: len(same) // 2])
        assert not all(same)
        assert any("Lane 299: something" in row for row in after), after
        assert any(each.message == "It was not sent." for each in app._notifications)
        assert len(app._notifications) == 3

    with_words(owls, walk)


def test_reading__much_changed_by_what_was_just_done__that_it_was_done_stays_in_sight() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        app.say("Done in block 7.")
        changed = lane_of(batch(), 1, 1, 2, 6, status=Status.VETOED, tier=Tier.ROUTINE, objected=True)
        owls.hand.scene.change(1, changed)
        await press(app, pilot, "r")
        shown = " ".join(row.partition("▌")[2].strip() for row in text_of(app).splitlines())
        said = " ".join(shown.split())
        assert "Done in block 7." in said
        assert "Lane 1: It is VETOED, and was PROPOSED. Its tier is ROUTINE, and was CUSTODY." in said
        assert "Somebody objected to it. More changed too: read it again." in said

    with_words(owls, walk)


def test_question__on_the_smallest_terminal__its_answers_are_in_sight_and_that_there_is_more() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "A")
        assert isinstance(app.screen, ConfirmScreen)
        shown = text_of(app)
        for words in (
            "Ask the holders for the group's approval",
            "No ",
            "Ask the holders ",
            "more below: down",
        ):
            assert words in shown, shown
        said = app.screen.query_one("#confirm-said")
        await press(app, pilot, *["down"] * (said.max_scroll_y - 1))
        assert "more below" in text_of(app)
        await press(app, pilot, "down")
        assert "more below" not in text_of(app)
        assert not app.screen.query_one("#confirm-more", Static).visible

    in_terminal(owls.hand.scene, walk, size=(60, 16), **owls.options)
