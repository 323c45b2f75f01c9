"""From mutants to bytecode: the compiler's intermediate code of each, many of them in one object, one compilation.

    builder = Builder(compiler)
    codes = builder.build({1: mutant, 2: another})

The compiler's optimiser is off: what a mutant does is the same, and the time is half.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.mutation.compiler import Compiler, errors_of
from tests.mutation.mutant import Mutant
from tests.mutation.roots import Root, Sources, all_sources, can_be_mutated, roots, settings, sources_of
from tests.mutation.syntax import Node, kind, span, walk
from tests.mutation.yul import Object, Rename, UnlikeError, merge, read_object

NAMED: Final = re.compile(r"_(\$?)(\d+)(?!\d)")


class DoesNotCompileError(Exception):
    """The compiler refuses a mutant."""


class SameError(Exception):
    """A mutant is what the original is, instruction by instruction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Bytecode that creates a contract, and what is there afterwards."""

    creation: bytes = field(repr=False)
    runtime: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A node whose number is in the names of the intermediate code."""

    number: int
    name: str
    file: str
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A root as it is."""

    object: Object = field(repr=False)
    declared: list[Declared] = field(repr=False)
    order: list[str] = field(repr=False)
    """Its files, in the order in which the compiler numbers nodes."""
    last_number: int


Versions = dict[Root, Object]
"""The roots in which a mutant differs from the original, as it has them."""


def trees_of(compiler: Compiler) -> tuple[Sources, dict[str, Node]]:
    """Return every file that can be mutated, and its syntax tree."""
    sources = all_sources()
    output = compiler.compile(_input(sources, {"*": {"": ["ast"]}}))
    if errors := errors_of(output):
        raise DoesNotCompileError(errors[0])
    return sources, {path: each["ast"] for path, each in output["sources"].items() if can_be_mutated(path)}


def _input(sources: Sources, wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        "language": "Solidity",
        "settings": {
            **settings(),
            "debug": {"debugInfo": []},
            "optimizer": {"enabled": False},
            "outputSelection": wanted,
        },
        "sources": {path: {"content": text} for path, text in sources.items()},
    }


def _wanted(root: Root, *trees: str) -> dict[str, Any]:
    wanted: dict[str, Any] = {file: {"": ["ast"]} for file in trees}
    wanted.setdefault(root.source, {})[root.name] = ["ir"]
    return wanted


class Builder:
    """Makes bytecode of mutants. It knows the originals, once it has needed them."""

    def __init__(self, compiler: Compiler, among: Sequence[Root] | None = None) -> None:
        self._compiler = compiler
        self._among = roots() if among is None else among
        self._originals: dict[Root, Original] = {}

    def original(self, root: Root) -> Original:
        """Return a root as it is."""
        if root not in self._originals:
            sources = sources_of(root)
            output = self._compile(_input(sources, _wanted(root, *sources)))
            declared = []
            for file, each in output["sources"].items():
                declared += [d for node, _ in walk(each["ast"]) if (d := _declared(node, file))]
            order = sorted(output["sources"], key=lambda file: int(output["sources"][file]["ast"]["id"]))
            self._originals[root] = Original(
                object=read_object(output["contracts"][root.source][root.name]["ir"]),
                declared=declared,
                order=order,
                last_number=output["sources"][order[-1]]["ast"]["id"],
            )
        return self._originals[root]

    def _compile(self, standard_input: dict[str, Any]) -> dict[str, Any]:
        output = self._compiler.compile(standard_input)
        if errors := errors_of(output):
            raise DoesNotCompileError(errors[0])
        return output

    def versions(self, mutant: Mutant) -> Versions:
        """Return the roots that a mutant changes. Raise DoesNotCompileError, or SameError where it changes none."""
        found: Versions = {}
        for root in self._among:
            if mutant.file in sources_of(root):
                version = self._version(root, mutant)
                if version != self.original(root).object:
                    found[root] = version
        if not found:
            raise SameError
        return found

    def _version(self, root: Root, mutant: Mutant) -> Object:
        original = self.original(root)
        sources = sources_of(root)
        changed = {**sources, mutant.file: mutant.applied_to(sources[mutant.file])}
        last = original.order[-1]
        output = self._compile(_input(changed, _wanted(root, last)))
        more = output["sources"][last]["ast"]["id"] - original.last_number
        rename = _renaming(original, mutant, more) if more else str
        return read_object(output["contracts"][root.source][root.name]["ir"], rename)

    def assemble(self, root: Root, versions: Mapping[int, Object]) -> Code:
        """Return the bytecode of a root that is all these versions. Raise UnlikeError where that cannot be."""
        output = self._compiler.compile(
            {
                "language": "Yul",
                "settings": {
                    "debug": {"debugInfo": []},
                    "evmVersion": settings()["evmVersion"],
                    "optimizer": {"enabled": False},
                    "outputSelection": {
                        "*": {"*": ["evm.bytecode.object", "evm.deployedBytecode.object"]},
                    },
                },
                "sources": {"merged.yul": {"content": merge(self.original(root).object, versions)}},
            }
        )
        if errors := errors_of(output):
            raise UnlikeError(errors[0])
        (compiled,) = output["contracts"]["merged.yul"].values()
        return Code(
            creation=bytes.fromhex(compiled["evm"]["bytecode"]["object"]),
            runtime=bytes.fromhex(compiled["evm"]["deployedBytecode"]["object"]),
        )


def _declared(node: Node, file: str) -> Declared | None:
    if kind(node) == "ModifierInvocation":
        name = node["modifierName"]["name"]
    elif kind(node).endswith(("Definition", "Declaration")):
        name = node.get("name")
    else:
        name = None
    return None if name is None else Declared(number=node["id"], name=name, file=file, end=span(node)[1])


def _renaming(original: Original, mutant: Mutant, more: int) -> Rename:
    """Return how a mutant's names become the original's, where it has so many nodes more.

    The compiler numbers nodes file by file, each after its parts: so those that end before the change keep theirs.
    """
    at = original.order.index(mutant.file)
    moved = {}
    for declared in original.declared:
        place = original.order.index(declared.file)
        if place > at or (place == at and declared.end > mutant.change.start):
            moved[declared.number + more] = declared

    def one(match: re.Match[str]) -> str:
        declared = moved.get(int(match[2]))
        if declared is None or not match.string[: match.start()].endswith(declared.name):
            return match[0]
        return f"_{match[1]}{declared.number}"

    known: dict[str, str] = {}

    def rename(name: str) -> str:
        if name not in known:
            known[name] = NAMED.sub(one, name)
        return known[name]

    return rename
