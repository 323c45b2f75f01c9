"""A holder's screens: what is always in sight, answers that begin on No, and questions that end while they are read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from unittest import mock

import pytest
from pytest_textual_snapshot import normalize_svg  # type: ignore[import-untyped]
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.desk.fakes import NOW
from tests.tui.holding import FakeHolder, about_operation, about_repair
from tests.tui.pilots import press, settle, text_of, words_of
from tests.tui.quiet import exactly_waiting
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.holder_app import HolderTerminal
from verifier.tui.holder_operation import HolderOperationScreen, HolderSheetScreen
from verifier.tui.holder_questions import QuestionsScreen
from verifier.tui.holder_sign import HolderSignScreen

Run = Callable[[HolderTerminal, Pilot[None]], Awaitable[None]]
FOLDER: Final = Path(__file__).parents[2] / "docs" / "screens-holder"
ONE: Final = "ONE FACTOR ONLY: a passphrase"
WALK: Final = {
    "holder": (),
    "questions": ("2",),
    "operation": ("enter",),
    "asked": ("right_square_bracket",),
    "sign": ("s",),
    "repair": ("escape", "escape", "down", "enter"),
    "quit": ("q",),
}
"""A way past every screen: the keys that lead from each picture to the next one."""


def sit(holder: FakeHolder, run: Run, *, size: tuple[int, int] = (120, 40)) -> None:
    """Open a holder's screens, and do something in them."""

    async def opened() -> None:
        app = HolderTerminal(holder.source())
        async with app.run_test(size=size) as pilot:
            await settle(app, pilot)
            await run(app, pilot)

    with exactly_waiting():
        asyncio.run(opened())


async def look(app: HolderTerminal, pilot: Pilot[None]) -> None:
    """Have the screens see what changed."""
    app.happened()
    await settle(app, pilot)


def said_in(app: HolderTerminal) -> str:
    """Return all that was said at the edge of the screen."""
    return "\n".join(each.message for each in app._notifications)


async def type_dangers(app: HolderTerminal, pilot: Pilot[None], texts: Sequence[str]) -> None:
    """Type into the fields of the dangers, one after another."""
    for field, text in zip(app.screen.query(Input), texts, strict=True):
        field.focus()
        await pilot.pause()
        await press(app, pilot, *text)


def test_screens__one_factor_and_a_question__both_in_sight_on_every_screen() -> None:
    holder = FakeHolder()
    holder.ask(about_operation(holder.scene))
    holder.ask(about_repair(), ago=10)

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        for name, keys in WALK.items():
            await press(app, pilot, *keys)
            shown = text_of(app)
            assert ONE in shown, name
            assert "2 QUESTIONS FOR YOU" in shown, name
            # The ceremony that is on its way.
            assert "awaited 3 Cid" in shown, name

    sit(holder, run, size=(80, 24))


def test_screens__two_factors__no_warning_stands_there() -> None:
    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        assert "ONE FACTOR" not in text_of(app)
        assert "passphrase and token" in words_of(app)

    sit(FakeHolder(is_one_factor=False), run)


def test_question__comes__rings_once_and_is_listed_with_number_and_age() -> None:
    holder = FakeHolder()

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        with mock.patch.object(app, "bell") as bell:
            holder.ask(about_operation(holder.scene))
            await look(app, pilot)
            await look(app, pilot)
            assert bell.call_count == 1
            holder.ask(about_repair(), ago=10)
            await look(app, pilot)
            assert bell.call_count == 2
        await press(app, pilot, "2")
        shown = text_of(app)
        assert "1  The group's approval of lane 0" in shown
        assert "Asked 2 minutes 10 seconds ago, because the holder's rules leave HIGH_VALUE" in shown
        assert "2  Making the share of holder 3 (Cid) anew, for that holder" in shown
        assert "Asked 10 seconds ago" in shown

    sit(holder, run)


def test_sign__dangers_not_typed__yes_cannot_be_pressed() -> None:
    holder = FakeHolder()
    asked = about_operation(holder.scene, lane=1)
    holder.ask(asked)
    phrases = [each.phrase for each in asked.acknowledgements]
    assert phrases

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "s")
        assert isinstance(app.screen, HolderSignScreen)
        assert app.focused is app.screen.query_one("#no", Button)
        assert app.screen.query_one("#yes", Button).disabled
        await type_dangers(app, pilot, ["x", *phrases[1:]])
        assert app.screen.query_one("#yes", Button).disabled
        await press(app, pilot, *["enter"] * 4)
        assert holder.answers == []

    sit(holder, run)


def test_sign__dangers_typed__signed_once_and_the_screens_of_it_are_left() -> None:
    holder = FakeHolder()
    asked = about_operation(holder.scene, lane=1)
    holder.ask(asked)
    phrases = [str(each.phrase) for each in asked.acknowledgements]

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "s")
        await type_dangers(app, pilot, phrases)
        app.screen.query_one("#yes", Button).focus()
        await press(app, pilot, "enter", "enter", "enter")
        assert holder.answers == [("yes", 1, phrases)]
        assert isinstance(app.screen, QuestionsScreen)
        assert "Nothing is asked" in text_of(app)

    sit(holder, run)


def test_sign__enter_and_nothing_else__answers_nothing() -> None:
    holder = FakeHolder()
    holder.ask(about_repair())

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "s", "enter")
        assert isinstance(app.screen, HolderSheetScreen)
        assert holder.answers == []
        await press(app, pilot, "s", "right", "enter")
        assert holder.answers == [("yes", 1, [])]

    sit(holder, run)


def test_sign__keys_before_it_was_drawn__answer_nothing() -> None:
    holder = FakeHolder()
    holder.ask(about_repair())

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        early = ("s", "right", "enter")
        with mock.patch.object(HolderSignScreen, "on_mount", _stays_undrawn):
            await press(app, pilot, *early)
        assert isinstance(app.screen, HolderSignScreen)
        assert holder.answers == []

    sit(holder, run)


def _stays_undrawn(screen: HolderSignScreen) -> None:
    """Mount it, but for its last line: it is not drawn yet."""
    screen.has_begun = True
    screen.query_one("#yes", Button).disabled = False
    screen.query_one("#no").focus()


def test_decline__one_more_question__begins_on_no_and_says_no_once() -> None:
    holder = FakeHolder()
    holder.ask(about_operation(holder.scene))

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "d", "enter")
        assert holder.answers == []
        await press(app, pilot, "d", "right", "enter")
        assert holder.answers == [("no", 1, [])]
        assert isinstance(app.screen, QuestionsScreen)

    sit(holder, run)


def test_question__called_off_while_it_is_read__says_by_whom_and_takes_no_answer() -> None:
    holder = FakeHolder()
    holder.ask(about_operation(holder.scene))

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        holder.take_away(1, "nobody waits for the answer any more: its coordinator called it off")
        await look(app, pilot)
        said = " ".join(words_of(app).split())
        assert "OVER: nobody waits for the answer any more: its coordinator called it off." in said
        assert "Nothing was answered." in said
        await press(app, pilot, "d")
        assert holder.answers == []

    sit(holder, run)


def test_question__over_while_it_is_read__says_so_and_takes_no_answer() -> None:
    holder = FakeHolder()
    holder.ask(about_operation(holder.scene))

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        holder.take_away(1)
        await look(app, pilot)
        assert isinstance(app.screen, HolderOperationScreen)
        assert "OVER: nobody waits for an answer any more" in words_of(app)
        await press(app, pilot, "s", "d")
        assert isinstance(app.screen, HolderOperationScreen)
        await press(app, pilot, "escape")
        assert "Nothing is asked" in text_of(app)
        assert holder.answers == []

    sit(holder, run)


def test_question__over_while_yes_is_asked__cannot_be_pressed_any_more() -> None:
    holder = FakeHolder()
    holder.ask(about_repair())

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "s", "right")
        assert not app.screen.query_one("#yes", Button).disabled
        holder.take_away(1)
        await look(app, pilot)
        assert app.screen.query_one("#yes", Button).disabled
        await press(app, pilot, "enter")
        assert holder.answers == []

    sit(holder, run)


def test_sign__changed_while_it_was_read__is_shown_anew_and_yes_is_for_that() -> None:
    holder = FakeHolder()
    asked = about_operation(holder.scene, lane=1)
    holder.ask(asked)
    phrases = [str(each.phrase) for each in asked.acknowledgements]

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "s")
        await type_dangers(app, pilot, phrases)
        holder.changed = replace(asked, changes=(Shown("Seat 2 approved it."),))
        app.screen.query_one("#yes", Button).focus()
        await press(app, pilot, "enter")
        assert holder.answers == []
        assert isinstance(app.screen, HolderOperationScreen)
        assert "CHANGED, read it again: Seat 2 approved it." in words_of(app)
        await press(app, pilot, "s")
        await type_dangers(app, pilot, phrases)
        app.screen.query_one("#yes", Button).focus()
        await press(app, pilot, "enter")
        assert [answer for answer, _, _ in holder.answers] == ["yes"]

    sit(holder, run)


def test_decline__after_a_yes_that_is_being_looked_into__is_refused_and_nothing_else_is_said() -> None:
    holder = FakeHolder()
    holder.ask(about_repair())

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "s")
        holder.free.clear()
        # As a slow endpoint would.
        for key in ("right", "enter", "escape"):
            await pilot.press(key)
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(app.screen, HolderSheetScreen)
        assert "Your yes is being looked into" in said_in(app)
        holder.free.set()
        await settle(app, pilot)
        assert holder.answers == [("yes", 1, [])]
        assert "Answered yes" in app.why_over(1)

    sit(holder, run)


def test_decline__confirmed_after_a_yes__is_not_given_either() -> None:
    holder = FakeHolder()
    holder.ask(about_repair())

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter", "d", "right")
        question = app.screen
        assert isinstance(question, ConfirmScreen)
        holder.free.clear()
        (waiting,) = app.waiting
        app.agree(HolderSignScreen(waiting), [])
        await pilot.press("enter")
        holder.free.set()
        await settle(app, pilot)
        assert [answer for answer, _, _ in holder.answers] == ["yes"]
        assert "Answered yes" in app.why_over(1)

    sit(holder, run)


def test_question__a_minute_without_the_coordinator__says_that_it_may_have_been_called_off() -> None:
    holder = FakeHolder()
    holder.ask(about_operation(holder.scene))
    holder.ask(about_repair())
    line = "Nobody has come for the answer for 1 minute: it may have been called off."

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        for keys in (("2", "enter"), ("escape", "down", "enter")):
            holder.called_at = Timestamp(NOW - 59)
            await look(app, pilot)
            await press(app, pilot, *keys)
            assert "called off" not in words_of(app)
            holder.called_at = Timestamp(NOW - 60)
            await look(app, pilot)
            assert line in words_of(app)
            # It is open all the same: whoever comes back finds the answer.
            await press(app, pilot, "d")
            assert isinstance(app.screen, ConfirmScreen)
            await press(app, pilot, "escape")
            assert line in words_of(app)
        holder.called_at = Timestamp(NOW - 1)
        await look(app, pilot)
        assert "called off" not in words_of(app)
        # Of one that is over it is known.
        holder.called_at = Timestamp(NOW - 600)
        holder.take_away(2)
        await look(app, pilot)
        assert "OVER" in words_of(app)
        assert "called off" not in words_of(app)

    sit(holder, run)


def test_question__by_parcels__nobody_knows_when_they_are_fetched_and_nothing_is_said() -> None:
    holder = FakeHolder(where="/media/parcels", called_at=Timestamp(NOW - 86_400))
    holder.ask(about_repair())

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "enter")
        assert "called off" not in words_of(app)

    sit(holder, run)


def test_holder__warned_before_there_were_screens__stands_first_on_the_first_of_them() -> None:
    said = "ANOTHER RECOVERY KEY: share-epoch-4.backup was made for 0xab. Unless you changed it, stop this holder now."
    holder = FakeHolder(warned=(Shown(said),))

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        shown = words_of(app)
        assert said in shown
        assert shown.index(said) < shown.index("AWAITED NOW")

    sit(holder, run, size=(80, 24))


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_quit__asked_first__begins_on_no_and_says_what_ends(key: str) -> None:
    holder = FakeHolder()
    holder.ask(about_repair())

    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, key, key)
        assert isinstance(app.screen, ConfirmScreen)
        assert len([each for each in app.screen_stack if isinstance(each, ConfirmScreen)]) == 1
        assert "1 question is open" in words_of(app)
        await press(app, pilot, "enter")
        assert app.return_value is None
        with mock.patch.object(app, "exit") as leave:
            await press(app, pilot, key, "right", "enter")
            leave.assert_called_once_with()

    sit(holder, run)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_screens__in_two_sizes__look_as_before(request: pytest.FixtureRequest, size: tuple[int, int]) -> None:
    holder, drawn = FakeHolder(), dict[str, str]()
    holder.ask(about_operation(holder.scene))
    holder.ask(about_repair(), ago=10)

    async def draw(app: HolderTerminal, pilot: Pilot[None]) -> None:
        app.clear_notifications()
        for name, keys in WALK.items():
            await press(app, pilot, *keys)
            drawn[f"{name}-{size[0]}x{size[1]}.svg"] = await _still(app, pilot)

    sit(holder, partial(draw), size=size)
    if request.config.getoption("update_snapshots"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, picture in drawn.items():
            (FOLDER / name).write_text(picture)
    assert [name for name, picture in drawn.items() if picture != _kept(name)] == []


async def _still(app: HolderTerminal, pilot: Pilot[None]) -> str:
    """Return the picture of the screen once nothing moves on it any more."""
    latest, former = normalize_svg(app.export_screenshot(simplify=True)), ""
    while latest != former:
        await pilot.pause(0.05)
        latest, former = normalize_svg(app.export_screenshot(simplify=True)), latest
    return f"{str(latest).rstrip()}\n"


def _kept(name: str) -> str:
    path = FOLDER / name
    return path.read_text() if path.exists() else ""


def test_screens__the_group_went_on_without_this_holder__said_first_and_that_it_may_be_stopped() -> None:
    async def run(app: HolderTerminal, pilot: Pilot[None]) -> None:
        said = words_of(app)
        assert said.count("This holder has left the group: its share is destroyed") == 2
        assert "it has left the group" in said
        assert "It answers by its rules" not in said
        assert "You are asked here" not in said

    sit(FakeHolder(has_left=True), run)
