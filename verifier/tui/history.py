"""What is over, as this client remembers it and as the lanes still tell. Below the table, the chosen one whole."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual.widget import Widget
from textual.widgets import DataTable, Static

from verifier.desk.survey import Past, Survey
from verifier.model.text import show_moment
from verifier.pages.layout import in_groups
from verifier.tui.content import cell, plain
from verifier.tui.place import Place
from verifier.tui.policy import add_break_glass
from verifier.tui.sheet import Sheet, SheetPane
from verifier.tui.table import refill

_COLUMNS = ("when", "ended", "lane", "what it did")


class HistoryScreen(Place):
    """Operations that are over, and uses of break-glass."""

    TERMS = ("history", "status", "break-glass", "lane")

    def body(self) -> Iterable[Widget]:
        yield Static(id="complete")
        yield DataTable(id="past", cursor_type="row")
        yield SheetPane(id="past-sheet")

    def on_mount(self) -> None:
        super().on_mount()
        self.terminal.ask_survey()
        self.query_one("#past").focus()

    def show(self) -> None:
        survey = self.known.survey
        if survey is None:
            self.query_one("#complete", Static).update(plain("Reading ...", "$muted"))
            return
        said = (
            f"{len(survey.past)} known to this client. Nobody proves the past: what was executed before this client "
            "looked is not here."
        )
        self.query_one("#complete", Static).update(plain(said))
        refill(
            self.query_one("#past", DataTable), _COLUMNS, {_name(past): _row(past) for past in survey.past}
        )
        self._show_chosen()

    def on_data_table_row_highlighted(self, _event: DataTable.RowHighlighted) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        survey, table = self.known.survey, self.query_one("#past", DataTable)
        if survey is None:
            return
        past = survey.past[table.cursor_row] if 0 <= table.cursor_row < len(survey.past) else None
        self.query_one("#past-sheet", SheetPane).fill(partial(_add_past, survey=survey, past=past))


def _name(past: Past) -> str:
    return past.operation_id.hex()


def _row(past: Past) -> list[object]:
    return [
        cell(show_moment(past.at) if past.at is not None else "not known"),
        cell(past.status.name),
        cell(f"{past.lane}.{past.sequence}"),
        cell(past.sentence or "its bytes were not kept here"),
    ]


def _add_past(sheet: Sheet, *, survey: Survey, past: Past | None) -> None:
    if past is not None:
        sheet.title(f"Lane {past.lane}, operation {past.sequence}: {past.status.name}")
        sheet.text(
            past.sentence or "Its bytes were not kept here, so what it would have done is not told.", indent=2
        )
        for i, line in enumerate(in_groups(past.operation_id)):
            sheet.field("" if i else "id", line)
        sheet.field("evidence", past.evidence.name.lower())
    add_break_glass(sheet, survey)
