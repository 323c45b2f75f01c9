"""Accounts in the arguments of a call, also where they do not stand as addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from verifier.model.address import Address
from verifier.model.call import Argument, DecodedCall

_TEXT: Final = re.compile(r"\b0[xX]([0-9a-fA-F]{40})\b")
_PADDING: Final = bytes(12)
# Contracts of the chain itself, and numbers that routers take for themselves, are below this.
_SMALL: Final = 1 << 24
# A number that has less bits than that is an amount sooner than an address.
_FEWEST_BITS: Final = 145


def addresses_in(call: DecodedCall) -> Iterator[Address]:
    """Yield the accounts that arguments name: as addresses, as 20 bytes, as text, or padded to a word, as bridges do.

    In bytes for somebody else's code they are looked for at every word, after a selector too; so they are in data that
    could not be read.
    """
    if not call.arguments:
        yield from _padded(call.call.data, (4,))
    for argument in _leaves(call.arguments):
        for found in _addresses_of(argument):
            if int.from_bytes(found, "big") >= _SMALL:
                yield found


def addresses_in_data(call: DecodedCall) -> Iterator[Address]:
    """Yield the accounts that stand in the bytes for somebody else's code."""
    for argument in _leaves(call.arguments):
        if argument.type == "bytes":
            yield from _addresses_of(argument)


def numbers_like_addresses(call: DecodedCall) -> Iterator[Address]:
    """Yield what numbers would be as addresses, where they are as long as one: packed arguments have them so."""
    for argument in _leaves(call.arguments):
        value = argument.value
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and _FEWEST_BITS <= value.bit_length() <= 160
        ):
            yield Address(value.to_bytes(20, "big"))


def _leaves(arguments: Sequence[Argument]) -> Iterator[Argument]:
    for argument in arguments:
        if argument.children:
            yield from _leaves(argument.children)
        else:
            yield argument


def _addresses_of(argument: Argument) -> Iterator[Address]:
    match argument.value:
        case Address() as address:
            yield address
        case bytes() as raw if len(raw) == 20:
            yield Address(raw)
        case bytes() as raw:
            # With a selector in front, words stand four bytes further.
            yield from _padded(raw, (0, 4) if argument.type == "bytes" else (0,))
        case str() as text:
            for digits in _TEXT.findall(text):
                yield Address(bytes.fromhex(digits))
        case _:
            pass


def _padded(raw: bytes, starts: tuple[int, ...]) -> Iterator[Address]:
    """Yield the words that have the size of an address: nearly all numbers have less, and hashes have more."""
    for start in starts:
        for at in range(start, len(raw) - 31, 32):
            if raw.startswith(_PADDING, at) and any(raw[at + 12 : at + 15]):
                yield Address(raw[at + 12 : at + 32])
