"""A shape for every deed, so that none is told by colour alone. Each is drawn around 0, 0 and 16 pixels wide."""

from __future__ import annotations

from typing import Final

from tests.story.near_miss import Deed

_OCTAGON: Final = "M-4,-9.5H4L9.5,-4V4L4,9.5H-4L-9.5,4V-4Z"
_EYE: Final = "M-7,0Q0,-8 7,0Q0,8 -7,0Z"

_DRAWINGS: Final = {
    Deed.PUBLISHED: (
        '<rect x="-7.5" y="-7.5" width="15" height="15" rx="3" class="f-ink"/>'
        '<path d="M0,4V-4M-3.5,-.8L0,-4.3L3.5,-.8" class="s-paper sign"/>'
    ),
    Deed.SIGNED: ('<circle r="8" class="f-blue"/><path d="M-3.6,.3L-1,3L3.8,-2.8" class="s-paper sign"/>'),
    Deed.REFUSED: (
        '<circle r="7" class="f-paper"/><circle r="7" class="s-red sign"/>'
        '<path d="M-2.6,-2.6L2.6,2.6M2.6,-2.6L-2.6,2.6" class="s-red sign"/>'
    ),
    Deed.READ: (
        f'<circle r="8" class="f-paper"/><path d="{_EYE}" class="s-green sign"/><circle r="2.2" class="f-green"/>'
    ),
    Deed.VETOED: (
        f'<path d="{_OCTAGON}" class="f-red"/><path d="M-4.5,0H4.5" class="s-paper sign" stroke-width="3"/>'
    ),
    Deed.EXECUTED: ('<circle r="8" class="f-green"/><path d="M-2.4,-3.8L4,0L-2.4,3.8Z" class="f-paper"/>'),
}


def draw(deed: Deed, x: float, y: float) -> str:
    """Return the shape of a deed at a place."""
    return f'<g transform="translate({x:.1f},{y:.1f})">{_DRAWINGS[deed]}</g>'
