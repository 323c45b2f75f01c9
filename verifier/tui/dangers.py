"""Findings of danger, each with a field in which it is typed what it is about. Enter leads on, and never agrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from verifier.pages.layout import wrapped
from verifier.tui.content import joined, plain

if TYPE_CHECKING:
    from verifier.desk.signing import Acknowledgement


class Dangers(Vertical):
    """What has to be typed before anything goes on."""

    class Typed(Message):
        """Something was typed."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id)
        self._needed: Sequence[Acknowledgement] = ()

    @property
    def given(self) -> list[str]:
        """What was typed so far."""
        return [field.value for field in self.query(Input)]

    @property
    def are_typed(self) -> bool:
        """Whether each of them was acknowledged."""
        given = self.given
        return len(given) == len(self._needed) and all(
            each.is_given_by(text) for each, text in zip(self._needed, given, strict=True)
        )

    def ask(self, needed: Sequence[Acknowledgement], width: int) -> None:
        """Ask for these, once."""
        self._needed = needed
        self.display = bool(needed)
        for i, each in enumerate(needed):
            lines = [plain(line) for line in wrapped(each.finding.sentence, width)]
            self.mount(
                Static(joined([plain("DANGER", "bold $danger"), *lines], "\n")),
                *(Static(plain(line, "$warning")) for line in wrapped(f"Type {each.hint}:", width)),
                Input(id=f"danger-{i}", compact=True),
            )

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()
