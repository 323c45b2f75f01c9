"""Coins of another chain that a message of LayerZero pays out there, beside what it carries: to whom its options say.

The shapes: @layerzerolabs/oapp-evm 0.4, OptionsBuilder.sol, for the later ones; solidity-examples, LzLib.sol, for the
others (held against them on 2026-11-27).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.decode.meaning.scene import Fields

_PLAIN, _ONE, _MANY = 1, 2, 3
"""What the first two bytes say: gas only, gas and one payment, or a list of options."""
_WORD: Final = 32
_EXECUTOR: Final = 1
_DROP: Final = 2
_AMOUNT: Final = 16
# So many payments of one message are read.
_MOST: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A payment of another chain's coin."""

    amount: int
    # As that chain knows it.
    receiver: bytes


def drops_of(a: Fields, p: Fields) -> tuple[list[Drop], int]:
    """Return what is paid out beside, by the arguments of a bridge, and how many options nothing here can read."""
    of_call = a.struct("params") if "params" in a else a
    if "dstNativeAmount" in of_call:
        drop = Drop(amount=of_call["dstNativeAmount"], receiver=of_call["dstNativeAddr"])
        return ([drop] if drop.amount else []), 0
    for fields, name in ((p, "extraOptions"), (of_call, "adapterParams")):
        if fields.get(name):
            return _read(fields[name])
    return [], 0


def _read(options: bytes) -> tuple[list[Drop], int]:
    kind = int.from_bytes(options[:2], "big")
    if kind == _PLAIN and len(options) == 2 + _WORD:
        return [], 0
    if kind == _ONE and len(options) > 2 + 2 * _WORD:
        amount = int.from_bytes(options[2 + _WORD : 2 + 2 * _WORD], "big")
        return ([Drop(amount=amount, receiver=options[2 + 2 * _WORD :])] if amount else []), 0
    return _listed(options) if kind == _MANY else ([], 1)


def _listed(options: bytes) -> tuple[list[Drop], int]:
    """Return the payments of a list: each option has a worker, the length of what follows, a kind and its contents."""
    drops: list[Drop] = []
    at = 2
    while at < len(options):
        length = int.from_bytes(options[at + 1 : at + 3], "big")
        content = options[at + 3 : at + 3 + length]
        if not length or len(content) != length or len(drops) == _MOST:
            return drops, 1
        if options[at] == _EXECUTOR and content[0] == _DROP:
            amount = int.from_bytes(content[1 : 1 + _AMOUNT], "big")
            drops.append(Drop(amount=amount, receiver=content[1 + _AMOUNT :]))
        at += 3 + length
    return drops, 0
