"""The places of the terminal, each loaded when one first goes there, and the keys that do the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from textual.binding import Binding, BindingType
from textual.screen import Screen

from verifier.tui.queue import QueueScreen


def _members() -> Screen[None]:
    from verifier.tui.members import MembersScreen

    return MembersScreen()


def _policy() -> Screen[None]:
    from verifier.tui.policy import PolicyScreen

    return PolicyScreen()


def _history() -> Screen[None]:
    from verifier.tui.history import HistoryScreen

    return HistoryScreen()


def _evidence() -> Screen[None]:
    from verifier.tui.evidence import EvidenceScreen

    return EvidenceScreen()


def _watch() -> Screen[None]:
    from verifier.tui.watch import WatchScreen

    return WatchScreen()


PLACES: dict[str, tuple[str, str]] = {
    "queue": ("1", "Queue"),
    "members": ("2", "Members"),
    "policy": ("3", "Policy"),
    "history": ("4", "History"),
    "evidence": ("5", "Evidence"),
    "watch": ("6", "Watch"),
}
"""The key and the title of each place."""

MODES: Final[dict[str, str | Callable[[], Screen[Any]]]] = {
    "queue": QueueScreen,
    "members": _members,
    "policy": _policy,
    "history": _history,
    "evidence": _evidence,
    "watch": _watch,
}

KEYS: Final[list[BindingType]] = [
    *(
        Binding(key, f"go('{name}')", title, id=f"go.{name}", tooltip=f"Show {title.lower()}")
        for name, (key, title) in PLACES.items()
    ),
    Binding(
        "exclamation_mark",
        "compromised",
        "I am compromised",
        show=False,
        key_display="!",
        id="app.compromised",
        tooltip="I am compromised: suspend me at once, after one question",
    ),
    # Wherever one is, even while typing.
    Binding(
        "f9",
        "compromised",
        "I am compromised",
        show=False,
        priority=True,
        id="app.compromised-typing",
        tooltip="The same, while typing too",
    ),
    Binding("g", "ceremony", "Ceremony", id="app.ceremony", tooltip="Show the group's ceremony whole"),
    Binding("question_mark,f1", "help", "Help", key_display="?", id="app.help", tooltip="Keys and words"),
    Binding("r", "read", "Read", id="app.read", tooltip="Read the vault again now"),
    Binding("t", "dim", "Theme", show=False, id="app.theme", tooltip="Dark or light"),
    Binding(
        "ctrl+c",
        "quit",
        "Quit",
        show=False,
        priority=True,
        id="app.interrupt",
        tooltip="Leave at once; asks where a ceremony is on its way",
    ),
    Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave; nothing is lost"),
]
"""What does the same on every screen."""
