"""The help: the keys of the screen that it was asked on, then what the words mean, that screen's first."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from verifier.tui.ceremony_line import CeremonyLine
from verifier.tui.content import plain
from verifier.tui.place import Place
from verifier.tui.sheet import Sheet, SheetPane


def terms() -> dict[str, str]:
    """Return what each word means."""
    found = tomllib.loads(files("verifier.tui").joinpath("terms.toml").read_text("utf-8"))
    return {str(name): str(said) for name, said in found.items()}


class HelpScreen(ModalScreen[None]):
    """Keys and words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,question_mark,f1",
            "dismiss",
            "Close",
            key_display="esc",
            id="help.close",
            tooltip="Back",
        ),
    ]

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        yield CeremonyLine(id="ceremony-line")
        with Vertical(id="help-box"):
            yield Static(plain("Help   esc closes it"), id="help-title")
            yield SheetPane(id="help-sheet")

    def on_mount(self) -> None:
        pane = self.query_one(SheetPane)
        pane.fill(self._fill)
        pane.focus()

    def _fill(self, sheet: Sheet) -> None:
        sheet.title("Keys here")
        shown = set()
        for active in self._place.active_bindings.values():
            binding = active.binding
            if binding.id is None or binding.id in shown or not binding.description:
                continue
            shown.add(binding.id)
            said = binding.tooltip or binding.description
            sheet.field(
                self.app.get_key_display(binding), said if active.enabled else f"{said} (not now)", column=12
            )
        for key, said in self._place.HINTS:
            sheet.field(key, said, column=12)
        sheet.field("tab", "Next part of the screen", column=12)
        sheet.field("^p", "Everything that can be done, by its name", column=12)
        meaning = terms()
        sheet.title("Words here")
        for name in self._place.TERMS:
            sheet.field(name, meaning[name], column=14)
        sheet.title("All other words")
        for name, said in meaning.items():
            if name not in self._place.TERMS:
                sheet.field(name, said, column=14)
