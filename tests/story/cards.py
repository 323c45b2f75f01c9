"""The upper half of the picture: what was heard, and what the bytes say."""

from __future__ import annotations

from typing import Final

from tests.story.glyphs import draw
from tests.story.lettering import MONO, cut, shown, wrap
from tests.story.near_miss import Deed, NearMiss, Part
from tests.story.shapes import circle, path, rect, text

_PADDING: Final = 20
_HEARD: Final = 18
_SAID: Final = 16
_CODE: Final = 12
_MEANING: Final = 13
_MOST_PARTS: Final = 5
_MOST_SIGNERS: Final = 6
_MOST_IN_A_COLUMN: Final = 3
_BYTES_A_LINE: Final = 32


def draw_cards(story: NearMiss, *, left: float, right: float, top: float) -> tuple[list[str], float]:
    """Return both cards and where they end."""
    seam = left + 0.33 * (right - left)
    heard, heard_bottom = _heard(story, left, top, seam - 12 - left)
    said, said_bottom = _said(story, seam + 12, top, right - seam - 12)
    height = max(heard_bottom, said_bottom) - top
    frames = [
        rect(x, top, width, height, look, round_by=12)
        for x, width in ((left, seam - 12 - left), (seam + 12, right - seam - 12))
        for look in ("f-card", "s-hair")
    ]
    return [*frames, *heard, *said, *_unequal(seam, top + height / 2)], top + height


def _unequal(x: float, y: float) -> list[str]:
    """Return the sign between the two cards: one is not the other."""
    sign = f"M{x - 8:.1f},{y - 4:.1f}h16m-16,8h16M{x + 5:.1f},{y - 10:.1f}l-10,20"
    return [circle(x, y, 19, "f-paper"), circle(x, y, 19, "s-hair"), path(sign, "s-red sign")]


def _heard(story: NearMiss, x: float, top: float, width: float) -> tuple[list[str], float]:
    """Return the words of the chat in a bubble, and who signed after them."""
    inside = width - 4 * _PADDING
    lines = wrap(shown(story.heard), _HEARD, inside)
    bubble, height = top + _PADDING + 26, len(lines) * 25 + 2 * _PADDING - 6
    tail = bubble + height
    drawn = [
        text(x + _PADDING, top + _PADDING + 10, "HEARD OVER CHAT", "kicker f-muted", size=11),
        rect(x + _PADDING, bubble, width - 2 * _PADDING, height, "f-bubble", round_by=14),
        path(f"M{x + 44:.1f},{tail - 1:.1f}v17l18,-17z", "f-bubble"),
    ]
    for i, line in enumerate(lines):
        drawn.append(text(x + 2 * _PADDING, bubble + 32 + 25 * i, line, "f-ink", size=_HEARD))
    drawn.append(text(x + 72, tail + 22, cut(shown(story.heard_from), 13, inside - 30), "f-muted"))
    signers, y = _signers(story, x + _PADDING, tail + 46, width - 2 * _PADDING)
    return drawn + signers, y + _PADDING


def _signers(story: NearMiss, x: float, y: float, width: float) -> tuple[list[str], float]:
    """Return who signed, with the sign that stands for it below."""
    names = list(dict.fromkeys(mark.who for mark in story.marks if mark.deed is Deed.SIGNED))
    if not names:
        return [], y
    drawn = [text(x, y + 10, "AND SIGNED BY", "kicker f-muted", size=11)]
    y += 12
    # Side by side where there are many.
    columns = 1 if len(names) <= _MOST_IN_A_COLUMN else 2
    room = width / columns
    for i, name in enumerate(names[:_MOST_SIGNERS]):
        if i % columns == 0:
            y += 26
        at = x + room * (i % columns)
        drawn.append(draw(Deed.SIGNED, at + 8, y - 5))
        drawn.append(text(at + 26, y, cut(shown(name), 15, room - 34, bold=True), "bold f-ink", size=15))
    if (rest := len(names) - _MOST_SIGNERS) > 0:
        y += 24
        drawn.append(text(x, y, f"and {rest} more", "f-muted"))
    return drawn, y


def _said(story: NearMiss, x: float, top: float, width: float) -> tuple[list[str], float]:
    """Return the sentence, and the bytes that it was made from."""
    y = top + _PADDING + 10
    drawn = [text(x + _PADDING, y, "WHAT THE BYTES SAY", "kicker f-red", size=11)]
    for line in wrap(shown(story.said), _SAID, width - 2 * _PADDING, bold=True):
        y += 24
        drawn.append(text(x + _PADDING, y, line, "bold f-ink", size=_SAID))
    y += 10
    for part in story.parts[:_MOST_PARTS]:
        lines, y = _part(part, x + _PADDING, y, width - 2 * _PADDING)
        drawn += lines
    if (rest := len(story.parts) - _MOST_PARTS) > 0:
        y += 22
        drawn.append(text(x + _PADDING, y, f"and {rest} more", "f-muted"))
    return drawn, y + _PADDING


def _part(part: Part, x: float, y: float, width: float) -> tuple[list[str], float]:
    """Return some bytes, their leading zeros faint, with a bar beside them and their meaning below."""
    top = y + 8
    drawn = []
    data = part.data[: 2 * _BYTES_A_LINE]
    y += 4
    for start in range(0, max(len(data), 1), _BYTES_A_LINE):
        y += 18
        drawn.append(_hex(data[start : start + _BYTES_A_LINE], x + 12, y))
    if len(part.data) > len(data):
        y += 17
        drawn.append(text(x + 12, y, f"... {len(part.data)} bytes in all", "f-muted"))
    name, meaning = shown(part.name), shown(part.meaning)
    for line in wrap(f"{name}: {meaning}" if name else meaning, _MEANING, width - 12, lines=3):
        y += 18
        drawn.append(text(x + 12, y, line, "f-blue", size=_MEANING))
    y += 5
    return [*drawn, rect(x, top, 3, y - top, "f-blue", round_by=1.5)], y


def _hex(data: bytes, x: float, y: float) -> str:
    digits = data.hex() or "no data"
    rest = digits.lstrip("0") if data else digits
    zeros = digits[: len(digits) - len(rest)]
    # A fixed length, so that the digits stand where they are reckoned to, whatever the font.
    reach = len(digits) * MONO * _CODE
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="mono" style="font-size:{_CODE}px" textLength="{reach:.1f}" '
        f'lengthAdjust="spacingAndGlyphs"><tspan class="f-faint">{zeros}</tspan>'
        f'<tspan class="bold f-ink">{rest}</tspan></text>'
    )
