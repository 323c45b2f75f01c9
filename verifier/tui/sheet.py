"""A page of text as a widget shows it: titles and severities in colour, and words that say the same without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from verifier.model.finding import Finding
from verifier.pages.layout import MARKS, NARROWEST, WIDEST, Page
from verifier.tui.content import joined, plain
from verifier.tui.themes import SEVERITIES

_TITLE: Final = "bold $primary"
_ROOM: Final = 64


class Sheet(Page):
    """Lines that know which of them are titles, and which begin with a severity."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self._styles: dict[int, tuple[int, str]] = {}

    def title(self, title: str) -> None:
        super().title(title)
        self._styles[len(self._lines) - 1] = (len(title), _TITLE)

    def findings(self, findings: Iterable[Finding], *, indent: int = 0) -> None:
        for finding in findings:
            mark = MARKS[finding.severity]
            style = f"bold ${SEVERITIES[finding.severity]}"
            self._styles[len(self._lines)] = (indent + len(mark), style)
            if self.width - indent < _ROOM:
                # An address beside the mark would not fit into a line.
                self.text(mark, indent=indent)
                self.text(finding.sentence, indent=indent)
            else:
                self.text(finding.sentence, indent=indent, hang=f"{mark:<7} ")

    def content(self) -> Content:
        """Return all of it; an empty line at the beginning is left out."""
        first = next((i for i, line in enumerate(self._lines) if line), 0)
        return joined((self._styled(i) for i in range(first, len(self._lines))), "\n")

    def _styled(self, i: int) -> Content:
        line = self._lines[i]
        if i not in self._styles:
            return plain(line)
        count, style = self._styles[i]
        return joined((plain(line[:count], style), plain(line[count:])))


Fill = Callable[[Sheet], None]


class SheetPane(VerticalScroll):
    """A sheet that can be scrolled. It is filled anew when its width changes, and keeps its place."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id)
        self._fill: Fill | None = None

    def compose(self) -> ComposeResult:
        yield Static()

    def fill(self, fill: Fill) -> None:
        """Show what this writes."""
        self._fill = fill
        self._write()

    def on_resize(self, _event: Resize) -> None:
        self._write()

    def _write(self) -> None:
        width = self.scrollable_content_region.width
        if self._fill is None or width < 1 or not self.is_attached:
            return
        sheet = Sheet(max(NARROWEST, min(width - 1, WIDEST)))
        self._fill(sheet)
        self.query_one(Static).update(sheet.content())
