"""A table of rows: its keys, and filling it anew without moving its reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from verifier.tui.content import cell


class Table(DataTable[Any]):
    """A table whose rows are chosen. Home and End lead to the first and the last one, as in every list here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "scroll_top", "First", show=False),
        Binding("end", "scroll_bottom", "Last", show=False),
    ]


def refill(table: DataTable[Any], columns: Sequence[str], rows: Mapping[str, Sequence[object]]) -> None:
    """Show these rows, by their names. Where they are the same ones, only cells that differ are written."""
    if not table.columns:
        for column in columns:
            table.add_column(cell(column), key=column)
    names = [str(key.value) for key in table.rows]
    if names == list(rows):
        for name, cells in rows.items():
            for column, value in zip(columns, cells, strict=True):
                if table.get_cell(name, column) != value:
                    table.update_cell(name, column, value, update_width=True)
        return
    chosen = table.cursor_row
    former = names[chosen] if 0 <= chosen < len(names) else None
    at = table.scroll_offset
    table.clear()
    for key, cells in rows.items():
        table.add_row(*cells, key=key)
    if former is not None and former in rows:
        table.move_cursor(row=list(rows).index(former), animate=False, scroll=False)
        table.call_after_refresh(table.scroll_to, at.x, at.y, animate=False)
