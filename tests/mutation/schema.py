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
from tests.mutation.yul import Function, Object, Rename, UnlikeError, merge, read_object

AT_ONCE: Final = 8
NAMED: Final = re.compile(r"_(\$?)(\d+)(?!\d)")


class NoMutantError(Exception):
    """A change does not make a mutant."""


class DoesNotCompileError(NoMutantError):
    """The compiler refuses a mutant."""


class SameError(NoMutantError):
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
    start: int
    end: int
    is_function: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A root as it is."""

    object: Object = field(repr=False)
    declared: list[Declared] = field(repr=False)
    units: dict[str, int] = field(repr=False)
    """The number of each file, in their order: the compiler gives a file its number after all its nodes."""


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
            units = {file: int(each["ast"]["id"]) for file, each in output["sources"].items()}
            self._originals[root] = Original(
                object=read_object(output["contracts"][root.source][root.name]["ir"]),
                declared=declared,
                units=dict(sorted(units.items(), key=lambda item: item[1])),
            )
        return self._originals[root]

    def _compile(self, standard_input: dict[str, Any]) -> dict[str, Any]:
        output = self._compiler.compile(standard_input)
        if errors := errors_of(output):
            raise DoesNotCompileError(errors[0])
        return output

    def versions_of(self, mutants: Sequence[Mutant]) -> dict[Mutant, Versions | NoMutantError]:
        """Return the roots that each mutant changes, or why it is no mutant."""
        found: dict[Mutant, Versions | NoMutantError] = {}
        for group in groups_of(mutants):
            found |= self._of_group(group)
        return found

    def _of_group(self, group: Sequence[Mutant]) -> dict[Mutant, Versions | NoMutantError]:
        """Compile mutants of different functions at once; where that does not work, fewer of them."""
        if len(group) == 1:
            try:
                return {group[0]: self.versions(group[0])}
            except NoMutantError as exc:
                return {group[0]: exc}
        versions: dict[Mutant, Versions] = {mutant: {} for mutant in group}
        try:
            for root in self._among:
                here = [mutant for mutant in group if mutant.file in sources_of(root)]
                if here:
                    original = self.original(root)
                    for mutant, version in apart(self._version(root, here), original, here).items():
                        versions[mutant][root] = version
        except (DoesNotCompileError, UnlikeError):
            middle = len(group) // 2
            return self._of_group(group[:middle]) | self._of_group(group[middle:])
        return {mutant: each or SameError() for mutant, each in versions.items()}

    def versions(self, mutant: Mutant) -> Versions:
        """Return the roots that a mutant changes. Raise DoesNotCompileError, or SameError where it changes none."""
        found: Versions = {}
        for root in self._among:
            if mutant.file in sources_of(root):
                version = self._version(root, [mutant])
                if version != self.original(root).object:
                    found[root] = version
        if not found:
            raise SameError
        return found

    def _version(self, root: Root, mutants: Sequence[Mutant]) -> Object:
        """Return a root with these mutants, of different files, all at once."""
        original = self.original(root)
        sources = sources_of(root)
        changed = {m.file: m.applied_to(sources[m.file]) for m in mutants}
        *_, last = original.units
        # How many nodes a file has more shows in its number; the last one's tells it of the last mutant.
        files = [file for file in original.units if file in changed]
        output = self._compile(_input(sources | changed, _wanted(root, *files[:-1], last)))
        more: dict[str, int] = {}
        for file in [*files[:-1], last]:
            number = output["sources"][file]["ast"]["id"]
            more[file] = number - original.units[file] - sum(more.values())
        if last not in changed:
            more[files[-1]] = more.pop(last)
        shifts = [(mutant, more[mutant.file]) for mutant in mutants]
        rename = _renaming(original, shifts) if any(more.values()) else str
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
    if name is None:
        return None
    start, end = span(node)
    is_function = kind(node) == "FunctionDefinition"
    return Declared(number=node["id"], name=name, file=file, start=start, end=end, is_function=is_function)


def _renaming(original: Original, shifts: Sequence[tuple[Mutant, int]]) -> Rename:
    """Return how mutants' names become the original's, where each has so many nodes more.

    The compiler numbers nodes file by file, each after its parts: so those that end before a change keep theirs.
    """
    places = {file: place for place, file in enumerate(original.units)}
    moved = {}
    for declared in original.declared:
        place = places[declared.file]
        more = sum(
            more
            for mutant, more in shifts
            if places[mutant.file] < place
            or (places[mutant.file] == place and declared.end > mutant.change.start)
        )
        if more:
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


# ------------------------------------------------------------------------------------- several mutants at once


def groups_of(mutants: Sequence[Mutant]) -> list[list[Mutant]]:
    """Return the mutants in groups that can be compiled at once: of different files, and each in a function."""
    groups: list[list[Mutant]] = []
    for mutant in mutants:
        fitting = (
            group
            for group in groups
            if mutant.change.is_in_function
            and len(group) < AT_ONCE
            and all(other.change.is_in_function and other.file != mutant.file for other in group)
        )
        group = next(fitting, None)
        if group is None:
            groups.append([mutant])
        else:
            group.append(mutant)
    return groups


def apart(whole: Object, original: Original, mutants: Sequence[Mutant]) -> dict[Mutant, Object]:
    """Return each mutant by itself from a root that is all of them: those that change anything there.

    Raise UnlikeError where it cannot be told which mutant changed a function.
    """
    owners: dict[int, Mutant] = {}
    for declared in original.declared:
        for mutant in mutants:
            change = mutant.change
            is_inside = declared.start <= change.start and change.end <= declared.end
            if declared.is_function and declared.file == mutant.file and is_inside:
                owners[declared.number] = mutant
    parts = _apart(whole, original.object, owners, mutants)
    return {mutant: part for mutant, (part, is_changed) in parts.items() if is_changed}


def _apart(
    whole: Object, original: Object, owners: Mapping[int, Mutant], mutants: Sequence[Mutant]
) -> dict[Mutant, tuple[Object, bool]]:
    if (whole.name, whole.head, whole.data) != (original.name, original.head, original.data):
        raise UnlikeError("the code around the functions differs")
    if len(whole.objects) != len(original.objects):
        raise UnlikeError("there are other objects inside")
    own: dict[Mutant, dict[str, Function]] = {mutant: {} for mutant in mutants}
    fresh: dict[str, Function] = {}
    for name, function in whole.functions.items():
        if original.functions.get(name) == function:
            continue
        owner = {owners[number] for each in NAMED.finditer(name) if (number := int(each[2])) in owners}
        if len(owner) == 1:
            own[owner.pop()][name] = function
        elif name in original.functions or owner:
            raise UnlikeError(f"whoever changed {name} cannot be told")
        else:
            # Something small that the compiler needs for one of them, and that no other calls.
            fresh[name] = function
    inner = [
        _apart(one, other, owners, mutants)
        for one, other in zip(whole.objects, original.objects, strict=True)
    ]
    found = {}
    for mutant in mutants:
        part = Object(
            name=original.name,
            head=original.head,
            functions={**original.functions, **fresh, **own[mutant]},
            objects=[each[mutant][0] for each in inner],
            data=original.data,
        )
        found[mutant] = part, bool(own[mutant]) or any(each[mutant][1] for each in inner)
    return found
