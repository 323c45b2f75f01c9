"""JSON from outside, read strictly and within bounds, and the parts of it by name.

Descriptors and ABIs come as JSON. What is wrong with one is said in words; whoever read the file says which one it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NoReturn

from verifier.errors import InputError
from verifier.model.address import Address
from verifier.model.text import Foreign, sanitise

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_DEPTH: Final = 32
MOST_PARTS: Final = 200_000
# An endpoint's answers are JSON too; those have more parts, and their deepest are proofs.
_MOST_TEXTS: Final = 1_000_000
_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
# Beyond the longest integer of the ABI, in decimal.
_MOST_DIGITS: Final = 80

_BYTES: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


class UnfitError(Exception):
    """What is wrong, in words without a full stop at their end. It is no part of the tree: it names no file."""


def parse_json(data: bytes) -> Json:
    """Return what a JSON file holds.

    :raises UnfitError: it is no JSON, has a key twice, or is too large, too deep or made of too many parts.
    """
    if len(data) > MOST_BYTES:
        raise UnfitError(f"it has more than {MOST_BYTES} bytes")
    if is_too_nested(data):
        raise UnfitError("it is nested too deeply")
    try:
        content: Json = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_table_of,
            parse_constant=_refuse_constant,
            parse_int=_integer,
        )
    except UnicodeDecodeError as exc:
        raise UnfitError(f"byte {exc.start} is no UTF-8") from exc
    except json.JSONDecodeError as exc:
        raise UnfitError(f"it is no JSON: {exc.msg} (line {exc.lineno}, column {exc.colno})") from exc
    except RecursionError as exc:
        raise UnfitError("it is nested too deeply") from exc
    _require_bounds(content)
    return content


def is_too_nested(text: bytes) -> bool:
    """Whether JSON is so deep, or has so many parts, that reading it could use up stack or time.

    The standard library's reader is only held by Python's recursion limit, which some libraries raise far beyond the
    stack that there is.
    """
    # Without escapes, every second part between quotes is a string.
    plain = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > _MOST_TEXTS:
        return True
    brackets = b"".join(plain.split(b'"')[::2]).translate(None, delete=_NO_BRACKETS)
    if len(brackets) > _MOST_TEXTS:
        return True
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > MOST_DEPTH:
            return True
    return False


def given(table: Mapping[str, Json], key: str, usual: Json) -> Json:
    """Return what a table has under a key; the usual value where that is missing or null."""
    found = table.get(key)
    return usual if found is None else found


def require_table(content: Json, where: str, known: Collection[str] | None = None) -> dict[str, Json]:
    """Return a table. With `known`, a key that is not among them and does not begin with `$` is refused.

    :raises UnfitError: it is no table, or has such a key.
    """
    if not isinstance(content, dict):
        raise UnfitError(f"{where} should be a table")
    for key in content:
        if known is not None and key not in known and not key.startswith("$"):
            raise UnfitError(f"{where} has `{sanitise(key, most=60)}`, which is not understood here")
    return content


def require_list(content: Json, where: str) -> list[Json]:
    """:raises UnfitError: it is no list."""
    if not isinstance(content, list):
        raise UnfitError(f"{where} should be a list")
    return content


def require_text(content: Json, where: str) -> Foreign:
    """:raises UnfitError: it is no text."""
    if not isinstance(content, str):
        raise UnfitError(f"{where} should be text")
    return content


def require_integer(content: Json, where: str) -> int:
    """Return a whole number, which may be written as one, in decimal text, or in hex text after `0x`.

    :raises UnfitError: it is no whole number.
    """
    number = integer_of(content)
    if number is None:
        raise UnfitError(f"{where} should be a whole number")
    return number


def require_address(content: Json, where: str) -> Address:
    """:raises UnfitError: it is no address."""
    try:
        return Address.parse(require_text(content, where))
    except InputError as exc:
        raise UnfitError(f"{where}: {exc.sentence().removesuffix('.')}") from exc


def require_bytes(content: Json, where: str) -> bytes:
    """:raises UnfitError: it is no bytes in hex."""
    data = bytes_of(content)
    if data is None:
        raise UnfitError(f"{where} should be 0x and pairs of hex digits")
    return data


def integer_of(content: Json) -> int | None:
    """Return the whole number that this is or, as text, names; None where it is none."""
    match content:
        case bool():
            return None
        case int():
            return content
        case float():
            return int(content) if content.is_integer() else None
        case str() if re.fullmatch(rf"-?[0-9]{{1,{_MOST_DIGITS}}}", content):
            return int(content)
        case str() if re.fullmatch(r"0x[0-9a-fA-F]{1,64}", content):
            return int(content, 16)
        case _:
            return None


def bytes_of(content: Json) -> bytes | None:
    """Return the bytes that a text names in hex; None where it names none."""
    if isinstance(content, str) and _BYTES.fullmatch(content):
        return bytes.fromhex(content[2:])
    return None


def _table_of(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise UnfitError(f"the key `{sanitise(twice, most=60)}` comes twice in one table")
    return table


def _refuse_constant(name: str) -> NoReturn:
    raise UnfitError(f"{name} is no number")


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise UnfitError(f"a number has more than {_MOST_DIGITS} digits")
    return int(digits)


def _require_bounds(content: Json) -> None:
    level: list[Json] = [content]
    parts = 0
    for _ in range(MOST_DEPTH):
        parts += len(level)
        if parts > MOST_PARTS:
            raise UnfitError(f"it is made of more than {MOST_PARTS} parts")
        below: list[Json] = []
        for part in level:
            match part:
                case dict():
                    below.extend(part.values())
                case list():
                    below.extend(part)
                case _:
                    pass
        if not below:
            return
        level = below
    raise UnfitError(f"it is nested deeper than {MOST_DEPTH} levels")
