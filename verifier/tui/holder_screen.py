"""A holder at a glance: what is awaited, who it is, its rules, its ceremonies and how they ended, what was refused."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual.widget import Widget
from textual.widgets import Static

from verifier.model.holding import LEFT
from verifier.pages.holder import add_holder
from verifier.tui.content import plain
from verifier.tui.holder_place import HolderPlace
from verifier.tui.sheet import SheetPane


class HolderScreen(HolderPlace):
    """The holder."""

    TERMS = ("holder", "group", "ceremony")
    HINTS = (("up, down", "Read on"),)

    def body(self) -> Iterable[Widget]:
        yield Static(id="complete")
        yield SheetPane(id="holder-sheet")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#holder-sheet").focus()

    def refresh_bar(self) -> None:
        """Say anew how long ago all of it was, once a second."""
        super().refresh_bar()
        if self.is_ready and self.is_current:
            self.show()

    def show(self) -> None:
        app = self.holder
        standing, sheet = self.query_one("#complete", Static), self.query_one("#holder-sheet", SheetPane)
        if app.holding is None:
            standing.update(plain("Opening ...", "$muted"))
            return
        if app.waiting:
            standing.update(plain("A person has to decide: press 2.", "bold $warning"))
        elif app.holding.has_left:
            standing.update(plain(LEFT, "bold $warning"))
        else:
            said = "It answers by its rules, and asks you what these leave open."
            standing.update(plain(said, "$success" if app.holding.where else "$muted"))
        fill = partial(
            add_holder, me=app.held.me, holding=app.holding, waiting=app.waiting, now=app.held.now()
        )
        sheet.fill(fill)
