"""Driving the screens: opening them on a scene, and waiting until everything that was asked is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.quiet import answered, exactly_waiting
from tests.tui.scene import Scene
from verifier.tui.app import Terminal
from verifier.tui.sheet import SheetPane
from verifier.tui.shell import Shell

SMALL: Final = (80, 24)
LARGE: Final = (140, 45)
_PATIENCE: Final = 600
"""Seconds: far more than a walk through the screens takes on a busy machine."""

Run = Callable[[Terminal, Pilot[None]], Awaitable[None]]


def in_terminal(
    scene: Scene, run: Run, *, size: tuple[int, int] = SMALL, is_light: bool = False, **options: Any
) -> None:
    """Open the terminal on a scene, wait for the queue, and do something in it."""

    async def opened() -> None:
        app = Terminal(lambda: scene.source(**options), is_light=is_light)
        async with app.run_test(size=size) as pilot:
            await settle(app, pilot)
            await run(app, pilot)

    with exactly_waiting():
        _finish(opened())


async def settle(app: Shell, pilot: Pilot[None]) -> None:
    """Wait until nothing is being asked, and what was answered is on the screen."""
    await answered(app)


async def press(app: Shell, pilot: Pilot[None], *keys: str) -> None:
    """Press keys, one after another, each when the one before has had its effect."""
    for key in keys:
        await pilot.press(key)
        await settle(app, pilot)


def text_of(app: Shell) -> str:
    """Return what stands on the screen, a line for each row."""
    screen = app.screen
    rows: Sequence[Any] = screen._compositor.render_strips(screen.size)
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in rows)


def words_of(app: Shell) -> str:
    """Return the words of the screen in front in one line, so that it does not matter where a line was broken."""
    said = [str(each.content) for each in app.screen.query(Static)]
    said += [pane.text for pane in app.screen.query(SheetPane)]
    return " ".join(" ".join(said).split())


def _finish(running: Coroutine[Any, Any, None]) -> None:
    """Run it to its end. What never comes fails its own test, and keeps no other waiting."""
    asyncio.run(asyncio.wait_for(running, _PATIENCE))
