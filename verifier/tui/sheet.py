"""A page of text as a widget shows it: titles and severities in colour, and words that say the same without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Final

from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual

from verifier.model.finding import Finding
from verifier.pages.layout import MARKS, WIDEST, Page
from verifier.tui.content import joined, plain
from verifier.tui.themes import SEVERITIES

_TITLE: Final = "bold $primary"
_ROOM: Final = 64
_LEAST: Final = 20


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

    def styled(self, text: str, *, hang: str, style: str) -> None:
        """Add a paragraph whose first line, with what hangs before it, is in a style."""
        if style:
            self._styles[len(self._lines)] = (self.width, style)
        self.text(text, hang=hang)

    def contents(self) -> list[Content]:
        """Return all lines; empty ones at the beginning are left out."""
        first = next((i for i, line in enumerate(self._lines) if line), 0)
        return [self._styled(i) for i in range(first, len(self._lines))]

    def _styled(self, i: int) -> Content:
        line = self._lines[i]
        if i not in self._styles:
            return plain(line)
        count, style = self._styles[i]
        return joined((plain(line[:count], style), plain(line[count:])))


Fill = Callable[[Sheet], None]


class SheetPane(ScrollView):
    """A sheet that can be scrolled. It is filled anew when its width changes, and keeps its place.

    It draws its lines itself. A widget inside of it would have to be laid out first, so that what was chosen elsewhere
    would stand on the screen a frame or two before what is said of it.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id)
        self._fill: Fill | None = None
        self._contents: list[Content] = []

    @property
    def text(self) -> str:
        """All of it, seen or not."""
        return joined(self._contents, "\n").plain

    def fill(self, fill: Fill) -> None:
        """Show what this writes."""
        self._fill = fill
        self._write()

    def on_resize(self, _event: Resize) -> None:
        self._write()

    def render_line(self, y: int) -> Strip:
        x, top = self.scroll_offset
        width, at = self.scrollable_content_region.width, top + y
        line = self._selected(at) if at < len(self._contents) else plain("")
        strips = Visual.to_strips(self, line, width, 1, self.visual_style, apply_selection=False, pad=True)
        return strips[0].apply_offsets(x, at)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """Return what was marked by mouse, and what ends it."""
        return selection.extract(self.text), "\n"

    def _selected(self, at: int) -> Content:
        """Return a line, and in it what was marked by mouse."""
        line, selection = self._contents[at], self.text_selection
        span = selection.get_span(at) if selection else None
        if span is None:
            return line
        begin, end = span
        return line.stylize(
            self.screen.get_visual_style("screen--selection"), begin, end if end >= 0 else None
        )

    def _write(self) -> None:
        width = self.scrollable_content_region.width
        if self._fill is None or width < 1 or not self.is_attached:
            return
        # Narrower than a page may be: what is broken into short lines is read, and what is cut off is not.
        sheet = Sheet(max(_LEAST, min(width - 1, WIDEST)))
        self._fill(sheet)
        former, self._contents = self._contents, sheet.contents()
        self._resize(Size(width, len(self._contents)))
        for at, (old, new) in enumerate(zip_longest(former, self._contents)):
            if old is None or new is None or not new.is_same(old):
                self.refresh_line(at)

    def _resize(self, size: Size) -> None:
        """Have so much to scroll through. Nothing but the scrollbar depends on it, so nothing is laid out for it."""
        if size != self.virtual_size:
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
