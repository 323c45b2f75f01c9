"""The exact reader: for every type and any bytes, each fault with its place, and ranges where they are asked for.

One closure for each node of a type. Every offset and every padding byte is looked at in the same pass. Reads are
bounded by the length of the data, so that no input costs more than a few passes over it, and nothing here raises on
any bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verifier.decode.sealing import seal_branch, seal_leaf
from verifier.decode.source import Source, StopError
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.decode.words import WORDS
from verifier.model.call import Argument, Fault, FaultKind

Read = tuple[tuple[Any, ...] | None, tuple[Fault, ...]]
"""The values of the arguments, None where they cannot be read, and the faults."""

Exact = Callable[[bytes, int], Read]
"""Reads the arguments that begin at a place in some data."""

# Each takes the name that what it reads has where it stands; only an Argument keeps it.
# A static part is read where it stands, within a frame that was taken already.
_Static = Callable[[Source, int, str], Any]
# A dynamic part takes what it needs, and returns its value and where it ends.
_Dynamic = Callable[[Source, int, str], tuple[Any, int]]
# A member: at its head, in a frame with this base, where this is the end of what was read: returns value and new end.
_Part = Callable[[Source, int, int, int, str], tuple[Any, int]]
# Makes of a name, a value, its start and its stop what is kept of them.
_Seal = Callable[[str, Any, int, int], Any]


def exact_reader(arguments: Tuple, *, ranged: bool) -> Exact:
    """Return the reader of a list of arguments. With ranges, each value is an Argument."""
    frame = _Compiler(ranged=ranged).frame(arguments)

    def read(data: bytes, at: int) -> Read:
        source = Source(data)
        try:
            value, end = frame(source, at, "")
        except StopError:
            return None, tuple(source.faults)
        if end < source.size:
            source.fault(FaultKind.TRAILING, end, source.size)
        return value.children if ranged else value, tuple(source.faults)

    return read


class _Compiler:
    """Makes readers."""

    def __init__(self, *, ranged: bool) -> None:
        self._ranged = ranged

    def frame(self, type_: Tuple) -> _Dynamic:
        """Return the reader of a tuple: a head, and tails in the order of the members."""
        steps = []
        position = 0
        for member, name in zip(type_.members, type_.names, strict=True):
            steps.append((position, self._part(member), name))
            position += member.head
        head, seal = position, self._sealer(type_)
        branches = sum(member.branches for member in type_.members)

        def read(source: Source, base: int, name: str) -> tuple[Any, int]:
            source.take(base, head, branches)
            tail = base + head
            values = []
            for position, part, own_name in steps:
                value, tail = part(source, base + position, base, tail, own_name)
                values.append(value)
            return seal(name, tuple(values), base, base + head), tail

        return read

    def _array(self, type_: Array) -> _Dynamic:
        part, step, seal = self._part(type_.of), type_.of.head, self._sealer(type_)
        fixed, branches = type_.length, type_.of.branches

        def read(source: Source, start: int, name: str) -> tuple[Any, int]:
            base, length = start, fixed
            if length is None:
                source.take(start, 32)
                length = source.number(start)
                base += 32
            source.take(base, length * step, length * branches)
            tail = base + length * step
            values = []
            for index in range(length):
                value, tail = part(source, base + index * step, base, tail, str(index))
                values.append(value)
            return seal(name, tuple(values), start, base + length * step), tail

        return read

    def _part(self, type_: AbiType) -> _Part:
        if not type_.is_dynamic:
            static = self._static(type_)
            return lambda source, at, _, tail, name: (static(source, at, name), tail)
        dynamic = self._dynamic(type_)

        def read(source: Source, at: int, base: int, tail: int, name: str) -> tuple[Any, int]:
            start = base + source.number(at)
            if start != tail:
                source.fault(FaultKind.OFFSET, at, at + 32)
            value, end = dynamic(source, start, name)
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

    def _static(self, type_: AbiType) -> _Static:
        match type_:
            case Leaf():
                word, seal = WORDS[type_.kind](type_), self._sealer(type_)
                return lambda source, at, name: seal(name, word(source, at), at, at + 32)
            case Array():
                return self._static_array(type_)
            case Tuple():
                return self._static_tuple(type_)

    def _static_array(self, type_: Array) -> _Static:
        static, step, length = self._static(type_.of), type_.of.head, type_.length or 0
        seal = self._sealer(type_)

        def read(source: Source, at: int, name: str) -> Any:
            values = [static(source, at + index * step, str(index)) for index in range(length)]
            return seal(name, tuple(values), at, at + length * step)

        return read

    def _static_tuple(self, type_: Tuple) -> _Static:
        steps, position = [], 0
        for member, name in zip(type_.members, type_.names, strict=True):
            steps.append((position, self._static(member), name))
            position += member.head
        size, seal = position, self._sealer(type_)

        def read(source: Source, at: int, name: str) -> Any:
            values = [static(source, at + position, own_name) for position, static, own_name in steps]
            return seal(name, tuple(values), at, at + size)

        return read

    def _blob(self, type_: Leaf) -> _Dynamic:
        is_text, seal = type_.kind == "string", self._sealer(type_)

        def read(source: Source, start: int, name: str) -> tuple[Any, int]:
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
            return seal(name, value, begin, end), min(padded, source.size)

        return read

    def _sealer(self, type_: AbiType) -> _Seal:
        """Return what makes an Argument of a value, or, without ranges, leaves it as it is."""
        if not self._ranged:
            return lambda _name, value, _start, _stop: value
        text, word = type_.text, type_.word
        make: Callable[..., Argument] = seal_leaf if isinstance(type_, Leaf) else seal_branch
        return lambda name, value, start, stop: make(name, text, word, value, start, stop)
