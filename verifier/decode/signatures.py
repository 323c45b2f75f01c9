"""Interfaces as data files: one type, event or function a line, much as in Solidity.

    type Timestamp is uint256
    struct Call(address target, uint256 value, bytes data)
    event Vetoed(OperationId indexed id, address indexed by, LaneState state)
    function veto(uint256 lane, OperationId id)
    function seat(MemberIndex index) returns (address)

A name that `type` or `struct` gave may be used in the lines below it. `#` begins a remark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Final, TypeVar

from eth_hash.auto import keccak

from verifier.decode.encode import encode
from verifier.decode.plan import Plan, plan_of
from verifier.decode.types import AbiType, Tuple, parse_members, parse_type, with_word
from verifier.errors import AbiMalformed
from verifier.model.call import AbiValue

K = TypeVar("K", str, bytes)

_TYPE: Final = re.compile(r"type (\w+) is (\S+)", re.ASCII)
_STRUCT: Final = re.compile(r"struct (\w+)\((.*)\)", re.ASCII)
_EVENT: Final = re.compile(r"event (\w+)\((.*)\)", re.ASCII)
_FUNCTION: Final = re.compile(r"function (\w+)\((.*?)\)(?: returns \((.*)\))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of a contract."""

    name: str
    inputs: Tuple
    outputs: Tuple

    @cached_property
    def signature(self) -> str:
        return self.name + self.inputs.text

    @cached_property
    def selector(self) -> bytes:
        return keccak(self.signature.encode("ascii"))[:4]

    @cached_property
    def plan(self) -> Plan:
        return plan_of(self.inputs)

    def encode(self, *arguments: AbiValue) -> bytes:
        """Return the data of a call.

        :raises ValueUnfit: an argument's type cannot hold its value.
        """
        return self.selector + encode(self.inputs, arguments)


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event of a contract. Its indexed arguments are words or addresses here."""

    name: str
    arguments: Tuple
    indexed: tuple[bool, ...]

    @cached_property
    def topic(self) -> bytes:
        return keccak((self.name + self.arguments.text).encode("ascii"))

    @cached_property
    def data(self) -> Tuple:
        """The arguments that are not indexed."""
        kept = [i for i, is_indexed in enumerate(self.indexed) if not is_indexed]
        return Tuple(
            members=tuple(self.arguments.members[i] for i in kept),
            names=tuple(self.arguments.names[i] for i in kept),
        )


@dataclass(frozen=True, kw_only=True)
class Interface:
    """What a data file says about a kind of contract."""

    types: Mapping[str, AbiType]
    events: Mapping[str, Event]
    functions: tuple[Function, ...]

    @cached_property
    def by_selector(self) -> Mapping[bytes, Function]:
        return {function.selector: function for function in self.functions}

    def function(self, name: str) -> Function:
        """Return the function of this name; the first one, where several take different arguments."""
        return next(function for function in self.functions if function.name == name)


def parse_interface(text: str) -> Interface:
    """Return what a data file says.

    :raises AbiMalformed: a line cannot be read, or a name comes twice.
    """
    types: dict[str, AbiType] = {}
    events: dict[str, Event] = {}
    functions: dict[bytes, Function] = {}
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        if found := _TYPE.fullmatch(line):
            types[_new(found[1], types)] = with_word(parse_type(found[2], types), found[1])
        elif found := _STRUCT.fullmatch(line):
            types[_new(found[1], types)] = with_word(parse_members(found[2], types, depth=1), found[1])
        elif found := _EVENT.fullmatch(line):
            events[_new(found[1], events)] = _parse_event(found[1], found[2], types)
        elif found := _FUNCTION.fullmatch(line):
            inputs, outputs = parse_members(found[2], types), parse_members(found[3] or "", types)
            function = Function(name=found[1], inputs=inputs, outputs=outputs)
            functions[_new(function.selector, functions)] = function
        else:
            raise AbiMalformed(text=line, why="expected a type, struct, event or function")
    return Interface(types=types, events=events, functions=tuple(functions.values()))


@lru_cache(maxsize=64)
def interface(name: str) -> Interface:
    """Return an interface that comes with this package, such as `vault`."""
    path = resources.files("verifier.decode").joinpath("abi", f"{name}.abi")
    return parse_interface(path.read_text("utf-8"))


def _parse_event(name: str, text: str, types: Mapping[str, AbiType]) -> Event:
    marked = parse_members(text.replace(" indexed ", " "), types)
    indexed = tuple(" indexed " in part for part in text.split(","))
    if len(indexed) != len(marked.members):
        raise AbiMalformed(text=text, why="an event's tuples need a struct's name")
    return Event(name=name, arguments=marked, indexed=indexed)


def _new(name: K, names: Mapping[K, object]) -> K:
    if name in names:
        raise AbiMalformed(text=str(name), why="this comes twice")
    return name
