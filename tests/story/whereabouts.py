"""Where members are, and what they share: from the vault's own words about them, in the reader's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from verifier.assess.segregation import OFFSET_CIRCLE, Clash
from verifier.model.member import Attributes
from verifier.model.place import Kilometres, Place, coordinates_of, distance_between
from verifier.model.text import Shown, sanitise
from verifier.model.units import MemberIndex

_IN_A_CITY: Final = Kilometres(25)
_SAME_PLACE: Final = Kilometres(1)
_HOUR: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """What a reader calls places and employers."""

    cities: Mapping[str, Place]
    # By the vault's number.
    employers: Mapping[int, str]

    def city(self, place: Place) -> Shown:
        """Return the nearest city, or degrees where none is near."""
        name, centre = min(self.cities.items(), key=lambda city: distance_between(city[1], place))
        if distance_between(centre, place) <= _IN_A_CITY:
            return sanitise(name)
        at = coordinates_of(place)
        north, east = "S" if at.latitude < 0 else "N", "W" if at.longitude < 0 else "E"
        return Shown(f"{abs(at.latitude):.1f}{north} {abs(at.longitude):.1f}{east}")

    def employer(self, number: int) -> Shown:
        label = self.employers.get(number)
        return sanitise(label) if label else Shown(f"employer {number}")

    def where(self, attributes: Attributes) -> Shown:
        """Return place and time, such as `Seoul, UTC+9`."""
        return Shown(f"{self.city(attributes.place)}, {show_offset(attributes.utc_offset)}")


def show_offset(minutes: int) -> Shown:
    """Return an offset from UTC as people write it: `UTC-3`, `UTC+5:30`."""
    whole, rest = divmod(abs(minutes), _HOUR)
    return Shown(f"UTC{'-' if minutes < 0 else '+'}{whole}{f':{rest:02}' if rest else ''}")


def say_shared(
    seat: MemberIndex,
    members: Mapping[MemberIndex, Attributes],
    clashes: Sequence[Clash],
    names: Mapping[MemberIndex, Shown],
    atlas: Atlas,
) -> Shown:
    """Return what one member shares, and with whom: by the vault's rule, not by a guess."""
    # What is shared, with whom.
    shared: dict[str, list[Shown]] = {}
    for clash in clashes:
        if seat in (clash.first, clash.second):
            other = clash.second if seat == clash.first else clash.first
            for what in _things_of(clash, members[seat], atlas):
                shared.setdefault(what, []).append(names[other])
    # The same the other way round, so that nobody is named for every single thing.
    by_company: dict[Shown, list[Shown]] = {}
    for what, others in shared.items():
        by_company.setdefault(say_list(others), []).append(Shown(what))
    said = [f"{say_list(things)} with {others}" for others, things in by_company.items()]
    return Shown(f"shares {'; '.join(said)}" if said else "shares nothing with the others")


def say_apart(
    members: Mapping[MemberIndex, Attributes], names: Mapping[MemberIndex, Shown]
) -> Iterator[tuple[Shown, Shown]]:
    """Yield every two members, and how far they are from each other."""
    for (first, a), (second, b) in combinations(members.items(), 2):
        apart = abs(a.utc_offset - b.utc_offset)
        time = show_hours(min(apart, abs(OFFSET_CIRCLE - apart)))
        employers = "one employer" if a.employer == b.employer else "two employers"
        distance = f"{distance_between(a.place, b.place):,.0f} km"
        yield Shown(f"{names[first]} and {names[second]}"), Shown(f"{employers}, {time}, {distance}")


def show_hours(minutes: int) -> Shown:
    """Return a time apart: `4 hours`, `210 minutes`."""
    if minutes % _HOUR:
        return Shown(f"{minutes} minutes")
    return Shown(f"{minutes // _HOUR} hour{'' if minutes == _HOUR else 's'}")


def say_list(words: Sequence[Shown]) -> Shown:
    """Return words as a sentence lists them."""
    return Shown(" and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])))


def _things_of(clash: Clash, attributes: Attributes, atlas: Atlas) -> Iterator[str]:
    if clash.employer is not None:
        yield f"employer ({atlas.employer(clash.employer)})"
    if clash.minutes is not None:
        offset = show_offset(attributes.utc_offset)
        yield f"time ({offset})" if clash.minutes == 0 else f"nearly the time ({clash.minutes} minutes apart)"
    if clash.distance is not None:
        is_same = clash.distance < _SAME_PLACE
        city = atlas.city(attributes.place)
        yield f"place ({city})" if is_same else f"nearly the place ({clash.distance:.0f} km apart)"
