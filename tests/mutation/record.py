"""What became of each mutant, kept as it becomes known, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from threading import get_ident
from typing import Final

from tests.mutation.roots import ROOT, TEST_FOLDERS, hash_of

FOLDER: Final = ROOT / ".tools" / "mutation"


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    REFUSED = "does not compile"
    SAME = "same bytecode"

    @property
    def counts(self) -> bool:
        """Whether it was a mutant at all."""
        return self in (Verdict.KILLED, Verdict.SURVIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One line of the record."""

    key: str
    file: str
    place: str
    verdict: Verdict
    tests: str
    """Which tests it survived: a name for the texts of all of them."""
    thorough: bool = True
    """Whether nothing more can be tried on a survivor."""
    test: str = ""
    why: str = ""
    seconds: float = 0.0


def tests_hash() -> str:
    """Return a name for the texts of the tests that a run asks, and of all that they are made of.

    Tests of other rooms come and go without a survivor being asked again.
    """
    paths = sorted(_made_of([path for folder in TEST_FOLDERS for path in (ROOT / folder).rglob("*.py")]))
    return hash_of(path.relative_to(ROOT).as_posix() + "\n" + path.read_text("utf-8") for path in paths)


def _made_of(paths: list[Path]) -> set[Path]:
    """Return these files, the folders' conftest.py, and what of `tests` they import, however indirectly."""
    found: set[Path] = set()
    waiting = [*paths, ROOT / "tests/conftest.py"]
    while waiting:
        path = waiting.pop()
        if path in found or path.parent.name == "mutation":
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests":
                names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            files = (ROOT / name.replace(".", "/") for name in names)
            waiting += [
                file
                for name in files
                for file in (name.with_suffix(".py"), name / "__init__.py")
                if file.is_file()
            ]
    return found


class Fitness:
    """Which tests pass on the original as it is compiled here; some need it to be optimised."""

    def __init__(self, sources: str, tests: str, folder: Path = FOLDER) -> None:
        self._path = folder / f"fit-{sources}-{tests}.json"
        self._known: dict[str, bool] = {}
        if self._path.exists():
            self._known = json.loads(self._path.read_text("utf-8"))

    def of(self, test: str, contracts: str) -> bool | None:
        """Return whether a test passes on these contracts, or None where nobody tried."""
        return self._known.get(f"{test} | {contracts}")

    def learn(self, test: str, contracts: str, *, is_fit: bool) -> None:
        self._known[f"{test} | {contracts}"] = is_fit
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(f".{get_ident()}")
        unfinished.write_text(json.dumps(dict(self._known), indent=1), "utf-8")
        unfinished.replace(self._path)

    def unfit(self) -> set[str]:
        """Return the tests that do not pass on some of the contracts."""
        return {key.partition(" | ")[0] for key, is_fit in self._known.items() if not is_fit}


class Record:
    """The record of one state of the sources."""

    def __init__(self, sources: str, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._path = folder / f"{sources}.jsonl"

    def fates(self) -> dict[str, Fate]:
        """Return what is known, by the mutants' keys; the last word counts."""
        return {fate.key: fate for fate in _read(self._path)}

    def history(self) -> Iterator[Fate]:
        """Yield what became of the mutants of every state of the sources."""
        for path in sorted(self._folder.glob("*.jsonl")):
            yield from _read(path)

    def add(self, fate: Fate) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(fate)) + "\n")

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> Iterator[Fate]:
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            yield Fate(**{**entry, "verdict": Verdict(entry["verdict"])})
