"""A QR code as lines of text, with or without block characters."""

from __future__ import annotations

from typing import Final

from verifier.model.errand import QrCode

_QUIET: Final = 2
"""Light modules around a code. The standard says 4; a terminal's own margin makes up for the rest."""

_HALVES: Final = {
    (False, False): " ",
    (True, False): "\u2580",
    (False, True): "\u2584",
    (True, True): "\u2588",
}


def draw_code(code: QrCode, *, blocks: bool, dark_ground: bool = True) -> tuple[str, ...]:
    """Return a code as lines.

    :param blocks: the terminal has half blocks, so two rows go into a line; else two characters make a module
    :param dark_ground: light text on a dark ground, so the light modules are what is drawn
    """
    width = len(code[0]) + 2 * _QUIET
    margin = [(False,) * width] * _QUIET
    rows = [*margin, *((False,) * _QUIET + row + (False,) * _QUIET for row in code), *margin]
    drawn = [[module is not dark_ground for module in row] for row in rows]
    if not blocks:
        return tuple("".join("##" if module else "  " for module in row) for row in drawn)
    if len(drawn) % 2:
        drawn.append([dark_ground] * width)
    return tuple(
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(drawn[::2], drawn[1::2], strict=True)
    )
