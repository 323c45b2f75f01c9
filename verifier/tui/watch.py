"""Whether anybody watches the vault, what the watcher told, to whom, and who knows of it.

It asks in a thread of its own: an endpoint that hangs keeps nobody from seeing what the watcher saw meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import OptionList, Static

from verifier.desk.watching import WatchReport, ordered
from verifier.model.episodes import Episode, Telling
from verifier.model.units import BlockNumber
from verifier.tui.asking import Answered, Asker, News, Refused
from verifier.tui.content import plain
from verifier.tui.deeds import Deed, DeedList, binding_of
from verifier.tui.place import Place
from verifier.tui.rows import refill_rows
from verifier.tui.sheet import SheetPane
from verifier.tui.source import Watching
from verifier.tui.watch_acts import ask_who, deeds_of, open_operation
from verifier.tui.watch_rows import HEADER, WATCHER_ROW, row_of, standing_of
from verifier.tui.watch_sheets import LogCheck, fill_episode, fill_watcher

_WATCHER: Final = "watcher"
_OFFLINE: Final = "A file is looked at here, without any network: nobody is asked who watches the vault."
_OFTEN: Final = 0.1
"""Seconds between two words about how far the log was looked at."""


class Passed(News):
    """So far the audit log was looked at."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class WatchScreen(Place):
    """What the watcher sees, and rings."""

    TERMS = ("watcher", "episode", "acknowledge", "audit log", "finding", "evidence")
    HINTS = (("enter", "Open the operation that it is about, where it still stands in its lane"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        binding_of(
            "k",
            "acknowledge",
            "Acknowledge",
            screen="watch",
            tooltip="Say that you know of it: no escalation",
        ),
        binding_of(
            "l", "log", "Log", screen="watch", tooltip="Look at every record of the watcher's audit log"
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.report: WatchReport | None = None
        # Why nothing newer is known; a fault of this program, since all else is a part of the report.
        self._fault = ""
        self._tellings: dict[str, tuple[Telling, ...]] = {}
        self._log = LogCheck()
        self._said: Content | None = None

    def body(self) -> Iterable[Widget]:
        yield Static(id="complete")
        yield Static(HEADER, id="columns")
        yield OptionList(id="episodes", markup=False)
        yield SheetPane(id="episode-sheet")
        yield DeedList(id="deeds")

    def on_mount(self) -> None:
        self._asker = Asker(self)
        self._checker = Asker(self)
        self.terminal.askers.extend((self._asker, self._checker))
        super().on_mount()
        self.read()
        self.query_one("#episodes").focus()

    @property
    def watching(self) -> Watching | None:
        return self.source.watching

    @property
    def head(self) -> BlockNumber | None:
        """The newest block that this client has read itself."""
        latest = self.known.latest
        return latest.reading.head.number if latest else None

    @property
    def episodes(self) -> Sequence[Episode]:
        return ordered(self.report.view.episodes) if self.report and self.report.view else ()

    @property
    def chosen(self) -> Episode | None:
        """The episode that is chosen; None where it is the watcher itself."""
        rows = self.query_one("#episodes", OptionList)
        if rows.highlighted is None:
            return None
        name = rows.get_option_at_index(rows.highlighted).id
        return next((each for each in self.episodes if _name(each) == name), None)

    # ----------------------------------------------------------------------------------------------------- Asking

    def read(self) -> None:
        if self.watching is not None:
            self._asker.ask(("watch", 0), self.watching.look)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_ready:
            self.read()

    def on_answered(self, message: Answered) -> None:
        message.stop()
        match message.what[0]:
            case "watch":
                self.report, self._fault = message.answer, ""
                # Who was told what may have changed with it.
                self._ask_tellings()
            case "tellings":
                name, tellings = message.answer
                self._tellings[name] = tellings
            case "acknowledge":
                self.terminal.say(message.answer)
                self.read()
            case _:
                self._log = LogCheck(checked=message.answer)
                self.terminal.say("The audit log is whole: each record holds to the one before it.")
        self._show_where_it_is()

    def on_refused(self, message: Refused) -> None:
        message.stop()
        match message.what[0]:
            case "watch":
                self._fault = message.sentence
            case "log":
                self._log = LogCheck(fault=message.sentence)
                self.terminal.say(message.sentence, severity="error")
            case _:
                self.terminal.say(message.sentence, severity="error")
        self._show_where_it_is()

    def on_passed(self, message: Passed) -> None:
        message.stop()
        if self._log.progress:
            self._log = LogCheck(progress=self._progress(message.number))
            self._show_where_it_is()

    def _ask_tellings(self) -> None:
        episode, watching = self.chosen, self.watching
        if episode is not None and watching is not None:
            name, number = episode.name, episode.kept[0].number
            self._asker.ask(("tellings", number), lambda: (name, watching.tellings(name)))

    # ------------------------------------------------------------------------------------------------------ Doing

    @property
    def deeds(self) -> Sequence[Deed]:
        if self.report is None:
            return ()
        return deeds_of(self.report, self.chosen, self._log)

    def do(self, name: str) -> None:
        if name == "log":
            self._check_log()
        elif self.chosen is not None and self.watching is not None:
            ask_who(self.terminal, self._asker, self.watching, self.chosen)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list.id == "episodes":
            self._ask_tellings()
            self._show_chosen()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "deeds":
            self.try_to(str(event.option_id))
        elif self.chosen is not None:
            open_operation(self.terminal, self.chosen)

    def _check_log(self) -> None:
        watching = self.watching
        if watching is not None and self._checker.ask(("log", 0), lambda: watching.verify(_throttled(self))):
            self._log = LogCheck(progress=self._progress(0))
            rows = self.query_one("#episodes", OptionList)
            rows.highlighted = rows.get_option_index(_WATCHER)
            self.show()
            self.query_one("#episode-sheet", SheetPane).scroll_end(animate=False)

    def _progress(self, number: int) -> str:
        head = self.report.view.head if self.report and self.report.view else None
        return f"being looked at: record {number:,} of {head.number if head else number:,}"

    # ---------------------------------------------------------------------------------------------------- Showing

    def refresh_bar(self) -> None:
        """Say anew how long ago all of it was, once a second."""
        super().refresh_bar()
        if self.is_ready and self.report is not None:
            self._show_standing(self.report)

    def show(self) -> None:
        if self.watching is None:
            said = _OFFLINE if self.source.hosts else "Reading ..."
            self.query_one("#complete", Static).update(plain(said, "$muted"))
            return
        if self.report is None:
            said = self._fault or "Asking whether anybody watches this vault ..."
            self.query_one("#complete", Static).update(
                plain(said, "bold $danger" if self._fault else "$muted")
            )
            return
        self._show_standing(self.report)
        self._show_rows()
        self._show_chosen()

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        if self.is_mounted and self.report is not None:
            self.call_after_refresh(self._show_rows)

    def _show_where_it_is(self) -> None:
        if self.is_ready and self.is_current:
            self.show()

    def _show_standing(self, report: WatchReport) -> None:
        said = standing_of(report, head=self.head, now=self.source.now(), fault=self._fault)
        # Asked every second: what is the same is not drawn again.
        if self._said is None or not said.is_same(self._said):
            self._said = said
            self.query_one("#complete", Static).update(said)

    def _show_rows(self) -> None:
        rows, now = self.query_one("#episodes", OptionList), self.source.now()
        width = max(rows.size.width - 3, 40)
        options = [(_name(episode), row_of(episode, width, now)) for episode in self.episodes]
        had_none = rows.option_count <= 1
        refill_rows(rows, [*options, (_WATCHER, WATCHER_ROW)])
        if had_none:
            # Nobody chose the watcher: there was nothing else.
            rows.highlighted = 0

    def _show_chosen(self) -> None:
        report = self.report
        if report is None:
            return
        episode, now = self.chosen, self.source.now()
        if episode is None:
            fill = partial(fill_watcher, report=report, head=self.head, log=self._log, now=now)
        else:
            told = self._tellings.get(episode.name)
            fill = partial(fill_episode, episode=episode, tellings=told, now=now)
        self.query_one("#episode-sheet", SheetPane).fill(fill)
        self.query_one(DeedList).display = self.source.may_act
        self.query_one(DeedList).show(self.deeds, max(self.size.width - 4, 40), is_short=True)
        self.refresh_keys()


def _name(episode: Episode) -> str:
    return f"number-{episode.kept[0].number}"


def _throttled(screen: WatchScreen) -> Callable[[int], object]:
    """Return what tells a screen of some of the records that it is told of."""
    last = 0.0

    def passed(number: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _OFTEN:
            last = now
            screen.post_message(Passed(number))

    return passed
