"""Pieces that every record is made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from verifier.model.address import Address
from verifier.model.finding import ByteRange
from verifier.model.text import sanitise

Record = dict[str, Any]


def label_of(labels: Mapping[Address, str], address: Address) -> str | None:
    label = labels.get(address)
    return sanitise(label, most=60) if label else None


def range_of(where: ByteRange) -> list[int]:
    return [where.start, where.stop]


def hex_of(data: bytes) -> str:
    return "0x" + data.hex()


def plain(value: object) -> Any:
    match value:
        case None | bool():
            return value
        case Enum():
            return value.name.lower()
        case int():
            return str(value)
        case Address():
            return str(value)
        case bytes():
            return hex_of(value)
        case ByteRange():
            return range_of(value)
        case other:
            raise AssertionError(other)
