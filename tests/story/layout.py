"""Where things stand on the time line. Every label is as wide as it can be in any font, and no two boxes touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.story.lettering import cut, shown, width
from tests.story.near_miss import Deed, Mark
from verifier.model.units import Timestamp

LABEL_SIZE: Final = 13
LINE: Final = 25
"""From one line of a row to the next."""
RADIUS: Final = 8
_GAP: Final = 6
_PADDING: Final = 9

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS: Final = tuple(
    [15 * _MINUTE, 30 * _MINUTE]
    + [hours * _HOUR for hours in (1, 2, 3, 6, 12)]
    + [days * _DAY for days in (1, 2, 7, 28, 91, 364, 3_640, 36_400, 364_000, 3_640_000, 36_400_000)]
)
_LEAST_TIME_PIXELS: Final = 52
_LEAST_DATE_PIXELS: Final = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    def touches(self, other: Box) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A mark with its label."""

    mark: Mark
    x: float
    y: float
    # Cut to what fits, and fit to be shown.
    label: str
    # The label begins right of the mark, or ends left of it.
    is_right: bool
    # Around mark and label.
    box: Box

    @property
    def label_x(self) -> float:
        return self.x + (RADIUS + _GAP if self.is_right else -RADIUS - _GAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one person did."""

    who: str
    y: float
    height: float
    placed: tuple[Placed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From moments to pixels."""

    first: Timestamp
    last: Timestamp
    left: float
    right: float

    def x(self, moment: Timestamp) -> float:
        share = (moment - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)

    def ticks(self) -> tuple[int, list[Timestamp]]:
        """Return the step in seconds, and the moments at which a tick stands."""
        pixels = (self.right - self.left) / (self.last - self.first)
        step = next(
            (s for s in _STEPS if s * pixels >= (_LEAST_TIME_PIXELS if s < _DAY else _LEAST_DATE_PIXELS)),
            _STEPS[-1],
        )
        begin = -(-self.first // step) * step
        return step, [Timestamp(moment) for moment in range(begin, self.last + 1, step)]


def is_loud(mark: Mark) -> bool:
    """Whether a mark's words are bold, and so wider."""
    return mark.deed is Deed.VETOED


def scale_of(moments: Sequence[Timestamp], *, left: float, right: float) -> Scale:
    """Return a scale that holds all moments, with a little room before and behind."""
    first, last = min(moments), max(moments)
    room = max((last - first) // 24, 15 * _MINUTE)
    return Scale(first=Timestamp(max(first - room, 0)), last=Timestamp(last + room), left=left, right=right)


def rows_of(marks: Sequence[Mark], scale: Scale, *, top: float) -> tuple[Row, ...]:
    """Return a row for everyone who did something, in the order of their first deeds."""
    in_order = sorted(marks, key=lambda mark: mark.moment)
    rows: list[Row] = []
    for who in dict.fromkeys(mark.who for mark in in_order):
        placed = _place([mark for mark in in_order if mark.who == who], scale, top=top)
        bottom = max(item.y for item in placed) + LINE / 2 + _PADDING
        rows.append(Row(who=who, y=top, height=bottom - top, placed=placed))
        top = bottom
    return tuple(rows)


def _place(marks: Sequence[Mark], scale: Scale, *, top: float) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    for mark in marks:
        line = 0
        while (found := _fit(mark, scale, top + _PADDING + LINE * (line + 0.5), placed)) is None:
            line += 1
        placed.append(found)
    return tuple(placed)


def _fit(mark: Mark, scale: Scale, y: float, others: Sequence[Placed]) -> Placed | None:
    """Return the mark with its label on one side, or None where the line has no room on either."""
    # Half of the plot is enough for every label: then it fits on one side at least.
    most = (scale.right - scale.left) / 2 - 2 * (RADIUS + _GAP)
    bold = is_loud(mark)
    label = cut(shown(mark.words), LABEL_SIZE, most, bold=bold)
    x, reach = scale.x(mark.moment), width(label, LABEL_SIZE, bold=bold) + RADIUS + _GAP
    for is_right in (True, False):
        begin = x - RADIUS if is_right else x - reach
        box = Box(x=begin, y=y - LINE / 2, width=reach + RADIUS, height=LINE)
        is_inside = scale.left - RADIUS <= box.x and box.x + box.width <= scale.right + RADIUS
        if is_inside and not any(box.touches(other.box) for other in others):
            return Placed(mark=mark, x=x, y=y, label=label, is_right=is_right, box=box)
    return None
