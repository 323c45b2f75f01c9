"""What happens around the reader while the vault is read again: nothing moves, and nothing is kept back."""

from __future__ import annotations

import threading
from dataclasses import replace

from textual.pilot import Pilot
from textual.widgets import DataTable, OptionList, TabbedContent

from tests.desk.fakes import NOW, lane_of
from tests.tui.pilots import in_terminal, press, settle, text_of
from tests.tui.scene import crowd, make_scene, theft
from verifier.errors import EndpointsDisagree
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.tui.app import Terminal
from verifier.tui.call_tree import CallTree
from verifier.tui.operation import OperationScreen
from verifier.tui.queue import QueueScreen


def test_queue__opened__says_what_waits_and_that_it_is_all() -> None:
    async def look(app: Terminal, pilot: Pilot[None]) -> None:
        said = text_of(app)
        assert "Complete: proven." in said
        assert "0  WAITING   ready in 1d 19h         HIGH_VALUE  3/3    warn     proven" in said
        assert "Sends 40,000,000.000000 USDC (40000000000000) to" in said

    in_terminal(make_scene(), look)


def test_operation__opened_and_left__leads_back_to_the_same_row() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter")
        opened = app.screen
        assert isinstance(opened, OperationScreen)
        assert opened.lane == 1
        assert "3. unknown function  DANGER" in text_of(app)
        await press(app, pilot, "escape")
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.query_one("#queue", OptionList).highlighted == 1

    in_terminal(make_scene(), walk, size=(140, 45))


def test_operation__vetoed_elsewhere_while_open__says_so_and_keeps_the_place() -> None:
    scene = make_scene()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter", "down", "down", "down")
        tree = app.screen.query_one(CallTree)
        assert tree.cursor_node is not None
        key = tree.cursor_node.data.key if tree.cursor_node.data else None
        scene.change(0, lane_of(theft(), 1, 2, 3, status=Status.VETOED, tier=Tier.HIGH_VALUE))
        await press(app, pilot, "r")
        said = text_of(app)
        assert "Lane 0.1  VETOED, final" in said
        assert any("It is VETOED, and was WAITING." in each.message for each in app._notifications)
        assert tree.cursor_node.data is not None
        assert tree.cursor_node.data.key == key == ("call", 0, "argument", 0)

    in_terminal(scene, walk)


def test_tree__closed_by_the_reader_and_read_again__stays_closed() -> None:
    scene = make_scene()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "left")
        tree = app.screen.query_one(CallTree)
        assert [node.is_expanded for node in tree.root.children] == [False, True, True]
        # Another label changes what every node says, so the tree is filled anew.
        scene.signer = replace(scene.signer, labels={})
        await press(app, pilot, "r")
        assert "Payroll" not in text_of(app)
        assert [node.is_expanded for node in tree.root.children] == [False, True, True]

    in_terminal(scene, walk)


def test_queue__a_row_above_vanishes__keeps_the_chosen_operation() -> None:
    scene = make_scene()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "down")
        rows = app.screen.query_one("#queue", OptionList)
        chosen = rows.get_option_at_index(rows.highlighted or 0).id
        scene.change(0, lane_of(theft(), status=Status.VETOED))
        await press(app, pilot, "r")
        assert rows.option_count == 2
        assert rows.get_option_at_index(rows.highlighted or 0).id == chosen

    in_terminal(scene, walk)


def test_reading__fails_half_way__says_that_all_of_it_is_old_and_recovers() -> None:
    scene = make_scene()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        scene.trouble = EndpointsDisagree(what="block 101", needed=2, agreeing=1, others=("two.example",))
        scene.now = NOW + 61  # type: ignore[assignment]
        await press(app, pilot, "r")
        scene.now = NOW + 126  # type: ignore[assignment]
        app.screen.refresh_bar()  # type: ignore[attr-defined]
        await pilot.pause()
        assert "OLD: nothing newer for 1m 5s:" in text_of(app)
        assert "read 2m 6s ago" in text_of(app)
        assert "0  WAITING" in text_of(app)
        scene.trouble = None
        await press(app, pilot, "r")
        assert "OLD" not in text_of(app)
        assert "read 0s ago" in text_of(app)

    in_terminal(scene, walk)


def test_reading__that_never_ends__leaves_every_key_alive() -> None:
    scene, until = make_scene(), threading.Event()

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        scene.before = lambda: _wait(until)
        await pilot.press("r")
        scene.now = NOW + 7  # type: ignore[assignment]
        await pilot.press("down", "2")
        await pilot.pause()
        app.screen.refresh_bar()  # type: ignore[attr-defined]
        await pilot.pause()
        assert "asking one.example, two.example for 7s" in text_of(app)
        assert app.screen.query_one("#members", DataTable).row_count == 7
        until.set()
        await settle(app, pilot)

    try:
        in_terminal(scene, walk)
    finally:
        until.set()


def test_queue_and_history__at_their_fullest__show_all_of_it() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        assert app.screen.query_one("#queue", OptionList).option_count == 64
        await press(app, pilot, "4")
        table = app.screen.query_one("#past", DataTable)
        # Two uses of break-glass are rows as well.
        assert table.row_count == 1_002
        await press(app, pilot, "end")
        assert table.cursor_row == 1_001
        chosen = table.coordinate_to_cell_key(table.cursor_coordinate).row_key
        await press(app, pilot, "r")
        assert table.coordinate_to_cell_key(table.cursor_coordinate).row_key == chosen

    in_terminal(crowd(make_scene(), pending=64, gone=1_000), walk)


def test_window__made_too_small_and_large_again__says_so_and_loses_nothing() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "down", "enter", "right_square_bracket", "right_square_bracket")
        await pilot.resize_terminal(40, 10)
        await settle(app, pilot)
        assert "This terminal has 40 columns and 10 rows;" in " ".join(text_of(app).split())
        assert "APPROVALS" not in text_of(app)
        await pilot.resize_terminal(80, 24)
        await settle(app, pilot)
        assert "APPROVALS" in text_of(app)
        assert app.screen.query_one("#parts", TabbedContent).active == "approvals"

    in_terminal(make_scene(), walk)


def _wait(event: threading.Event) -> None:
    assert event.wait(300)
