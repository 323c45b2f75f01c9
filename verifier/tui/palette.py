"""What the palette offers: every place, every open lane, and all that can be done where the reader is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from verifier.tui.content import unmarked
from verifier.tui.place import Place

if TYPE_CHECKING:
    from verifier.tui.app import Terminal

_MOST = 100


def commands(app: Terminal, screen: Screen[object]) -> Iterator[SystemCommand]:
    """Yield them, by their names."""
    from verifier.tui.places import PLACES

    if app.source.may_act:
        yield from _deeds(app, screen)
    for name, (key, title) in PLACES.items():
        yield SystemCommand(title, f"Show {title.lower()} ({key})", lambda name=name: app.action_go(name))
    if app.known.queue is not None:
        for review in app.known.queue.reviews:
            lane = review.lane.lane
            yield SystemCommand(
                f"Open lane {lane}",
                unmarked(review.sentence)[:_MOST],
                lambda lane=lane: app.open_lane(lane),
            )
    if app.known.convening is not None:
        yield SystemCommand("Ceremony", "Show the group's ceremony whole (g)", app.action_ceremony)
    yield SystemCommand("Read", "Read the vault again now (r)", app.action_read)
    yield SystemCommand("Theme", "Dark or light (t)", app.action_dim)
    yield SystemCommand("Help", "Keys, and what the words mean (?)", app.action_help)
    lost = "nothing is lost" if app.known.convening is None else "the group's ceremony ends, after a question"
    yield SystemCommand("Quit", f"Leave; {lost} (q)", app.action_quit)


def _deeds(app: Terminal, screen: Screen[object]) -> Iterator[SystemCommand]:
    if isinstance(screen, Place):
        for deed in screen.deeds:
            said = deed.sentence if deed.is_possible else f"Not now: {deed.why_not}"
            yield SystemCommand(
                f"{deed.title} ({deed.key})",
                unmarked(said),
                lambda name=deed.name: screen.try_to(name),
            )
    why = app.why_not_compromised()
    said = f"Not now: {why}" if why else "Suspends you at once, after one question (F9)"
    yield SystemCommand("I am compromised", unmarked(said), app.action_compromised)
