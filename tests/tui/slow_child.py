"""A holder's screens with one question, in a process: drawing the last one takes until Enter was typed, and longer.

`python -m tests.tui.slow_child`: it writes DRAWING while it draws, and ANSWERED once an answer is given.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from typing import Any

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from tests.tui.holding import FakeHolder, about_repair
from verifier.desk.group_asking import Asked
from verifier.model.text import Shown
from verifier.tui.holder_app import HolderTerminal
from verifier.tui.holder_sign import HolderSignScreen

_PATIENCE = 300
_typed = threading.Event()


class SlowHolder(FakeHolder):
    """It says on the terminal itself that it was answered, whatever the screens say."""

    def agree(self, number: int, seen: Asked, typed: Sequence[str]) -> Asked | Shown:
        os.write(1, b"ANSWERED")
        return FakeHolder.agree(self, number, seen, typed)


def main() -> None:
    holder = SlowHolder()
    holder.ask(about_repair())
    drawn, taken = HolderSignScreen.on_mount, LinuxDriver.process_message

    def draw(screen: HolderSignScreen) -> None:
        _typed.clear()
        os.write(1, b"DRAWING")
        if "prompt" not in sys.argv:
            assert _typed.wait(_PATIENCE)
        drawn(screen)

    def take(driver: Any, message: Message) -> None:
        taken(driver, message)
        if isinstance(message, Key) and message.key == "enter":
            _typed.set()

    HolderSignScreen.on_mount = draw  # type: ignore[method-assign, assignment]
    LinuxDriver.process_message = take  # type: ignore[method-assign, assignment]
    HolderTerminal(holder.source()).run()


if __name__ == "__main__":
    main()
