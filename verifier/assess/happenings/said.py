"""What an event says, by name and type."""

from __future__ import annotations

from verifier.model.address import Address
from verifier.model.event import VaultEvent

_WORD = (1 << 256) - 1


class UnreadableError(Exception):
    """The event does not say what its name promises; it never leaves this room."""


def number_in(event: VaultEvent, name: str, *, most: int = _WORD) -> int:
    """:raises UnreadableError: there is no such number, or it is larger."""
    value = event.values.get(name)
    if not isinstance(value, int) or not 0 <= value <= most:
        raise UnreadableError
    return int(value)


def bytes_in(event: VaultEvent, name: str) -> bytes:
    """:raises UnreadableError: there are no such 32 bytes."""
    value = event.values.get(name)
    if not isinstance(value, bytes) or len(value) != 32:
        raise UnreadableError
    return value


def account_in(event: VaultEvent, name: str) -> Address:
    """:raises UnreadableError: there is no such account."""
    value = event.values.get(name)
    if not isinstance(value, bytes) or len(value) != 20:
        raise UnreadableError
    return Address(value)


def numbers_in(event: VaultEvent, name: str, count: int) -> tuple[int, ...]:
    """:raises UnreadableError: there are not so many numbers."""
    value = event.values.get(name)
    if not isinstance(value, tuple) or len(value) != count:
        raise UnreadableError
    numbers = tuple(each for each in value if isinstance(each, int) and 0 <= each <= _WORD)
    if len(numbers) != count:
        raise UnreadableError
    return numbers
