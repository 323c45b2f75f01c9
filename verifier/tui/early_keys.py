"""Keys that are pressed in the very moment in which something opens.

A form keeps letters until its first field is there. A question keeps nothing: what was typed before it was written to
the terminal is no answer to it, however fast one types, or however slow the terminal is. What counts is when a key was
typed and not when its turn comes: keys wait while a screen is being made.
"""

from __future__ import annotations

from typing import Final

from textual._time import get_time
from textual.events import Event, Key, MouseDown, MouseUp, Paste
from textual.screen import Screen
from textual.widget import Widget

_LEAVING: Final = ("escape", "ctrl+c")
_ANSWERS: Final = (Key, MouseDown, MouseUp, Paste)


class EarlyKeys:
    """For screens in which one types at once."""

    # Those that came before there was a field; None once there was one.
    _early: list[Key] | None = None
    _had_field = False

    def keep_early(self, key: Key) -> bool:
        """Keep a letter for the first field, if that is not there yet; return whether it was kept."""
        if self._had_field or not key.is_printable:
            return False
        self._early = [*(self._early or []), key]
        return True

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """Give what was typed early to the first field, once it knows that it is the one."""
        super().set_focus(widget, scroll_visible, from_app_focus)  # type: ignore[misc]
        if widget is None or self._had_field:
            return
        held, self._early, self._had_field = self._early or [], None, True
        for key in held:
            # As the app itself would have, had the field been there.
            widget._forward_event(key)  # noqa: SLF001


class Question:
    """For screens that ask before something is done."""

    # Whether it holds all that is asked, so that it is read once it is drawn.
    is_whole = False
    # When it was drawn, by the clock of messages; None before.
    drawn_at: float | None = None

    def ask_anew(self) -> None:
        """Take no answer until it was drawn as it is now."""
        self.is_whole, self.drawn_at = True, None

    def is_before(self, moment: float) -> bool:
        """Whether nobody can have read it at that moment."""
        return self.drawn_at is None or moment <= self.drawn_at


def note_drawn(screen: Screen[object]) -> None:
    """Note that a screen is about to be written to the terminal: whatever was typed before is older than that."""
    if isinstance(screen, Question) and screen.is_whole and screen.drawn_at is None:
        screen.drawn_at = get_time()


def is_early(screen: Screen[object], event: Event) -> bool:
    """Whether a key came before a form had a field for it, which keeps it, or before a question could be read."""
    if isinstance(screen, Question):
        is_answer = isinstance(event, _ANSWERS) and getattr(event, "key", "") not in _LEAVING
        # Also what was handed to the screen before, and comes back to have its binding looked up in this one.
        return is_answer and screen.is_before(event.time)
    if not isinstance(event, Key) or event.is_forwarded:
        return False
    return isinstance(screen, EarlyKeys) and screen.keep_early(event)
