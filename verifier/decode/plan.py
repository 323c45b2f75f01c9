"""Decoding: one plan per type, made once, with two verdicts.

The value is what the EVM would read; the faults say where an honest encoder would have written something else. Every
offset and every padding byte is looked at in the same pass. Reads are bounded by the length of the data, so that no
input costs more than a few passes over it, and nothing here raises on any bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from verifier.decode.source import Source, StopError
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.decode.words import WORDS, Static
from verifier.model.call import AbiValue, Argument, Fault, FaultKind
from verifier.model.finding import ByteRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The two verdicts on some data."""

    # None where they cannot be read.
    values: tuple[AbiValue, ...] | None
    faults: tuple[Fault, ...]

    @property
    def is_canonical(self) -> bool:
        """Whether an honest encoder would have written these very bytes."""
        return self.values is not None and not self.faults


# A dynamic part takes what it needs, and returns its value and where it ends.
_Dynamic = Callable[[Source, int], tuple[Any, int]]
# A member: at its head, in a frame with this base, where this is the end of what was read: returns value and new end.
_Part = Callable[[Source, int, int, int], tuple[Any, int]]


class Plan:
    """How to read one list of arguments."""

    def __init__(self, arguments: Tuple) -> None:
        self.arguments = arguments
        self._read = _Compiler(ranged=False).frame(arguments)

    @cached_property
    def _read_ranged(self) -> _Dynamic:
        return _Compiler(ranged=True).frame(self.arguments)

    def decode(self, data: bytes, at: int = 0) -> Decoded:
        """Return values and verdict of the arguments that begin at `at` in `data`. Ranges count from its start."""
        value, faults = _run(self._read, data, at)
        return Decoded(values=value, faults=faults)

    def arguments_of(self, data: bytes, at: int = 0) -> tuple[Argument, ...]:
        """Return the same values with names and byte ranges; none where the data cannot be read."""
        value, _ = _run(self._read_ranged, data, at)
        return value.children if isinstance(value, Argument) else ()


@lru_cache(maxsize=1024)
def plan_of(arguments: Tuple) -> Plan:
    """Return the plan of a list of arguments, made on first use."""
    return Plan(arguments)


def _run(read: _Dynamic, data: bytes, at: int) -> tuple[Any, tuple[Fault, ...]]:
    source = Source(data)
    try:
        value, end = read(source, at)
    except StopError:
        return None, tuple(source.faults)
    if end < source.size:
        source.fault(FaultKind.TRAILING, end, source.size)
    return value, tuple(source.faults)


class _Compiler:
    """Makes readers. With ranges, each value becomes an Argument, whose name the containing tuple or array gives."""

    def __init__(self, *, ranged: bool) -> None:
        self._ranged = ranged

    def frame(self, type_: Tuple) -> _Dynamic:
        """Return the reader of a tuple: a head, and tails in the order of the members."""
        steps = []
        position = 0
        for member, name in zip(type_.members, type_.names, strict=True):
            steps.append((position, name, self._part(member)))
            position += member.head
        head, seal = position, self._sealer(type_)

        def read(source: Source, base: int) -> tuple[Any, int]:
            source.take(base, head)
            tail = base + head
            values = []
            for position, name, part in steps:
                value, tail = part(source, base + position, base, tail)
                values.append(replace(value, name=name) if isinstance(value, Argument) else value)
            return seal(tuple(values), base, base + head), tail

        return read

    def _array(self, type_: Array) -> _Dynamic:
        part, step, seal = self._part(type_.of), type_.of.head, self._sealer(type_)
        fixed = type_.length

        def read(source: Source, start: int) -> tuple[Any, int]:
            base, length = start, fixed
            if length is None:
                source.take(start, 32)
                length = source.number(start)
                base += 32
            source.take(base, length * step)
            tail = base + length * step
            values = []
            for index in range(length):
                value, tail = part(source, base + index * step, base, tail)
                values.append(replace(value, name=str(index)) if isinstance(value, Argument) else value)
            return seal(tuple(values), start, base + length * step), tail

        return read

    def _part(self, type_: AbiType) -> _Part:
        if not type_.is_dynamic:
            static = self._static(type_)
            return lambda source, at, _, tail: (static(source, at), tail)
        dynamic = self._dynamic(type_)

        def read(source: Source, at: int, base: int, tail: int) -> tuple[Any, int]:
            start = base + source.number(at)
            if start != tail:
                source.fault(FaultKind.OFFSET, at, at + 32)
            value, end = dynamic(source, start)
            return value, max(end, tail)

        return read

    def _dynamic(self, type_: AbiType) -> _Dynamic:
        match type_:
            case Leaf():
                return self._blob(type_)
            case Array():
                return self._array(type_)
            case Tuple():
                return self.frame(type_)

    def _static(self, type_: AbiType) -> Static:
        match type_:
            case Leaf():
                read, seal = WORDS[type_.kind](type_), self._sealer(type_)
                if not self._ranged:
                    return read
                return lambda source, at: seal(read(source, at), at, at + 32)
            case Array():
                return self._static_array(type_)
            case Tuple():
                return self._static_tuple(type_)

    def _static_array(self, type_: Array) -> Static:
        static, step, length = self._static(type_.of), type_.of.head, type_.length or 0
        seal = self._sealer(type_)

        def read(source: Source, at: int) -> Any:
            values = []
            for index in range(length):
                value = static(source, at + index * step)
                values.append(replace(value, name=str(index)) if isinstance(value, Argument) else value)
            return seal(tuple(values), at, at + length * step)

        return read

    def _static_tuple(self, type_: Tuple) -> Static:
        steps, position = [], 0
        for member, name in zip(type_.members, type_.names, strict=True):
            steps.append((position, name, self._static(member)))
            position += member.head
        size, seal = position, self._sealer(type_)

        def read(source: Source, at: int) -> Any:
            values = []
            for position, name, static in steps:
                value = static(source, at + position)
                values.append(replace(value, name=name) if isinstance(value, Argument) else value)
            return seal(tuple(values), at, at + size)

        return read

    def _blob(self, type_: Leaf) -> _Dynamic:
        is_text, seal = type_.kind == "string", self._sealer(type_)

        def read(source: Source, start: int) -> tuple[Any, int]:
            source.take(start, 32)
            length = source.number(start)
            begin = start + 32
            source.take(begin, length)
            end = begin + length
            padded = end + -length % 32
            content = source.data[begin:end]
            if padded > source.size or source.data.count(0, end, padded) != padded - end:
                source.fault(FaultKind.PADDING, end, padded)
            value: str | bytes = content
            if is_text:
                try:
                    value = content.decode("utf-8")
                except UnicodeDecodeError:
                    source.fault(FaultKind.TEXT, begin, end)
            return seal(value, begin, end), min(padded, source.size)

        return read

    def _sealer(self, type_: AbiType) -> Callable[[Any, int, int], Any]:
        """Return what makes an Argument of a value, or, without ranges, leaves it as it is."""
        if not self._ranged:
            return lambda value, *_: value
        text, word, is_leaf = type_.text, type_.word, isinstance(type_, Leaf)

        def seal(value: Any, start: int, stop: int) -> Argument:
            where = ByteRange(start=start, stop=stop)
            if is_leaf:
                return Argument(name="", type=text, word=word, value=value, where=where)
            plain = tuple(child.value for child in value)
            return Argument(name="", type=text, word=word, value=plain, where=where, children=value)

        return seal
