"""The line of keys at the bottom. Where it is too narrow for all of them, what one needs least is left out first.

Leaving always stands there. What is left out stays in the help, and in the palette.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

WIDE: Final = 120
"""Columns from which keys stand apart from each other."""

_LEAST: Final = ("read",)
# The bar at the top names it too.
_NAMED_ELSEWHERE: Final = ("help",)


class KeysLine(Footer):
    """Keys, as many as fit."""

    _width = 0
    # What the keys that stand there were made from.
    _made_from: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        self._width = self.app.size.width
        keys = [widget for widget in super().compose() if isinstance(widget, FooterKey)]
        yield from fitting(keys, self._width)

    async def recompose(self) -> None:
        """Make the keys anew where they are other ones.

        A screen says several times while it opens, and at every move of the focus, that they may be: making them takes
        longer than all else that a key causes.
        """
        if not self.is_attached:
            return
        offered = (self.app.size.width, *(each[1:] for each in self.screen.active_bindings.values()))
        if offered != self._made_from:
            self._made_from = offered
            await super().recompose()

    def on_resize(self, event: Resize) -> None:
        """Choose anew: there is another room for them."""
        if event.size.width != self._width:
            self.call_after_refresh(self.recompose)


def fitting(keys: Sequence[FooterKey], width: int) -> Sequence[FooterKey]:
    """Return as many as fit into a width, in their order."""
    for some in _fewer(list(keys), is_compact=width < WIDE):
        if sum(len(key.key_display) + len(key.description) + _gap(width) for key in some) <= width + 1:
            return some
    return some


def _fewer(keys: list[FooterKey], *, is_compact: bool) -> Iterator[list[FooterKey]]:
    """Yield all, and then fewer and fewer."""
    yield keys
    keys = [key for key in keys if key.action not in _LEAST]
    yield keys
    places = [key for key in keys if key.action.startswith("go(")]
    if places:
        at = keys.index(places[0])
        others = [key for key in keys if key not in places]
        yield [*others[:at], _all_of(places, is_compact=is_compact), *others[at:]]
        keys = others
        yield keys
    keys = [key for key in keys if key.action not in _NAMED_ELSEWHERE]
    yield keys
    # All that can be done stands in a part of the screen too: what is impossible now with why.
    others = sorted(keys[1:-1], key=lambda key: key.has_class("-disabled"))
    for key in reversed(others):
        keys = [each for each in keys if each is not key]
        yield keys


def _all_of(places: Sequence[FooterKey], *, is_compact: bool) -> FooterKey:
    """Return one key for all places; by mouse it leads to the palette, which has them."""
    display = f"{places[0].key_display}-{places[-1].key_display}"
    key = FooterKey("ctrl+p", display, "Places", "app.command_palette", tooltip="Every place by its number")
    key.set_reactive(FooterKey.compact, is_compact)
    key.set_class(is_compact, "-compact")
    return key


def _gap(width: int) -> int:
    """Return how much more than its words a key takes."""
    return 3 if width >= WIDE else 2
