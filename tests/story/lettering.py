"""How wide text is, without a font at hand: an upper bound, so that nothing overlaps whatever font the reader has."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from verifier.model.text import sanitise, show_moment
from verifier.model.units import Timestamp

# Hundredths of the font's size, measured on DejaVu Sans, the widest of the usual ones; regular and bold.
_CLASSES: Final = (
    (" ',.:;IJijl|", 35, 43),
    ("!()[]-/\\frt", 43, 52),
    ('"*_`csz?L', 57, 67),
    ("FPTYaekovxy", 64, 78),
    ("0123456789$EKSbdghnpqu{}", 66, 78),
    ("ABCRVXZDHNUGOQ&", 82, 89),
    ("#+<=>^~Mw%m", 98, 107),
    ("@W", 101, 112),
)
_REGULAR: Final = {character: width for characters, width, _ in _CLASSES for character in characters}
_BOLD: Final = {character: width for characters, _, width in _CLASSES for character in characters}
_WIDEST: Final = 112

MONO: Final = 0.61
"""The width of a fixed-width character, in font sizes."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper bound of a line's width in pixels."""
    widths = _BOLD if bold else _REGULAR
    return size * sum(widths.get(character, _WIDEST) for character in text) / 100


def cut(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """Return the text, or as much of its beginning as fits with an ellipsis."""
    if width(text, size, bold=bold) <= most:
        return text
    while text and width(text + "...", size, bold=bold) > most:
        text = text[:-1]
    return text.rstrip() + "..."


def wrap(text: str, size: float, most: float, *, bold: bool = False, lines: int = 8) -> list[str]:
    """Return the text in lines that fit; a word that fits in none is broken, and what is too much is cut off."""
    wrapped: list[str] = []
    line = ""
    for word in _breakable(text, size, most, bold=bold):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size, bold=bold) > most:
            wrapped.append(line)
            line = word
        else:
            line = longer
    wrapped.append(line)
    if len(wrapped) > lines:
        return [*wrapped[: lines - 1], cut(" ".join(wrapped[lines - 1 :]), size, most, bold=bold)]
    return wrapped


def _breakable(text: str, size: float, most: float, *, bold: bool) -> list[str]:
    words = []
    for whole in text.split():
        word = whole
        while width(word, size, bold=bold) > most and len(word) > 1:
            fits = [i for i in range(1, len(word)) if width(word[:i], size, bold=bold) <= most]
            end = fits[-1] if fits else 1
            words.append(word[:end])
            word = word[end:]
        words.append(word)
    return words


def shown(text: str) -> str:
    """Return foreign text as it may stand in the picture, before it is measured."""
    return sanitise(text, most=400)


def safe(text: str) -> str:
    """Return text as it may stand in XML, also inside quotes."""
    return escape(text, {'"': "&quot;", "'": "&#39;"})


def short_moment(moment: Timestamp) -> str:
    """Return weekday and time of day, such as `Mon 09:12`."""
    parts = show_moment(moment).split(" ")
    return f"{parts[0]} {parts[2][:5]}" if len(parts) == 4 else " ".join(parts)
