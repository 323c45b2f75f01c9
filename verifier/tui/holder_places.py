"""The places of a holder's terminal, and the keys that do the same on each of its screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from textual.binding import Binding, BindingType
from textual.screen import Screen

from verifier.tui.holder_questions import QuestionsScreen
from verifier.tui.holder_screen import HolderScreen

PLACES: Final = {"holder": ("1", "Holder"), "questions": ("2", "Questions")}
"""The key and the title of each place."""

MODES: Final[dict[str, str | Callable[[], Screen[Any]]]] = {
    "holder": HolderScreen,
    "questions": QuestionsScreen,
}

KEYS: Final[list[BindingType]] = [
    *(
        Binding(key, f"go('{name}')", title, id=f"go.{name}", tooltip=f"Show {title.lower()}")
        for name, (key, title) in PLACES.items()
    ),
    Binding("question_mark,f1", "help", "Help", key_display="?", id="app.help", tooltip="Keys and words"),
    Binding("t", "dim", "Theme", show=False, id="app.theme", tooltip="Dark or light"),
    # Wherever one is, even while typing.
    Binding(
        "ctrl+c",
        "quit",
        "Quit",
        show=False,
        priority=True,
        id="app.interrupt",
        tooltip="Stop, after a question",
    ),
    Binding("q", "quit", "Quit", id="app.quit", tooltip="Stop being a holder, after a question"),
]
