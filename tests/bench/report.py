"""Rows of numbers, ours beside a peer's, and the two ways to print them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

Number = int | float
WIDTH: Final = 80
HEADINGS: Final = ("", "ours", "peer", "unit", "ratio")


class BenchError(Exception):
    """One sentence for whoever runs a benchmark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of work, measured on both sides; `peer` is None where nothing else does it."""

    name: str
    ours: Number
    peer: Number | None
    unit: str
    # The most that is acceptable: of `ours` and of `ratio`.
    most: Number | None = None
    most_ratio: float | None = None
    # Heading of the table that it stands in; rows of one table follow each other. The first table needs none.
    table: str = ""

    @property
    def ratio(self) -> float | None:
        return None if self.peer is None else round(self.ours / self.peer, 4)

    def missed(self) -> str | None:
        """Return a sentence where the row is worse than acceptable."""
        if self.most is not None and self.ours > self.most:
            return f"{self.name}: {self.ours:,} {self.unit}, and at most {self.most:,} is acceptable"
        if self.most_ratio is not None and self.ratio is not None and self.ratio > self.most_ratio:
            return f"{self.name}: {self.ratio:.4f} of the peer's, and at most {self.most_ratio} is acceptable"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one verb measured, with what a reader must know to trust it."""

    bench: str
    title: str
    rows: Sequence[Row]
    # Paragraphs under the table.
    notes: Sequence[str]
    # Whether it has times, which differ from run to run: `--check` then holds the limits only.
    varies: bool = False

    def missed(self) -> list[str]:
        return [sentence for row in self.rows if (sentence := row.missed()) is not None]

    def to_json(self) -> str:
        rows: list[dict[str, Any]] = [
            {"name": row.name, "ours": row.ours, "peer": row.peer, "unit": row.unit, "ratio": row.ratio}
            for row in self.rows
        ]
        return json.dumps({"bench": self.bench, "rows": rows})

    def to_markdown(self) -> str:
        """Return tables whose columns stand in line, so that they read as well unrendered."""
        lines = [f"# {self.title}"]
        for heading, rows in groupby(self.rows, key=lambda row: row.table):
            lines += ["", *([f"## {heading}", ""] if heading else []), *_table([*rows])]
        return "\n".join([*lines, *(f"\n{_wrapped(note)}" for note in self.notes)]) + "\n"


def _table(rows: Sequence[Row]) -> list[str]:
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = ["| " + " | ".join(_aligned(line, widths)) + " |" for line in cells]
    rule = "|" + "|".join(
        "-" * (width + 2) if column in _LEFT else "-" * (width + 1) + ":"
        for column, width in enumerate(widths)
    )
    return [lines[0], rule + "|", *lines[1:]]


# The name and the unit; numbers end under each other.
_LEFT: Final = (0, 3)


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.4f}"
    return (row.name, _number(row.ours), "" if row.peer is None else _number(row.peer), row.unit, ratio)


def _number(number: Number) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.3g}"


def _wrapped(note: str) -> str:
    return textwrap.fill(note, WIDTH, break_long_words=False, break_on_hyphens=False)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.ljust(width) if column in _LEFT else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]
