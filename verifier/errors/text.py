"""How facts and foreign text are shown.

It stands on the lowest floor since errors show addresses, moments and endpoints' words too; everyone else reaches it
through `verifier.model.text`. Nothing here raises on any input of its type.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NewType

Shown = NewType("Shown", str)
"""Printable ASCII that may reach a terminal. Text from outside becomes it only through `sanitise`."""

Foreign = str
"""Text that came from outside, as it came: from a chain, an endpoint, an ABI, a descriptor, a file, a person.

A plain `str` to Python and to mypy; `tests.foreign` follows whatever is annotated so, and lets it reach a page, an
error's sentence or `Shown` only through `sanitise`. So `sanitise` is the only function that may open it.
"""

MOST_CHARACTERS: Final = 200
MOST_BYTES: Final = 256

_DAY: Final = 86_400
_WEEKDAYS: Final = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")  # 1970-01-01 was a Thursday
_UNITS: Final = ((_DAY, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def sanitise(foreign: Foreign | bytes, *, most: int = MOST_CHARACTERS) -> Shown:
    """Return a foreign string as printable ASCII: whatever else it holds becomes `\\u{...}`, and it is cut to `most`.

    Bytes are read as UTF-8, or shown in hex where they are not. Control, bidirectional, zero-width and look-alike
    characters can then not change what stands around them.
    """
    if isinstance(foreign, bytes):
        try:
            text = foreign.decode("utf-8")
        except UnicodeDecodeError:
            return show_bytes(foreign, most=most // 2)
        return sanitise(text, most=most)
    # Cut before normalising, so that a huge string costs nothing.
    composed = unicodedata.normalize("NFC", foreign[:most])
    shown = "".join(c if " " <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in composed)
    if len(foreign) > most or len(shown) > most:
        return Shown(f"{shown[:most]}... ({len(foreign)} characters)")
    return Shown(shown)


def in_quotes(said: Shown) -> Shown:
    """Return somebody's words in quotation marks, of which they have none: nothing of them reads as ours."""
    return Shown('"{}"'.format(said.replace('"', "'")))


def show_address(address: bytes) -> Shown:
    """Return an address whole, with its EIP-55 checksum."""
    # Loading it takes a third of the time to `--help`, which shows no address.
    from eth_hash.auto import keccak

    digits = address.hex()
    digest = keccak(digits.encode("ascii")).hex()
    return Shown(
        "0x" + "".join(c.upper() if int(h, 16) >= 8 else c for c, h in zip(digits, digest, strict=False))
    )


def show_bytes(data: bytes, *, most: int = MOST_BYTES) -> Shown:
    """Return bytes in hex, cut to `most` of them."""
    if len(data) > most:
        return Shown(f"0x{data[:most].hex()}... ({len(data)} bytes)")
    return Shown(f"0x{data.hex()}")


def show_moment(seconds: int) -> Shown:
    """Return a moment in UTC, or the bare number where no calendar has it."""
    if not 0 <= seconds < 253_402_300_800:  # the year 10000
        return Shown(f"second {seconds}")
    days, rest = divmod(seconds, _DAY)
    year, month, day = _civil(days)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return Shown(f"{_WEEKDAYS[days % 7]} {year:04}-{month:02}-{day:02} {clock} UTC")


def show_count(count: int, one: str, many: str = "") -> Shown:
    """Return how many there are of something, such as `1 rule` or `3 counterparties`.

    :param many: what more than one are called; usual: `one` with an s behind it
    """
    return Shown(f"{count} {one if count == 1 else many or f'{one}s'}")


def show_duration(seconds: int) -> Shown:
    """Return a length of time in its two largest units, such as `2 days 30 minutes`."""
    if seconds <= 0:
        return Shown("0 seconds" if seconds == 0 else f"{seconds} seconds")
    parts = []
    for size, name in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' if count != 1 else ''}")
    return Shown(" ".join(parts[:2]))


def _civil(days: int) -> tuple[int, int, int]:
    """Return year, month and day of a day since 1970-01-01 (Hinnant's `civil_from_days`)."""
    days += 719_468  # from 0000-03-01, so that a leap day ends its year
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1
