"""Proposing on the screens: from a file and by hand, with the review that everybody sees, and a question after it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList, TabbedContent

from tests.desk.fakes import TOKEN
from tests.tui.hand import make_hand
from tests.tui.pilots import LARGE, in_terminal, press, text_of, words_of
from tests.tui.scene import PAYROLL, make_scene
from tests.tui.test_sign import messages
from verifier.decode.operations import encode_propose
from verifier.errors import ReviewChanged
from verifier.model.operation import Call
from verifier.model.units import Wei
from verifier.store.calls_file import read_calls
from verifier.tui.app import Terminal
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.deeds import DeedList
from verifier.tui.draft import DraftScreen
from verifier.tui.form import FormScreen
from verifier.tui.propose import ProposeScreen

TO_PAYROLL: Final = ("down", "tab", *"Payroll", "enter", *"1500.25", "enter", "tab", "enter")
"""In the form of a transfer: of the second asset, to the payroll."""
SALARY: Final = Call(
    target=TOKEN,
    value=Wei(0),
    data=bytes.fromhex("a9059cbb") + bytes(12) + PAYROLL + (1_500_250_000).to_bytes(32, "big"),
)


def test_propose__transfer_by_hand__is_reviewed_whole_and_published_after_yes() -> None:
    hand = make_hand(0)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "n", *TO_PAYROLL)
        assert "1. Transfer 1500.25 of 0x70ce 70CE 70Ce" in text_of(app)
        await press(app, pilot, "v")
        screen, said = app.screen, text_of(app)
        assert isinstance(screen, DraftScreen)
        assert screen.draft.operation.calls == (SALARY,)
        assert "NOT PUBLISHED" in said
        assert "Sends 1,500.250000 USDC (1500250000)" in said
        assert "a9059cbb" in said
        await press(app, pilot, "p")
        assert isinstance(app.screen, ConfirmScreen)
        asked = words_of(app)
        digits = screen.draft.review.lane.operation_id.hex()
        assert " ".join(digits[i : i + 4] for i in range(0, 32, 4)) in asked
        assert app.focused is app.screen.query_one("#no")
        await press(app, pilot, "enter")
        assert hand.sent == []
        dangers = [each.phrase for each in screen.draft.acknowledgements]
        await press(app, pilot, "p")
        for field, phrase in zip(app.screen.query(Input), dangers, strict=True):
            field.value = phrase
        await pilot.pause()
        app.screen.query_one("#yes").focus()
        await press(app, pilot, "enter")
        assert hand.sent == [("propose", [encode_propose(screen.draft.operation).hex(), *dangers])]

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_propose__danger__is_typed_before_yes_can_be_said() -> None:
    hand = make_hand(0)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        # A call that nothing names, to somebody without code.
        await press(
            app, pilot, "p", "c", *f"{PAYROLL}", *["enter"] * 4, *"0xdeadbeef", "enter", "tab", "enter", "v"
        )
        screen = app.screen
        assert isinstance(screen, DraftScreen)
        assert screen.draft.acknowledgements
        await press(app, pilot, "p")
        assert app.screen.query_one("#yes", Button).disabled
        assert hand.sent == []

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_publish__long_question_on_a_small_terminal__keeps_its_answers_in_sight() -> None:
    hand = make_hand(0)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "n", *TO_PAYROLL, "v", "p")
        screen = app.screen
        assert isinstance(screen, ConfirmScreen)
        for name in ("#no", "#yes"):
            assert screen.region.contains_region(screen.query_one(name).region)
        # What does not fit can be read on, and the field is brought into sight when it is reached.
        before = text_of(app)
        await press(app, pilot, *["down"] * 4)
        assert text_of(app) != before
        field = screen.query(Input).first()
        field.focus()
        await press(app, pilot, "x")
        assert screen.query_one("#confirm-said").region.contains_region(field.region)

    in_terminal(hand.scene, walk, **hand.options)


def test_propose__from_a_file__the_same_calls_as_the_command_takes(tmp_path: Path) -> None:
    hand = make_hand(0)
    path = tmp_path / "calls.toml"
    path.write_text(
        f'version = 1\n[[calls]]\ntarget = "{TOKEN}"\nfunction = "transfer(address,uint256)"\n'
        f'arguments = ["{PAYROLL}", "1500250000"]\n[[calls]]\ntarget = "{PAYROLL}"\nvalue = 7\n'
    )

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "f")
        app.screen.query_one(Input).value = str(path)
        await press(app, pilot, "enter", "tab", "enter")
        assert "2 calls, all or none" in words_of(app)
        await press(app, pilot, "v")
        assert isinstance(app.screen, DraftScreen)
        assert app.screen.draft.operation.calls == read_calls(path)
        # The other parts are there, as for everybody.
        tabs = app.screen.query_one(TabbedContent)
        for part in ("findings", "needs", "played", "doing"):
            await press(app, pilot, "right_square_bracket")
            assert tabs.active == part

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_propose__calls__are_changed_and_removed_and_written_to_a_file(tmp_path: Path) -> None:
    hand = make_hand(0)
    path = tmp_path / "kept.json"

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "n", *TO_PAYROLL, "n", *TO_PAYROLL)
        rows = app.screen.query_one("#calls-list", OptionList)
        assert rows.option_count == 2
        # Enter on a transfer opens it as one, with what it was.
        await press(app, pilot, "enter")
        assert [each.value for each in app.screen.query(Input)] == [str(PAYROLL), "1500.25"]
        app.screen.query(Input).last().value = "2"
        app.screen.query_one("#yes").focus()
        await press(app, pilot, "enter")
        await press(app, pilot, "w")
        app.screen.query_one(Input).value = str(path)
        await press(app, pilot, "enter", "tab", "enter")
        assert messages(app)[-1] == f"Written: {path}."
        assert [each["arguments"][1] for each in json.loads(path.read_text())["calls"]] == [
            "1500250000",
            "2000000",
        ]
        await press(app, pilot, "w")
        app.screen.query_one(Input).value = str(path)
        await press(app, pilot, "enter", "tab", "enter")
        assert "nothing is written over" in messages(app)[-1]
        await press(app, pilot, "x")
        assert rows.option_count == 1
        # They are kept while one looks elsewhere.
        await press(app, pilot, "escape", "p")
        assert app.screen.query_one("#calls-list", OptionList).option_count == 1

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_propose__what_is_not_understood__is_said_beside_it_and_not_lost() -> None:
    hand = make_hand(0)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "n", "down", "tab", *"Payroll", "enter", *"1,5", "enter", "tab", "enter")
        assert isinstance(app.screen, FormScreen)
        assert "`1,5` is no value of the type amount: digits, and up to 6 after a point." in words_of(app)
        assert [each.value for each in app.screen.query(Input)] == ["Payroll", "1,5"]
        await press(app, pilot, "escape", "c", *"nobody", "enter")
        app.screen.query_one("#yes").focus()
        await press(app, pilot, "enter")
        assert "nobody" in words_of(app)
        await press(app, pilot, "escape")
        assert app.known.calls == []

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_propose__impossible__is_dim_and_says_why() -> None:
    hand = make_hand(5)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p")
        assert messages(app) == ["Propose: You are neither proposer nor approver."]
        assert app.screen.check_action("do", ("propose",)) is None
        commands = {each.title: each.help for each in app.get_system_commands(app.screen)}
        assert commands["Propose (p)"] == "Not now: You are neither proposer nor approver."

    in_terminal(hand.scene, walk, **hand.options)
    proposer = make_hand(0)

    async def empty(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "v")
        assert messages(app)[-1] == "Review: There are no calls yet."
        # By mouse as well: the last row.
        await pilot.click(DeedList, offset=(3, 7))
        await pilot.pause()
        assert messages(app)[-1] == "Review: There are no calls yet."
        await pilot.click(DeedList, offset=(3, 1))
        await pilot.pause()
        assert isinstance(app.screen, FormScreen)

    in_terminal(proposer.scene, empty, size=LARGE, **proposer.options)


def test_propose__that_the_vault_would_not_take__says_why_and_stays() -> None:
    hand = make_hand(1)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        # An approver who is no proposer may publish seat operations alone.
        await press(app, pilot, "p", "n", *TO_PAYROLL, "v")
        assert isinstance(app.screen, ProposeScreen)
        assert "you are no proposer" in messages(app)[-1]
        assert "1 call, all or none" in words_of(app)

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_propose__changed_since_it_was_reviewed__publishes_nothing() -> None:
    hand = make_hand(0)
    hand.refuses = ReviewChanged(lane=2, changes=("Its tier is CUSTODY, and was HIGH_VALUE.",))

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "n", *TO_PAYROLL, "v", "p")
        screen = app.screen
        assert isinstance(screen, ConfirmScreen)
        for field, each in zip(screen.query(Input), screen._needed, strict=True):
            field.value = each.phrase
        await pilot.pause()
        screen.query_one("#yes").focus()
        await press(app, pilot, "enter")
        assert "Its tier is CUSTODY, and was HIGH_VALUE" in messages(app)[-1]
        assert isinstance(app.screen, DraftScreen)
        assert hand.sent == []

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_propose__without_a_key__is_reviewed_and_says_how_it_is_published() -> None:
    hand = make_hand(0)
    drafting = replace(hand.options["drafting"], propose=None)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p", "n", *TO_PAYROLL, "v", "p")
        assert isinstance(app.screen, DraftScreen)
        assert messages(app)[-1] == (
            "No key was given here. `fourth-signer propose FILE --key FILE` does it, or open with --key."
        )

    in_terminal(hand.scene, walk, size=LARGE, drafting=drafting)


def test_propose__on_a_bundle__is_impossible_and_says_why() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "p")
        assert messages(app) == ["Propose: There is no network here, and nothing can be published."]

    in_terminal(make_scene(), walk)
