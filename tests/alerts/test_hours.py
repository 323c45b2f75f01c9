"""Local time: quiet hours and daily strikes, by the clocks of a place, whatever these do in spring and autumn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.samples import NOW
from verifier.model.routes import Daily, Hours
from verifier.model.units import Timestamp
from verifier.watch.hours import latest_strike, quiet_until

NIGHT = Hours(first=22 * 60, last=7 * 60, zone="Europe/Zurich")


@pytest.mark.parametrize(
    ("hours", "moment", "until"),
    [
        # 2026-11-30 in Zurich is an hour ahead of UTC.
        (NIGHT, 1_796_000_000, 1_796_018_400),  # 01:53, until 07:00
        (NIGHT, 1_796_018_399, 1_796_018_400),  # 06:59:59
        (NIGHT, 1_796_018_400, 1_796_018_400),  # 07:00, not in it any more
        (NIGHT, 1_796_072_400, 1_796_104_800),  # 22:00, until 07:00 of the next day
        (NIGHT, 1_796_072_399, 1_796_072_399),  # 21:59:59
        # All day, at a place five and a half hours ahead: until midnight there.
        (Hours(first=0, last=0, zone="Asia/Kolkata"), 1_796_000_000, 1_796_063_400),
        (None, NOW, NOW),
    ],
)
def test_quiet__an_hour_of_the_day__it_ends_by_the_clocks_of_the_place(
    hours: Hours | None, moment: int, until: int
) -> None:
    assert quiet_until(hours, Timestamp(moment)) == until


def test_quiet__the_night_in_which_clocks_go_forward__it_is_an_hour_shorter() -> None:
    # 2026-03-29 in Zurich: 22:00 CET on the day before is 21:00 UTC, and 07:00 CEST is 05:00 UTC.
    assert quiet_until(NIGHT, Timestamp(1_774_731_600)) - 1_774_731_600 == 8 * 3_600


@pytest.mark.parametrize(
    ("moment", "day", "struck"),
    [
        (1_796_022_000, "2026-11-30", 1_796_022_000),  # 08:00 sharp
        (1_796_021_999, "2026-11-29", 1_795_935_600),
        (1_796_108_399, "2026-11-30", 1_796_022_000),
    ],
)
def test_strike__once_a_day__the_last_time_is_found(moment: int, day: str, struck: int) -> None:
    found, when = latest_strike(Daily(minute=480, zone="Europe/Zurich", channels=()), Timestamp(moment))

    assert (str(found), when) == (day, struck)


@given(
    st.integers(1_500_000_000, 2_000_000_000),
    st.integers(0, 1_439),
    st.sampled_from(["UTC", "Europe/Zurich"]),
)
def test_strike__any_moment__it_struck_within_a_day_or_so_and_days_follow_on_each_other(
    moment: int, minute: int, zone: str
) -> None:
    daily = Daily(minute=minute, zone=zone, channels=())

    _, struck = latest_strike(daily, Timestamp(moment))
    day, _ = latest_strike(daily, struck)

    # A day on which clocks go back has 25 hours.
    assert 0 <= moment - struck <= 25 * 3_600
    assert latest_strike(daily, Timestamp(struck))[0] == day
