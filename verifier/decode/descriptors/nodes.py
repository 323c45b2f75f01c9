"""The data that a descriptor is about, as a tree of named values, and how a path finds its way in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.decode.content import UnfitError
from verifier.decode.descriptors.paths import Slice, Step, show_step
from verifier.decode.lexicon import Lexicon
from verifier.decode.types import AbiType, Array, Tuple
from verifier.model.address import Address
from verifier.model.call import AbiValue, Argument
from verifier.model.finding import ByteRange
from verifier.model.quotes import quoted
from verifier.model.text import Foreign, Shown, sanitise, show_bytes

# More of a list is counted, not shown.
_MOST_SHOWN: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value with its name, and where it is."""

    # Such as `order.calls.[0].target`; of a constant of the descriptor, empty.
    path: Foreign
    name: Foreign
    # As in a signature, such as `uint256`.
    type: str
    value: AbiValue
    # Of the call's data; None where it does not come from there.
    where: ByteRange | None
    children: tuple[Node, ...] = ()
    # Whether this is a slice of a value, which has to be shown whole elsewhere.
    is_part: bool = False

    @property
    def is_array(self) -> bool:
        return self.type.endswith("]")

    @property
    def is_tuple(self) -> bool:
        return self.type.endswith(")")


def root_of(arguments: tuple[Argument, ...], inputs: Tuple) -> Node:
    """Return a call's arguments under the names that `inputs` has for them.

    :raises UnfitError: they are of other types.
    """
    if inputs.text != f"({','.join(argument.type for argument in arguments)})":
        raise UnfitError("the arguments are not of the types that it names")
    children = tuple(
        _node(argument, type_, name or f"argument{i}", name or f"argument{i}")
        for i, (argument, type_, name) in enumerate(zip(arguments, inputs.members, inputs.names, strict=True))
    )
    values = tuple(argument.value for argument in arguments)
    return Node(path="", name="", type=inputs.text, value=values, where=None, children=children)


def constant(value: AbiValue, type_: str) -> Node:
    """Return a value that stands in the descriptor itself."""
    return Node(path="", name="", type=type_, value=value, where=None)


def resolve(node: Node, steps: tuple[Step, ...]) -> list[Node]:
    """Return the values that a path leads to from here, in order. A slice of an empty list leads to none.

    :raises UnfitError: there is no such value.
    """
    found = [node]
    for step in steps:
        found = [target for source in found for target in _take(source, step)]
    return found


def _take(node: Node, step: Step) -> list[Node]:
    if node.is_part:
        raise UnfitError(f"the slice {node.path} has no parts")
    match step:
        case str() if node.is_tuple:
            named = [child for child in node.children if child.name == step]
            if len(named) == 1:
                return named
        case int() if node.is_array:
            index = step + len(node.children) if step < 0 else step
            if 0 <= index < len(node.children):
                return [node.children[index]]
            raise UnfitError(f"{_name(node)} has {len(node.children)} elements, and no {show_step(step)}")
        case Slice() if node.is_array:
            return list(node.children[step.start : step.stop])
        case Slice():
            return [_slice(node, step)]
        case _:
            pass
    raise UnfitError(f"there is no {sanitise(show_step(step), most=60)} in {_name(node)}")


def _slice(node: Node, step: Slice) -> Node:
    """Return some bytes of a value. A number of 256 bits has 32; of a shorter one it is not said how they count."""
    data = _bytes_of(node)
    start, stop, _ = slice(step.start, step.stop).indices(len(data))
    for bound in (step.start, step.stop):
        if bound is not None and not -len(data) <= bound <= len(data):
            raise UnfitError(f"{_name(node)} has {len(data)} bytes, and no {step}")
    return Node(
        path=f"{node.path}.{step}",
        name=node.name,
        type="bytes",
        value=data[start:stop],
        where=_part_of(node, start, max(stop, start), len(data)),
        is_part=True,
    )


def _bytes_of(node: Node) -> bytes:
    match node.value:
        case bool() | tuple():
            raise UnfitError(f"{_name(node)} is of the type {node.type}, which has no bytes to take")
        case int() if node.type in ("uint256", "int256"):
            return node.value.to_bytes(32, "big", signed=node.type == "int256")
        case int():
            raise UnfitError(f"a slice of {_name(node)}, a {node.type}, is not clear")
        case str():
            return node.value.encode("utf-8")
        case bytes():
            return bytes(node.value)


def _part_of(node: Node, start: int, stop: int, size: int) -> ByteRange | None:
    if node.where is None:
        return None
    # An address stands at the end of its word.
    at = node.where.stop - 20 if node.type == "address" else node.where.start
    return ByteRange(start=at + start, stop=at + stop) if stop <= size else node.where


def _node(argument: Argument, type_: AbiType, name: str, path: str) -> Node:
    types: tuple[AbiType, ...] = ()
    names: list[str] = []
    if isinstance(type_, Array):
        types = (type_.of,) * len(argument.children)
        names = [f"[{i}]" for i in range(len(argument.children))]
    elif isinstance(type_, Tuple):
        types = type_.members
        names = [known or f"member{i}" for i, known in enumerate(type_.names)]
    children = tuple(
        _node(child, of, known, f"{path}.{known}")
        for child, of, known in zip(argument.children, types, names, strict=True)
    )
    value = Address(argument.value) if argument.type == "address" else argument.value  # type: ignore[arg-type]
    return Node(
        path=path, name=name, type=argument.type, value=value, where=argument.where, children=children
    )


def show_node(node: Node, lexicon: Lexicon) -> Shown:
    """Return a value as its type has it: what it is, whatever a descriptor says it means."""
    match node.value:
        case bool():
            return Shown(str(node.value).lower())
        case int():
            return Shown(str(node.value))
        case Address():
            return lexicon.name(node.value)
        case bytes():
            return show_bytes(node.value)
        case str():
            return quoted(sanitise(node.value))
        case tuple():
            return _show_many(node, lexicon)


def _show_many(node: Node, lexicon: Lexicon) -> Shown:
    parts = []
    for child in node.children[:_MOST_SHOWN]:
        shown = show_node(child, lexicon)
        parts.append(f"{sanitise(child.name, most=60)} {shown}" if node.is_tuple else str(shown))
    if len(node.children) > _MOST_SHOWN:
        parts.append(f"and {len(node.children) - _MOST_SHOWN} more")
    if not parts:
        return Shown("an empty list")
    return Shown(f"({', '.join(parts)})" if node.is_tuple else f"[{', '.join(parts)}]")


def _name(node: Node) -> str:
    return sanitise(node.path, most=120) or "the data"
