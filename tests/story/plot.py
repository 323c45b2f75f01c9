"""The lower half of the picture: the clock, and a row for everyone who did something."""

from __future__ import annotations

from typing import Final

from tests.story.glyphs import draw
from tests.story.layout import LABEL_SIZE, Row, Scale, is_loud, rows_of, scale_of
from tests.story.lettering import cut, short_moment, shown, width
from tests.story.near_miss import Clock, Deed, NearMiss, Stall
from tests.story.shapes import path, rect, text
from verifier.model.text import show_duration, show_moment
from verifier.model.units import Timestamp

_NAMES: Final = 150
"""What the names take, left of the plot."""
_DAY: Final = 86_400
_AXIS: Final = 52
_CLOCK: Final = 74
_STALL: Final = 42
_BAR: Final = 26
_MOST_DAYS: Final = 31


def draw_plot(story: NearMiss, *, left: float, right: float, top: float) -> tuple[list[str], float]:
    """Return the time line and where it ends."""
    moments = [mark.moment for mark in story.marks]
    if story.clock:
        moments += [story.clock.begins, story.clock.ends]
    if story.stall:
        moments += [story.stall.moment, story.stall.would_end]
    scale = scale_of(moments or [Timestamp(0)], left=left + _NAMES, right=right)
    begin = top + _AXIS + (_STALL if story.stall else 0)
    rows = rows_of(story.marks, scale, top=begin + (_CLOCK if story.clock else 0))
    bottom = rows[-1].y + rows[-1].height if rows else begin + _CLOCK
    drawn = [text(left, top, "WHO DID WHAT, AND WHEN (UTC)", "kicker f-muted", size=11)]
    drawn += _days(scale, top + 18, bottom)
    drawn += _ticks(scale, top + 40, bottom)
    places = {person.name: shown(person.where) for person in story.people}
    for row in rows:
        drawn += _name(row, shown(story.roles.get(row.who, "")), places.get(row.who, ""), left, right)
    if story.stall:
        drawn += _stall(story.stall, scale, left, top + _AXIS + 8)
    if story.clock:
        drawn += _bar(story.clock, scale, begin + 8, bottom)
        drawn += _stop(story.clock, rows, begin)
        drawn += _clock_words(story.clock, scale, left, begin + 8)
    for row in rows:
        drawn += _marks(row)
    return drawn, bottom


def say_clock(clock: Clock) -> str:
    """Return what the clock did, in a sentence or two."""
    said = f"Quorum at {short_moment(clock.begins)}; not executable before {short_moment(clock.ends)}."
    return said if clock.stopped is None else f"{said} Stopped with {show_duration(clock.left)} left."


def _days(scale: Scale, top: float, bottom: float) -> list[str]:
    """Return days as bands, every other one tinted, with their dates where there is room."""
    drawn = []
    days = range(scale.first // _DAY, scale.last // _DAY + 1)
    for day in days if len(days) <= _MOST_DAYS else ():
        left = scale.x(Timestamp(max(scale.first, day * _DAY)))
        right = scale.x(Timestamp(min(scale.last, (day + 1) * _DAY)))
        if day % 2:
            drawn.append(rect(left, top, right - left, bottom - top, "f-band"))
        date = " ".join(show_moment(day * _DAY).split(" ")[:2])
        if width(date, 12, bold=True) + 12 <= right - left:
            drawn.append(text(left + 6, top + 14, date, "bold f-ink", size=12))
    return drawn


def _ticks(scale: Scale, top: float, bottom: float) -> list[str]:
    drawn = []
    step, ticks = scale.ticks()
    for tick in ticks:
        x = scale.x(tick)
        drawn.append(path(f"M{x:.1f},{top:.1f}V{bottom:.1f}", "s-hair"))
        _, *date_and_time = show_moment(tick).split(" ")
        if len(date_and_time) < 2:  # beyond the calendar
            continue
        name = date_and_time[1][:5] if step < _DAY else date_and_time[0]
        if x + 4 + width(name, 11) <= scale.right:
            drawn.append(text(x + 4, top + 10, name, "f-muted", size=11))
    return drawn


def _name(row: Row, role: str, place: str, left: float, right: float) -> list[str]:
    """Return who a row is about, what and where they are, and the line above it."""
    y, room = row.y + row.height / 2, _NAMES - 16
    name = cut(shown(row.who), 15, room, bold=True)
    below, beside = (place, role) if place else (role, "")
    drawn = [
        path(f"M{left:.1f},{row.y:.1f}H{right:.1f}", "s-hair"),
        text(left, y + (-1 if below else 5), name, "bold f-ink", size=15),
    ]
    taken = width(name, 15, bold=True) + 6
    if beside and taken + width(beside, 11) <= room:
        drawn.append(text(left + taken, y - 1, beside, "f-muted", size=11))
    return [*drawn, text(left, y + 15, cut(below, 11, room), "f-muted", size=11)] if below else drawn


def _stall(stall: Stall, scale: Scale, left: float, y: float) -> list[str]:
    """Return the delay that did not begin: an empty frame where it would have been."""
    begin, end = scale.x(stall.moment), scale.x(stall.would_end)
    words = cut(shown(stall.words), LABEL_SIZE, scale.right - scale.left, bold=True)
    reach = width(words, LABEL_SIZE, bold=True)
    x = max(min(begin + 18, scale.right - reach), scale.left)
    return [
        text(left, y + 18, "No clock", "bold f-ink", size=15),
        rect(begin, y, max(0, end - begin), _BAR, "s-faint dashed"),
        draw(Deed.REFUSED, begin, y + _BAR / 2),
        text(x, y + 18, words, "bold f-red halo"),
    ]


def _edges(clock: Clock, scale: Scale) -> tuple[float, float, float]:
    """Return where the clock's bar begins, was stopped, and ends."""
    begin, end = scale.x(clock.begins), scale.x(clock.ends)
    stop = end if clock.stopped is None else min(max(scale.x(clock.stopped), begin), end)
    return begin, stop, end


def _bar(clock: Clock, scale: Scale, y: float, bottom: float) -> list[str]:
    """Return the delay as a bar: what ran is full, what was left is hatched."""
    begin, stop, end = _edges(clock, scale)
    ends = f"M{begin:.1f},{y:.1f}V{bottom:.1f}M{end:.1f},{y:.1f}V{bottom:.1f}"
    return [
        path(ends, "s-dusk", 'stroke-dasharray="2 4"'),
        rect(begin, y, end - begin, _BAR, "f-paper"),
        rect(begin, y, stop - begin, _BAR, "f-amber"),
        rect(stop, y, end - stop, _BAR, "", fill="url(#left)"),
        rect(begin, y, end - begin, _BAR, "s-dusk"),
    ]


def _clock_words(clock: Clock, scale: Scale, left: float, y: float) -> list[str]:
    begin, stop, end = _edges(clock, scale)
    gone = max(0, (clock.ends if clock.stopped is None else clock.stopped) - clock.begins)
    drawn = [
        text(left, y + 13, "The vault's", "bold f-ink", size=15),
        text(left, y + 31, "clock", "bold f-ink", size=15),
    ]
    for words, names, a, b in (
        (f"{show_duration(gone)} gone", "bold f-night", begin, stop),
        (f"{show_duration(clock.left)} left", "bold f-ink halo", stop, end),
    ):
        if width(words, LABEL_SIZE, bold=True) + 32 <= b - a:
            drawn.append(text((a + b) / 2, y + 18, words, names, anchor="middle"))
    words = cut(say_clock(clock), LABEL_SIZE, scale.right - scale.left)
    x = max(min(begin, scale.right - width(words, LABEL_SIZE)), scale.left)
    return [*drawn, text(x, y + 46, words, "f-dusk halo")]


def _stop(clock: Clock, rows: tuple[Row, ...], top: float) -> list[str]:
    """Return the line from the clock down to the veto that stopped it."""
    for row in rows:
        for item in row.placed:
            if item.mark.deed is Deed.VETOED and item.mark.moment == clock.stopped:
                line = path(f"M{item.x:.1f},{top:.1f}V{item.y:.1f}", "s-red", 'stroke-width="2.5"')
                return [line, draw(Deed.VETOED, item.x, top + 8 + _BAR / 2)]
    return []


def _marks(row: Row) -> list[str]:
    drawn = []
    for item in row.placed:
        names = "bold f-red halo" if is_loud(item.mark) else "f-ink halo"
        anchor = "" if item.is_right else "end"
        drawn.append(draw(item.mark.deed, item.x, item.y))
        drawn.append(text(item.label_x, item.y + 4.5, item.label, names, anchor=anchor))
    return drawn
