"""Keys that are pressed in the very moment in which something opens.

A form keeps letters until its first field is there. A question keeps nothing: what is pressed before it stands there is
no answer to it, however fast one types or however slow the terminal is.
"""

from __future__ import annotations

from typing import Final

from textual.events import Event, Key
from textual.screen import Screen
from textual.widget import Widget

_LEAVING: Final = ("escape", "ctrl+c")


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

    # Whether it is being drawn, or was.
    is_there = False


def is_early(screen: Screen[object], event: Event) -> bool:
    """Whether a key came before a form had a field for it, which keeps it, or before a question could be read."""
    if not isinstance(event, Key) or event.is_forwarded:
        return False
    if isinstance(screen, Question):
        return not screen.is_there and event.key not in _LEAVING
    return isinstance(screen, EarlyKeys) and screen.keep_early(event)
