"""A worker: a compiler and a suite that stay loaded, and the mutants that they are given, a handful at a time."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.mutation.compiler import Compiler
from tests.mutation.folder import write_folder
from tests.mutation.killers import FOREVER, Killers, Result
from tests.mutation.mutant import Mutant
from tests.mutation.order import Order
from tests.mutation.plan import Plan
from tests.mutation.record import Fate, Fitness, Verdict
from tests.mutation.roots import RELEASE, Root, build_script
from tests.mutation.schema import Builder, Code, DoesNotCompileError, NoMutantError, Versions
from tests.mutation.suite import OvertimeError
from tests.mutation.yul import NUMBER, UnlikeError, code_of_mutant

ORIGINAL: Final = 0
"""The number under which merged code is the original."""
OVERTIME: Final = OvertimeError.__name__
MORE_STORIES: Final = 8
"""Whatever survives all tests is told so many times the stories that the others are."""


@dataclass(slots=True, kw_only=True)
class Workshop:
    """What all workers share."""

    plan: Plan
    order: Order
    tests: str
    fitness: Fitness
    reviewed: Mapping[str, str]
    say: Callable[[Mutant, Fate], None]
    folder: Path
    handful: int
    seconds_for_reviewed: float = FOREVER


class Worker:
    """Builds mutants and tries to kill them."""

    def __init__(self, number: int, shop: Workshop, compiler: Compiler, killers: Killers) -> None:
        self._shop = shop
        self._compiler = compiler
        self._builder = Builder(compiler)
        self._killers = killers
        self._folder = shop.folder / str(number)

    def work(self) -> None:
        """Take mutants until there are no more."""
        while handful := self._take():
            for codes, mutants in self._merged(handful):
                for number, mutant in mutants.items():
                    # Whatever it does not change is the release, optimised as that is.
                    own = {root: codes[root] for root in handful[mutant]}
                    self._write("original", own, ORIGINAL)
                    self._settle(mutant, self._kill(number, mutant, own))

    def _settle(self, mutant: Mutant, fate: Fate) -> None:
        self._shop.plan.settle(mutant, fate)
        self._shop.say(mutant, fate)

    def _fate(self, mutant: Mutant, verdict: Verdict, **facts: Any) -> Fate:
        place = mutant.change.place
        tests = self._shop.tests
        return Fate(key=mutant.key, file=mutant.file, place=place, verdict=verdict, tests=tests, **facts)

    # ------------------------------------------------------------------------------------------------- building

    def _take(self) -> dict[Mutant, Versions]:
        """Return a handful of mutants that are not the original, each with the contracts it changes."""
        handful: dict[Mutant, Versions] = {}
        while taken := self._taken(self._shop.handful - len(handful)):
            for mutant, versions in self._builder.versions_of(taken).items():
                match versions:
                    case DoesNotCompileError():
                        self._settle(mutant, self._fate(mutant, Verdict.REFUSED, why=str(versions)[:200]))
                    case NoMutantError():
                        self._settle(mutant, self._fate(mutant, Verdict.SAME))
                    case _:
                        handful[mutant] = versions
        return handful

    def _taken(self, most: int) -> list[Mutant]:
        taken: list[Mutant] = []
        while len(taken) < most and (mutant := self._shop.plan.next()):
            taken.append(mutant)
        return taken

    def _merged(
        self, handful: Mapping[Mutant, Versions]
    ) -> Iterator[tuple[dict[Root, Code], dict[int, Mutant]]]:
        """Yield code that is all of the mutants; where they do not fit into one, code of fewer."""
        numbered = dict(enumerate(handful, start=ORIGINAL + 1))
        codes: dict[Root, Code] = {}
        try:
            for root in {root for versions in handful.values() for root in versions}:
                versions = {n: handful[m][root] for n, m in numbered.items() if root in handful[m]}
                codes[root] = self._builder.assemble(root, versions)
        except UnlikeError as exc:
            if len(handful) == 1:
                (mutant,) = handful
                self._settle(mutant, self._fate(mutant, Verdict.REFUSED, why=str(exc)[:200]))
                return
            mutants = list(handful)
            middle = len(mutants) // 2
            for half in (mutants[:middle], mutants[middle:]):
                yield from self._merged({mutant: handful[mutant] for mutant in half})
            return
        yield codes, numbered

    def _write(self, name: str, codes: Mapping[Root, Code], number: int) -> Path:
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        write_folder(
            folder,
            {
                root: Code(
                    creation=code_of_mutant(code.creation, number),
                    # Where a mutant changes the constructor alone, nothing in here asks.
                    runtime=code_of_mutant(code.runtime, number) if NUMBER in code.runtime else code.runtime,
                )
                for root, code in codes.items()
            },
        )
        return folder

    # -------------------------------------------------------------------------------------------------- killing

    def _kill(self, number: int, mutant: Mutant, codes: Mapping[Root, Code]) -> Fate:
        began = time.monotonic()
        folder = self._write("mutant", codes, number)
        is_reviewed = mutant.key in self._shop.reviewed
        until = self._shop.seconds_for_reviewed if is_reviewed else FOREVER
        roots = frozenset(codes)
        killer = self._killer(folder, self._shop.order.tests_for(mutant), roots, until)
        if killer is None and not is_reviewed:
            killer = self._killer(folder, self._shop.order.stories, roots, FOREVER, batches=MORE_STORIES)
        seconds = round(time.monotonic() - began, 1)
        if killer is not None:
            self._shop.order.learn_kill(killer.test, mutant.file, mutant.change.place)
            return self._fate(mutant, Verdict.KILLED, test=killer.test, why=killer.failed, seconds=seconds)
        if not is_reviewed and self._is_same_when_optimised(mutant):
            return self._fate(mutant, Verdict.SAME, why="as the optimiser leaves it", seconds=seconds)
        return self._fate(mutant, Verdict.SURVIVED, seconds=seconds, thorough=until == FOREVER)

    def _killer(
        self, folder: Path, tests: Sequence[str], roots: frozenset[Root], until: float, batches: int = 1
    ) -> Result | None:
        """Return the first test that fails on a mutant and does not fail on the original."""
        fitness, contracts = self._shop.fitness, _names_of(roots, batches)
        rest = [
            test for test in tests if self._can_see(test, roots) and fitness.of(test, contracts) is not False
        ]
        while rest:
            last = None
            for last in self._killers.run(folder, rest, until=until, batches=batches):
                if not last.failed:
                    self._shop.order.learn_seconds(last.test, last.seconds)
            if last is None or not last.failed:
                return None
            if self._is_fit(last.test, contracts, batches) and self._fails_again(folder, last, batches):
                return last
            rest = rest[rest.index(last.test) + 1 :]
        return None

    def _can_see(self, test: str, roots: frozenset[Root]) -> bool:
        """Whether a test looks at any of these contracts."""
        is_of_harness = test in self._killers.of_harness
        return any((root.key is None) == is_of_harness for root in roots)

    def _is_fit(self, test: str, contracts: str, batches: int) -> bool:
        """Whether a test passes on the original as it is compiled here: a test may need it to be optimised."""
        known = self._shop.fitness.of(test, contracts)
        if known is None:
            results = list(self._killers.run(self._folder / "original", [test], batches=batches))
            known = bool(results) and not results[-1].failed
            self._shop.fitness.learn(test, contracts, is_fit=known)
        return known

    def _fails_again(self, folder: Path, result: Result, batches: int) -> bool:
        """Whether a test that took too long does so again: the machine may have been busy."""
        if OVERTIME not in result.failed:
            return True
        return any(again.failed for again in self._killers.run(folder, [result.test], batches=batches))

    def _is_same_when_optimised(self, mutant: Mutant) -> bool:
        """Whether the release's settings make the same bytecode of a mutant as of the original."""
        build = build_script()
        questions = {key: build.make_input(contract) for key, contract in build.CONTRACTS.items()}
        found = {key: asked for key, asked in questions.items() if mutant.file in asked["sources"]}
        return bool(found) and all(self._is_released(key, asked, mutant) for key, asked in found.items())

    def _is_released(self, key: str, asked: dict[str, Any], mutant: Mutant) -> bool:
        source = asked["sources"][mutant.file]
        source["content"] = mutant.applied_to(source["content"])
        output = self._compiler.compile(asked)
        contract = build_script().CONTRACTS[key]
        compiled = output.get("contracts", {}).get(contract.source, {}).get(contract.name)
        released = json.loads((RELEASE / f"{key}.json").read_text("utf-8"))
        return (
            compiled is not None and "0x" + compiled["evm"]["bytecode"]["object"] == released["creation_code"]
        )


def _names_of(roots: frozenset[Root], batches: int) -> str:
    return " ".join(sorted(root.name for root in roots)) + f" {batches}"
