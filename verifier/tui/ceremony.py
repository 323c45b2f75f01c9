"""How a ceremony stands: a panel with a row for each holder, and a line that fits on every screen.

Both are of a `Ceremony` and nothing else: whoever has a newer one shows that. A shape and a word say what a
colour says once more.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from textual.content import Content

from verifier.tui.content import plain
from verifier.tui.sheet import Sheet, SheetPane

if TYPE_CHECKING:
    from verifier.model.ceremony import Attendance, Ceremony

_NAME: Final = 24
"""Columns of a holder's number and name in the panel."""

_STYLES: Final = {
    "ANSWERED": "$success",
    "AWAITED": "bold",
    "UNREACHABLE": "bold $warning",
    "LEFT_OUT": "bold $warning",
    "LIED": "bold $danger",
}


class CeremonyPanel(SheetPane):
    """A row for each holder, and what is wanted of them; it can be scrolled."""

    def show(self, ceremony: Ceremony) -> None:
        self.fill(partial(add_ceremony, ceremony=ceremony))


def line_of(ceremony: Ceremony, width: int) -> Content:
    """Return how a ceremony stands in one line of at most this width."""
    from verifier.pages.ceremony import ceremony_line

    style = "bold $notice"
    if ceremony.is_over:
        style = "bold $success" if ceremony.is_done else "bold $danger"
    return plain(ceremony_line(ceremony, width), style)


def add_ceremony(sheet: Sheet, *, ceremony: Ceremony) -> None:
    """Write how a ceremony stands, with a row for each holder."""
    from verifier.model.text import show_moment
    from verifier.pages.ceremony import count_of

    sheet.title(ceremony.what)
    if ceremony.part:
        sheet.field("now", f"{ceremony.part}, which is a part of it", column=10)
    sheet.field("session", ceremony.session.hex()[:16], column=10)
    sheet.field("since", show_moment(ceremony.since), column=10)
    sheet.field("answers", count_of(ceremony), column=10)
    sheet.space()
    for one in ceremony.holders:
        _add_holder(sheet, one)
    if ceremony.is_over and ceremony.is_done:
        sheet.space()
        sheet.field("done", ceremony.ended, column=10)


def _add_holder(sheet: Sheet, one: Attendance) -> None:
    from verifier.pages.ceremony import SHAPES, holder_name, state_of

    name = holder_name(one, most=_NAME - 4)
    lead = f"{SHAPES[one.turnout]} {name:<{_NAME}} "
    sheet.styled(state_of(one), hang=lead, style=_STYLES.get(one.turnout.name, ""))
