"""Where a descriptor's paths lead, and the parameters of a format: constants, paths, and maps by a key in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.decode.content import Json, UnfitError, require_integer, require_table, require_text
from verifier.decode.descriptors import values
from verifier.decode.descriptors.nodes import Node, resolve
from verifier.decode.descriptors.paths import Path, parse_path
from verifier.decode.descriptors.surroundings import Surroundings
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.description import NestedCall
from verifier.model.evidence import Evidence
from verifier.model.text import Shown, sanitise

MOST_LABEL: Final = 60
"""So many characters of a label, a symbol or a short message are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Everything that a path of a descriptor can lead to."""

    # The descriptor itself.
    content: Mapping[str, Json]
    root: Node
    surroundings: Surroundings

    def find(self, path: Path, base: Node) -> list[Node]:
        """Return the values at a path, which is relative to `base` where it has no root.

        :raises UnfitError: there are none.
        """
        match path.root:
            case "@":
                if len(path.steps) == 1 and isinstance(path.steps[0], str):
                    return [self.surroundings.node(path.steps[0])]
                raise UnfitError(f"there is no {sanitise(str(path), most=120)}")
            case "$":
                return [values.literal(self.constant(path))]
            case "#":
                return resolve(self.root, path.steps)
            case _:
                return resolve(base, path.steps)

    def constant(self, path: Path) -> Json:
        """Return what stands in the descriptor at a path.

        :raises UnfitError: nothing does.
        """
        found: Json = dict(self.content)
        for step in path.steps:
            if not isinstance(found, dict) or not isinstance(step, str) or step not in found:
                raise UnfitError(f"there is nothing at {sanitise(str(path), most=120)}")
            found = found[step]
        return found

    def text(self, text: str) -> str:
        """Return a text, or the one at the path that it is."""
        if not text.startswith("$."):
            return text
        return require_text(self.constant(parse_path(text)), f"the text at {sanitise(text, most=120)}")


@dataclass(slots=True, kw_only=True)
class Notebook:
    """What was used besides the data, and what was found on the way."""

    used: list[Evidence] = field(default_factory=list)
    calls: list[NestedCall] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of a format for one value: number `index` of `count` that a field shows."""

    given: Mapping[str, Json]
    scope: Scope
    base: Node
    index: int
    count: int
    notebook: Notebook

    @property
    def surroundings(self) -> Surroundings:
        return self.scope.surroundings

    def constant(self, key: str) -> Json:
        """Return a parameter, with a path into the descriptor or a map followed; None where it is not given."""
        given = self.given.get(key)
        if isinstance(given, str) and given.startswith("$."):
            return self.scope.constant(parse_path(given))
        if isinstance(given, dict):
            return self._mapped(given, key)
        return given

    def text(self, key: str, usual: str = "") -> Shown:
        """Return a short text of the descriptor."""
        given = self.constant(key)
        return sanitise(usual if given is None else require_text(given, key), most=MOST_LABEL)

    def integer(self, key: str) -> int | None:
        given = self.constant(key)
        return None if given is None else require_integer(given, key)

    def node(self, key: str) -> Node | None:
        """Return what `key`, or the path under `key` and `Path`, says; None where neither is given."""
        path = self.given.get(f"{key}Path")
        if path is None:
            given = self.constant(key)
            return None if given is None else values.literal(given)
        if self.given.get(key) is not None:
            raise UnfitError(f"it gives both {key} and {key}Path")
        return self._one(parse_path(require_text(path, f"{key}Path")))

    def address(self, key: str) -> Address | None:
        node = self.node(key)
        return None if node is None else values.address(node)

    def addresses(self, key: str) -> tuple[Address, ...]:
        """Return a list of addresses, which may be given as a single one or by paths into the descriptor."""
        given = self.constant(key)
        found = []
        for item in given if isinstance(given, list) else [] if given is None else [given]:
            text = self.scope.text(require_text(item, key))
            found.append(values.address(values.literal(text)))
        return tuple(found)

    def chain(self) -> int:
        """Return the chain that a token is on: this one, where nothing else is said."""
        node = self.node("chainId")
        return self.surroundings.chain_id if node is None else values.integer(node)

    def amount(self, asset: Address, amount: int) -> Shown:
        """Return an amount of an asset, with what is known of its decimals, and note how well that is known."""
        lexicon = self.surroundings.lexicon
        self.notebook.used.append(lexicon.evidence(asset))
        shown = lexicon.amount(asset, abs(amount))
        return Shown(f"minus {shown}") if amount < 0 else shown

    def native(self, amount: int) -> Shown:
        return self.amount(NATIVE, amount)

    def _one(self, path: Path) -> Node:
        found = self.scope.find(path, self.base)
        if not path.is_many and not found[0].is_array:
            return found[0]
        if not path.is_many:
            found = list(found[0].children)
        if len(found) != self.count:
            raise UnfitError(
                f"{sanitise(str(path), most=120)} has {len(found)} values for {self.count} of the field"
            )
        return found[self.index]

    def _mapped(self, reference: dict[str, Json], key: str) -> Json:
        require_table(reference, f"the map of {key}", {"map", "keyPath"})
        path = parse_path(require_text(reference.get("map"), "map"))
        if path.root != "$" or path.steps[:2] != ("metadata", "maps"):
            raise UnfitError(f"{sanitise(str(path), most=120)} leads to no map")
        table = require_table(self.scope.constant(path), "a map", {"values"})
        entries = require_table(table.get("values"), "the values of a map")
        node = self._one(parse_path(require_text(reference.get("keyPath"), "keyPath")))
        found = values.lookup(entries, node)
        if found is None:
            raise UnfitError(f"its map {sanitise(str(path), most=120)} has nothing for this key")
        return found
