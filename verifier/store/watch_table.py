"""Reading tables of a configuration strictly: whatever nobody asked for is named, with what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from verifier.model.routes import Hours
from verifier.model.text import sanitise

E = TypeVar("E", bound=Enum)

MOST_TEXT: Final = 2_000
_DURATION: Final = re.compile(r"([1-9][0-9]{0,6})(s|m|h|d)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,3}")


class UnfitError(Exception):
    """What is wrong, in words; whoever reads a file adds which one."""


class Table:
    """One table, whose keys are taken one by one; what is left at the end is a mistake."""

    def __init__(self, content: Any, where: str) -> None:
        """:raises UnfitError: it is no table."""
        if not isinstance(content, dict):
            raise UnfitError(f"{where} should be a table")
        self._content: dict[str, Any] = content
        self._known: list[str] = []
        self.where = where

    @property
    def content(self) -> dict[str, Any]:
        """All of it, to be read as a table of another name."""
        return self._content

    def keys(self) -> tuple[str, ...]:
        """Return the keys that are there."""
        return tuple(self._content)

    def take(self, key: str) -> Any:
        """Return what a key holds, or None where it is not there."""
        self._known.append(key)
        return self._content.get(key)

    def end(self) -> None:
        """:raises UnfitError: something is left, such as a key that was misspelt."""
        for key in self._content:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                meant = f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(self._known)}"
                raise UnfitError(
                    f"{self.where} has `{sanitise(key, most=60)}`, which means nothing here{meant}"
                )

    def unfit(self, key: str, should: str) -> UnfitError:
        return UnfitError(f"{key} of {self.where} should be {should}")

    def need(self, key: str) -> Any:
        """:raises UnfitError: it is not there."""
        value = self.take(key)
        if value is None:
            raise UnfitError(f"{self.where} has no {key}")
        return value

    def text(self, key: str) -> str | None:
        value = self.take(key)
        if value is not None and (not isinstance(value, str) or not value.strip() or len(value) > MOST_TEXT):
            raise self.unfit(key, "text in quotes")
        return value

    def flag(self, key: str, usual: bool) -> bool:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise self.unfit(key, "true or false")
        return usual if value is None else value

    def number(self, key: str, least: int, most: int) -> int | None:
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.unfit(key, f"a whole number from {least} to {most}")
        return value

    def duration(self, key: str, *, most: int = 30 * 86_400) -> int | None:
        """Return seconds, of text such as `90s`, `15m`, `6h` or `2d`."""
        value = self.take(key)
        if value is None:
            return None
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if found is None or (seconds := int(found[1]) * _SECONDS[found[2]]) > most:
            raise self.unfit(key, f'a time such as "90s", "15m" or "6h", at most {most // 3_600} hours')
        return seconds

    def minute(self, key: str) -> int:
        """Return minutes since midnight, of text such as `08:00`."""
        value = self.need(key)
        if (found := _minute_of(value)) is None:
            raise self.unfit(key, 'a time of day such as "08:00"')
        return found

    def hours(self, key: str, zone: str) -> Hours | None:
        """Return a stretch of the day, of text such as `22:00-07:00`."""
        value = self.take(key)
        if value is None:
            return None
        ends = [_minute_of(part) for part in value.split("-")] if isinstance(value, str) else []
        if len(ends) != 2 or ends[0] is None or ends[1] is None:
            raise self.unfit(key, 'a part of the day such as "22:00-07:00"')
        return Hours(first=ends[0], last=ends[1], zone=zone)

    def zone(self, key: str, usual: str) -> str:
        """Return the name of a time zone of the IANA database."""
        value = self.text(key)
        if value is None:
            return usual
        if not _is_zone(value):
            raise self.unfit(key, 'a time zone such as "Europe/Zurich" that this machine knows')
        return value

    def names(self, key: str, known: Iterable[str]) -> tuple[str, ...] | None:
        """Return a list of names, each one of those that are known."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise self.unfit(key, "a list of names in quotes")
        among = list(known)
        for each in value:
            if each not in among:
                near = difflib.get_close_matches(each, among, n=1)
                meant = (
                    f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(among) or 'none'}"
                )
                raise UnfitError(
                    f"{key} of {self.where} has `{sanitise(each, most=60)}`, which nothing is named{meant}"
                )
        return tuple(dict.fromkeys(value))

    def choice(self, key: str, kinds: Mapping[str, E]) -> E | None:
        """Return what a word stands for."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, str) or value not in kinds:
            raise self.unfit(key, f"one of {', '.join(kinds)}")
        return kinds[value]

    def table(self, key: str) -> Table | None:
        value = self.take(key)
        return None if value is None else Table(value, key)

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """Yield the tables of a table, by name."""
        value = self.take(key)
        if value is not None and not isinstance(value, dict):
            raise UnfitError(f"{key} should be a table")
        for name, content in (value or {}).items():
            yield name, Table(content, f"{key}.{sanitise(name, most=60)}")

    def rows(self, key: str) -> Iterator[Table]:
        """Yield the tables of a list, such as `[[escalations]]`."""
        value = self.take(key)
        if value is not None and not isinstance(value, list):
            raise UnfitError(f"{key} should be written as [[{key}]]")
        for i, content in enumerate(value or ()):
            yield Table(content, f"{key} number {i + 1}")


def _minute_of(value: Any) -> int | None:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) * 60 + int(found[2]) if found else None


def _is_zone(name: str) -> bool:
    try:
        return bool(_ZONE.fullmatch(name)) and ZoneInfo(name).key == name
    except (KeyError, OSError, ValueError):
        return False
