"""A run: bytes of canonical data whose places are known before anything is read, taken apart by one `struct`.

A run is made of fields and of what an honest encoder always writes between them: padding, and offsets that can only
have one value. Neighbouring constants are one, so that a whole head is read with one call and a few comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from struct import Struct
from typing import Final

from verifier.decode.types import Leaf

# Lengths and offsets above this are no part of any data; the reader that is exact looks at them.
_COUNT_BYTES: Final = 4
_COUNT_PADDING: Final = bytes(32 - _COUNT_BYTES)
# Bytes of a number that `struct` reads by itself.
_NATIVE: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(slots=True, kw_only=True)
class Run:
    """The fields of a run, with names from the source that is being written."""

    # Gives a name that nothing else has.
    fresh: Callable[[str], str]
    size: int = 0
    names: list[str] = field(default_factory=list)
    # What the names of constants must be equal to.
    constants: dict[str, bytes] = field(default_factory=dict)
    # Conditions that raise a doubt, beside constants that are not as they must be.
    doubts: list[str] = field(default_factory=list)
    # A name of the place where it begins, once something is counted from there.
    origin: str = ""
    _formats: list[str] = field(default_factory=list)

    def struct(self) -> Struct:
        return Struct(">" + "".join(self._formats))

    def constant(self, content: bytes) -> None:
        """Go on with bytes that are always these."""
        if not content:
            return
        self.size += len(content)
        if self.names and self.names[-1] in self.constants:
            content = self.constants[self.names[-1]] + content
            self._formats[-1] = f"{len(content)}s"
        else:
            self.names.append(self.fresh("c"))
            self._formats.append(f"{len(content)}s")
        self.constants[self.names[-1]] = content

    def field(self, size: int, form: str = "") -> str:
        """Go on with bytes that may be anything. Return their name: of bytes, or of what the format makes of them."""
        self.size += size
        self.names.append(self.fresh("v"))
        self._formats.append(form or f"{size}s")
        return self.names[-1]

    def count(self) -> str:
        """Go on with the word of a length or an offset. Return the name of the number."""
        self.constant(_COUNT_PADDING)
        return self.field(_COUNT_BYTES, _NATIVE[_COUNT_BYTES])

    def place(self) -> str:
        """Return the expression of the place where the run is now."""
        self.origin = self.origin or self.fresh("b")
        return f"{self.origin} + {self.size}" if self.size else self.origin

    def word(self, leaf: Leaf) -> str:
        """Go on with a leaf that fills one word. Return the expression of its value."""
        return _WORDS[leaf.kind](self, leaf.width)


def _uint(run: Run, width: int) -> str:
    size = width // 8
    run.constant(bytes(32 - size))
    if size in _NATIVE:
        return run.field(size, _NATIVE[size])
    return f"number({run.field(size)})"


def _int(run: Run, width: int) -> str:
    value = f"number({run.field(32)}, 'big', signed=True)"
    limit = 1 << width - 1
    if width < 256:
        run.doubts.append(f"not {-limit} <= {value} < {limit}")
    return value


def _address(run: Run, _: int) -> str:
    run.constant(bytes(12))
    return f"address(Address, {run.field(20)})"


def _bool(run: Run, _: int) -> str:
    run.constant(bytes(31))
    name = run.field(1, "B")
    run.doubts.append(f"{name} > 1")
    return f"{name} == 1"


def _fixed(run: Run, width: int) -> str:
    name = run.field(width)
    run.constant(bytes(32 - width))
    return name


_WORDS: Final[Mapping[str, Callable[[Run, int], str]]] = {
    "uint": _uint,
    "int": _int,
    "address": _address,
    "bool": _bool,
    "fixed": _fixed,
    "function": _fixed,
}
