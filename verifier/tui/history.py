"""What is over, as this client remembers it and as the lanes still tell. Below the table, the chosen one whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import DataTable, OptionList, Static

from verifier.desk.survey import Past, Survey
from verifier.model.bypass import Verdict
from verifier.model.text import show_moment
from verifier.pages.layout import in_groups
from verifier.tui.content import cell, plain
from verifier.tui.deeds import Deed, DeedList, binding_of
from verifier.tui.place import Place
from verifier.tui.policy import add_break_glass
from verifier.tui.review import VERDICTS, ReviewScreen, add_bypass, review_deed
from verifier.tui.sheet import Sheet, SheetPane
from verifier.tui.table import Table, refill

_USE: Final = "use-"
_COLUMNS = ("when", "ended", "lane", "what it did")


class HistoryScreen(Place):
    """Operations that are over, and uses of break-glass."""

    TERMS = ("history", "status", "break-glass", "lane")
    HINTS = (("enter", "On a use of break-glass: review it"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        binding_of("b", "review", "Review", screen="history", tooltip="Review the chosen use of break-glass"),
    ]
    # The number of the use of break-glass that is chosen in the table.
    _number: int | None = None

    def __init__(self) -> None:
        super().__init__()
        # The names of the rows, and what each of them is about, unless that is a use of break-glass.
        self._names: list[str] = []
        self._past: dict[str, Past] = {}

    def body(self) -> Iterable[Widget]:
        yield Static(id="complete")
        yield Table(id="past", cursor_type="row")
        yield SheetPane(id="past-sheet")
        yield DeedList(id="deeds")

    def on_mount(self) -> None:
        super().on_mount()
        table = self.query_one("#past", Table)
        # At once, and not by a message: no frame may show a chosen row with the words of another one.
        self.watch(table, "cursor_coordinate", self._show_chosen, init=False)
        self.read()
        table.focus()

    @property
    def deeds(self) -> Sequence[Deed]:
        if self.known.survey is None:
            return ()
        return [review_deed(self.known.survey, self.known.latest, self._number)]

    def do(self, name: str) -> None:  # noqa: ARG002 - there is one thing to be done
        if self._number is not None:
            self.terminal.push_screen(ReviewScreen(self._number))

    def read(self) -> None:
        self.terminal.ask_survey()

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
        self._past = {_name(past): past for past in survey.past}
        rows = {**_bypass_rows(survey), **{name: _row(past) for name, past in self._past.items()}}
        self._names = list(rows)
        refill(self.query_one("#past", DataTable), _COLUMNS, rows)
        self._show_chosen()

    def on_data_table_row_selected(self, _event: DataTable.RowSelected) -> None:
        if self._number is not None:
            self.try_to("review")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.try_to(str(event.option_id))

    def _show_chosen(self) -> None:
        survey, table = self.known.survey, self.query_one("#past", DataTable)
        if survey is None:
            return
        at = table.cursor_row
        name = self._names[at] if 0 <= at < len(self._names) else ""
        self._number = int(name.removeprefix(_USE)) if name.startswith(_USE) else None
        fill = partial(_add_past, survey=survey, past=self._past.get(name))
        if self._number is not None:
            fill = partial(add_bypass, survey=survey, latest=self.known.latest, number=self._number)
        sheet, deeds = self.query_one("#past-sheet", SheetPane), self.query_one(DeedList)
        sheet.fill(fill)
        deeds.display = self.source.may_act
        deeds.show(self.deeds, max(self.size.width - 4, 40), is_short=True)
        self.refresh_keys()
        self.paint_together(table, sheet, deeds)


def _bypass_rows(survey: Survey) -> dict[str, list[object]]:
    """Return a row for each use of break-glass, those first that wait for a review."""
    found = survey.bypasses.bypasses if survey.bypasses else {}
    newest = sorted(found.items(), reverse=True)
    newest.sort(key=lambda each: each[1].record.verdict is not Verdict.UNREVIEWED)
    return {
        f"{_USE}{number}": [
            cell(show_moment(bypass.record.at)),
            cell("HURRIED", "bold"),
            cell(str(bypass.record.lane)),
            cell(f"use {number} of break-glass: {VERDICTS[bypass.record.verdict]}"),
        ]
        for number, bypass in newest
    }


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
