"""What every program of ours in a terminal has: its look, keys that come too early, and words at its edge."""

from __future__ import annotations

from collections import deque

from rich.console import RenderableType
from textual.app import App
from textual.content import Content
from textual.events import Event
from textual.filter import LineFilter
from textual.message import Message
from textual.notifications import Notification, SeverityLevel
from textual.screen import Screen

from verifier.tui.asking import Asker, News
from verifier.tui.ceremony_line import CeremonyLine, Covering
from verifier.tui.content import plain
from verifier.tui.early_keys import is_early, note_drawn
from verifier.tui.filters import Ascii, Drawn
from verifier.tui.keys_line import WIDE
from verifier.tui.known import Known
from verifier.tui.place import Place
from verifier.tui.source import nothing_yet
from verifier.tui.themes import DARK, LIGHT, THEMES

_MOST_SAID = 3
"""Things said that stand at the edge at once."""
_LONG = 20
"""Seconds for which it is said what went wrong: one has to read it, and may have looked away for a passphrase."""


class Shell(App[None]):
    """A program whose screens are places."""

    CSS_PATH = "terminal.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual declares it

    def __init__(self, *, is_light: bool, is_ascii: bool) -> None:
        super().__init__()
        self.source = nothing_yet()
        self.known = Known()
        # What is said once nothing asks for an answer any more.
        self._held: deque[tuple[str, SeverityLevel]] = deque(maxlen=_MOST_SAID)
        # Nothing glides: what a key does is there at once.
        self.animation_level = "none"
        self._asker = Asker(self)
        # Everyone who asks: screens may have somebody of their own.
        self.askers = [self._asker]
        self._last: LineFilter = Ascii() if is_ascii else Drawn()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = LIGHT if is_light else DARK

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), self._last]

    @property
    def is_asking(self) -> bool:
        """Whether an answer is still being waited for."""
        return any(asker.is_busy for asker in self.askers)

    async def on_event(self, event: Event) -> None:
        if not (self.screen_stack and is_early(self.screen, event)):
            await super().on_event(event)

    async def _on_message(self, message: Message) -> None:
        # Textual goes on handing out messages while it takes the screens down, and most of ours need one.
        if self.is_running or not isinstance(message, News):
            await super()._on_message(message)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        note_drawn(screen)
        super()._display(screen, renderable)

    def say(self, sentence: str, *, severity: SeverityLevel = "information") -> None:
        """Say something at the edge of the screen, for a moment. What asks for an answer is not covered by it."""
        if isinstance(self.screen, Covering):
            self._held.append((sentence, severity))
            return
        self.notify(
            plain(sentence).plain,
            severity=severity,
            markup=False,
            timeout=_LONG if severity == "error" else None,
        )

    def say_held(self) -> None:
        """Say what there was to say while something asked for an answer."""
        while self._held and not isinstance(self.screen, Covering):
            sentence, severity = self._held.popleft()
            self.say(sentence, severity=severity)

    def _refresh_notifications(self) -> None:
        """Let nobody fill the screen: what was said last is in sight, and of the rest what went wrong stays longest."""

        def weight(said: Notification) -> tuple[bool, float]:
            return said.severity == "error", said.raised_at

        former = sorted([*self._notifications][:-1], key=weight)
        for each in former[: max(len(former) + 1 - _MOST_SAID, 0)]:
            self._unnotify(each, refresh=False)
        super()._refresh_notifications()

    def action_go(self, name: str) -> None:
        self.switch_mode(name)

    def action_dim(self) -> None:
        self.theme = DARK if self.theme == LIGHT else LIGHT

    def action_help(self) -> None:
        from verifier.tui.help import HelpScreen

        if isinstance(self.screen, Place):
            self.push_screen(HelpScreen(self.screen))

    def show_places(self) -> None:
        """Have the screen in front show what is known, and every bar."""
        places = [each for each in self.screen_stack if isinstance(each, Place) and each.is_ready]
        for each in places:
            each.refresh_bar()
        if places:
            places[-1].show()
        self.show_lines()

    def line_of_ceremony(self, width: int) -> Content | None:  # noqa: ARG002 - of those who know one
        """Return how the ceremony stands that is on its way, in a line of at most this width; None where none is."""
        return None

    @property
    def rows_above_ceremony(self) -> int:
        """How many rows of the bar stand above that line."""
        return 1

    def show_lines(self) -> None:
        """Have the line of a ceremony show how that stands, over whatever covers the bar."""
        for each in self.screen_stack:
            for line in each.query(CeremonyLine):
                line.show()

    def tick(self) -> None:
        """Say anew how long ago things were."""
        self.show_lines()
        for each in self.screen_stack:
            if isinstance(each, Place) and each.is_ready:
                each.refresh_bar()
