"""The few elements that the picture is made of. Whatever a text holds, it is text."""

from __future__ import annotations

from tests.story.lettering import safe


def text(x: float, y: float, words: str, names: str, *, size: float = 13, anchor: str = "") -> str:
    """Return a line of text, at its left end unless `anchor` says otherwise."""
    at = f' text-anchor="{anchor}"' if anchor else ""
    style = f' style="font-size:{size:g}px"' if size != 13 else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{names}"{at}{style}>{safe(words)}</text>'


def rect(
    x: float, y: float, width: float, height: float, names: str, *, round_by: float = 0, fill: str = ""
) -> str:
    corners = f' rx="{round_by:g}"' if round_by else ""
    look = f'class="{names}"' if names else f'fill="{fill}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"{corners} {look}/>'


def path(drawing: str, names: str, more: str = "") -> str:
    return f'<path d="{drawing}" class="{names}"{" " + more if more else ""}/>'


def circle(x: float, y: float, radius: float, names: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{names}"/>'
