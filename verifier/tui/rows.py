"""A list of rows with several lines each: filling it anew without moving its reader."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option


def refill_rows(rows: OptionList, options: Sequence[tuple[str, Content]], *, first: int = 0) -> None:
    """Show these rows, by their names. Where they are the same ones, only rows that differ are written.

    :param first: which one is chosen where nothing was
    """
    names = [name for name, _ in options]
    if names == [option.id for option in rows.options]:
        for name, prompt in options:
            if rows.get_option(name).prompt != prompt:
                rows.replace_option_prompt(name, prompt)
        return
    at, chosen = rows.scroll_offset.y, rows.highlighted
    former = rows.get_option_at_index(chosen).id if chosen is not None else None
    rows.clear_options()
    rows.add_options(Option(prompt, id=name) for name, prompt in options)
    if former in names:
        rows.highlighted = names.index(former)
    elif names:
        rows.highlighted = min(first if chosen is None else chosen, len(names) - 1)
    rows.scroll_to(y=at, animate=False)
