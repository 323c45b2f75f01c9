"""What stands last before the terminal: no control character passes, and where there is no UTF-8, nothing but ASCII."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_ASCII: Final = re.compile(r"[^ -~]")
# What Textual itself draws with: lines, blocks, arrows and marks; an ellipsis, a middle dot, a bullet.
_DRAWN: Final = re.compile(
    r"[^ -~\u2190-\u21ff\u2300-\u23ff\u2500-\u25ff\u2600-\u26ff\u2700-\u27bf\u2b00-\u2bff…·•⭘]"
)

_INSTEAD: Final[Mapping[str, str]] = {
    **dict.fromkeys("─━═╌╍┄┅┈┉╴╶╸╺▔▁", "-"),
    **dict.fromkeys("│┃║╎╏┆┇┊┋▏▕▎▍▌▋▊▉▐", "|"),
    **dict.fromkeys("▶▸►→", ">"),
    **dict.fromkeys("◀◂◄←", "<"),
    **dict.fromkeys("▼▾↓", "v"),
    **dict.fromkeys("▲▴↑^", "^"),
    **dict.fromkeys("█▀▄▂▃▅▆▇", "#"),
    **dict.fromkeys("•●○◉⭘·", "*"),
    "…": ".",
}


class Drawn(LineFilter):
    """Lets through text and what lines and marks are drawn with."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [_with(segment, _DRAWN, "?") for segment in segments]


class Ascii(LineFilter):
    """Draws with letters, for terminals without UTF-8. Every character stays one column wide."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [_with(segment, _ASCII, "+") for segment in segments]


def _with(segment: Segment, unfit: re.Pattern[str], otherwise: str) -> Segment:
    text, style, control = segment
    if control or not unfit.search(text):
        return segment
    return Segment(unfit.sub(lambda found: _INSTEAD.get(found[0], otherwise), text), style)
