"""A few fields to be filled in. What is not understood is said beside them, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from verifier.model.text import Foreign
from verifier.pages.layout import wrapped
from verifier.tui.asking import sentence_of
from verifier.tui.ceremony_line import CeremonyLine, Covering
from verifier.tui.content import joined, plain
from verifier.tui.early_keys import EarlyKeys

T = TypeVar("T")
_WIDTH = 66


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something to be typed, or to be chosen."""

    name: str
    title: str
    # What stands in it at first.
    typed: Foreign = ""
    # What there is to choose from, by the values that stand for it; nothing where it is typed.
    choices: Sequence[tuple[str, str]] = ()


class FormScreen(Covering, EarlyKeys, ModalScreen[T | None], Generic[T]):
    """Fields, and what is made of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="form.cancel", tooltip="Change nothing"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        make: Callable[[Mapping[str, str]], T],
        *,
        answer: str,
        remark: str = "",
    ) -> None:
        """:param make: makes something of what was typed, or raises what is to be said of it
        :param answer: what the button is called that makes it
        """
        super().__init__()
        self._heading, self._asked, self._make = title, fields, make
        self._answer, self._remark = answer, remark

    def compose(self) -> ComposeResult:
        lines = [plain(self._heading, "bold")]
        lines += [plain(line, "$muted") for line in wrapped(self._remark, _WIDTH) if self._remark]
        yield CeremonyLine(id="ceremony-line")
        with VerticalScroll(id="form-box", can_focus=False):
            yield Static(joined(lines, "\n"))
            for field in self._asked:
                yield from _widgets(field)
            yield Static(id="form-fault")
            with Horizontal(id="answers"):
                yield Button(plain("Cancel"), id="no")
                yield Button(plain(self._answer), id="yes")

    def on_mount(self) -> None:
        self.query_one("#form-fault").display = False
        self.query_one(f"#field-{self._asked[0].name}").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "no":
            self.dismiss(None)
            return
        try:
            made = self._make({field.name: self._typed(field) for field in self._asked})
        except Exception as fault:  # noqa: BLE001 - whatever it is, the reader has to be told
            said = self.query_one("#form-fault", Static)
            said.display = True
            said.update(
                joined((plain(line, "bold $danger") for line in wrapped(sentence_of(fault), _WIDTH)), "\n")
            )
            said.scroll_visible(animate=False)
            return
        self.dismiss(made)

    def _typed(self, field: Field) -> str:
        if not field.choices:
            return self.query_one(f"#field-{field.name}", Input).value
        chosen = self.query_one(f"#field-{field.name}", OptionList).highlighted
        return field.choices[chosen or 0][0]


def _widgets(field: Field) -> Iterator[Widget]:
    yield Static(plain(field.title, "$notice"), classes="field-title")
    if not field.choices:
        yield Input(field.typed, id=f"field-{field.name}", compact=True)
        return
    values = [value for value, _ in field.choices]
    rows = OptionList(
        *(Option(plain(said)) for _, said in field.choices), id=f"field-{field.name}", markup=False
    )
    rows.highlighted = values.index(field.typed) if field.typed in values else 0
    yield rows
