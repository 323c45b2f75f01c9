"""One question before a transaction. It begins on No, and Enter alone does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from verifier.pages.layout import wrapped
from verifier.tui.ceremony_line import CeremonyLine, Covering
from verifier.tui.content import joined, plain
from verifier.tui.dangers import Dangers
from verifier.tui.early_keys import Question

if TYPE_CHECKING:
    from verifier.desk.signing import Acknowledgement


_AROUND: Final = 8
"""Rows beside what it says: the box's border, the space inside of it, the answers, and one above and below it."""


class ConfirmScreen(Covering, Question, ModalScreen[bool]):
    """Yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "No", id="confirm.no", tooltip="Do nothing"),
        Binding("left,right", "app.focus_next", "Other answer", show=False, id="confirm.other"),
        Binding("up", "read(-1)", "Up", show=False, id="confirm.up", tooltip="Read on above"),
        Binding("down", "read(1)", "Down", show=False, id="confirm.down", tooltip="Read on below"),
    ]

    def __init__(
        self,
        question: str,
        sentences: Sequence[str],
        dangers: Sequence[Acknowledgement] = (),
        *,
        yes: str = "Yes",
    ) -> None:
        """:param dangers: what has to be typed before the answer can be yes
        :param yes: what the answer that does it is called
        """
        super().__init__()
        self._yes = yes
        self._needed = dangers
        self.question = question
        # Rows for what it says.
        self._rows: int | None = None
        self._sentences = sentences
        # What was typed when it was answered.
        self.typed: list[str] = []

    def compose(self) -> ComposeResult:
        lines = [plain(self.question, "bold")]
        lines += [plain(line) for sentence in self._sentences for line in wrapped(sentence, 66)]
        yield CeremonyLine(id="ceremony-line")
        with Vertical(id="confirm-box"):
            with VerticalScroll(id="confirm-said", can_focus=False):
                yield Static(joined(lines, "\n"))
                yield Dangers(id="dangers")
            with Horizontal(id="answers"):
                yield Button(plain("No"), id="no")
                yield Button(plain(self._yes), id="yes", disabled=bool(self._needed))
                yield Static(plain("more below: down", "$warning"), id="confirm-more")

    def on_mount(self) -> None:
        self.query_one(Dangers).ask(self._needed, 66)
        self.query_one("#no").focus()
        self.watch(self.query_one("#confirm-said"), "scroll_y", self._show_whether_all, init=False)
        self.screen_layout_refresh_signal.subscribe(self, lambda _: self._laid_out())
        self.ask_anew()

    def on_resize(self, _event: Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        """Have the answers in sight, however much is said, and however low the terminal is."""
        rows = self.size.height - _AROUND - self.query_one(CeremonyLine).rows
        said = self.query_one("#confirm-said")
        if self._rows != rows:
            self._rows, said.styles.max_height = rows, max(rows, 1)

    def _laid_out(self) -> None:
        # A ceremony may have begun or ended since.
        self._fit()
        self._show_whether_all()

    def _show_whether_all(self) -> None:
        """Say that there is more below, until that was reached."""
        said, more = self.query_one("#confirm-said"), self.query_one("#confirm-more")
        is_more = said.scroll_offset.y < said.max_scroll_y
        if more.visible != is_more:
            more.visible = is_more

    def action_read(self, lines: int) -> None:
        """Move what is read; the answers stay where they are."""
        self.query_one("#confirm-said").scroll_relative(y=lines, animate=False)

    def on_dangers_typed(self, event: Dangers.Typed) -> None:
        event.stop()
        self.query_one("#yes", Button).disabled = not self.query_one(Dangers).are_typed

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.typed = self.query_one(Dangers).given
        self.dismiss(event.button.id == "yes")
