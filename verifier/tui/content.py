"""The one way in which text reaches a widget: as plain printable ASCII, never as markup.

Textual hands escape sequences, right-to-left overrides and zero-width characters of a string on to the terminal, and
reads square brackets as styles. What is shown is `Shown` text already; this holds it once more, whoever calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rich.text import Text
from textual.content import Content

_UNFIT: Final = re.compile(r"[^ -~\n]")


def plain(text: str, style: str = "") -> Content:
    """Return text for a widget, in one style such as `bold $error`."""
    return Content.styled(_printable(text), style) if style else Content(_printable(text))


def joined(parts: Iterable[Content], between: str = "") -> Content:
    """Return pieces in a row."""
    return Content(_printable(between)).join(parts)


def cell(text: str, style: str = "") -> Text:
    """Return text for a cell of a table or a node of a tree, which know no Content. Its style names colours."""
    return Text(_printable(text), style=style, no_wrap=True, end="")


def unmarked(text: str) -> str:
    """Return text for the palette, which reads square brackets as styles: they become round ones."""
    return _printable(text).replace("[", "(").replace("]", ")")


def _printable(text: str) -> str:
    return _UNFIT.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)
