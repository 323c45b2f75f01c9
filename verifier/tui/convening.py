"""A group's ceremony that this terminal brings about: in a thread of its own, beside everything else that goes on.

begun --> the vault is read once more --> Ceremony after Ceremony --> a word that the group signed --> sent or kept
  |                                                |
  '------------------------------------------------'--> a fault: why nothing came of it, in one sentence
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from verifier.tui.asking import News, sentence_of
from verifier.tui.place import Place

if TYPE_CHECKING:
    from textual.content import Content
    from textual.message_pump import MessagePump

    from verifier.desk.briefing import Briefing
    from verifier.desk.group_saying import GroupWord
    from verifier.model.ceremony import Ceremony
    from verifier.model.group_request import Purpose
    from verifier.model.text import Shown
    from verifier.tui.app import Terminal

Convene = Callable[[Callable[["Ceremony"], object], Callable[[], bool]], "GroupWord"]
"""Brings the holders together: tells how the ceremony stands, and asks whether it is called off."""


class CeremonyNews(News):
    """Something is otherwise with the ceremony: `Convening.take` says what."""

    def __init__(self, convening: Convening) -> None:
        super().__init__()
        self.convening = convening


class Convening:
    """One ceremony, from the question to what became of it. Only the screens' own thread changes it."""

    def __init__(self, *, title: Shown, lane: int, purpose: Purpose, seen: Briefing) -> None:
        """:param title: such as `the group's approval of lane 3`"""
        self.title = title
        self.lane = lane
        self.purpose = purpose
        # As it was read by whoever asked for it.
        self.seen = seen
        self.ceremony: Ceremony | None = None
        self.word: GroupWord | None = None
        # Why nothing came of it; empty while that is open, and where something did.
        self.fault = ""
        self._called_off = threading.Event()
        self._thread: threading.Thread | None = None
        # What its thread has come to, and nobody has taken yet. The holders may say more than a screen can show: of
        # what stands there otherwise again, only the latest waits.
        self._lock = threading.Lock()
        self._latest: Ceremony | None = None
        self._made: GroupWord | None = None
        self._failed = ""
        self._is_told = False

    @property
    def what(self) -> Shown:
        """The title at the beginning of a sentence."""
        return cast("Shown", f"{self.title[0].upper()}{self.title[1:]}")

    @property
    def is_running(self) -> bool:
        return self.word is None and not self.fault

    @property
    def is_called_off(self) -> bool:
        return self._called_off.is_set()

    @property
    def has_thread(self) -> bool:
        """Whether its thread has not ended yet."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_signed(self) -> bool:
        """Whether the group signed, if anybody took that in or not."""
        with self._lock:
            return self.word is not None or self._made is not None

    def start(self, reporter: MessagePump, function: Convene) -> None:
        """Begin, and post what comes of it."""

        def run() -> None:
            try:
                word = function(lambda one: self._note(reporter, latest=one), self._called_off.is_set)
                self._note(reporter, made=word)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the reader has to be told
                self._note(reporter, failed=sentence_of(fault))

        self._thread = threading.Thread(target=run, name="ceremony", daemon=True)
        self._thread.start()

    def take(self) -> None:
        """Note what has become of it."""
        with self._lock:
            self._is_told = False
            self.ceremony = self._latest or self.ceremony
            self.word = self._made or self.word
            self.fault = self._failed or self.fault

    def _note(
        self,
        reporter: MessagePump,
        *,
        latest: Ceremony | None = None,
        made: GroupWord | None = None,
        failed: str = "",
    ) -> None:
        """Keep what the thread has come to, and have it taken, unless that is being done already."""
        with self._lock:
            self._latest = latest or self._latest
            self._made, self._failed = made or self._made, failed or self._failed
            is_told, self._is_told = self._is_told, True
        if not is_told:
            with suppress(RuntimeError):  # the terminal has ended
                reporter.post_message(CeremonyNews(self))

    def call_off(self) -> None:
        """Have it end at its next look around."""
        self._called_off.set()

    def end(self, seconds: float) -> None:
        """Call it off, and return once it has left its holders and its folder; or after so many seconds."""
        self.call_off()
        if self._thread is not None:
            self._thread.join(timeout=seconds)


class Convenes:
    """What a terminal does about a ceremony, on whatever screen its reader is."""

    def on_ceremony_news(self, message: CeremonyNews) -> None:
        from verifier.tui.group_acting import take_news

        take_news(cast("Terminal", self), message)

    def action_ceremony(self) -> None:
        """Show the ceremony whole."""
        from verifier.tui.group_acting import show_ceremony

        show_ceremony(cast("Terminal", self))

    def refresh_ceremony(self) -> None:
        """Show how the ceremony stands: at the top of every screen, and in what can be done on the one in front."""
        app = cast("Terminal", self)
        places = [each for each in app.screen_stack if isinstance(each, Place) and each.is_ready]
        for each in places:
            each.refresh_bar()
        if places:
            places[-1].show()
        app.show_lines()
        app.refresh_bindings()

    def line_of_ceremony(self, width: int) -> Content | None:
        """Return how the ceremony stands, or what is to be done with what came of it, in one line."""
        from verifier.tui.bar import ceremony_of

        convening = cast("Terminal", self).known.convening
        return None if convening is None else ceremony_of(convening, width)

    async def action_quit(self) -> None:
        """Leave; where a ceremony would be lost by that, after a question."""
        app = cast("Terminal", self)
        if app.known.convening is None:
            app.exit()
            return
        from verifier.tui.group_acting import ask_to_leave

        ask_to_leave(app)
