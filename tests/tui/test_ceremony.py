"""A group's word from the terminal: never taken for one's own, seen on every screen, dealt with before one leaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.desk.fakes import NOW, lane_of
from tests.tui.owls import SEAT, Owls, answer, awaited, away, decline, fail, make_owls
from tests.tui.pilots import in_terminal, press, settle, text_of, words_of
from tests.tui.scene import batch
from verifier.cli.arguments import make_parser
from verifier.errors import ApprovalFileUnwritable
from verifier.model.group_request import Purpose
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.tui.app import Terminal
from verifier.tui.ceremony_screen import CeremonyScreen
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.members import MembersScreen
from verifier.tui.operation import OperationScreen

WHOSE = 'the group "custody owls" (3 of its 5 holders sign), seat 9'


def messages(app: Terminal) -> list[str]:
    return [each.message for each in app._notifications]


def name_of(app: Terminal) -> str:
    """Return which screen is in front."""
    return type(app.screen).__name__


async def confirm(app: Terminal, pilot: Pilot[None]) -> None:
    """Type what has to be typed, and answer with yes."""
    screen = app.screen
    assert isinstance(screen, ConfirmScreen)
    for danger, given in zip(screen._needed, screen.query(Input), strict=True):
        given.value = danger.phrase
    await settle(app, pilot)
    assert not screen.query_one("#yes", Button).disabled
    screen.query_one("#yes").focus()
    await press(app, pilot, "enter")


async def begin(app: Terminal, pilot: Pilot[None], key: str = "V") -> None:
    """Open the batch, and have the holders asked."""
    await press(app, pilot, "down", "enter", key)
    await confirm(app, pilot)
    assert isinstance(app.screen, CeremonyScreen)


def run(owls: Owls, walk: object, *, size: tuple[int, int] = (120, 40)) -> None:
    in_terminal(owls.hand.scene, walk, size=size, **owls.options)  # type: ignore[arg-type]


def test_ask__for_the_group__says_whose_seat_and_threshold_and_begins_on_no() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "A")
        screen = app.screen
        assert isinstance(screen, ConfirmScreen)
        said = words_of(app)
        assert f"It would be the signature of {WHOSE}." in said
        assert "It is not your own word: your seat is 3." in said
        assert str(screen.query_one("#yes", Button).label) == "Ask the holders"
        # It lets the operation go on, so its danger is typed as for one's own signature.
        assert screen.query_one("#yes", Button).disabled
        assert app.focused is screen.query_one("#no")
        await press(app, pilot, "enter")
        assert isinstance(app.screen, OperationScreen)

    run(owls, walk)
    assert owls.asked == []


def test_own_act__beside_a_group__says_that_it_is_ones_own() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "v")
        assert "This is your own transaction, and not a word of the group" in words_of(app)
        await press(app, pilot, "escape", "a")
        assert "your own signature, seat 3, and not the group's" in words_of(app)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, OperationScreen)
        await press(app, pilot, "V")
        # What only stops it wants nothing typed.
        assert not app.screen.query_one("#yes", Button).disabled
        await press(app, pilot, "escape")
        titles = {deed.key: deed.title for deed in app.screen.deeds}
        assert (titles["a"], titles["A"]) == ("Approve, your own", "Approve for the group")

    run(owls, walk)
    assert owls.asked == []


def test_ask__what_the_group_cannot_say__is_dim_with_why() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "W")
        assert isinstance(app.screen, OperationScreen)
        assert messages(app)[-1] == "Withdraw for the group: The group has not approved it."

    run(owls, walk)


def test_no_folder__of_a_group__nothing_of_a_group_is_offered() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "A", "g")
        assert isinstance(app.screen, OperationScreen)
        assert "for the group" not in str([deed.title for deed in app.screen.deeds])
        await press(app, pilot, "escape", "2", "end")
        assert "group" in text_of(app)
        assert "owls" not in text_of(app)

    in_terminal(owls.hand.scene, walk, size=(120, 40), **owls.hand.options)


def test_ceremony__on_its_way__is_seen_on_every_screen_and_the_queue_is_read() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.tell(
            app,
            pilot,
            answer(1),
            decline(3, "not in my hours"),
            away(5, "Connection refused"),
            awaited(2, 4, 5),
        )
        said = text_of(app)
        for row in (
            "[x] 1 Ann",
            "answered: ready to sign",
            "[.] 2 Bartholomew",
            "[-] 3 Cid",
            'left out: declined: "not in my hours"',
            "[?] 5 Eve",
            "cannot be reached: Connection refused",
        ):
            assert row in said, row
        asked = owls.hand.scene.asked
        for key in ("1", "2", "3", "4", "5"):
            await press(app, pilot, key)
            line = text_of(app).splitlines()[1]
            assert (
                "1 of 3 answered, awaited 2 Bartholomew.., 4 Dot; 5 Eve cannot be reached; 3 Cid left out"
                in line
            )
        await press(app, pilot, "1", "r")
        assert owls.hand.scene.asked > asked
        await press(app, pilot, "escape")
        assert not isinstance(app.screen, CeremonyScreen)
        assert "1 of 3 answered" in text_of(app)
        await press(app, pilot, "g", "g")
        assert isinstance(app.screen, CeremonyScreen)
        await press(app, pilot, "k")
        await confirm(app, pilot)
        await owls.wait(app, pilot)

    run(owls, walk)


def test_ceremony__one_is_on_its_way__no_second_one_begins() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await press(app, pilot, "escape", "A")
        assert isinstance(app.screen, OperationScreen)
        assert messages(app)[-1].endswith("The group's veto of lane 1 is on its way; g shows it.")
        await press(app, pilot, "g", "k")
        await confirm(app, pilot)
        await owls.wait(app, pilot)

    run(owls, walk)
    assert owls.asked == [Purpose.VETO]


def test_ceremony__shown_from_two_places_and_dealt_with_in_one__is_gone_from_both() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await press(app, pilot, "2", "g")
        assert name_of(app) == "CeremonyScreen"
        await owls.tell(app, pilot, fail("too few"))
        await owls.wait(app, pilot)
        await press(app, pilot, "escape")
        assert name_of(app) == "MembersScreen"
        await press(app, pilot, "1")
        assert name_of(app) == "OperationScreen"

    run(owls, walk)


def test_call_off__asked_first__ends_it_and_says_so() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await press(app, pilot, "k", "enter")
        assert not owls.left.is_set()
        await press(app, pilot, "k")
        await confirm(app, pilot)
        await owls.wait(app, pilot)
        assert "it was called off here, before it was done" in messages(app)[-1]
        assert "FAILED" in text_of(app)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, OperationScreen)
        assert app.known.convening is None
        assert "FAILED" not in text_of(app).splitlines()[1]

    run(owls, walk)
    assert owls.sent == owls.kept == []


def test_ceremony__fails__says_in_one_sentence_why_and_by_whom() -> None:
    owls = make_owls()
    why = "2 holders are left, and 3 have to sign (holder 3 (Cid) declined: no)"

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.tell(app, pilot, fail(why))
        await owls.wait(app, pilot)
        assert messages(app)[-1] == f"The signing failed: {why}."
        assert why in words_of(app)
        assert "FAILED" in text_of(app).splitlines()[1]
        await press(app, pilot, "escape", "V")
        assert isinstance(app.screen, ConfirmScreen)

    run(owls, walk)


def test_signed__sent__after_a_question_with_ones_own_key() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.sign(app, pilot)
        assert "signed; send it or keep it (g)" in text_of(app)
        await press(app, pilot, "s", "enter")
        assert owls.sent == []
        await press(app, pilot, "s")
        said = words_of(app)
        assert f"It is the signature of {WHOSE}." in said
        assert "You only send it: from your own account" in said
        await confirm(app, pilot)
        assert messages(app)[-1] == "Done in block 101."
        assert isinstance(app.screen, OperationScreen)
        assert app.known.convening is None

    run(owls, walk)
    (word,) = owls.sent
    assert (word.request.purpose, word.member.record.seat) == (Purpose.VETO, SEAT)


def test_signed__kept__is_written_once_and_done_with() -> None:
    owls = make_owls()
    owls.has_key = False

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot, "A")
        await owls.sign(app, pilot)
        await press(app, pilot, "s")
        assert messages(app)[-1] == "Send: No key was given here: keep it as a file, or open with --key."
        owls.hand.refuses = ApprovalFileUnwritable(path="x", why="there is a file already")
        await press(app, pilot, "f")
        assert "there is a file already" in messages(app)[-1]
        assert app.known.convening is not None
        owls.hand.refuses = None
        await press(app, pilot, "f")
        assert messages(app)[-1] == "Kept: lane-1-1-seat-9.approval."
        assert app.known.convening is None

    run(owls, walk)
    assert len(owls.kept) == 1


def test_signed__left_or_dropped__only_after_a_question() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.sign(app, pilot)
        await press(app, pilot, "q")
        assert "Leaving drops it" in words_of(app)
        await press(app, pilot, "escape", "escape", "g", "d", "enter")
        assert app.known.convening is not None
        await press(app, pilot, "d")
        await confirm(app, pilot)
        assert app.known.convening is None

    run(owls, walk)
    assert owls.sent == owls.kept == []


def test_signed__the_vault_has_changed_meanwhile__said_and_nothing_to_be_sent() -> None:
    owls = make_owls()
    owls.in_vain = Shown("It is VETOED, and that is final.")

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.sign(app, pilot)
        assert "in vain: It is VETOED" in messages(app)[-1]
        await press(app, pilot, "s")
        assert messages(app)[-1] == "Send: It is VETOED, and that is final."
        assert isinstance(app.screen, CeremonyScreen)

    run(owls, walk)
    assert owls.sent == []


def test_ceremony__the_operation_changes_under_way__said_on_its_screen() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        vetoed = lane_of(batch(), 1, status=Status.VETOED, moment=NOW + 6 * 3_600, tier=Tier.CUSTODY)
        owls.hand.scene.change(1, vetoed)
        await press(app, pilot, "r")
        assert "Since you asked for it, this has changed: It is VETOED, and was PROPOSED." in words_of(app)
        await press(app, pilot, "k")
        await confirm(app, pilot)
        await owls.wait(app, pilot)

    run(owls, walk)


def test_quit__a_ceremony_is_on_its_way__asks_first_and_ends_it_whole() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        for key in ("q", "ctrl+c"):
            await press(app, pilot, key)
            assert isinstance(app.screen, ConfirmScreen)
            assert "Leaving calls it off" in words_of(app)
            await press(app, pilot, "enter")
            assert not owls.left.is_set()
        await press(app, pilot, "q")
        convening = app.known.convening
        assert convening is not None
        app.screen.query_one("#yes", Button).press()
        # By leaving alone, and by nothing that the test does.
        assert await asyncio.to_thread(owls.left.wait, 30)
        assert convening.is_called_off

    run(owls, walk)


def test_arguments__a_group_beside_a_bundle__refused_before_anything_is_opened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["open", "--bundle", "lane-1.bundle", "--group", "desk"])
    assert "--group wants a network" in capsys.readouterr().err
    assert make_parser().parse_args(["open", "--group", "desk"]).group == "desk"


def test_members__the_group_whose_key_is_here__has_its_name_and_threshold() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "end")
        assert isinstance(app.screen, MembersScreen)
        assert "custody owls 3/5" in text_of(app)
        assert "its key is this member's" in words_of(app)

    run(owls, walk)


def test_members__another_key_than_the_members__is_only_a_group() -> None:
    owls = make_owls()
    other = make_owls().group
    owls.group = replace(
        other,
        point=b"\x02" + bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
    )

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2", "end")
        assert "owls" not in text_of(app)
        await press(app, pilot, "1", "down", "enter", "A")
        assert messages(app)[-1].endswith("The group is no active member of this vault.")

    run(owls, walk)


def test_words__of_a_holder__reach_the_screen_as_escapes_only() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.tell(
            app, pilot, decline(3, "\x1b[31m\u202egnp\u200b[b]"), away(5, "\x9b2J\r\n"), awaited(1, 2, 4, 5)
        )
        said = text_of(app)
        assert not set(said) & set("\x1b\u202e\u200b\x9b\r")
        assert "u{1b}" in said
        await press(app, pilot, "k")
        await confirm(app, pilot)
        await owls.wait(app, pilot)

    run(owls, walk)
