"""What screens that ask for a signature have in common: the keys to read by, dangers that are typed, two answers."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button

from verifier.model.message import TypedMessage
from verifier.pages.layout import in_groups
from verifier.tui.content import joined, plain
from verifier.tui.dangers import Dangers
from verifier.tui.early_keys import Question
from verifier.tui.place import Place
from verifier.tui.typed_data import typed_data_lines


def answer_keys(prefix: str, leaving: str) -> list[BindingType]:
    """Return the keys of such a screen.

    :param prefix: of the names that people give other keys by
    :param leaving: what going back means
    """
    return [
        Binding("escape", "leave", "No, back", id=f"{prefix}.leave", tooltip=leaving),
        Binding("left,right", "app.focus_next", "Other answer", show=False, id=f"{prefix}.other"),
        Binding("up", "read(-1)", "Up", show=False, id=f"{prefix}.up", tooltip="Read on above"),
        Binding("down", "read(1)", "Down", show=False, id=f"{prefix}.down", tooltip="Read on below"),
        Binding("pageup", "read(-10)", "Page up", show=False, id=f"{prefix}.page-up", tooltip="A page above"),
        Binding(
            "pagedown", "read(10)", "Page down", show=False, id=f"{prefix}.page-down", tooltip="A page below"
        ),
    ]


def hash_lines(message: TypedMessage) -> Iterator[Content]:
    """Give the hashes of what is signed, in groups, as a device shows them."""
    for name, value in (
        ("domain", message.domain_hash),
        ("message", message.struct_hash),
        ("digest", message.digest),
    ):
        first, second = in_groups(value)
        yield plain(f"{name:<9}0x {first}")
        yield plain(f"{'':<12}{second}")


def whole_of(message: TypedMessage, width: int) -> Content:
    """Return all that is signed, field by field."""
    lines = [plain(line) for line in typed_data_lines(message.typed_data, width)]
    return joined([plain("\nWHAT IS SIGNED, WHOLE", "bold $primary"), *lines], "\n")


class AnsweringPlace(Question, Place):
    """A screen with `#signing` to read, Dangers to type, and the answers `#no` and `#yes`."""

    @property
    def is_answerable(self) -> bool:
        """Whether yes is possible, once everything was typed that has to be."""
        raise NotImplementedError

    def weigh(self) -> None:
        """Let it be yes once everything was typed that has to be."""
        self.query_one("#yes", Button).disabled = not (
            self.is_answerable and self.query_one(Dangers).are_typed
        )

    def on_dangers_typed(self, event: Dangers.Typed) -> None:
        event.stop()
        self.weigh()

    def action_leave(self) -> None:
        self.dismiss()

    def action_read(self, lines: int) -> None:
        """Move what is read; the answer stays where it is."""
        self.query_one("#signing").scroll_relative(y=lines, animate=False)
