"""Nothing of a group's word happens unseen: another operation in the lane, a signature that came after all, a fault."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.desk.fakes import lane_of
from tests.tui.owls import Owls, answer, awaited, away, make_owls
from tests.tui.pilots import in_terminal, press, settle, text_of, words_of
from tests.tui.scene import batch
from tests.tui.test_ceremony import begin, confirm, messages, name_of, run
from verifier.cli.terminal import _end_ceremony
from verifier.desk.briefing import Briefing
from verifier.desk.group_saying import GroupWord
from verifier.holder.progress import Progress, Watch
from verifier.model.ceremony import Ceremony, begin_ceremony
from verifier.model.group_request import Purpose
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex, Sequence, Timestamp
from verifier.tui.app import Terminal
from verifier.tui.convening import Convening
from verifier.tui.operation import OperationScreen


def who_sign_all_the_same(owls: Owls) -> dict[str, Any]:
    """Return the options of a terminal whose holders have signed by the time that they hear that it is called off."""

    def convene(purpose: Purpose, seen: Briefing, watch: Watch, _: Callable[[], bool]) -> GroupWord:
        return owls.convene(purpose, seen, watch, lambda: False)

    options = owls.options
    return {**options, "for_group": replace(options["for_group"], convene=convene)}


def test_operation__another_one_comes_into_its_lane_while_it_is_read__nothing_is_done_to_that_one() -> None:
    owls = make_owls()
    other = replace(batch(), sequence=Sequence(batch().sequence + 1))

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        assert isinstance(app.screen, OperationScreen)
        assert "ANOTHER OPERATION" not in text_of(app)
        reader = owls.hand.scene.reader
        reader.operations = {**reader.operations, LaneIndex(1): other}
        owls.hand.scene.change(1, lane_of(other, 1, status=Status.PROPOSED, tier=Tier.CUSTODY))
        await press(app, pilot, "r")
        assert "ANOTHER OPERATION stands here than the one that you opened" in text_of(app)
        for key in ("A", "V", "a", "v"):
            await press(app, pilot, key)
            assert isinstance(app.screen, OperationScreen), key
            assert "ANOTHER OPERATION" in messages(app)[-1], key
        # Opened as it is, it is read like any other.
        await press(app, pilot, "escape", "enter")
        assert "ANOTHER OPERATION" not in text_of(app)
        await press(app, pilot, "V")
        assert name_of(app) == "ConfirmScreen"

    run(owls, walk)


def test_ask__what_cannot_be_taken_back__stands_before_what_the_operation_does() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "V")
        said = words_of(app)
        assert "It is never executed then. That cannot be taken back." in said
        assert said.index("cannot be taken back") < said.index("Makes 3 calls")
        await press(app, pilot, "escape", "A")
        assert "With enough other approvals it is executed after its delay." in words_of(app)

    run(owls, walk)


def test_call_off__they_had_signed__said_and_not_taken_for_unsigned() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await press(app, pilot, "k")
        await confirm(app, pilot)
        assert "being called off" in text_of(app)
        await owls.sign(app, pilot)
        assert "signed all the same, before it could be called off" in messages(app)[-1]
        assert "SIGNED ALL THE SAME" in text_of(app)
        await press(app, pilot, "d")
        # Each of them was told the signature.
        assert "whoever has it can send it" in words_of(app)
        assert "nobody has it" not in words_of(app)

    in_terminal(owls.hand.scene, walk, size=(120, 40), **who_sign_all_the_same(owls))


def test_leave__they_sign_after_the_screens_are_gone__said_on_the_way_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    owls = make_owls()
    left: list[Terminal] = []

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        left.append(app)
        await press(app, pilot, "q")
        assert "Leaving calls it off: nothing is signed then" in words_of(app)

    in_terminal(owls.hand.scene, walk, **who_sign_all_the_same(owls))
    owls.sign_now()
    assert _end_ceremony(left[0])
    said = capsys.readouterr().err
    assert "The group's veto of lane 1 was signed all the same, before it could be called off" in said
    assert "is neither sent nor kept here" in said


def test_leave__nothing_was_signed__nothing_is_said_of_a_signature(
    capsys: pytest.CaptureFixture[str],
) -> None:
    owls = make_owls()
    left: list[Terminal] = []

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        left.append(app)

    in_terminal(owls.hand.scene, walk, **owls.options)
    assert _end_ceremony(left[0])
    assert "signed" not in capsys.readouterr().err


def test_enter__what_was_chosen_is_over_meanwhile__nothing_else_is_done_in_its_place() -> None:
    owls = make_owls()
    owls.has_key = False

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot, "A")
        deeds = app.screen.query_one("#deeds", OptionList)
        assert deeds.get_option_at_index(deeds.highlighted or 0).id == "call-off"
        await owls.sign(app, pilot)
        # Keeping it as a file stands first now, and asks nothing.
        assert deeds.get_option_at_index(0).id == "keep"
        await press(app, pilot, "enter")
        assert messages(app)[-1] == "Call off: It is over."

    run(owls, walk)
    assert owls.kept == []


def test_ceremony__breaks_off_in_the_middle__no_line_says_that_somebody_is_awaited() -> None:
    owls = make_owls()

    def break_off(_: Progress) -> None:
        raise RuntimeError("no more")

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        await owls.tell(app, pilot, answer(1), away(5, "Connection refused"), awaited(2, 3, 4, 5), break_off)
        await owls.wait(app, pilot)
        for keys in ((), ("question_mark",), ("escape", "2")):
            await press(app, pilot, *keys)
            line = text_of(app).splitlines()[1]
            assert "The group's veto of lane 1 FAILED: This is a fault of this program" in line
        await press(app, pilot, "g")
        rows = text_of(app).splitlines()
        why = next(number for number, row in enumerate(rows) if "RuntimeError: no more" in row and number > 1)
        # Twenty holders may leave no room below them.
        assert why < next(number for number, row in enumerate(rows) if "1 Ann" in row)

    run(owls, walk, size=(120, 40))


def test_hide__the_moment_in_which_it_fails__the_fault_stays_until_it_was_shown() -> None:
    owls = make_owls()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        convening = app.known.convening
        assert convening is not None
        # As if it had been noted, and not drawn yet.
        convening.fault = "The signing failed: too few."
        await pilot.press("escape")
        await settle(app, pilot)
        assert app.known.convening == convening
        await press(app, pilot, "g", "escape")
        assert "FAILED" not in text_of(app)
        convening.end(30)

    run(owls, walk)


def test_note__holders_say_more_than_a_screen_can_show__one_piece_of_news_waits_at_a_time() -> None:
    class Reporter:
        posted = 0

        def post_message(self, _: object) -> None:
            self.posted += 1

    reporter = Reporter()
    ceremony = begin_ceremony(
        Shown("it"), session=bytes(32), since=Timestamp(0), needed=2, names={1: Shown("Ann")}
    )

    def tell(watch: Callable[[Ceremony], object], _: Callable[[], bool]) -> GroupWord:
        for number in range(10_000):
            watch(ceremony.unreachable(1, Shown(f"try {number}")))
        raise RuntimeError("done")

    convening = Convening(
        title=Shown("it"),
        lane=LaneIndex(0),
        purpose=Purpose.VETO,
        seen=make_owls().hand.scene.source().brief_lane(1),
    )
    convening.start(reporter, tell)  # type: ignore[arg-type]
    convening.end(300)
    assert reporter.posted == 1
    convening.take()
    assert convening.ceremony is not None
    assert convening.ceremony.holders[0].told == "try 9999"
    assert "done" in convening.fault


def test_signed__the_vault_is_read_once_more__nothing_says_that_it_can_be_called_off() -> None:
    owls = make_owls()
    read = threading.Event()

    def convene(purpose: Purpose, seen: Briefing, watch: Watch, is_off: Callable[[], bool]) -> GroupWord:
        word = owls.convene(purpose, seen, watch, is_off)
        assert read.wait(300)
        return word

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot)
        owls.sign_now()
        assert await asyncio.to_thread(owls.left.wait, 300)
        await settle(app, pilot)
        assert (
            "The group's veto of lane 1: signed; reading the vault once more" in text_of(app).splitlines()[1]
        )
        await press(app, pilot, "k")
        assert name_of(app) == "CeremonyScreen"
        assert messages(app)[-1] == "Call off: It is signed already."
        read.set()
        await owls.wait(app, pilot)
        assert "SIGNED, and neither sent nor kept yet" in text_of(app)

    options = owls.options
    options["for_group"] = replace(options["for_group"], convene=convene)
    in_terminal(owls.hand.scene, walk, size=(120, 40), **options)


def test_signed__in_vain_as_it_was_read__kept_all_the_same() -> None:
    owls = make_owls()
    owls.in_vain = Shown("It is VETOED, and that is final.")

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await begin(app, pilot, "A")
        await owls.sign(app, pilot)
        await press(app, pilot, "s")
        assert name_of(app) == "CeremonyScreen"
        await press(app, pilot, "f")
        assert messages(app)[-1] == "Kept: lane-1-1-seat-9.approval."

    run(owls, walk)
    assert owls.sent == []
    assert len(owls.kept) == 1
