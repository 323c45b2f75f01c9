"""What goes wrong around a terminal: its window changes in the middle of a question, its memory is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from tests.tui.hand import make_hand
from tests.tui.pilots import in_terminal, press, settle, text_of, words_of
from tests.tui.scene import make_scene
from verifier.store.memory import FileMemory
from verifier.tui.app import Terminal
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.operation import OperationScreen


@pytest.mark.parametrize("answer", ["no", "yes"])
def test_window__resized_in_the_middle_of_a_question__leaves_it_and_its_no_where_they_were(
    answer: str,
) -> None:
    hand = make_hand()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "v")
        for size in ((30, 8), (200, 60), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(app, pilot)
            question = app.screen
            assert isinstance(question, ConfirmScreen)
            assert app.focused is question.query_one("#no", Button)
        assert "Veto lane 0?" in text_of(app)
        assert hand.sent == []
        await press(app, pilot, *(["right"] if answer == "yes" else []), "enter")
        assert isinstance(app.screen, OperationScreen)
        assert hand.sent == ([("veto", [])] if answer == "yes" else [])

    in_terminal(hand.scene, walk, **hand.options)


def test_memory__damaged__is_a_finding_and_everything_else_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "memory.db"
    file.write_bytes(b"SQLite format 3\0" + b"damaged" * 1_000)
    before = file.read_bytes()
    scene = make_scene()
    scene.memory = FileMemory(file)

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        assert "0  WAITING" in text_of(app)
        await press(app, pilot, "5")
        assert "Until then nobody is new here" in words_of(app)
        await press(app, pilot, "4", "1", "enter")
        assert isinstance(app.screen, OperationScreen)

    in_terminal(scene, walk, size=(140, 45))
    # Whoever repairs it finds all of it.
    assert file.read_bytes() == before
