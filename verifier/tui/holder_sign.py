"""A holder's yes: what would be signed stands there whole, danger is typed and never entered, and it begins on No."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from verifier.desk.group_asking import message_of
from verifier.pages.layout import wrapped
from verifier.tui.answering import AnsweringPlace, answer_keys, hash_lines, whole_of
from verifier.tui.content import joined, plain
from verifier.tui.dangers import Dangers
from verifier.tui.holder_place import QuestionPlace

if TYPE_CHECKING:
    from verifier.desk.group_asking import Asked, Waiting


class HolderSignScreen(AnsweringPlace, QuestionPlace):
    """One question, before the answer is yes."""

    TERMS = ("hashes", "approval", "finding", "group", "holder")
    BINDINGS: ClassVar[list[BindingType]] = answer_keys("answer", "Answer nothing")

    def __init__(self, waiting: Waiting) -> None:
        super().__init__(waiting)
        # What stands here: yes is for this, and for nothing that came later.
        self.asked: Asked = waiting.asked
        # Whether yes was said, and is being looked into.
        self.is_answering = False

    def body(self) -> Iterable[Widget]:
        is_signing = self.asked.request is not None
        yield Static(id="standing")
        with VerticalScroll(id="signing", can_focus=False):
            yield Static(id="signed")
            yield Dangers(id="dangers")
            yield Static(id="typed")
        with Horizontal(id="answers"):
            yield Button(plain("No, answer nothing"), id="no")
            yield Button(
                plain("Sign for the group" if is_signing else "Yes, take part"), id="yes", disabled=True
            )

    def on_mount(self) -> None:
        super().on_mount()
        width = max(self.size.width - 4, 40)
        self.query_one("#signed", Static).update(joined(list(self._signed(width)), "\n"))
        self.query_one(Dangers).ask(self.asked.acknowledgements, width)
        message = message_of(self.asked)
        if message is not None:
            self.query_one("#typed", Static).update(whole_of(message, width))
        self.weigh()
        self.query_one("#no").focus()
        self.ask_anew()

    def show(self) -> None:
        why = self.why_over
        said, style = f"Question {self.number}: yes to {self.asked.what}?", "bold"
        if why:
            said, style = f"OVER: {why}", "bold $danger"
        elif self.is_answering:
            said, style = "Reading it once more, and answering ...", "$notice"
        self.query_one("#standing", Static).update(plain(said, style))
        self.weigh()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "no":
            self.action_leave()
        elif not self.is_answering and not self.why_over:
            self.is_answering = True
            self.show()
            self.holder.agree(self, self.query_one(Dangers).given)

    def answered(self) -> None:
        """Let it be answered again: what was said before did not count."""
        self.is_answering = False
        if self.is_ready:
            self.show()

    def _signed(self, width: int) -> Iterable[Content]:
        review, message = self.asked.review, message_of(self.asked)
        if review is not None:
            yield from (plain(line, "bold") for line in wrapped(review.sentence, width))
        for sentence in self.asked.explained:
            yield from (plain(line) for line in wrapped(sentence, width))
        if message is None:
            return
        yield plain("")
        yield from hash_lines(message)
        yield plain("Every holder of the group signs this digest, and no other.", "$muted")

    @property
    def is_answerable(self) -> bool:
        return not self.why_over and not self.is_answering
