"""The terminal, as a page: numbered sections, few colours, and time to read where somebody is watching."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from rich.box import ROUNDED
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_WIDEST: Final = 100
_NARROWEST: Final = 60
_INDENT: Final = 4
_GUTTER: Final = 12
_ADDRESS: Final = 43
"""The width of an address with a full stop behind it."""


class Page:
    """What is written to. Text is text here: nothing in it is markup, and no line has spaces at its end."""

    def __init__(self, console: Console, *, pause: float) -> None:
        """Take a terminal.

        :param pause: seconds of rest after a section, and an eighth of that after a line
        """
        console.width = max(_NARROWEST, min(console.width, _WIDEST))
        self._console = console
        self._pause = pause
        self._sections = 0

    def title(self, words: str) -> None:
        self._print(Text(words, style="bold"))

    def section(self, words: str) -> None:
        """Begin the next section."""
        if self._sections:
            time.sleep(self._pause)
        self._sections += 1
        self.gap()
        self._print(Text.assemble((f"{self._sections:>2}", "bold cyan"), "  ", (words, "bold")))

    def gap(self) -> None:
        self._console.print()

    def say(self, words: str, *, style: str = "") -> None:
        """Write paragraphs."""
        for paragraph in words.split("\n"):
            for line in self._wrapped(paragraph, style, _INDENT):
                self._print(Text(" " * _INDENT) + line)

    def commands(self, *lines: str) -> None:
        """Write lines to be copied: never wrapped, however narrow the terminal."""
        for line in lines:
            self._print(Text(" " * _INDENT + line, style="cyan"))

    def tell(self, left: str, words: str, *, style: str = "") -> None:
        """Write a line with something short before it, such as a time."""
        gutter = left.ljust(_GUTTER - 1) + " "
        for line in self._wrapped(words, style, _INDENT + len(gutter)):
            self._print(Text.assemble(" " * _INDENT, (gutter, "dim")) + line)
            gutter = " " * len(gutter)
        time.sleep(self._pause / 8)

    def table(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write columns under their names."""
        widths = [max(map(len, column)) + 3 for column in zip(names, *rows, strict=True)]
        for cells, style in [(names, "dim"), *((row, "") for row in rows)]:
            line = "".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            self._print(Text(" " * _INDENT + line.rstrip(), style=style))

    def beside(self, left: tuple[str, str], right: tuple[str, str]) -> None:
        """Write two things side by side, each under its name, so that they are compared."""
        table = Table(box=ROUNDED, border_style="dim")
        # Within four bars and spaces: at least an address wide on the right, and something on the left.
        inside = self._console.width - _INDENT - 7
        broad = max(min(_ADDRESS, inside - _ADDRESS // 2), inside * 3 // 5)
        table.add_column(Text(left[0], style="dim"), overflow="fold", width=inside - broad)
        table.add_column(Text(right[0], style="bold red"), overflow="fold", width=broad)
        table.add_row(Text(left[1]), Text(right[1], style="bold"))
        self._console.print(Padding(table, (0, 0, 0, _INDENT), expand=False))

    def _wrapped(self, words: str, style: str, taken: int) -> list[Text]:
        return list(Text(words, style=style).wrap(self._console, self._console.width - taken))

    def _print(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, soft_wrap=True)
