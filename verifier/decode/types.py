"""The types of the contract ABI, and how their text is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from verifier.errors import AbiMalformed

# Deeper types are refused: nothing honest needs them.
MOST_NESTING: Final = 16

_ARRAY: Final = re.compile(r"(.+)\[(\d{0,9})\]")
_ELEMENTARY: Final = re.compile(r"(uint|int|bytes)(\d{0,3})")
_FIXED_POINT: Final = re.compile(r"u?fixed(\d+x\d+)?")
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """uintN, intN, address, bool, bytesN, bytes, string."""

    # uint, int, address, bool, fixed (bytesN), bytes, string
    kind: str
    # Bits of a number, bytes of a bytesN, else 0.
    width: int = 0
    # The word of the domain that this type stands for.
    word: str = ""

    @property
    def text(self) -> str:
        match self.kind:
            case "uint" | "int":
                return f"{self.kind}{self.width}"
            case "fixed":
                return f"bytes{self.width}"
            case kind:
                return kind

    @property
    def is_dynamic(self) -> bool:
        return self.kind in ("bytes", "string")

    @property
    def head(self) -> int:
        """Bytes in the head of what contains it."""
        return 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """`of[length]`, or `of[]` where the length is None."""

    of: AbiType
    length: int | None
    word: str = ""

    @property
    def text(self) -> str:
        return f"{self.of.text}[{'' if self.length is None else self.length}]"

    @property
    def is_dynamic(self) -> bool:
        return self.length is None or self.of.is_dynamic

    @property
    def head(self) -> int:
        if self.length is None or self.of.is_dynamic:
            return 32
        return self.length * self.of.head


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuple:
    """A struct, or the arguments of a function."""

    members: tuple[AbiType, ...]
    names: tuple[str, ...]
    word: str = ""

    @property
    def text(self) -> str:
        return f"({','.join(member.text for member in self.members)})"

    @property
    def is_dynamic(self) -> bool:
        return any(member.is_dynamic for member in self.members)

    @property
    def head(self) -> int:
        """Bytes in the head of what contains it."""
        return 32 if self.is_dynamic else self.frame

    @property
    def frame(self) -> int:
        """Bytes of its own head."""
        return sum(member.head for member in self.members)


AbiType = Leaf | Array | Tuple

Words = Mapping[str, AbiType]
"""Names that a data file gives to types."""


def parse_type(text: str, words: Words | None = None, *, depth: int = 0) -> AbiType:
    """Return the type of a text such as `(address,uint256)[]`, or of a name in `words`.

    :raises AbiMalformed: there is no such type, or none that is read here.
    """
    text = text.strip()
    if depth > MOST_NESTING:
        raise AbiMalformed(text=text, why=f"it is nested deeper than {MOST_NESTING} levels")
    if array := _ARRAY.fullmatch(text):
        length = int(array[2]) if array[2] else None
        if length == 0:
            raise AbiMalformed(text=text, why="an array of length 0 holds nothing")
        return Array(of=parse_type(array[1], words, depth=depth + 1), length=length)
    if text.startswith("(") and text.endswith(")"):
        return parse_members(text[1:-1], words, depth=depth + 1)
    if words and text in words:
        return words[text]
    return _parse_leaf(text)


def parse_members(text: str, words: Words | None = None, *, depth: int = 0) -> Tuple:
    """Return the tuple of a list such as `address target, uint256 value`; names may be missing.

    :raises AbiMalformed: there is no such type, or none that is read here.
    """
    parts = _split(text)
    if depth and not parts:
        raise AbiMalformed(text=text, why="a tuple without members holds nothing")
    members, names = [], []
    for part in parts:
        kind, name = _split_name(part)
        members.append(parse_type(kind, words, depth=depth + 1))
        names.append(name)
    return Tuple(members=tuple(members), names=tuple(names))


def with_word(type_: AbiType, word: str) -> AbiType:
    """Return the type as it is called in the domain."""
    return replace(type_, word=word)


def _parse_leaf(text: str) -> Leaf:
    if text in ("address", "bool", "string"):
        return Leaf(kind=text)
    if text == "function":
        # An address and a selector.
        return Leaf(kind="fixed", width=24, word="function")
    if _FIXED_POINT.fullmatch(text):
        raise AbiMalformed(text=text, why="fixed-point numbers are not read here")
    found = _ELEMENTARY.fullmatch(text)
    if not found or found[2].startswith("0"):
        raise AbiMalformed(text=text, why="there is no such type")
    kind, size = found[1], int(found[2] or 0)
    if kind == "bytes":
        if size > 32:
            raise AbiMalformed(text=text, why="bytesN goes up to bytes32")
        return Leaf(kind="fixed", width=size) if size else Leaf(kind="bytes")
    size = size or 256
    if size % 8 or size > 256:
        raise AbiMalformed(text=text, why="numbers have 8 to 256 bits, in steps of 8")
    return Leaf(kind=kind, width=size)


def _split(text: str) -> list[str]:
    """Return the parts between the commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    if depth != 0:
        raise AbiMalformed(text=text, why="its brackets do not match")
    parts.append(text[start:])
    return [] if parts == [""] else parts


def _split_name(text: str) -> tuple[str, str]:
    """Return type and name of a member; the name is empty where there is none."""
    kind, _, name = text.strip().rpartition(" ")
    if kind and _NAME.fullmatch(name):
        return kind.strip(), name
    return text.strip(), ""
