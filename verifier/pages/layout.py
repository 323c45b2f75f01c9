"""Text on a terminal: lines of a width, in printable ASCII, that read well without colour.

Everything that is shown comes as `Shown` text, which is printable ASCII already; a page only breaks and indents it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from typing import Final

from verifier.model.finding import Finding, Severity

NARROWEST: Final = 40
WIDEST: Final = 110
"""Lines longer than this are hard to read."""

_ADDRESS: Final = re.compile(r"\b0x([0-9a-fA-F]{40})(?![0-9a-fA-F])")
# Stands for a space at which no line may break.
_TIED: Final = "\0"

MARKS: Final = {
    Severity.INFO: "info",
    Severity.NOTICE: "note",
    Severity.WARNING: "warn",
    Severity.DANGER: "DANGER",
}


def width_of_terminal() -> int:
    """Return how many columns to use: those of the terminal, or 80 where there is none."""
    columns = shutil.get_terminal_size((80, 24)).columns
    return max(NARROWEST, min(columns, WIDEST))


def grouped(text: str) -> str:
    """Return text with every address in groups of four digits, which can be compared by eye."""
    return _ADDRESS.sub(lambda found: "0x" + _TIED.join(re.findall("....", found[1])), text)


def in_groups(data: bytes, *, a_line: int = 8) -> list[str]:
    """Return bytes in groups of four digits, so many groups a line."""
    groups = re.findall("..?.?.?", data.hex())
    return [" ".join(groups[i : i + a_line]) for i in range(0, len(groups), a_line)]


def wrapped(text: str, width: int) -> list[str]:
    """Return text in lines of at most `width`; addresses stay whole where they fit into a line."""
    lines, line = [], ""
    for word in grouped(text).split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
        while len(line) > width:
            lines.append(line[:width])
            line = line[width:]
    return [each.replace(_TIED, " ") for each in [*lines, line]]


class Page:
    """Lines under each other."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._lines: list[str] = []

    def text(self, text: str, *, indent: int = 0, hang: str = "") -> None:
        """Add a paragraph; `hang` stands before its first line, and the others begin below its end."""
        space = " " * indent
        for i, line in enumerate(wrapped(text, max(self.width - indent - len(hang), 20))):
            lead = hang if i == 0 else " " * len(hang)
            self._lines.append(f"{space}{lead}{line}".rstrip())

    def field(self, name: str, text: str, *, indent: int = 2, column: int = 11) -> None:
        """Add what something is called, and what it is beside that."""
        self.text(text, indent=indent, hang=f"{name:<{column - 1}} ")

    def title(self, title: str) -> None:
        """Begin a part."""
        self.space()
        self._lines.append(title.upper())

    def line(self, line: str) -> None:
        """Add a line that is not to be broken, such as a row of a table."""
        self._lines.append(line.rstrip())

    def space(self) -> None:
        """Add an empty line, unless there is one already."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def findings(self, findings: Iterable[Finding], *, indent: int = 0) -> None:
        for finding in findings:
            self.text(finding.sentence, indent=indent, hang=f"{MARKS[finding.severity]:<7} ")

    def table(self, rows: Sequence[Sequence[str]], *, indent: int = 0, gap: int = 2) -> None:
        """Add rows whose columns are as wide as their widest cell."""
        for line in table_lines(rows, gap=gap):
            self.line(" " * indent + line)

    def __str__(self) -> str:
        return "\n".join(self._lines).rstrip("\n") + "\n"


def table_lines(rows: Sequence[Sequence[str]], *, gap: int = 2) -> list[str]:
    """Return the rows of a table, each as one line. A column of numbers stands to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = [all(cell.isdigit() for cell in column[1:]) for column in zip(*rows, strict=True)]
    return [
        (" " * gap).join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        )
        for row in rows
    ]
