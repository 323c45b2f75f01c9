"""What tests of the decoder share: types, values and hostile bytes for Hypothesis, and what must hold of any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from hypothesis import strategies as st

from tests.core.strategies import sints, uints
from verifier.decode.encode import encode
from verifier.decode.exact import exact_reader
from verifier.decode.plan import Decoded, plan_of
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.model.address import Address
from verifier.model.call import AbiValue, Argument, FaultKind

LEAVES: Final = [
    *(Leaf(kind="uint", width=width) for width in range(8, 257, 8)),
    *(Leaf(kind="int", width=width) for width in range(8, 257, 8)),
    *(Leaf(kind="fixed", width=width) for width in range(1, 33)),
    # As often as all numbers together: what is hard is between the words.
    *[Leaf(kind=kind) for kind in ("address", "bool", "bytes", "string", "bytes", "string")] * 8,
    Leaf(kind="function", width=24),
]

Encoded = tuple[Tuple, tuple[AbiValue, ...], bytes]
"""A list of arguments, values of them, and their canonical encoding."""


def named(members: Sequence[AbiType]) -> Tuple:
    return Tuple(members=tuple(members), names=tuple(f"n{i}" for i in range(len(members))))


types: st.SearchStrategy[AbiType] = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.builds(lambda of, length: Array(of=of, length=length), inner, st.none() | st.integers(1, 3)),
        st.lists(inner, min_size=1, max_size=3).map(named),
    ),
    max_leaves=8,
)
arguments: st.SearchStrategy[Tuple] = st.lists(types, max_size=4).map(named)


def values_of(type_: AbiType) -> st.SearchStrategy[Any]:
    match type_:
        case Leaf(kind="uint"):
            return uints(type_.width)
        case Leaf(kind="int"):
            return sints(type_.width)
        case Leaf(kind="bool"):
            return st.booleans()
        case Leaf(kind="address"):
            return st.binary(min_size=20, max_size=20).map(Address)
        case Leaf(kind="fixed" | "function"):
            return st.binary(min_size=type_.width, max_size=type_.width)
        case Leaf(kind="bytes"):
            return st.binary(max_size=70)
        case Leaf():
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        case Array(length=None):
            return st.lists(values_of(type_.of), max_size=3).map(tuple)
        case Array():
            return st.tuples(*[values_of(type_.of)] * (type_.length or 0))
        case Tuple():
            return st.tuples(*map(values_of, type_.members))


@st.composite
def encoded(draw: st.DrawFn) -> Encoded:
    type_ = draw(arguments)
    value = draw(values_of(type_))
    return type_, value, encode(type_, value)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big", signed=number < 0)


def texts(type_: Tuple) -> list[str]:
    return [member.text for member in type_.members]


# -------------------------------------------------------------------------------------------------------- Hostile bytes

# What hostile offsets and lengths like to be.
NUMBERS: Final = (
    0,
    1,
    2,
    31,
    32,
    33,
    64,
    96,
    128,
    1 << 31,
    (1 << 32) - 32,
    1 << 32,
    1 << 63,
    1 << 64,
    (1 << 256) - 1,
)


def spoil(data: bytes, kind: int, place: int, number: int) -> bytes:
    """Return data with one thing changed. Any numbers do: they are taken modulo what there is."""
    size = len(data)
    at = place % (size + 1)
    start = at // 32 * 32
    match kind % 9:
        case 0:  # one byte
            return data[:at] + bytes([number % 256]) + data[at + 1 :]
        case 1:  # one bit
            return data[:at] + bytes(b ^ (1 << number % 8) for b in data[at : at + 1]) + data[at + 1 :]
        case 2:  # a number that is liked
            return data[:start] + word(NUMBERS[number % len(NUMBERS)]) + data[start + 32 :]
        case 3:  # a bit more or less, as overlaps and gaps are
            moved = int.from_bytes(data[start : start + 32]) + (number % 9 - 4) * 32
            return data[:start] + word(moved % (1 << 256)) + data[start + 32 :]
        case 4:  # another word of the same data
            other = number % (size // 32 + 1) * 32
            return data[:start] + data[other : other + 32] + data[start + 32 :]
        case 5:  # less
            return data[:at]
        case 6:  # more
            return data + bytes([number % 256]) * (place % 70)
        case 7:  # words between words
            return data[:start] + bytes(32) * (number % 3) + data[start:]
        case _:  # words fewer
            return data[:start] + data[start + 32 * (number % 3) :]


@st.composite
def hostile(draw: st.DrawFn) -> tuple[Tuple, bytes]:
    """An honest encoding in which up to four things were changed."""
    type_, _, data = draw(encoded())
    number = st.integers(0, 65_535)
    for kind, place, what in draw(st.lists(st.tuples(number, number, number), max_size=4)):
        data = spoil(data, kind, place, what)
    return type_, data


# --------------------------------------------------------------------------------------------------------------- Ranges

Range = tuple[tuple[int, ...], int, int]
"""The way to a value, as numbers of members and items, and where its bytes start and stop."""


def walk(type_: Tuple, data: bytes, at: int) -> Iterator[Range]:
    """Yield the ranges of canonical data, found by nothing but following offsets. A second opinion on the decoder."""
    yield from _walk_frame(type_.members, data, at, ())


def _walk_frame(members: Sequence[AbiType], data: bytes, base: int, way: tuple[int, ...]) -> Iterator[Range]:
    head = base
    for i, member in enumerate(members):
        at = base + int.from_bytes(data[head : head + 32]) if member.is_dynamic else head
        yield from _walk_value(member, data, at, (*way, i))
        head += member.head


def _walk_value(type_: AbiType, data: bytes, at: int, way: tuple[int, ...]) -> Iterator[Range]:
    first = int.from_bytes(data[at : at + 32])
    match type_:
        case Leaf(kind="bytes" | "string"):
            yield way, at + 32, at + 32 + first
        case Leaf():
            yield way, at, at + 32
        case Array():
            length, base = (first, at + 32) if type_.length is None else (type_.length, at)
            yield way, at, base + length * type_.of.head
            yield from _walk_frame([type_.of] * length, data, base, way)
        case Tuple():
            yield way, at, at + sum(member.head for member in type_.members)
            yield from _walk_frame(type_.members, data, at, way)


def ranges_of(found: Sequence[Argument], way: tuple[int, ...] = ()) -> Iterator[Range]:
    """Yield the ranges that the decoder gave, in the same order."""
    for i, argument in enumerate(found):
        yield (*way, i), argument.where.start, argument.where.stop
        yield from ranges_of(argument.children, (*way, i))


# ------------------------------------------------------------------------------------------------------------- Verdicts

exact = lru_cache(maxsize=4_096)(exact_reader)


def judge(type_: Tuple, data: bytes, at: int = 0) -> Decoded:
    """Assert all that must hold of a type and any bytes, whatever they are. Return the verdict."""
    decoded = plan_of(type_).decode(data, at)
    found = plan_of(type_).arguments_of(data, at)
    assert (decoded.values, decoded.faults) == exact(type_, ranged=False)(data, at)
    assert found == (exact(type_, ranged=True)(data, at)[0] or ())
    assert len(decoded.faults) <= 64
    for fault in decoded.faults:
        assert 0 <= fault.where.start <= fault.where.stop <= len(data)
    if decoded.values is None:
        assert any(fault.kind in (FaultKind.TRUNCATED, FaultKind.ENDLESS) for fault in decoded.faults)
        assert found == ()
        return decoded
    assert tuple(argument.value for argument in found) == decoded.values
    for _, start, stop in ranges_of(found):
        assert at <= start <= stop <= len(data)
    if not any(fault.kind is FaultKind.TEXT for fault in decoded.faults):
        assert decoded.is_canonical == (encode(type_, decoded.values) == data[at:])
    if decoded.is_canonical:
        assert [*ranges_of(found)] == [*walk(type_, data, at)]
    return decoded
