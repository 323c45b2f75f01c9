"""Lists in the bodies of messages, each with one way to be written: indexes with values, and whole envelopes."""

from __future__ import annotations

from collections.abc import Callable

from verifier.errors.frost import BodyMalformed
from verifier.frost.charter import Index
from verifier.frost.codec import Reader, counted

Pair = tuple[Index, bytes]


def pairs(width: int, most: int) -> Callable[[Reader], tuple[Pair, ...]]:
    def one(reader: Reader) -> Pair:
        return Index(reader.number(1)), reader.take(width)

    def read(reader: Reader) -> tuple[Pair, ...]:
        pairs = counted(reader, most, one)
        require_growing([index for index, _ in pairs])
        return pairs

    return read


def write_pairs(pairs: tuple[Pair, ...]) -> bytes:
    return bytes([len(pairs)]) + b"".join(bytes([index]) + value for index, value in pairs)


def require_growing(indexes: list[Index]) -> None:
    if indexes != sorted({*indexes} - {0}):
        raise BodyMalformed(why="a list of holders does not grow, or names no holder")


def read_index(reader: Reader) -> Index:
    return Index(reader.number(1))


def read_raw(reader: Reader) -> bytes:
    return reader.take(reader.number(2))


def write_raws(raws: tuple[bytes, ...]) -> bytes:
    return bytes([len(raws)]) + b"".join(len(raw).to_bytes(2, "big") + raw for raw in raws)


def read_point(reader: Reader) -> bytes:
    return reader.take(33)
