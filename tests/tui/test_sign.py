"""Signing and sending on the screens: No comes first, danger is typed, and what changed stops it."""

from __future__ import annotations

import threading
from dataclasses import replace

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.desk.fakes import NOW, lane_of
from tests.tui.hand import make_hand
from tests.tui.pilots import in_terminal, press, settle, text_of
from tests.tui.scene import batch, make_scene
from verifier.errors import PassphraseWrong, ReviewChanged
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.tui.app import Terminal
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.operation import OperationScreen
from verifier.tui.sign import SignScreen


def messages(app: Terminal) -> list[str]:
    return [each.message for each in app._notifications]


def test_sign__opened__shows_every_hash_and_begins_on_no() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "a")
        screen = app.screen
        assert isinstance(screen, SignScreen)
        said = text_of(app)
        digest = app.known.lanes[1].reviews[0].hashes.digest.hex()
        assert " ".join(digest[i : i + 4] for i in range(0, 32, 4)) in said
        assert app.focused is screen.query_one("#no")
        assert screen.query_one("#yes", Button).disabled
        await press(app, pilot, "enter")
        assert isinstance(app.screen, OperationScreen)
        assert hand.signed == []

    in_terminal(hand.scene, walk, size=(140, 60), **hand.options)


def test_sign__danger_typed__signs_what_was_shown() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "a")
        screen = app.screen
        assert isinstance(screen, SignScreen)
        assert screen.signing is not None
        (danger,) = screen.signing.acknowledgements
        screen.query_one(Input).focus()
        await press(app, pilot, *danger.phrase[:-1], "enter")
        assert screen.query_one("#yes", Button).disabled
        screen.query_one(Input).focus()
        await press(app, pilot, "end", danger.phrase[-1])
        assert not screen.query_one("#yes", Button).disabled
        screen.query_one("#yes").focus()
        await press(app, pilot, "enter")
        ((signing, typed),) = hand.signed
        assert typed == [danger.phrase]
        assert signing.message.digest == app.known.lanes[1].reviews[0].hashes.digest
        assert messages(app)[-1] == "Signed: lane-1-1-seat-3.approval."
        assert isinstance(app.screen, OperationScreen)

    in_terminal(hand.scene, walk, size=(140, 60), **hand.options)


def test_sign__enter_typed_before_it_was_drawn__signs_nothing_whenever_its_turn_comes() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        early = Key("enter", None)
        await press(app, pilot, "a")
        screen = app.screen
        assert isinstance(screen, SignScreen)
        assert screen.signing is not None
        screen.query_one(Input).value = str(screen.signing.acknowledgements[0].phrase)
        await settle(app, pilot)
        screen.query_one("#yes", Button).focus()
        await app.on_event(early)
        await settle(app, pilot)
        assert hand.signed == []
        assert app.screen is screen
        await press(app, pilot, "enter")
        assert len(hand.signed) == 1

    in_terminal(hand.scene, walk, size=(140, 60), **hand.options)


def test_key__before_the_operation_is_read_whole__asks_once_it_is() -> None:
    hand, until = make_hand(), threading.Event()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        hand.scene.before = lambda: until.wait(60)
        await pilot.press("down", "enter", "v")
        await pilot.pause()
        assert isinstance(app.screen, OperationScreen)
        assert messages(app)[-1] == "This is still being read: you are asked about it once it is."
        until.set()
        await settle(app, pilot)
        assert isinstance(app.screen, ConfirmScreen)
        assert app.focused is app.screen.query_one("#no")
        # Once: not again with every reading.
        await press(app, pilot, "enter", "r")
        assert isinstance(app.screen, OperationScreen)
        assert hand.sent == []

    try:
        in_terminal(hand.scene, walk, **hand.options)
    finally:
        until.set()


def test_sign__changed_since_it_was_read__says_what_and_signs_nothing() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        paid = lane_of(batch(), 1, 2, status=Status.PROPOSED, moment=NOW + 6 * 3_600, tier=Tier.CUSTODY)
        hand.scene.change(1, paid)
        await press(app, pilot, "a")
        assert "Something changed since you read it" in text_of(app)
        assert "Seat 2 approved it." in text_of(app)
        assert app.screen.query_one("#yes", Button).disabled
        await press(app, pilot, "escape")
        assert "2/3 approvals" in text_of(app)
        await press(app, pilot, "a")
        assert "Something changed" not in text_of(app)

    in_terminal(hand.scene, walk, **hand.options)


def test_sign__passphrase_wrong__says_so_and_stays() -> None:
    hand = make_hand()
    hand.refuses = PassphraseWrong(holder="the key file ann.json")

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "a")
        screen = app.screen
        assert isinstance(screen, SignScreen)
        assert screen.signing is not None
        screen.query_one(Input).focus()
        await press(app, pilot, *screen.signing.acknowledgements[0].phrase)
        screen.query_one("#yes").focus()
        await press(app, pilot, "enter")
        assert "passphrase" in messages(app)[-1]
        assert app.screen is screen
        assert hand.signed == []

    in_terminal(hand.scene, walk, size=(140, 60), **hand.options)


def test_veto__asked__is_sent_only_after_yes() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "v")
        assert isinstance(app.screen, ConfirmScreen)
        await press(app, pilot, "enter")
        assert hand.sent == []
        await press(app, pilot, "v", "right", "enter")
        assert hand.sent == [("veto", [])]
        assert messages(app)[-1] == "Done in block 101."

    in_terminal(hand.scene, walk, **hand.options)


def test_act__without_a_key__says_how_it_is_done_elsewhere() -> None:
    scene = make_scene()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "v")
        assert messages(app) == [
            "No key was given here. `fourth-signer veto 0 --key FILE` does it, or open with --key."
        ]

    in_terminal(scene, walk)


def test_sign__endpoints_in_dispute__refuses_before_anything_is_asked() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        former = hand.scene.reader.reading
        hand.scene.reader.reading = replace(former, head=replace(former.head, dissenting=("liar.example",)))
        await press(app, pilot, "a")
        await settle(app, pilot)
        assert isinstance(app.screen, OperationScreen)
        assert "liar.example" in messages(app)[-1]

    in_terminal(hand.scene, walk, **hand.options)


def test_sign__changed_while_it_stands_open__says_what_without_being_asked() -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "a")
        screen = app.screen
        assert isinstance(screen, SignScreen)
        assert screen.signing is not None
        # It was typed already.
        screen.query_one(Input).value = screen.signing.acknowledgements[0].phrase
        await pilot.pause()
        assert not screen.query_one("#yes", Button).disabled
        paid = lane_of(batch(), 1, 2, status=Status.PROPOSED, moment=NOW + 6 * 3_600, tier=Tier.CUSTODY)
        hand.scene.change(1, paid)
        app.read_again()
        await settle(app, pilot)
        said = text_of(app)
        assert "Something changed since you read it, so nothing is signed now" in said
        assert "Seat 2 approved it." in said
        assert "WHAT IS SIGNED" not in said
        assert screen.query_one("#yes", Button).disabled
        assert app.focused is screen.query_one("#no")

    in_terminal(hand.scene, walk, size=(140, 60), **hand.options)


def test_sign__changed_at_the_last_look__says_what_and_starts_again() -> None:
    hand = make_hand()
    hand.refuses = ReviewChanged(lane=1, changes=("Seat 2 approved it.",))

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "a")
        screen = app.screen
        assert isinstance(screen, SignScreen)
        assert screen.signing is not None
        screen.query_one(Input).value = screen.signing.acknowledgements[0].phrase
        await pilot.pause()
        screen.query_one("#yes").focus()
        await press(app, pilot, "enter")
        assert "Seat 2 approved it." in text_of(app)
        assert screen.query_one("#yes", Button).disabled
        assert hand.signed == []
        await press(app, pilot, "escape", "a")
        assert "Something changed" not in text_of(app)

    in_terminal(hand.scene, walk, size=(140, 60), **hand.options)
