"""What each frame shows: a chosen row and what is said of it come together, or the words would be another row's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from unittest import mock

import pytest
from rich.color import Color
from rich.console import RenderableType
from rich.segment import ControlType
from textual.pilot import Pilot
from textual.screen import Screen
from textual.selection import Selection
from textual.widgets import DataTable

from tests.desk.fakes import operation
from tests.tui.pilots import LARGE, SMALL, in_terminal, press
from tests.tui.scene import FakeMemory, batch, crowd, make_scene, past, token_transfer
from verifier.model.history import History, PastOperation
from verifier.model.units import OperationId
from verifier.sign.typed import id_of
from verifier.tui.app import Terminal
from verifier.tui.sheet import SheetPane

_ROW: Final = re.compile(r"EXECUTED +(\d+)\.(\d+)")
_SAID: Final = re.compile(r"LANE (\d+), OPERATION (\d+): EXECUTED")
_SEAT: Final = re.compile(r" +(\d+)[ *] +\w")
_SEAT_SAID: Final = re.compile(r"SEAT (\d+)")


class Display:
    """What stands on a terminal, after each frame that was sent there."""

    def __init__(self, size: tuple[int, int]) -> None:
        columns, rows = size
        self._cells: list[list[tuple[str, Color | None]]] = [[(" ", None)] * columns for _ in range(rows)]
        self.frames: list[list[list[tuple[str, Color | None]]]] = []

    def paint(self, app: Terminal, update: RenderableType) -> None:
        x = y = 0
        for text, style, control in app.console.render(update):
            for code, *place in control or ():
                if code is ControlType.CURSOR_MOVE_TO:
                    x, y = (int(number) - 1 for number in place)
            for letter in "" if control else text.rstrip("\n"):
                self._cells[y][x] = letter, style.bgcolor if style else None
                x += 1
        self.frames.append([list(row) for row in self._cells])


@contextmanager
def displayed(app: Terminal) -> Iterator[Display]:
    """Keep every frame from now on; the first one is all that stands there."""
    display = Display(app.size)
    painted = app._display

    def paint(screen: Screen[object], update: RenderableType | None) -> None:
        if update is not None and screen is app.screen:
            display.paint(app, update)
        painted(screen, update)

    display.paint(app, app.screen._compositor.render_full_update())
    with mock.patch.object(app, "_display", paint):
        yield display


def test_row__chosen_in_the_history__never_stands_beside_the_words_of_another_one() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "4", "down", "down")
        with displayed(app) as display:
            await press(app, pilot, *["down"] * 4, "pagedown", "up", "end", "up", "home", "down", "down")
        found = list(_chosen(app, display, _ROW, _SAID))
        assert all(row == said for row, said in found)
        # Those of a use of break-glass have other words.
        assert len({row for row, _ in found if row}) >= 9

    scene = crowd(make_scene(), pending=1, gone=60)
    in_terminal(scene, walk, size=LARGE)


def test_row__chosen_just_before_a_frame_for_something_else__comes_with_its_words_or_not_at_all() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "4", "down", "down")
        screen, table = app.screen, app.screen.query_one("#past", DataTable)
        with displayed(app) as display:
            # The pointer has passed over the table, and the timer of the screen is about to fire.
            table.refresh()
            screen._dirty_widgets.add(table)
            table.move_cursor(row=4)
            screen._on_timer_update()
            found = list(_chosen(app, display, _ROW, _SAID))
            assert len(found) == 2
            assert found[0] != found[1]
            assert all(row == said for row, said in found)

    in_terminal(crowd(make_scene(), pending=1, gone=60), walk, size=LARGE)


def test_seat__chosen_among_the_members__never_stands_beside_the_words_of_another_one() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "2")
        with displayed(app) as display:
            await press(app, pilot, "down", "down", "end", "up", "home")
        found = list(_chosen(app, display, _SEAT, _SEAT_SAID))
        assert all(row == said for row, said in found)
        assert {row for row, _ in found} == {("0",), ("1",), ("2",), ("5",), ("6",)}

    in_terminal(make_scene(), walk, size=LARGE)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_sheet__whose_lines_grow_and_shrink_with_the_row__leaves_nothing_of_the_one_before(
    size: tuple[int, int],
) -> None:
    """Every second operation of this history takes more lines, and in the small terminal all have to be scrolled."""
    gone = [_batch(i) if i % 2 else past(i) for i in range(6)]

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "4", "down", "down")
        with displayed(app) as display:
            await press(app, pilot, "down", "down", "tab", "end", "shift+tab", "down", "up")
        # As if all of it were drawn at once.
        pane = app.screen.query_one("#past-sheet", SheetPane).region
        last, whole = display.frames[-1], Display(app.size)
        whole.paint(app, app.screen._compositor.render_full_update())
        assert last[pane.y :] == whole.frames[0][pane.y :]

    scene = make_scene()
    scene.memory = FakeMemory(History(executed=tuple(gone)))
    in_terminal(scene, walk, size=size)


@pytest.mark.parametrize("marked", [(0, 0, 8, 0), (2, 0, 12, 1)], ids=["in a line", "over two lines"])
def test_sheet__part_of_it_marked__gives_that_text_and_no_other(marked: tuple[int, int, int, int]) -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "3")
        pane = app.screen.query_one(SheetPane)
        x, y, to_x, to_y = marked
        at = pane.content_region.offset
        lines = pane.text.split("\n")
        wanted = "\n".join(lines[y : to_y + 1])[x : None if to_y > y else to_x]
        await pilot.mouse_down(offset=(at.x + x, at.y + y))
        await pilot.hover(offset=(at.x + to_x, at.y + to_y))
        await pilot.mouse_up(offset=(at.x + to_x, at.y + to_y))
        await pilot.pause()
        found = app.screen.get_selected_text() or ""
        assert found
        assert wanted.startswith(found) or found.startswith(wanted)
        assert isinstance(app.screen.selections[pane], Selection)

    in_terminal(make_scene(), walk, size=LARGE)


def _batch(number: int) -> PastOperation:
    """Return a batch that was paid so many weeks ago."""
    former = past(number)
    calls = [*batch().calls, token_transfer(batch().calls[0].target, number)]
    paid = replace(operation(*calls, lane=number % 8), sequence=former.operation.sequence)
    return replace(former, operation=paid, operation_id=OperationId(id_of(paid)))


def _chosen(
    app: Terminal, display: Display, row: re.Pattern[str], said: re.Pattern[str]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield for each frame which row was chosen in it, and which one the sheet told of; empty where none was."""
    table = app.screen.query_one(DataTable).region
    pane = app.screen.query_one(SheetPane).region
    chosen = Color.parse(app.theme_variables["chosen"])
    for frame in display.frames:
        lit = [cells for cells in frame[table.y : table.bottom] if cells[table.x + 3][1] == chosen]
        assert len(lit) == 1
        row_found, told = (
            row.search(_text(lit[0])),
            said.search("\n".join(map(_text, frame[pane.y : pane.bottom]))),
        )
        yield row_found.groups() if row_found else (), told.groups() if told else ()


def _text(cells: list[tuple[str, Color | None]]) -> str:
    return "".join(letter for letter, _ in cells)
