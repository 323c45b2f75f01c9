"""Where members are and what they share, in words: nothing is called the same that is not, and nobody is left out."""

from __future__ import annotations

import pytest

from tests.story.whereabouts import Atlas, say_apart, say_shared, show_hours, show_offset
from verifier.assess.segregation import clashes_among
from verifier.model.member import Attributes
from verifier.model.place import place_at
from verifier.model.text import Shown
from verifier.model.units import MemberIndex

ATLAS = Atlas(
    cities={
        "Zurich": place_at(latitude=47.377, longitude=8.542),
        "Fiji": place_at(latitude=-18, longitude=178),
    },
    employers={1: "Halden"},
)
ANA, BEN, CLEO = (MemberIndex(seat) for seat in range(3))
NAMES = {ANA: Shown("Ana"), BEN: Shown("Ben"), CLEO: Shown("Cleo")}


def someone(employer: int, offset: int, latitude: float, longitude: float) -> Attributes:
    place = place_at(latitude=latitude, longitude=longitude)
    return Attributes(employer=employer, utc_offset=offset, place=place)


def shared(who: MemberIndex, *members: Attributes) -> str:
    by_seat = dict(zip(NAMES, members, strict=False))
    return say_shared(who, by_seat, list(clashes_among(by_seat)), NAMES, ATLAS)


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, "UTC+0"), (60, "UTC+1"), (-180, "UTC-3"), (330, "UTC+5:30"), (-210, "UTC-3:30"), (845, "UTC+14:05")],
)
def test_offset__any__is_written_as_people_write_it(minutes: int, shown: str) -> None:
    assert show_offset(minutes) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0 hours"), (60, "1 hour"), (240, "4 hours"), (210, "210 minutes")]
)
def test_hours__any__are_whole_or_minutes(minutes: int, shown: str) -> None:
    assert show_hours(minutes) == shown


def test_city__near_one__has_its_name_and_far_from_all_has_degrees() -> None:
    # 0.2 degrees of latitude are 22 km, 0.25 are 28.
    assert ATLAS.city(place_at(latitude=47.577, longitude=8.542)) == "Zurich"
    assert ATLAS.city(place_at(latitude=47.627, longitude=8.542)) == "47.6N 8.5E"
    assert ATLAS.city(place_at(latitude=-33.4, longitude=-70.7)) == "33.4S 70.7W"


def test_employer__without_a_name__is_a_number() -> None:
    assert ATLAS.employer(1) == "Halden"
    assert ATLAS.employer(2) == "employer 2"


def test_shared__everything_with_one_and_one_thing_with_another__names_each_for_its_own() -> None:
    office = someone(1, 60, 47.377, 8.542)
    sent_there = someone(2, 60, 47.377, 8.542)
    assert shared(ANA, office, office, sent_there) == (
        "shares employer (Halden) with Ben; time (UTC+1) and place (Zurich) with Ben and Cleo"
    )
    assert (
        shared(CLEO, office, office, sent_there) == "shares time (UTC+1) and place (Zurich) with Ana and Ben"
    )


def test_shared__nearly_the_same__says_how_near() -> None:
    zurich, nearby = someone(1, 60, 47.377, 8.542), someone(2, 240, 47.877, 8.542)
    assert shared(ANA, zurich, nearby) == (
        "shares nearly the time (180 minutes apart) and nearly the place (56 km apart) with Ben"
    )
    a_minute_more = someone(2, 241, 47.877, 8.542)
    assert shared(ANA, zurich, a_minute_more) == "shares nearly the place (56 km apart) with Ben"


def test_shared__nothing__says_so() -> None:
    assert shared(ANA, someone(1, 60, 47, 8), someone(2, 540, 37, 127)) == "shares nothing with the others"


def test_apart__across_the_date_line__goes_the_short_way() -> None:
    east, west = someone(1, 720, -18, 178), someone(1, -660, -14, -171)
    ((pair, apart),) = say_apart({ANA: east, BEN: west}, NAMES)
    assert pair == "Ana and Ben"
    assert apart == "one employer, 1 hour, 1,257 km"
