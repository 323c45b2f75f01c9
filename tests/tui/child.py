"""The terminal on a scene of plain values, in a process: `python -m tests.tui.child [hostile] [crowd] [ascii]`."""

from __future__ import annotations

import sys

from tests.desk.fakes import TOKEN
from tests.tui.scene import PAYROLL, crowd, make_scene
from verifier.tui.app import Terminal

ESCAPES = "[b]X[/$]\x1b]0;P\x07\x9b7m\u202e\u200b"
"""Tries markup, sets the title, reverses colours and the reading direction, and hides something."""


def main() -> None:
    labels = {TOKEN: ESCAPES, PAYROLL: ESCAPES} if "hostile" in sys.argv else {TOKEN: "USDC"}
    scene = make_scene(symbol=ESCAPES, labels=labels)
    if "crowd" in sys.argv:
        scene = crowd(scene, pending=64, gone=1_000)
    Terminal(scene.source, is_ascii="ascii" in sys.argv).run()


if __name__ == "__main__":
    main()
