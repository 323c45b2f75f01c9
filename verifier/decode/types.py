"""The types of the contract ABI, and how their text is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from verifier.errors import AbiMalformed

# Honest types stay far below both. A name may stand for a type that holds others, so that a few lines could make a
# tree without end.
MOST_NESTING: Final = 16
MOST_NODES: Final = 1_024

_ARRAY: Final = re.compile(r"(.+)\[([0-9]{0,9})\]")
_ELEMENTARY: Final = re.compile(r"(uint|int|bytes)([0-9]{0,3})")
_FIXED_POINT: Final = re.compile(r"u?fixed([0-9]+x[0-9]+)?")
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """uintN, intN, address, bool, bytesN, function, bytes, string."""

    # uint, int, address, bool, fixed (bytesN), function (an address and a selector), bytes, string
    kind: str
    # Bits of a number, bytes of a bytesN or a function, else 0.
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

    @property
    def branches(self) -> int:
        return 0

    @property
    def nesting(self) -> int:
        return 0

    @property
    def nodes(self) -> int:
        return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """`of[length]`, or `of[]` where the length is None.

    :raises AbiMalformed: it holds nothing, or too much.
    """

    of: AbiType
    length: int | None
    word: str = ""
    # What follows from these, kept, since a tree asks for it at every node.
    is_dynamic: bool = field(init=False, compare=False, repr=False)
    # Bytes in the head of what contains it.
    head: int = field(init=False, compare=False, repr=False)
    # Tuples and arrays that are made of this head, itself included; a dynamic part brings its own bytes.
    branches: int = field(init=False, compare=False, repr=False)
    # Levels below it.
    nesting: int = field(init=False, compare=False, repr=False)
    # Types in its tree, itself included.
    nodes: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.length == 0 or self.of.head == 0:
            raise AbiMalformed(text=self.text, why="an array of length 0, or of nothing, holds nothing")
        is_dynamic = self.length is None or self.of.is_dynamic
        _keep(
            self,
            is_dynamic=is_dynamic,
            head=32 if is_dynamic else (self.length or 0) * self.of.head,
            branches=0 if is_dynamic else 1 + (self.length or 0) * self.of.branches,
            nesting=1 + self.of.nesting,
            nodes=1 + self.of.nodes,
        )

    @property
    def text(self) -> str:
        return f"{self.of.text}[{'' if self.length is None else self.length}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuple:
    """A struct, or the arguments of a function.

    :raises AbiMalformed: it holds too much.
    """

    members: tuple[AbiType, ...]
    names: tuple[str, ...]
    word: str = ""
    is_dynamic: bool = field(init=False, compare=False, repr=False)
    # Bytes in the head of what contains it.
    head: int = field(init=False, compare=False, repr=False)
    # Bytes of its own head.
    frame: int = field(init=False, compare=False, repr=False)
    branches: int = field(init=False, compare=False, repr=False)
    nesting: int = field(init=False, compare=False, repr=False)
    nodes: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        is_dynamic = any(member.is_dynamic for member in self.members)
        frame = sum(member.head for member in self.members)
        _keep(
            self,
            is_dynamic=is_dynamic,
            head=32 if is_dynamic else frame,
            frame=frame,
            branches=0 if is_dynamic else 1 + sum(member.branches for member in self.members),
            nesting=1 + max((member.nesting for member in self.members), default=0),
            nodes=1 + sum(member.nodes for member in self.members),
        )

    @property
    def text(self) -> str:
        return f"({','.join(member.text for member in self.members)})"


def _keep(type_: Array | Tuple, **facts: int) -> None:
    for name, fact in facts.items():
        object.__setattr__(type_, name, fact)
    # Its text may be without end too.
    if type_.nesting > MOST_NESTING:
        raise AbiMalformed(text="(...)", why=f"it is nested deeper than {MOST_NESTING} levels")
    if type_.nodes > MOST_NODES:
        raise AbiMalformed(text="(...)", why=f"it is made of more than {MOST_NODES} types")


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
        members.append(parse_type(kind, words, depth=depth or 1))
        names.append(name)
    return Tuple(members=tuple(members), names=tuple(names))


def with_word(type_: AbiType, word: str) -> AbiType:
    """Return the type as it is called in the domain."""
    return replace(type_, word=word)


def _parse_leaf(text: str) -> Leaf:
    if text in ("address", "bool", "string"):
        return Leaf(kind=text)
    if text == "function":
        return Leaf(kind="function", width=24)
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
