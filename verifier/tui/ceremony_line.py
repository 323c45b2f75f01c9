"""The ceremony's line over whatever covers the bar: a form, a question, the help.

It stands in the same row as below, so that nothing moves when something opens over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from verifier.tui.shell import Shell


class Covering:
    """For what opens over a screen to ask something: nothing that is said meanwhile may cover it."""


class CeremonyLine(Static):
    """How the ceremony stands, in one line; nothing where none is on its way."""

    _said: Content | None = None

    def on_mount(self) -> None:
        self.show()

    def on_resize(self) -> None:
        self.show()

    @property
    def rows(self) -> int:
        """How many rows at the top of the screen are taken with it."""
        return cast("Shell", self.app).rows_above_ceremony + 1 if self.display else 0

    def show(self) -> None:
        """Show how it stands now."""
        app = cast("Shell", self.app)
        said = app.line_of_ceremony(app.size.width - 2)
        self.display = said is not None
        self.styles.margin = (app.rows_above_ceremony, 0, 0, 0)
        if said is not None and (self._said is None or not said.is_same(self._said)):
            self._said = said
            self.update(said)
