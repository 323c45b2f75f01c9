"""The questions that wait for the holder's person, the oldest first, each with its number and its age."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from verifier.model.text import show_duration
from verifier.pages.layout import wrapped
from verifier.tui.content import joined, plain
from verifier.tui.holder_place import HolderPlace
from verifier.tui.rows import refill_rows

if TYPE_CHECKING:
    from verifier.desk.group_asking import Waiting

_INDENT = 6


class QuestionsScreen(HolderPlace):
    """Questions that wait."""

    TERMS = ("holder", "group", "ceremony", "approval")
    HINTS = (("enter", "Read the question whole, and answer it"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open", "Open", id="questions.open", tooltip="Read the question whole", priority=False
        ),
    ]

    def body(self) -> Iterable[Widget]:
        yield Static(id="complete")
        yield OptionList(id="questions", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#questions").focus()

    def refresh_bar(self) -> None:
        """Say anew how old the questions are, once a second."""
        super().refresh_bar()
        if self.is_ready and self.is_current:
            self.show()

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        if self.is_ready:
            self.call_after_refresh(self.show)

    def show(self) -> None:
        waiting, rows = self.holder.waiting, self.query_one("#questions", OptionList)
        said = "The rules leave these to you. No answer is given before you give one."
        style = "bold $warning"
        if not waiting:
            said, style = "Nothing is asked. A bell rings when something is.", "$muted"
        self.query_one("#complete", Static).update(plain(said, style))
        if not waiting:
            rows.clear_options()
            rows.add_option(Option(plain("No question is open.", "$muted"), id="none", disabled=True))
            return
        width, now = max(rows.size.width - 3, 40), self.holder.held.now()
        refill_rows(rows, [(f"question-{each.number}", _row(each, now, width)) for each in waiting])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._open(str(event.option_id))

    def action_open(self) -> None:
        rows = self.query_one("#questions", OptionList)
        if rows.highlighted is not None:
            self._open(str(rows.get_option_at_index(rows.highlighted).id))

    def _open(self, name: str) -> None:
        number = name.removeprefix("question-")
        if number.isdecimal():
            self.holder.open_question(int(number))


def _row(waiting: Waiting, now: int, width: int) -> Content:
    """Return what a question is, below it what it is about, and how old it is."""
    asked, room = waiting.asked, width - _INDENT
    age = show_duration(max(now - waiting.since, 0))
    first, *more = wrapped(f"{asked.what[0].upper()}{asked.what[1:]}", room)
    lines = [joined((plain(f"{waiting.number:>4}  ", "bold"), plain(first, "bold $primary")))]
    lines += [plain(" " * _INDENT + line, "bold $primary") for line in more]
    about = asked.review.sentence if asked.review else " ".join(asked.explained[:1])
    for said in (about, f"Asked {age} ago, because {asked.because}."):
        lines += [plain(" " * _INDENT + line) for line in wrapped(said, room)]
    return joined(lines, "\n")
