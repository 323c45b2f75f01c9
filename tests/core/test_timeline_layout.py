"""Where things stand in the picture of the near-miss: nothing touches, and earlier is further left."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.story.layout import LABEL_SIZE, RADIUS, Box, Scale, is_loud, rows_of, scale_of
from tests.story.lettering import cut, width, wrap
from tests.story.near_miss import Deed, Mark
from verifier.model.units import Timestamp

LEFT, RIGHT = 160.0, 960.0
NOON = Timestamp(1_772_452_800)
HOUR = 3_600

moments = st.integers(0, 1 << 40).map(Timestamp) | st.integers(NOON, NOON + 72 * HOUR).map(Timestamp)
marks = st.builds(
    Mark,
    moment=moments,
    who=st.sampled_from(["Ana", "Ben", "a name as long as a sentence, which nobody has"]) | st.text(),
    deed=st.sampled_from(Deed),
    words=st.text(max_size=200),
)


def mark(moment: int, who: str = "Ana", words: str = "signs") -> Mark:
    return Mark(moment=Timestamp(moment), who=who, deed=Deed.SIGNED, words=words)


def usual_scale(*moments: int) -> Scale:
    return scale_of([Timestamp(moment) for moment in moments], left=LEFT, right=RIGHT)


@given(st.lists(marks, min_size=1, max_size=30))
def test_rows__of_any_marks__hold_each_of_them_once_and_none_touches_another(drawn: list[Mark]) -> None:
    scale = scale_of([m.moment for m in drawn], left=LEFT, right=RIGHT)
    rows = rows_of(drawn, scale, top=100)
    placed = [item for row in rows for item in row.placed]
    assert sorted((i.mark.moment, i.mark.who, i.mark.words) for i in placed) == sorted(
        (m.moment, m.who, m.words) for m in drawn
    )
    for one, other in combinations(placed, 2):
        assert not one.box.touches(other.box)
    for item in placed:
        assert item.box.x >= LEFT - RADIUS
        assert item.box.x + item.box.width <= RIGHT + RADIUS
        assert width(item.label, LABEL_SIZE, bold=is_loud(item.mark)) <= item.box.width


@given(st.lists(marks, min_size=1, max_size=30))
def test_rows__of_any_marks__lie_below_each_other_in_the_order_of_first_deeds(drawn: list[Mark]) -> None:
    scale = scale_of([m.moment for m in drawn], left=LEFT, right=RIGHT)
    rows = rows_of(drawn, scale, top=100)
    for upper, lower in pairwise(rows):
        assert lower.y == upper.y + upper.height
        assert upper.placed[0].mark.moment <= lower.placed[0].mark.moment
    for row in rows:
        for item in row.placed:
            assert row.y <= item.box.y
            assert item.box.y + item.box.height <= row.y + row.height


def test_rows__two_deeds_at_one_moment__take_two_lines_of_a_row() -> None:
    (row,) = rows_of([mark(NOON), mark(NOON, words="signs too")], usual_scale(NOON), top=0)
    assert len({item.y for item in row.placed}) == 2
    assert len({item.x for item in row.placed}) == 1


def test_rows__two_deeds_far_apart__share_a_line() -> None:
    drawn = [mark(NOON), mark(NOON + 48 * HOUR)]
    (row,) = rows_of(drawn, usual_scale(NOON, NOON + 48 * HOUR), top=0)
    assert len({item.y for item in row.placed}) == 1


def test_label__at_the_right_end__stands_left_of_its_mark() -> None:
    drawn = [mark(NOON), mark(NOON + 48 * HOUR)]
    (row,) = rows_of(drawn, usual_scale(NOON, NOON + 48 * HOUR), top=0)
    first, last = row.placed
    assert first.is_right
    assert not last.is_right


@given(st.lists(moments, min_size=1), moments, moments)
def test_scale__of_any_moments__puts_the_earlier_further_left(
    held: list[Timestamp], one: Timestamp, other: Timestamp
) -> None:
    scale = scale_of([*held, one, other], left=LEFT, right=RIGHT)
    earlier, later = sorted((one, other))
    assert LEFT <= scale.x(earlier) <= scale.x(later) <= RIGHT


@given(st.lists(moments, min_size=1))
def test_ticks__of_any_scale__are_few_and_stand_inside(held: list[Timestamp]) -> None:
    scale = scale_of(held, left=LEFT, right=RIGHT)
    step, ticks = scale.ticks()
    assert len(ticks) <= 16
    assert all(tick % step == 0 and scale.first <= tick <= scale.last for tick in ticks)


def test_ticks__of_two_days__stand_every_six_hours() -> None:
    step, ticks = usual_scale(NOON, NOON + 48 * HOUR).ticks()
    assert step == 6 * HOUR
    assert ticks[0] == NOON
    assert len(ticks) == 9


def test_box__beside_another__does_not_touch_it() -> None:
    box = Box(x=0, y=0, width=10, height=10)
    assert box.touches(Box(x=9, y=9, width=10, height=10))
    assert not box.touches(Box(x=10, y=0, width=10, height=10))
    assert not box.touches(Box(x=0, y=10, width=10, height=10))


@given(st.text(), st.floats(40, 900), st.booleans())
def test_cut__any_text__fits(text: str, most: float, bold: bool) -> None:
    shorter = cut(text, 13, most, bold=bold)
    assert width(shorter, 13, bold=bold) <= most
    if width(text, 13, bold=bold) <= most:
        assert shorter == text


@given(st.text(alphabet=st.characters(codec="ascii")), st.floats(40, 900), st.integers(1, 6))
def test_wrap__any_text__fits_into_its_lines(text: str, most: float, lines: int) -> None:
    wrapped = wrap(text, 16, most, lines=lines)
    assert 1 <= len(wrapped) <= lines
    assert all(width(line, 16) <= most for line in wrapped)
    if len(wrapped) < lines:
        assert "".join(wrapped).replace(" ", "") == "".join(text.split())


def test_width__of_a_line_in_the_widest_of_the_usual_fonts__is_no_less() -> None:
    # Measured in Chromium: DejaVu Sans at 100 px, regular and bold.
    measured = {
        "40,000,000 USDC": (887.9, 977.1),
        "WMwm@%": (559.4, 606.6),
        "execution refused, Wed 14:22": (1496.8, 1690.3),
    }
    for text, (regular, bold) in measured.items():
        assert regular <= width(text, 100) <= 1.15 * regular
        assert bold <= width(text, 100, bold=True) <= 1.15 * bold
