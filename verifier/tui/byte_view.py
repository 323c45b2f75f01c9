"""Calldata as bytes: the selector, then a word of 32 bytes a line. What is selected elsewhere is lit up here, and the
cursor here selects there.
"""

from __future__ import annotations

from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from verifier.model.finding import ByteRange

_SELECTOR: Final = 4
_WORD: Final = 32
_GROUP: Final = 4
_LEAD: Final = 7


class ByteView(ScrollView, can_focus=True):
    """The bytes of one call."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bytes--place", "bytes--lit", "bytes--cursor", "bytes--plain"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Byte before", show=False, id="bytes.left", tooltip="The byte before"),
        Binding("right", "move(1)", "Byte after", show=False, id="bytes.right", tooltip="The byte after"),
        Binding("up", "move(-32)", "Word before", show=False, id="bytes.up", tooltip="The word before"),
        Binding("down", "move(32)", "Word after", show=False, id="bytes.down", tooltip="The word after"),
        Binding(
            "home", "move(-1000000)", "First byte", show=False, id="bytes.home", tooltip="The first byte"
        ),
        Binding("end", "move(1000000)", "Last byte", show=False, id="bytes.end", tooltip="The last byte"),
    ]

    class Moved(Message):
        """The reader moved to a byte."""

        def __init__(self, view: ByteView, place: int) -> None:
            super().__init__()
            self.view = view
            self.place = place

        @property
        def control(self) -> ByteView:
            return self.view

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id)
        self.shown = b""
        self.lit: ByteRange | None = None
        self.place = 0

    @property
    def lit_bytes(self) -> bytes:
        """The bytes that are lit up."""
        return self.lit.of(self.shown) if self.lit else b""

    def show(self, data: bytes, lit: ByteRange | None) -> None:
        """Show a byte string and light up a part of it; without the focus here, the cursor goes to its beginning."""
        if data is not self.shown:
            self.shown, self.place = data, 0
            # Nothing is written as digits before it is looked at.
            self.virtual_size = Size(_column_of(_WORD - 1) + 2, _row_of(max(len(data) - 1, 0)) + 1)
        self.lit = lit
        if lit and not self.has_focus:
            self.place = lit.start
        self._follow()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        x, top = self.scroll_offset
        row = top + y
        place, plain = self.get_component_rich_style("bytes--place"), self._style("bytes--plain")
        start, stop = _range_of(row, len(self.shown))
        if start >= stop:
            said = "no data" if row == 0 and not self.shown else ""
            return Strip([Segment(said, place)]).adjust_cell_length(self.size.width, self.rich_style)
        segments = [Segment(f"{start:>{_LEAD - 2}}  ", place)]
        for i in range(start, stop):
            if i > start and (i - start) % _GROUP == 0:
                between = self._style_of(i) if self._is_lit(i) and self._is_lit(i - 1) else plain
                segments.append(Segment(" ", between))
            segments.append(Segment(f"{self.shown[i]:02x}", self._style_of(i)))
        line = Strip(segments)
        return line.crop(x, x + self.size.width).adjust_cell_length(self.size.width, self.rich_style)

    def action_move(self, by: int) -> None:
        """Move the cursor: a word up or down, a byte left or right."""
        if not self.shown:
            return
        self.place = max(0, min(len(self.shown) - 1, self.place + _distance(self.place, by)))
        self._moved()

    def on_click(self, event: events.Click) -> None:
        row = self.scroll_offset.y + event.y
        start, stop = _range_of(row, len(self.shown))
        for i in range(start, stop):
            if _column_of(i - start) <= event.x + self.scroll_offset.x < _column_of(i - start) + 2:
                self.place = i
                self._moved()
                return

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _moved(self) -> None:
        self._follow()
        self.refresh()
        self.post_message(self.Moved(self, self.place))

    def _follow(self) -> None:
        row = _row_of(self.place)
        start, _ = _range_of(row, len(self.shown))
        region = Region(_column_of(self.place - start), row, 2, 1)
        self.scroll_to_region(region, animate=False, force=True)

    def _is_lit(self, i: int) -> bool:
        return self.lit is not None and self.lit.start <= i < self.lit.stop

    def _style_of(self, i: int) -> Style:
        if self.has_focus and i == self.place:
            return self._style("bytes--cursor")
        return self._style("bytes--lit" if self._is_lit(i) else "bytes--plain")

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)


def _row_of(place: int) -> int:
    return 0 if place < _SELECTOR else 1 + (place - _SELECTOR) // _WORD


def _range_of(row: int, size: int) -> tuple[int, int]:
    """Return which bytes stand in a row."""
    if row == 0:
        return 0, min(_SELECTOR, size)
    start = _SELECTOR + (row - 1) * _WORD
    return start, min(start + _WORD, size)


def _column_of(i: int) -> int:
    return _LEAD + 2 * i + i // _GROUP


def _distance(place: int, by: int) -> int:
    """Return how far a step goes: the selector's line is shorter than a word."""
    if by == -_WORD and _SELECTOR <= place < _SELECTOR + _WORD:
        return -place + min(place - _SELECTOR, _SELECTOR - 1)
    if by == _WORD and place < _SELECTOR:
        return _SELECTOR
    return by
