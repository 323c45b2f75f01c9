"""The middle of the picture: who is where on the circle of offsets from UTC, and which approvals make a quorum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from tests.story.glyphs import draw
from tests.story.lettering import cut, shown, width, wrap
from tests.story.near_miss import Deed, NearMiss, Person, Round, Stance
from tests.story.shapes import circle, path, text
from verifier.assess.segregation import LEAST_MINUTES_APART, OFFSET_CIRCLE

_RADIUS: Final = 72
_SEAM: Final = 0.59
"""Where the circle's share of the width ends."""
_LABEL: Final = 12
_GAP: Final = 22
"""Between the circle and its labels."""
_NAMES: Final = 12
_STEP: Final = 40
"""From one label to the next below it."""
_MOST_SPOTS: Final = 8
_MOST_AT_A_SPOT: Final = 4
_MOST_ROUNDS: Final = 2
_MOST_LINES: Final = 4
_LOOKS: Final = {
    Stance.COUNTED: ("f-blue", "s-blue"),
    Stance.LEFT_OUT: ("f-paper", "s-blue"),
    Stance.OTHER: ("f-muted", "s-muted"),
}
_SAID: Final = {
    Stance.COUNTED: "in the quorum",
    Stance.LEFT_OUT: "signed, not in it",
    Stance.OTHER: "did not sign",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Everybody who is at one place."""

    where: str
    angle: float
    people: tuple[Person, ...]


def draw_dial(story: NearMiss, *, left: float, right: float, top: float) -> tuple[list[str], float]:
    """Return the circle and the words beside it, and where they end."""
    seam = left + _SEAM * (right - left)
    drawn = [text(left, top, "WHERE THEY ARE: THE CIRCLE OF UTC OFFSETS, EAST CLOCKWISE", "kicker f-muted")]
    spots, spots_bottom = _spots(_spots_of(story.people), left, seam - 20, top + 24)
    rounds, rounds_bottom = _rounds(story.rounds[:_MOST_ROUNDS], seam, right, top)
    return [*drawn, *spots, *rounds], max(spots_bottom, rounds_bottom)


def _spots_of(people: Sequence[Person]) -> list[_Spot]:
    places = list(dict.fromkeys((person.where, person.offset) for person in people))
    return [
        _Spot(
            where=where,
            angle=2 * pi * offset / OFFSET_CIRCLE,
            people=tuple(person for person in people if (person.where, person.offset) == (where, offset)),
        )
        for where, offset in places[:_MOST_SPOTS]
    ]


def _at(centre: tuple[float, float], angle: float, radius: float) -> tuple[float, float]:
    """Return a point on the circle: 0 is at the top, and east goes clockwise."""
    return centre[0] + radius * sin(angle), centre[1] - radius * cos(angle)


def _spots(spots: Sequence[_Spot], left: float, right: float, top: float) -> tuple[list[str], float]:
    east = [spot for spot in spots if sin(spot.angle) >= 0]
    west = [spot for spot in spots if sin(spot.angle) < 0]
    room = max(2 * _RADIUS, _STEP * len(east), _STEP * len(west)) + 16
    centre = ((left + right) / 2, top + room / 2)
    drawn = [
        circle(*centre, _RADIUS, "s-hair"),
        text(centre[0], centre[1] - _RADIUS - 9, "UTC", "f-muted", size=11, anchor="middle"),
        *_ticks(centre),
        *_quorum(spots, centre),
    ]
    for side, is_right in ((east, True), (west, False)):
        lines = _lines([_at(centre, spot.angle, _RADIUS)[1] for spot in side], top + 16, top + room - 16)
        for spot, y in zip(side, lines, strict=True):
            drawn += _spot(spot, centre, y, left if not is_right else right, is_right=is_right)
    return [*drawn, *_legend(left, top + room + 22)], top + room + 26


def _ticks(centre: tuple[float, float]) -> list[str]:
    """Return a tick for every three hours."""
    drawn = []
    for hour in range(0, 24, 3):
        (ax, ay), (bx, by) = (_at(centre, 2 * pi * hour / 24, _RADIUS + reach) for reach in (-4, 4))
        drawn.append(path(f"M{ax:.1f},{ay:.1f}L{bx:.1f},{by:.1f}", "s-faint"))
    return drawn


def _quorum(spots: Sequence[_Spot], centre: tuple[float, float]) -> list[str]:
    """Return lines between those who make the quorum."""
    points = [
        _at(centre, spot.angle, _RADIUS)
        for spot in sorted(spots, key=lambda spot: spot.angle)
        if any(person.stance is Stance.COUNTED for person in spot.people)
    ]
    if len(points) < 2:
        return []
    return [
        path("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z", "s-blue", 'stroke-dasharray="3 4"')
    ]


def _lines(wanted: Sequence[float], top: float, bottom: float) -> list[float]:
    """Return heights near those that are wanted, a step apart and within the room, in the order given."""
    found = {}
    y = top - _STEP
    in_order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    for i in in_order:
        y = found[i] = max(wanted[i], y + _STEP)
    y = bottom + _STEP
    for i in reversed(in_order):
        y = found[i] = min(found[i], y - _STEP)
    return [found[i] for i in range(len(wanted))]


def _spot(spot: _Spot, centre: tuple[float, float], y: float, edge: float, *, is_right: bool) -> list[str]:
    """Return the dots of those who are at a place, behind each other, and its label."""
    half = pi * LEAST_MINUTES_APART / OFFSET_CIRCLE
    (ax, ay), (bx, by) = (_at(centre, spot.angle + turn, _RADIUS) for turn in (-half, half))
    arc = f"M{ax:.1f},{ay:.1f}A{_RADIUS},{_RADIUS} 0 0 1 {bx:.1f},{by:.1f}"
    drawn = [path(arc, "s-amber", 'stroke-width="6"')]
    # Whoever counts stands on the circle.
    people = sorted(spot.people, key=lambda person: list(Stance).index(person.stance))[:_MOST_AT_A_SPOT]
    for i, person in enumerate(people):
        x, dot = _at(centre, spot.angle, _RADIUS - 15 * i)
        fill, line = _LOOKS[person.stance]
        drawn += [circle(x, dot, 5.5, fill), circle(x, dot, 5.5, f"{line} sign")]
    turn = 1 if is_right else -1
    label = centre[0] + turn * (_RADIUS + _GAP)
    (sx, sy) = _at(centre, spot.angle, _RADIUS + 8)
    drawn.append(path(f"M{sx:.1f},{sy:.1f}L{label - turn * 6:.1f},{y:.1f}", "s-faint"))
    most, anchor = abs(edge - label), "" if is_right else "end"
    names = ", ".join(shown(person.name) for person in spot.people)
    where = cut(shown(spot.where), _LABEL, most, bold=True)
    return [
        *drawn,
        text(label, y - 1, where, "bold f-ink", size=_LABEL, anchor=anchor),
        text(label, y + 14, cut(names, _NAMES, most), "f-muted", size=_NAMES, anchor=anchor),
    ]


def _legend(x: float, y: float) -> list[str]:
    """Return what the dots and the arcs stand for."""
    drawn = []
    for stance, words in _SAID.items():
        fill, line = _LOOKS[stance]
        drawn += [circle(x + 6, y - 4, 5, fill), circle(x + 6, y - 4, 5, f"{line} sign")]
        drawn.append(text(x + 17, y, words, "f-muted", size=11))
        x += 17 + width(words, 11) + 18
    arc = path(f"M{x:.1f},{y - 4:.1f}h26", "s-amber", 'stroke-width="6"')
    return [*drawn, arc, text(x + 33, y, "3 hours: may not touch", "f-muted", size=11)]


def _rounds(rounds: Sequence[Round], left: float, right: float, y: float) -> tuple[list[str], float]:
    """Return what was short of a quorum, and what was one, with the reasons."""
    drawn = []
    for each in rounds:
        inside = right - left - 26
        drawn.append(draw(Deed.SIGNED if each.is_quorum else Deed.REFUSED, left + 9, y + 1))
        for line in wrap(shown(each.title), 14, inside, bold=True, lines=2):
            drawn.append(text(left + 26, y + 5, line, "bold f-ink", size=14))
            y += 19
        for reason in each.reasons[:_MOST_LINES]:
            for line in wrap(shown(reason), _NAMES, inside, lines=3):
                drawn.append(text(left + 26, y + 4, line, "f-ink", size=_NAMES))
                y += 16
            y += 3
        y += 14
    return drawn, y
