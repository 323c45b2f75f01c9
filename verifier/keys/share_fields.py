"""Fields of a share's file, each read strictly: one way to write a value, and nothing else is taken for it."""

from __future__ import annotations

from typing import Any

from verifier.decode.content import UnfitError


def read_part(found: dict[str, Any], key: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
    """Return an object with just these keys, or None where the file says null.

    :raises UnfitError: it is neither.
    """
    value = found[key]
    if value is not None and (not isinstance(value, dict) or set(value) != set(keys)):
        raise UnfitError(f"its `{key}` should have {', '.join(keys)}, or be null")
    return value


def read_number(found: dict[str, Any], key: str, least: int, most: int) -> int:
    """:raises UnfitError: it is no number from the least to the most."""
    value = found[key]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UnfitError(f"its `{key}` is no number from {least} to {most}")
    return value


def read_bytes(found: dict[str, Any], key: str, size: int) -> bytes:
    """:raises UnfitError: it is not so many bytes."""
    text = found[key]
    digits = text.removeprefix("0x") if isinstance(text, str) and text.startswith("0x") else ""
    if len(digits) != 2 * size or set(digits) - set("0123456789abcdef"):
        raise UnfitError(f"its `{key}` is no 0x text of {size} bytes in small letters")
    return bytes.fromhex(digits)


def read_some_bytes(found: dict[str, Any], key: str, most: int) -> bytes:
    """:raises UnfitError: it is nothing, or more bytes than the most."""
    text = found[key]
    size = len(text) // 2 - 1 if isinstance(text, str) else 0
    if size > most:
        raise UnfitError(f"its `{key}` is longer than {most} bytes")
    return read_bytes(found, key, max(size, 1))
