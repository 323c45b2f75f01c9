"""Taking members out, and reviewing break-glass: by key, palette and mouse, each after a question that begins on No."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from eth_hash.auto import keccak
from textual.pilot import Pilot
from textual.widgets import Button, DataTable, Input

from tests.desk.fakes import DAY, NOW, address_of
from tests.tui.hand import Hand, make_hand
from tests.tui.pilots import LARGE, in_terminal, press, settle, text_of, words_of
from tests.tui.scene import make_scene
from tests.tui.test_sign import messages
from verifier.errors import KeyUnreachable
from verifier.model.reading import VaultReading
from verifier.model.units import Timestamp
from verifier.tui.app import Terminal
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.deeds import DeedList
from verifier.tui.history import HistoryScreen
from verifier.tui.members import MembersScreen
from verifier.tui.review import ReviewScreen

TO_SEAT_4: Final = ("2", *["down"] * 4)


@pytest.mark.parametrize(
    "way",
    [
        (),
        ("2",),
        ("3",),
        ("4",),
        ("5",),
        ("enter",),
        ("question_mark",),
        ("enter", "v"),
        ("ctrl+p",),
    ],
    ids=["queue", "members", "policy", "history", "evidence", "operation", "help", "confirm", "palette"],
)
def test_compromised__from_every_screen__one_key_and_one_question(way: tuple[str, ...]) -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, *way, "f9")
        said = words_of(app)
        assert isinstance(app.screen, ConfirmScreen)
        assert "Are you compromised?" in said
        assert "your approvals do not count" in said
        assert "Only the others undo it, by a seat operation: 3 approvals, and 2 days" in said
        assert app.focused is app.screen.query_one("#no")
        # Once more asks nothing twice, and Enter is No.
        depth = len(app.screen_stack)
        await press(app, pilot, "f9")
        assert len(app.screen_stack) == depth
        await press(app, pilot, "enter")
        assert len(app.screen_stack) == depth - 1
        assert hand.sent == []
        await press(app, pilot, "f9", "right", "enter")
        assert hand.sent == [("suspend", [str(address_of(3))])]

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_compromised__by_the_palette_and_by_its_mark__asks_the_same() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "exclamation_mark")
        assert isinstance(app.screen, ConfirmScreen)
        question = app.screen.question
        await press(app, pilot, "escape")
        commands = {each.title: each for each in app.get_system_commands(app.screen)}
        commands["I am compromised"].callback()
        await settle(app, pilot)
        assert isinstance(app.screen, ConfirmScreen)
        assert app.screen.question == question

    in_terminal(hand.scene, walk, **hand.options)


def test_compromised__without_a_seat_or_a_key_or_on_a_wall__says_why_or_does_nothing() -> None:
    scene = make_scene()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "exclamation_mark")
        assert messages(app) == [
            "No key was given here. `fourth-signer suspend self --key FILE` does it, or open with --key."
        ]

    in_terminal(scene, walk)
    hand = make_hand()
    hand.scene.signer = make_hand(63).scene.signer

    async def nobody(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "exclamation_mark")
        assert "You have no seat here" in messages(app)[-1]
        commands = {each.title: each.help for each in app.get_system_commands(app.screen)}
        assert commands["I am compromised"].startswith("Not now: You have no seat here")

    in_terminal(hand.scene, nobody, **hand.options)

    async def looked_at(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "exclamation_mark", "f9", "2", "s", "1", "p")
        assert messages(app) == []
        assert "I am compromised" not in {each.title for each in app.get_system_commands(app.screen)}
        assert "compromised" not in text_of(app)

    in_terminal(scene, looked_at, size=LARGE, may_act=False)


def test_compromised__on_a_bundle_with_a_key__says_that_there_is_no_network() -> None:
    hand = make_hand()
    signing = {name: hand.options[name] for name in ("open_signing", "finish_signing")}

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "exclamation_mark")
        assert messages(app) == [
            "There is no network here. `fourth-signer suspend self --key FILE` does it where there is one."
        ]

    in_terminal(hand.scene, walk, **signing)


def test_suspend__guardian_on_another_member__is_sent_for_that_one_after_yes() -> None:
    hand = make_hand(5)
    # The guardian holds one already; nobody can hold two.
    members = hand.scene.reader.reading.members.value
    del members[4]  # type: ignore[attr-defined]

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "down", "s")
        said = words_of(app)
        assert isinstance(app.screen, ConfirmScreen)
        assert "Suspend seat 1" in said
        assert "It lapses 16 days later unless a seat operation confirms it." in said
        await press(app, pilot, "enter")
        assert hand.sent == []
        await press(app, pilot, "s", "right", "enter")
        assert hand.sent == [("suspend", [str(address_of(1))])]
        assert messages(app)[-1] == "Done in block 101."

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_suspend__impossible__is_dim_and_says_why_by_key_and_by_mouse() -> None:
    hand = make_hand(5)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "down", "s")
        assert isinstance(app.screen, MembersScreen)
        why = "Suspend: You hold the suspension of seat 4, and a guardian holds one at a time."
        assert messages(app) == [why]
        assert app.screen.check_action("do", ("suspend",)) is None
        assert "Not now: You hold the suspension of seat 4" in text_of(app)
        await pilot.click(DeedList, offset=(3, 2))
        await settle(app, pilot)
        assert messages(app)[-1] == "Lapse: No guardian's suspension of it waits for anything."
        assert hand.sent == []

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_lapse__in_its_time__anybody_by_mouse() -> None:
    hand = make_hand()
    scene = hand.scene
    scene.reader.reading = _later(hand)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, *TO_SEAT_4)
        await pilot.click(DeedList, offset=(3, 2))
        await settle(app, pilot)
        assert isinstance(app.screen, ConfirmScreen)
        assert "Let the suspension of seat 4" in words_of(app)
        await press(app, pilot, "right", "enter")
        assert hand.sent == [("lapse", [str(address_of(4))])]

    in_terminal(scene, walk, size=LARGE, **hand.options)


def test_suspend__key_gone__says_so_and_leaves_everything_usable() -> None:
    hand = make_hand()
    hand.refuses = KeyUnreachable(
        holder="the token vault", why="it was unplugged", advice="Plug it in again."
    )

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "exclamation_mark", "right", "enter")
        assert "unplugged" in messages(app)[-1]
        assert hand.sent == []
        await press(app, pilot, "2")
        assert isinstance(app.screen, MembersScreen)

    in_terminal(hand.scene, walk, **hand.options)


def test_review__auditor__shows_what_it_was_and_sends_the_hash_of_the_file(tmp_path: Path) -> None:
    hand = make_hand(6)
    report = tmp_path / "report.txt"
    report.write_bytes(b"It was a fire.")

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "4", "b")
        screen, said = app.screen, words_of(app)
        assert isinstance(screen, ReviewScreen)
        assert "USE 0 OF BREAK-GLASS (PROVEN)" in said
        assert "Wed 2027-01-13 16:00:00 UTC, in lane 0" in said
        assert "took part seat 1" in said
        assert "due Sat 2027-01-16 16:00:00 UTC, in 1 day 8 hours" in said
        screen.query_one(Input).value = str(report)
        await press(app, pilot, "enter", "enter")
        assert isinstance(app.screen, HistoryScreen)
        await press(app, pilot, "b")
        app.screen.query_one(Input).value = str(report)
        await press(app, pilot, "enter", "right", "right", "enter")
        assert isinstance(app.screen, ConfirmScreen)
        hashed = keccak(b"It was a fire.").hex()
        assert "was NOT justified?" in words_of(app)
        assert " ".join(hashed[i : i + 4] for i in range(0, 32, 4)) in words_of(app)
        await press(app, pilot, "enter")
        assert hand.sent == []
        await press(app, pilot, "enter", "right", "enter")
        assert hand.sent == [("review", ["0", str(NOW - 40 * 3_600), hashed, "False"])]

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_review__file_that_is_not_there__says_so_and_asks_nothing(tmp_path: Path) -> None:
    hand = make_hand(6)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "4", "b", "enter", "right", "enter")
        assert "a review without any is none" in messages(app)[-1]
        app.screen.query_one(Input).value = str(tmp_path / "missing")
        await press(app, pilot, "enter", "right", "enter")
        assert "no file that can be read" in messages(app)[-1]
        assert isinstance(app.screen, ReviewScreen)
        assert hand.sent == []

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def test_review__impossible__is_dim_and_says_why() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "4", "b")
        assert messages(app)[-1] == "Review: Only an active auditor who took no part reviews it."
        await press(app, pilot, "down", "down", "b")
        assert messages(app)[-1] == "Review: Choose a use of break-glass."
        assert "LANE 0, OPERATION 1: EXECUTED" in words_of(app)
        assert app.screen.query_one(DataTable).cursor_row == 2

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)
    auditor = make_hand(6)

    async def second(app: Terminal, pilot: Pilot[None]) -> None:
        # It was reviewed: once is for ever.
        await press(app, pilot, "4", "down", "b")
        assert isinstance(app.screen, HistoryScreen)
        assert "no bypass 1 that waits for a review" in messages(app)[-1]

    in_terminal(auditor.scene, second, size=LARGE, **auditor.options)


def test_review__reviewed_meanwhile__takes_no_answer() -> None:
    hand = make_hand(6)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "4", "b")
        screen = app.screen
        hand.scene.signer = make_hand(3).scene.signer
        app.read_again()
        await settle(app, pilot)
        assert screen.query_one("#justified", Button).disabled
        assert "not now" in words_of(app)

    in_terminal(hand.scene, walk, size=LARGE, **hand.options)


def _later(hand: Hand) -> VaultReading:
    reading = hand.scene.reader.reading
    return replace(reading, head=replace(reading.head, timestamp=Timestamp(NOW + 16 * DAY)))
