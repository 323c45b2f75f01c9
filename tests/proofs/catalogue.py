"""What is to be proven, and how it is tested that a proof can fail: `catalogue.toml`, parsed once."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent
PATH = FOLDER / "catalogue.toml"

Name = str
Outcome = Literal["holds", "fails", "unfinished"]


class CatalogueError(Exception):
    """The catalogue contradicts itself, or was asked for what it does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of one source: `find` must stand there exactly once."""

    file: str
    find: str
    put: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A function that proofs run with another body, and why that is as good."""

    name: Name
    edits: tuple[Edit, ...]
    because: str
    only: tuple[Name, ...]
    """The proofs that run with it; all of them where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One function of a harness. Bounds are what it says nothing beyond."""

    name: Name
    harness: str
    function: str
    invariant: str
    claims: str
    bounds: str
    seconds: int
    options: tuple[str, ...]
    quick: bool
    finishes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The contracts with a fault, which these proofs must find."""

    name: Name
    fault: str
    edits: tuple[Edit, ...]
    proof: Name
    quick: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a proof, or of the proof that a broken variant names."""

    name: Name
    key: str
    """Of what was compiled and how it was run: the same key, the same result."""
    outcome: Outcome
    seconds: int
    detail: str

    def to_record(self) -> dict[str, str | int]:
        return dataclasses.asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    proofs: tuple[Proof, ...]
    broken: tuple[Broken, ...]
    swaps: tuple[Swap, ...]

    def proof(self, name: Name) -> Proof:
        for proof in self.proofs:
            if proof.name == name:
                return proof
        raise CatalogueError(f"there is no proof named {name}.")

    def entries(self) -> list[Proof | Broken]:
        return [*self.proofs, *self.broken]

    def only(self, names: Iterable[Name]) -> Catalogue:
        names = set(names)
        unknown = names - {entry.name for entry in self.entries()}
        if unknown:
            raise CatalogueError(f"the catalogue has no {', '.join(sorted(unknown))}.")
        return dataclasses.replace(
            self,
            proofs=tuple(proof for proof in self.proofs if proof.name in names),
            broken=tuple(broken for broken in self.broken if broken.name in names),
        )

    def quick(self) -> Catalogue:
        return dataclasses.replace(
            self,
            proofs=tuple(proof for proof in self.proofs if proof.quick),
            broken=tuple(broken for broken in self.broken if broken.quick),
        )

    def without_proofs(self) -> Catalogue:
        return dataclasses.replace(self, proofs=())

    def complaint_about(self, result: Result) -> str | None:
        """Return what is wrong with a result, if it is not what the catalogue says."""
        if any(broken.name == result.name for broken in self.broken):
            if result.outcome == "fails":
                return None
            return f"{result.name} is broken on purpose, and its proof {result.outcome}: {result.detail}"
        expected = "holds" if self.proof(result.name).finishes else "unfinished"
        if result.outcome == expected:
            return None
        return f"{result.name} {result.outcome}, where it {expected} by the catalogue: {result.detail}"


def _edits(entries: Iterable[Mapping[str, str]]) -> tuple[Edit, ...]:
    return tuple(Edit(**entry) for entry in entries)


def read_catalogue() -> Catalogue:
    """Read and check `catalogue.toml`."""
    table: dict[str, list[dict[str, Any]]] = tomllib.loads(PATH.read_text("utf-8"))
    try:
        catalogue = Catalogue(
            proofs=tuple(
                Proof(
                    **{"quick": False, "finishes": True}
                    | entry
                    | {"options": tuple(entry.get("options", ()))}
                )
                for entry in table["proof"]
            ),
            broken=tuple(
                Broken(**{"quick": False} | entry | {"edits": _edits(entry["edits"])})
                for entry in table["broken"]
            ),
            swaps=tuple(
                Swap(**entry | {"edits": _edits(entry["edits"]), "only": tuple(entry.get("only", ()))})
                for entry in table["swap"]
            ),
        )
    except (KeyError, TypeError) as exc:
        raise CatalogueError(f"{PATH.name} is not as it should be: {exc}.") from exc
    names = [entry.name for entry in catalogue.entries()]
    if len(set(names)) < len(names):
        raise CatalogueError("two entries of the catalogue have the same name.")
    tested = {broken.proof for broken in catalogue.broken}
    for name in tested.union(*(swap.only for swap in catalogue.swaps)):
        catalogue.proof(name)
    if untested := [proof.name for proof in catalogue.proofs if proof.finishes and proof.name not in tested]:
        raise CatalogueError(f"no broken variant shows that these proofs can fail: {', '.join(untested)}.")
    return catalogue
