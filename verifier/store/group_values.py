"""The values of a group's file that are bytes, and the names of people, which one of them wrote for all others."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from verifier.model.text import Shown, sanitise
from verifier.store.vault_file_values import MOST_NAME
from verifier.store.watch_table import Table

MOST_CERTIFICATE: Final = 4_096
"""Bytes; ours have about 400."""
_MOST_POINTS: Final = 20
_NAMED: Final = ". - ' & + / @ # _"
# Braces and backslashes are those of letters that are shown as escapes.
_BESIDE_LETTERS: Final = frozenset(_NAMED) | frozenset("\\{}")
_ADDRESS: Final = re.compile(
    r"https://(\[[0-9a-f:]{2,39}\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252}):([1-9][0-9]{0,4})"
)


def bytes_in(table: Table, key: str, size: int) -> bytes:
    """Return bytes of 0x text in small letters."""
    return _bytes(table, key, table.need(key), size)


def points_in(table: Table, key: str) -> tuple[bytes, ...]:
    """Return points of 33 bytes each; whether they are on the curve is asked later."""
    value = table.need(key)
    if not isinstance(value, list) or len(value) > _MOST_POINTS:
        raise table.unfit(key, f"a list of at most {_MOST_POINTS} points")
    return tuple(_bytes(table, key, each, 33) for each in value)


def base64_in(table: Table, key: str) -> bytes:
    value = table.need(key)
    try:
        found = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        found = b""
    # One way to write it: otherwise two files that mean the same would not be the same.
    if not 0 < len(found) <= MOST_CERTIFICATE or base64.b64encode(found).decode("ascii") != value:
        raise table.unfit(key, f"at most {MOST_CERTIFICATE} bytes in base64")
    return found


def address_in(table: Table, key: str, other: str) -> Shown:
    """Return https://HOST:PORT, or the one other word that may stand there."""
    value = table.need(key)
    found = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    if value == other:
        return Shown(other)
    if found is None or int(found[2]) > 65_535:
        raise table.unfit(key, f"https://HOST:PORT, or {other}")
    return Shown(found[0])


def plain_name_in(table: Table, key: str = "name") -> Shown:
    """Return what people call a group or a holder.

    It stands in the midst of our own sentences on everybody's screens, and in lists of holders. So it has nothing that
    ends a name there, and is no longer, as it is shown, than it may be.
    """
    value = table.need(key)
    shown = sanitise(value.strip(), most=6 * MOST_NAME) if isinstance(value, str) else ""
    is_plain = all(letter in _BESIDE_LETTERS or letter.isalnum() for letter in shown)
    if not shown or len(shown) > MOST_NAME or not is_plain:
        said = f"at most {MOST_NAME} characters as it is shown: letters, digits, spaces and {_NAMED}"
        should = f"text in quotes of {said}"
        raise table.unfit(key, should)
    return Shown(shown)


def _bytes(table: Table, key: str, value: object, size: int) -> bytes:
    digits = value.removeprefix("0x") if isinstance(value, str) and value.startswith("0x") else ""
    if len(digits) != 2 * size or set(digits) - set("0123456789abcdef"):
        raise table.unfit(key, f"{size} bytes as 0x text in small letters")
    return bytes.fromhex(digits)
