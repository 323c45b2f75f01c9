"""The picture's looks: one set of colours on light paper, another where the reader prefers dark.

Every mark has a shape of its own besides its colour. The colours keep apart for those who see fewer of them.
"""

from __future__ import annotations

from typing import Final

SANS: Final = "Inter,'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"
MONO: Final = "'SF Mono',Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace"

# Name: on light paper, on dark paper.
_COLOURS: Final = {
    "paper": ("#fcfbf8", "#15181d"),
    "card": ("#ffffff", "#1c2027"),
    "bubble": ("#efece4", "#2a2f38"),
    "band": ("#f4f1ea", "#1a1e24"),
    "hair": ("#dcd8ce", "#343b46"),
    "ink": ("#1a1d21", "#f0ede6"),
    "muted": ("#5c6470", "#a6aebb"),
    "faint": ("#b3b0a8", "#59616e"),
    "blue": ("#0b5cad", "#74b4ff"),
    "green": ("#0a7552", "#4fcf9f"),
    "red": ("#c23a10", "#ff8f63"),
    "amber": ("#f0b440", "#d1952a"),
    "night": ("#1a1d21", "#15181d"),
    "dusk": ("#8a5a00", "#f3c469"),
}


def css() -> str:
    """Return the style sheet."""
    light, dark = _rules(0), _rules(1)
    return f"{_SHAPES}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rules(which: int) -> str:
    rules = []
    for name, colours in _COLOURS.items():
        colour = colours[which]
        rules.append(f".f-{name}{{fill:{colour}}}.s-{name}{{stroke:{colour}}}")
    rules.append(f".halo{{stroke:{_COLOURS['paper'][which]}}}")
    return "".join(rules)


_SHAPES: Final = (
    # Some fonts make a multiplication sign of the x in 0x1: an address is shown as it is.
    f"text{{font-family:{SANS};font-size:13px;font-feature-settings:'calt' 0,'liga' 0}}"
    f".mono{{font-family:{MONO}}}"
    ".s-hair,.s-ink,.s-blue,.s-green,.s-red,.s-amber,.s-dusk,.s-faint,.s-muted,.s-paper{fill:none}"
    ".bold{font-weight:700}"
    ".dashed{stroke-dasharray:4 4}"
    ".kicker{font-size:11px;font-weight:700;letter-spacing:.08em}"
    ".halo{stroke-width:4px;stroke-linejoin:round;paint-order:stroke}"
    ".sign{stroke-width:2px;stroke-linecap:round;stroke-linejoin:round}"
)
