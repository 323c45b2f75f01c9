"""What can be done on a screen: by key, palette and mouse; dim where it is impossible, with why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from verifier.pages.layout import wrapped
from verifier.tui.content import joined, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something to be done."""

    key: str
    name: str
    title: str
    # What it does, and why not now; empty where it can be done.
    sentence: str
    why_not: str = ""

    @property
    def is_possible(self) -> bool:
        return not self.why_not


def binding_of(key: str, name: str, title: str, *, screen: str, tooltip: str) -> Binding:
    """Return the key of a deed, as a screen declares it."""
    return Binding(key, f"do('{name}')", title, id=f"{screen}.{name}", tooltip=tooltip)


class DeedList(OptionList):
    """Deeds under each other, to be chosen by Enter or by mouse. A dim one can be chosen too: then it says why not."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id, markup=False)

    def show(self, deeds: Sequence[Deed], width: int, *, is_short: bool = False) -> None:
        """Show these; the same ones again change nothing.

        :param is_short: in a line each where they fit; of an impossible one, only why
        """
        row = _short_row if is_short else _row
        options = [Option(row(deed, width), id=deed.name) for deed in deeds]
        if [(o.id, o.prompt) for o in options] == [(o.id, o.prompt) for o in self.options]:
            return
        chosen = self.highlighted
        former = None if chosen is None else self.options[chosen].id
        names = [deed.name for deed in deeds]
        self.clear_options()
        self.add_options(options)
        if former in names:
            # However they are ordered now: Enter does what was chosen, and nothing that came into its place.
            self.highlighted = names.index(former)
        else:
            self.highlighted = min(chosen or 0, len(options) - 1) if options else None


def _row(deed: Deed, width: int) -> Content:
    told: Sequence[str] = [deed.sentence]
    if not deed.is_possible:
        told = [deed.sentence, f"Not now: {deed.why_not}"]
    style = "" if deed.is_possible else "$muted"
    lines = [plain(f"{deed.key}  {deed.title}", style or "bold")]
    lines += [plain(f"   {line}", style) for said in told for line in wrapped(said, width - 3)]
    return joined(lines, "\n")


def _short_row(deed: Deed, width: int) -> Content:
    lead = f"{deed.key}  {deed.title:<11} "
    style = "" if deed.is_possible else "$muted"
    told = wrapped(deed.sentence if deed.is_possible else f"Not now: {deed.why_not}", width - len(lead))
    first = joined((plain(lead, style or "bold"), plain(told[0], style)))
    return joined((first, *(plain(" " * len(lead) + line, style) for line in told[1:])), "\n")
