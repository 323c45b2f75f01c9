"""What would make the terminal slow, or keep it in memory: seen by what is done, not by how long it takes."""

from __future__ import annotations

import gc
import threading
import weakref
from unittest import mock

from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from tests.tui.pilots import in_terminal, press
from tests.tui.scene import make_scene
from verifier.tui.app import Terminal


def test_places__visited_for_the_first_time__read_no_style_sheet_again() -> None:
    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        with mock.patch.object(
            Stylesheet, "reparse", autospec=True, side_effect=Stylesheet.reparse
        ) as reparse:
            await press(app, pilot, "2", "3", "4", "5", "1")
            assert reparse.call_count == 0
            # What was looked at before there were other colours has them too.
            dark = app.screen.styles.background
            app.action_dim()
            await press(app, pilot, "2")
            assert reparse.call_count > 0
            assert app.screen.styles.background != dark

    in_terminal(make_scene(), walk)


def test_terminal__ended__leaves_neither_itself_nor_a_thread_behind() -> None:
    former = {*threading.enumerate()}
    left: list[weakref.ref[Terminal]] = []
    asking: list[threading.Thread] = []

    async def walk(app: Terminal, pilot: Pilot[None]) -> None:
        await press(app, pilot, "enter")
        left.append(weakref.ref(app))
        asking.extend(
            thread for thread in threading.enumerate() if thread not in former and thread.name == "asker"
        )

    in_terminal(make_scene(), walk)
    gc.collect()
    assert [app() for app in left] == [None]
    assert asking
    for thread in asking:
        thread.join(30)
        assert not thread.is_alive()
