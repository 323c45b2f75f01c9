"""Pictures of every screen, in two sizes and two themes. They stand in docs/screens, and README shows some of them.

`pytest tests/tui/test_pictures.py --snapshot-update` draws them anew; look at every one that changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from pytest_textual_snapshot import normalize_svg  # type: ignore[import-untyped]
from textual.pilot import Pilot

from tests.desk.fakes import TOKEN, VAULT
from tests.tui.hand import make_hand
from tests.tui.owls import answer, awaited, away, decline, make_owls
from tests.tui.pilots import LARGE, SMALL, in_terminal, press
from tests.tui.scene import PAYROLL, make_scene
from tests.tui.watching import told
from verifier.model.asset import NATIVE
from verifier.model.simulation import Delta, Simulation
from verifier.tui.app import Terminal

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screens"
NEXT: Final = "right_square_bracket"
WALK: Final = {
    "queue": (),
    "played": ("enter", NEXT, NEXT, NEXT),
    "hashes": (NEXT, NEXT),
    "doing": (NEXT,),
    "operation": ("escape", "down", "enter", *["down"] * 6),
    "findings": (NEXT,),
    "approvals": (NEXT,),
    "clock": (NEXT, NEXT),
    "members": ("escape", "2", *["down"] * 4),
    "policy": ("3",),
    "history": ("4", "down"),
    "evidence": ("5",),
    "help": ("1", "question_mark"),
}
"""A way past every screen: the keys that lead from each picture to the next one."""
WALK_WITH_A_KEY: Final = {
    "confirm": ("enter", "v"),
    "sign": ("escape", "escape", "down", "enter", "a"),
    "compromised": ("f9",),
}
WALK_OF_A_PROPOSER: Final = {
    "transfer": ("p", "n", "down", "tab", *"Payroll", "enter", *"1500.25"),
    "call": ("enter", "tab", "enter", "c", *"Payroll"),
    "propose": ("enter", *"0.5", *["enter"] * 4, "tab", "enter"),
    "draft": ("v",),
    "needs": (NEXT, NEXT),
    "publish": ("p",),
}
WALK_OF_AN_AUDITOR: Final = {"review": ("4", "b", *"report.pdf")}
WALK_OF_THE_WATCHED: Final = {
    "watch": ("6", "down"),
    "watcher": ("end",),
    # The cursor of its field blinks: it is left for the answers.
    "acknowledge": ("home", "k", "enter"),
}
"""Where a watcher followed the vault, and told people."""
WALK_OF_A_COORDINATOR: Final = {"ask-group": ("down", "enter", "V"), "ceremony": ("right", "enter")}
"""Where a group's holders are brought together: what happens to them is told before the last picture."""
WALKS: Final = (
    (3, WALK_WITH_A_KEY),
    (0, WALK_OF_A_PROPOSER),
    (6, WALK_OF_AN_AUDITOR),
)
"""The same with a key, from a seat each."""


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "140x45"])
def test_screens__in_every_size_and_theme__look_as_before(
    request: pytest.FixtureRequest,
    size: tuple[int, int],
    theme: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGNAME", "bob")
    drawn: dict[str, str] = {}
    owls = make_owls()

    async def draw(app: Terminal, pilot: Pilot[None], walk: Mapping[str, Sequence[str]]) -> None:
        for screen, keys in walk.items():
            await press(app, pilot, *keys)
            # Nothing moves on it any more: `press` waits for that.
            picture = str(normalize_svg(app.export_screenshot(simplify=True)))
            drawn[f"{screen}-{size[0]}x{size[1]}-{theme}.svg"] = f"{picture.rstrip()}\n"

    async def draw_ceremony(app: Terminal, pilot: Pilot[None]) -> None:
        first, last = WALK_OF_A_COORDINATOR
        await draw(app, pilot, {first: WALK_OF_A_COORDINATOR[first]})
        await press(app, pilot, *WALK_OF_A_COORDINATOR[last])
        declined, gone = decline(3, "the holder's person said no"), away(5, "Connection refused")
        await owls.tell(app, pilot, answer(1), declined, gone, awaited(2, 4, 5))
        await draw(app, pilot, {last: ()})
        assert app.known.convening is not None
        app.known.convening.end(30)

    is_light = theme == "light"
    in_terminal(make_scene(), partial(draw, walk=WALK), size=size, is_light=is_light)
    for seat, walk in WALKS:
        hand = make_hand(seat)
        if walk is WALK_OF_A_PROPOSER:
            hand.scene.simulator.simulation = _salary(hand.scene.simulator.simulation)
        in_terminal(hand.scene, partial(draw, walk=walk), size=size, is_light=is_light, **hand.options)
    in_terminal(owls.hand.scene, draw_ceremony, size=size, is_light=is_light, **owls.options)
    with told(Path()) as found:
        past_the_watcher = partial(draw, walk=WALK_OF_THE_WATCHED)
        in_terminal(found.scene, past_the_watcher, size=size, is_light=is_light, **found.options)
    if request.config.getoption("update_snapshots"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, picture in drawn.items():
            (FOLDER / name).write_text(picture)
    assert [name for name, picture in drawn.items() if picture != _kept(name)] == []


def test_screens__every_picture_that_is_kept__is_drawn_by_a_test() -> None:
    sizes = [f"{columns}x{rows}" for columns, rows in (SMALL, LARGE)]
    names = {
        f"{screen}-{size}-{theme}.svg"
        for screen in (
            *WALK,
            *WALK_OF_THE_WATCHED,
            *WALK_OF_A_COORDINATOR,
            *(name for _, walk in WALKS for name in walk),
        )
        for size in sizes
        for theme in ("dark", "light")
    }
    assert {path.name for path in FOLDER.iterdir()} == names


def _salary(simulation: Simulation) -> Simulation:
    """Return how the proposer's operation goes: as its bytes say."""
    moved = ((TOKEN, 1_500_250_000), (NATIVE, 5 * 10**17))
    deltas = [
        Delta(token=token, account=account, amount=amount * sign, is_measured=True)
        for token, amount in moved
        for account, sign in ((VAULT, -1), (PAYROLL, 1))
    ]
    return replace(simulation, deltas=tuple(deltas))


def _kept(name: str) -> str:
    path = FOLDER / name
    return path.read_text() if path.exists() else ""
