"""Readers of the types that fill one word. A value is what the EVM would read; bits that do not belong are a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from verifier.decode.source import Source
from verifier.decode.types import Leaf
from verifier.model.address import Address
from verifier.model.call import FaultKind

Static = Callable[[Source, int], Any]
"""A static part is read where it stands, within a frame that was taken already."""


def _uint(type_: Leaf) -> Static:
    width = type_.width
    mask = (1 << width) - 1

    def read(source: Source, at: int) -> int:
        number = int.from_bytes(source.data[at : at + 32], "big")
        if number > mask:
            source.fault(FaultKind.DIRTY, at, at + 32 - width // 8)
            return number & mask
        return number

    return read


def _int(type_: Leaf) -> Static:
    size = type_.width // 8

    def read(source: Source, at: int) -> int:
        number = int.from_bytes(source.data[at + 32 - size : at + 32], "big", signed=True)
        if source.data[at : at + 32] != number.to_bytes(32, "big", signed=True):
            source.fault(FaultKind.DIRTY, at, at + 32 - size)
        return number

    return read


def _address(_: Leaf) -> Static:
    def read(source: Source, at: int) -> Address:
        if any(source.data[at : at + 12]):
            source.fault(FaultKind.DIRTY, at, at + 12)
        return Address(source.data[at + 12 : at + 32])

    return read


def _bool(_: Leaf) -> Static:
    def read(source: Source, at: int) -> bool:
        number = int.from_bytes(source.data[at : at + 32], "big")
        if number > 1:
            source.fault(FaultKind.DIRTY, at, at + 32)
        return number != 0

    return read


def _fixed(type_: Leaf) -> Static:
    width = type_.width

    def read(source: Source, at: int) -> bytes:
        if any(source.data[at + width : at + 32]):
            source.fault(FaultKind.DIRTY, at + width, at + 32)
        return source.data[at : at + width]

    return read


WORDS: Final[dict[str, Callable[[Leaf], Static]]] = {
    "uint": _uint,
    "int": _int,
    "address": _address,
    "bool": _bool,
    "fixed": _fixed,
    "function": _fixed,
}
