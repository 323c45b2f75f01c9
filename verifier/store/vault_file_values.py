"""The values of vault.toml, as people write them and as the vault keeps them. Nothing is rounded: what does not fit
exactly is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeVar

from verifier.errors import InputError
from verifier.model.address import Address
from verifier.model.member import Attributes
from verifier.model.place import place_at
from verifier.model.text import Shown, sanitise
from verifier.model.units import ChainId, Duration, Hours, Units
from verifier.store.watch_table import Table, UnfitError

T = TypeVar("T")

MOST_NAME: Final = 60
_DURATION: Final = re.compile(r"([0-9]{1,7})(s|m|h|d)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_OFFSET: Final = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_AMOUNT: Final = re.compile(r"([0-9]+(?:_[0-9]+)*)(?:\.([0-9]+))? (\S+)")
_HEX_32: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNIT_DECIMALS: Final = 6
_MOST_DEGREE_DECIMALS: Final = 6


def name_in(table: Table, key: str = "name") -> Shown:
    """Return what people call something: for people only."""
    value = table.need(key)
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_NAME:
        raise table.unfit(key, f"text in quotes of at most {MOST_NAME} characters")
    return sanitise(value.strip(), most=6 * MOST_NAME)


def address_in(table: Table, key: str) -> Address:
    value = table.need(key)
    if not isinstance(value, str):
        raise table.unfit(key, "an address in quotes")
    return address_of(value, f"{key} of {table.where}")


def address_of(text: str, where: str) -> Address:
    try:
        address = Address.parse(text)
    except InputError as exc:
        raise UnfitError(f"{where}: {exc.sentence().removesuffix('.')}") from exc
    # A file is written once and read by many: without the checksum a slip of the pen is another address.
    if text != str(address):
        raise UnfitError(f"{where} should carry its EIP-55 checksum: {address}, if that is the one")
    return address


def whole_in(table: Table, key: str, *, least: int = 0, most: int) -> int:
    value = table.number(key, least, most)
    if value is None:
        raise UnfitError(f"{table.where} has no {key}")
    return value


def duration_in(table: Table, key: str, *, usual: Duration | None = None) -> Duration:
    """Return seconds, of text such as `10m`, `48h` or `2d`."""
    value = table.take(key)
    if value is None and usual is not None:
        return usual
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or (seconds := int(found[1]) * _SECONDS[found[2]]) >= 1 << 32:
        raise table.unfit(key, 'a time such as "10m", "48h" or "2d"')
    return Duration(seconds)


def hours_in(table: Table, key: str) -> Hours:
    seconds = duration_in(table, key)
    if seconds % 3_600 or seconds // 3_600 >= 1 << 16:
        raise table.unfit(key, 'whole hours, such as "72h"')
    return Hours(seconds // 3_600)


def attributes_in(table: Table, employers: Mapping[Shown, int]) -> Attributes:
    """Return the claims about a person: whom they work for, their offset from UTC and their place."""
    employer = employers[one_of(table, "employer", employers)]
    place = table.need("place")
    degrees = Table(place, f"place of {table.where}")
    latitude, longitude = (_degrees(degrees, key) for key in ("latitude", "longitude"))
    degrees.end()
    try:
        vector = place_at(latitude=latitude, longitude=longitude)
    except InputError as exc:
        raise UnfitError(f"place of {table.where}: {exc.sentence().removesuffix('.')}") from exc
    return Attributes(employer=employer, utc_offset=_offset(table), place=vector)


def _offset(table: Table) -> int:
    """Return minutes east of UTC, of text such as `+05:30`: whether anybody lives there, the plan says."""
    value = table.need("utc_offset")
    found = _OFFSET.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[3]) > 59:
        raise table.unfit("utc_offset", 'the offset in standard time, such as "+05:30" or "-03:00"')
    minutes = int(found[2]) * 60 + int(found[3])
    return minutes if found[1] == "+" else -minutes


def _degrees(table: Table, key: str) -> float:
    value = table.need(key)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise table.unfit(key, "degrees, such as 47.37")
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > _MOST_DEGREE_DECIMALS:
            raise table.unfit(key, f"degrees with at most {_MOST_DEGREE_DECIMALS} decimals")
    if not -180 <= value <= 180:
        raise table.unfit(key, "degrees from -180 to 180")
    return float(value)


def quarter_in(table: Table, key: str, usual: int) -> int:
    """Return quarter hours since midnight, of text such as `08:15`; `24:00` is the end of the day."""
    value = table.take(key)
    if value is None:
        return usual
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minutes <= 1_440 or minutes % 15:
        raise table.unfit(key, 'a quarter hour of the UTC day, such as "08:15" or "24:00"')
    return minutes // 15


def weekdays_in(table: Table, key: str) -> int | None:
    days = table.names(key, _WEEKDAYS)
    return None if days is None else sum(1 << _WEEKDAYS.index(day) for day in days)


def units_in(table: Table, key: str, *, symbol: str, decimals: int) -> Units:
    """Return a limit, of text such as `250000 USDC`, in the vault's units of it.

    :raises UnfitError: it is no amount of this asset, or finer than the vault counts.
    """
    value = table.need(key)
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) and len(value) <= 100 else None
    if found is None:
        raise table.unfit(key, f'an amount with its unit, such as "250000 {symbol}" or "0.5 {symbol}"')
    whole, fraction, unit = found[1].replace("_", ""), found[2] or "", found[3]
    if unit != symbol:
        raise table.unfit(
            key, f"in {symbol}, as the asset's symbol says, and not in {sanitise(unit, most=20)}"
        )
    finest = min(decimals, _UNIT_DECIMALS)
    if len(fraction) > finest:
        most = f"at most {finest} decimals" if finest else "no decimals"
        raise table.unfit(key, f"an amount with {most}: the vault counts limits of {symbol} no finer")
    units = int(whole + fraction.ljust(finest, "0"))
    if units >= 1 << 64:
        raise table.unfit(key, f"below {(1 << 64) // 10**finest} {symbol}, the most that the vault can count")
    return Units(units)


def word_in(value: object, where: str) -> bytes:
    """Return 32 bytes: as hex, or as up to 32 characters of ASCII with zeros behind them."""
    if isinstance(value, str) and _HEX_32.fullmatch(value):
        return bytes.fromhex(value[2:])
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= 32
        or not value.isascii()
        or not value.isprintable()
    ):
        raise UnfitError(f"{where} should be 1 to 32 characters of ASCII, or 0x and 64 hex digits")
    return value.encode("ascii").ljust(32, b"\0")


def salt_in(table: Table) -> bytes:
    value = table.need("salt")
    if not isinstance(value, str) or not _HEX_32.fullmatch(value):
        raise table.unfit("salt", "0x and 64 hex digits")
    return bytes.fromhex(value[2:])


def chains_in(table: Table, networks: Mapping[Shown, ChainId]) -> frozenset[ChainId]:
    """Return where something is only meant to be; nothing where the file does not say."""
    names = table.names("networks", networks)
    return frozenset(chain for name, chain in networks.items() if name in (names or ()))


def one_of(table: Table, key: str, known: Collection[T]) -> T:
    """Return the known one that a key names.

    :raises UnfitError: it names none of them; it says which one was probably meant.
    """
    value = table.need(key)
    for each in known:
        if each == value:
            return each
    among = [str(each) for each in known]
    said = sanitise(value if isinstance(value, str) else repr(value), most=60)
    near = difflib.get_close_matches(said, among, n=1)
    meant = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(among) or 'none'}"
    raise UnfitError(f"{key} of {table.where} is `{said}`, which nothing is named; {meant}")


def require_different(what: str, each: Iterable[object]) -> None:
    """:raises UnfitError: something is there twice."""
    seen: set[object] = set()
    for one in each:
        if one in seen:
            raise UnfitError(f"{what} {one} is there twice")
        seen.add(one)
