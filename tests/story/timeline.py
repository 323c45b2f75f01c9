"""The picture of the near-miss: `timeline(story)` is its SVG, and depends on nothing but the story."""

from __future__ import annotations

from typing import Final

from tests.story.cards import draw_cards
from tests.story.dial import draw_dial
from tests.story.lettering import cut, safe, shown, wrap
from tests.story.near_miss import Mark, NearMiss
from tests.story.plot import draw_plot, say_clock
from tests.story.shapes import rect, text
from tests.story.style import css
from verifier.model.text import show_moment

WIDTH: Final = 1000
_LEFT, _RIGHT = 40, WIDTH - 40
_TITLE: Final = 28

# What was left of the clock.
_HATCHING: Final = (
    '<defs><pattern id="left" width="8" height="8" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0,0V8" class="s-amber" stroke-width="5"/></pattern></defs>'
)


def timeline(story: NearMiss) -> str:
    """Return the picture as the text of an SVG file."""
    head, y = _head(story)
    cards, y = draw_cards(story, left=_LEFT, right=_RIGHT, top=y + 22)
    dial: list[str] = []
    if story.people or story.rounds:
        dial, y = draw_dial(story, left=_LEFT, right=_RIGHT, top=y + 42)
    plot, y = draw_plot(story, left=_LEFT, right=_RIGHT, top=y + 42)
    foot = [
        text(_LEFT, y + 30 + 18 * i, cut(shown(line), 12, _RIGHT - _LEFT), "f-muted", size=12)
        for i, line in enumerate(story.source)
    ]
    height = round(y + 40 + 18 * len(story.source))
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{safe(shown(story.title))}</title>',
        f'<desc id="desc">{safe(describe(story))}</desc>',
        f"<style>{css()}</style>",
        _HATCHING,
        rect(0, 0, WIDTH, height, "f-paper", round_by=16),
    ]
    return "\n".join([*parts, *head, *cards, *dial, *plot, *foot, "</svg>\n"])


def describe(story: NearMiss) -> str:
    """Return the whole picture in words, for those who do not see it."""
    told = [
        f"Heard over chat from {shown(story.heard_from)}: {shown(story.heard)}",
        f"What the bytes say: {shown(story.said)}",
    ]
    told += [_say_mark(mark) for mark in sorted(story.marks, key=lambda mark: mark.moment)]
    if story.stall:
        told.append(f"{show_moment(story.stall.moment)}: {shown(story.stall.words)}")
    if story.clock:
        told.append(say_clock(story.clock))
    for person in story.people:
        told.append(f"{shown(person.name)}, {shown(person.where)}: {person.stance.value}.")
    for each in story.rounds:
        told += [f"{shown(each.title)}.", *(f"{shown(reason)}." for reason in each.reasons)]
    return "\n".join(told)


def _say_mark(mark: Mark) -> str:
    return f"{show_moment(mark.moment)}: {shown(mark.who)} {mark.deed.value} ({shown(mark.words)})."


def _head(story: NearMiss) -> tuple[list[str], float]:
    y = 42.0
    drawn = [text(_LEFT, y, "FOURTH SIGNER: THE NEAR-MISS", "kicker f-muted", size=11)]
    for line in wrap(shown(story.title), _TITLE, _RIGHT - _LEFT, bold=True, lines=2):
        y += 36
        drawn.append(text(_LEFT, y, line, "bold f-ink", size=_TITLE))
    return drawn, y
