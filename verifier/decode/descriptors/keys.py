"""The keys of a descriptor's formats: a function with the names of its arguments, or EIP-712's `encodeType`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from eth_hash.auto import keccak

from verifier.decode.content import UnfitError
from verifier.decode.signatures import Function
from verifier.decode.types import (
    MOST_NESTING,
    AbiType,
    Array,
    Tuple,
    parse_members,
    parse_type,
    with_word,
)
from verifier.errors import AbiMalformed
from verifier.model.text import sanitise

MOST_CHARACTERS: Final = 4_000
MOST_STRUCTS: Final = 64

_FUNCTION: Final = re.compile(r"([A-Za-z_$][A-Za-z0-9_$]*)\((.*)\)", re.DOTALL)
_STRUCT: Final = re.compile(r"([A-Za-z_$][A-Za-z0-9_$:]*)\(([^()]*)\)")
_MEMBER: Final = re.compile(r"([A-Za-z_$][A-Za-z0-9_$:]*)((?:\[[0-9]{0,9}\])*) ([A-Za-z_$][A-Za-z0-9_$]*)")
_LOCATION: Final = re.compile(r" (?:memory|calldata|storage) ")


def parse_function_key(key: str) -> Function:
    """Return the function of a key such as `transfer(address to,uint256 value)`. Spaces between arguments are let pass.

    :raises UnfitError: it is no such key, or a name comes twice in one list.
    """
    found = _FUNCTION.fullmatch(key.strip()) if len(key) <= MOST_CHARACTERS else None
    if not found:
        raise UnfitError(f"`{sanitise(key, most=80)}` is no function")
    # Descriptors write tuples as `tuple(...)` too, and say where arguments lie in memory, which changes nothing.
    text = re.sub(r"\btuple\s*\(", "(", _LOCATION.sub(" ", " ".join(found[2].split())))
    try:
        inputs = parse_members(text)
    except AbiMalformed as exc:
        raise UnfitError(exc.sentence().removesuffix(".")) from exc
    _require_names(inputs)
    return Function(name=found[1], inputs=inputs, outputs=Tuple(members=(), names=()))


@dataclass(frozen=True, kw_only=True)
class MessageType:
    """A type of EIP-712: its `encodeType`, and its members as the ABI would have them."""

    text: str
    members: Tuple

    @cached_property
    def name(self) -> str:
        return self.text.partition("(")[0]

    @cached_property
    def typehash(self) -> bytes:
        return keccak(self.text.encode("utf-8"))


def parse_message_key(key: str) -> MessageType:
    """Return the type of a key such as `Mail(Person from,string contents)Person(string name,address wallet)`.

    :raises UnfitError: it is not what `encodeType` gives: a struct is missing, not used, out of order, or holds itself.
    """
    structs: dict[str, str] = {}
    at = 0
    while at < len(key):
        found = _STRUCT.match(key, at)
        if not found or len(key) > MOST_CHARACTERS or len(structs) == MOST_STRUCTS or found[1] in structs:
            raise UnfitError(f"`{sanitise(key, most=80)}` is no type of EIP-712")
        structs[found[1]] = found[2]
        at = found.end()
    if not structs:
        raise UnfitError("an empty key is no type of EIP-712")
    primary = next(iter(structs))
    return message_type(primary, {name: _members(text) for name, text in structs.items()}, key)


def message_type(
    primary: str, structs: Mapping[str, tuple[tuple[str, str], ...]], expected: str | None = None
) -> MessageType:
    """Return the type of this name among structs, whose members are pairs of type and name.

    :param expected: what `encodeType` has to give
    :raises UnfitError: a type does not exist, holds itself, or is not encoded as expected.
    """
    used: set[str] = set()
    members = _struct(primary, structs, used, ())
    order = [primary, *sorted(used - {primary})]
    text = "".join(
        f"{name}({','.join(f'{kind} {member}' for kind, member in structs[name])})" for name in order
    )
    if expected is not None and text != expected:
        raise UnfitError(f"`{sanitise(expected, most=80)}` is not how EIP-712 encodes this type")
    return MessageType(text=text, members=members)


def _struct(
    name: str,
    structs: Mapping[str, tuple[tuple[str, str], ...]],
    used: set[str],
    around: tuple[str, ...],
) -> Tuple:
    if name in around or len(around) > MOST_NESTING:
        raise UnfitError(f"the type {sanitise(name, most=60)} holds itself, or is nested too deeply")
    if name not in structs:
        raise UnfitError(f"there is no type {sanitise(name, most=60)}")
    used.add(name)
    members: list[AbiType] = []
    for kind, _ in structs[name]:
        base, brackets = re.fullmatch(r"([^\[]*)((?:\[[0-9]*\])*)", kind).groups()  # type: ignore[union-attr]
        if base in structs:
            type_: AbiType = _struct(base, structs, used, (*around, name))
            lengths = re.findall(r"\[([0-9]*)\]", brackets)
            if len(lengths) > MOST_NESTING:
                raise UnfitError(f"the type {sanitise(kind, most=60)} is nested too deeply")
            for length in lengths:
                type_ = Array(of=type_, length=int(length) if length else None)
        else:
            type_ = _plain(kind)
        members.append(type_)
    struct = Tuple(members=tuple(members), names=tuple(member for _, member in structs[name]))
    if not members:
        raise UnfitError(f"the type {sanitise(name, most=60)} holds nothing")
    _require_names(struct)
    return with_word(struct, name)  # type: ignore[return-value]


def _plain(kind: str) -> AbiType:
    try:
        type_ = parse_type(kind)
    except AbiMalformed as exc:
        raise UnfitError(exc.sentence().removesuffix(".")) from exc
    # An alias such as `uint` hashes to something else than what it stands for.
    if type_.text != kind:
        raise UnfitError(f"{sanitise(kind, most=60)} is no type of EIP-712")
    return type_


def _members(text: str) -> tuple[tuple[str, str], ...]:
    members = []
    for part in text.split(",") if text else []:
        found = _MEMBER.fullmatch(part)
        if not found:
            raise UnfitError(f"`{sanitise(part, most=80)}` is no member of a type of EIP-712")
        members.append((found[1] + found[2], found[3]))
    return tuple(members)


def _require_names(tuple_: Tuple) -> None:
    named = [name for name in tuple_.names if name]
    if len(set(named)) < len(named):
        raise UnfitError("a name comes twice in one list of arguments")
    for member in tuple_.members:
        inner = member
        while isinstance(inner, Array):
            inner = inner.of
        if isinstance(inner, Tuple):
            _require_names(inner)
