"""The line of keys where there is little room, and letters that are typed before a form has a field for them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input
from textual.widgets._footer import FooterKey

from tests.tui.hand import make_hand
from tests.tui.pilots import SMALL, in_terminal, press, settle, text_of
from tests.tui.scene import make_scene
from tests.tui.watching import watched
from verifier.tui.app import Terminal
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.form import FormScreen
from verifier.tui.keys_line import KeysLine, fitting

NEXT: Final = "right_square_bracket"


def line_of(app: Terminal) -> str:
    """Return the last line of the screen."""
    return text_of(app).splitlines()[-1]


def test_keys_line__on_every_screen__ends_with_leaving_and_is_not_cut(tmp_path: Path) -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        for keys in ((), ("2",), ("3",), ("4",), ("5",), ("6",), ("1", "enter"), ("escape", "p")):
            await press(app, pilot, *keys)
            for footer in app.screen.query(KeysLine):
                assert line_of(app).rstrip().endswith("q Quit"), (keys, line_of(app))
                assert sum(child.region.width for child in footer.query(FooterKey)) <= SMALL[0] + 1

    with watched(tmp_path, hand.scene) as found:
        in_terminal(hand.scene, walk, **hand.options, **found.options)


def test_keys_line__made_wider__has_all_of_them_again() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        assert "1-6 Places" in line_of(app)
        await pilot.resize_terminal(140, 45)
        await settle(app, pilot)
        await pilot.pause()
        assert "5 Evidence" in line_of(app)
        assert "r Read" in line_of(app)
        await pilot.resize_terminal(*SMALL)
        await settle(app, pilot)
        await pilot.pause()
        assert "1-6 Places" in line_of(app)
        # By mouse they lead to the palette, which has every place by its name.
        await pilot.click(offset=(line_of(app).index("1-6"), 23))
        await settle(app, pilot)
        assert type(app.screen).__name__ == "CommandPalette"

    in_terminal(hand.scene, walk, **hand.options)


def test_keys_line__same_keys_as_before__are_not_made_again() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", NEXT)
        former = list(app.screen.query(FooterKey))
        # The focus moves to another part, which has keys of its own but none at the bottom.
        await press(app, pilot, NEXT)
        assert former
        assert list(app.screen.query(FooterKey)) == former
        await press(app, pilot, "escape", "2")
        former = list(app.screen.query(FooterKey))
        # What can be done to the next member is something else.
        await press(app, pilot, "down")
        assert list(app.screen.query(FooterKey)) != former

    in_terminal(make_scene(), walk)


def test_fitting__less_and_less_room__what_one_needs_least_goes_first() -> None:
    def key(display: str, title: str, action: str, *, disabled: bool = False) -> FooterKey:
        return FooterKey(display, display, title, action, disabled=disabled)

    keys = [
        key("v", "Veto", "do('veto')"),
        key("o", "Object", "do('object')", disabled=True),
        key("1", "Queue", "go('queue')"),
        key("2", "Members", "go('members')"),
        key("?", "Help", "help"),
        key("r", "Read", "read"),
        key("q", "Quit", "quit"),
    ]

    def shown(width: int) -> str:
        return " ".join(f"{each.key_display} {each.description}" for each in fitting(keys, width))

    assert shown(80) == "v Veto o Object 1 Queue 2 Members ? Help r Read q Quit"
    assert shown(50) == "v Veto o Object 1 Queue 2 Members ? Help q Quit"
    assert shown(45) == "v Veto o Object 1-2 Places ? Help q Quit"
    assert shown(30) == "v Veto o Object ? Help q Quit"
    assert shown(24) == "v Veto o Object q Quit"
    assert shown(14) == "v Veto q Quit"
    # What leads back and what leads out stay longest.
    assert shown(5) == "v Veto q Quit"


def test_form__letters_before_its_first_field_is_there__stand_in_it() -> None:
    hand = make_hand(0)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p")
        app.post_message(Key("c", "c"))
        while not isinstance(app.screen, FormScreen):
            await asyncio.sleep(0)
        assert app.focused is None
        for letter in "Payroll":
            await app.on_event(Key(letter, letter))
        await settle(app, pilot)
        await press(app, pilot, "x")
        assert app.screen.query_one("#field-target", Input).value == "Payrollx"

    in_terminal(hand.scene, walk, **hand.options)


def test_question__keys_before_it_can_be_read__answer_nothing() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        app.post_message(Key("f9", None))
        while not isinstance(app.screen, ConfirmScreen):
            await asyncio.sleep(0)
        for key in ("right", "enter", "f9"):
            await app.on_event(Key(key, None))
        await settle(app, pilot)
        assert isinstance(app.screen, ConfirmScreen)
        assert app.focused is app.screen.query_one("#no")
        assert hand.sent == []
        await press(app, pilot, "right", "enter")
        assert [name for name, _ in hand.sent] == ["suspend"]

    in_terminal(hand.scene, walk, **hand.options)
