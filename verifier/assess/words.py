"""Accounts in the arguments of a call, also where they do not stand as addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.model.address import Address
from verifier.model.call import Argument, DecodedCall

_PADDING: Final = bytes(12)
# Contracts of the chain itself, and numbers that routers take for themselves, are below this.
_SMALL: Final = 1 << 24
# A number that has less bits than that is an amount sooner than an address.
_FEWEST_BITS: Final = 145


def addresses_in(call: DecodedCall) -> Iterator[Address]:
    """Yield the accounts that arguments name: as addresses, as 20 bytes, or padded to a word, as bridges do."""
    for argument in _leaves(call.arguments):
        found = _address_of(argument)
        if found is not None and int.from_bytes(found, "big") >= _SMALL:
            yield found


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


def _address_of(argument: Argument) -> Address | None:
    match argument.value:
        case Address() as address:
            return address
        case bytes() as raw if len(raw) == 20:
            return Address(raw)
        case bytes() as raw if len(raw) == 32 and raw.startswith(_PADDING) and any(raw[12:15]):
            return Address(raw[12:])
        case _:
            return None
