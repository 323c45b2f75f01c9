"""Running Halmos on proofs and broken variants, some at a time, each within its time, and keeping what was found."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.proofs.catalogue import Broken, Catalogue, Edit, Outcome, Proof, Result
from tests.proofs.processes import TimeOverError, end_all, run
from tests.proofs.staging import STAGES, Stage, environment, stage

RESULTS = STAGES / "results"
LOGS = STAGES / "logs"
# What every proof is run with. The solver is named by its command, so that Halmos looks for none to download.
OPTIONS = (
    "--no-status",
    "--solver-command",
    "yices-smt2 --smt2-model-format --bvconst-in-decimal",
    "--solver-timeout-branching",
    "100ms",
    "--solver-timeout-assertion",
    "0",
    "--solver-threads",
    "1",
)
# How Halmos' exit codes read. Where all paths revert, nothing was proven.
HALMOS_OUTCOMES: dict[int, tuple[Outcome, str]] = {
    0: ("holds", ""),
    1: ("fails", "counterexample"),
    2: ("unfinished", "the solver ran out of time"),
    3: ("unfinished", "the prover met something that it cannot execute"),
    4: ("unfinished", "every path reverts, so nothing was shown"),
    5: ("unfinished", "the prover stopped with an exception"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run of Halmos."""

    name: str
    key: str
    proof: Proof
    make_stage: Callable[[], Stage]
    early_exit: bool


class Prover:
    """Knows the stage of the unbroken sources, and what was found for these bytes before."""

    def __init__(self, catalogue: Catalogue, say: Callable[[str], None]) -> None:
        self._say = say
        self._swaps = tuple(edit for swap in catalogue.swaps if not swap.only for edit in swap.edits)
        say("compiling contracts and harnesses")
        self._sound = stage("sound", self._swaps)
        self._sound.require_places()
        self._catalogue = catalogue
        RESULTS.mkdir(parents=True, exist_ok=True)
        LOGS.mkdir(parents=True, exist_ok=True)

    def code_digest(self) -> str:
        """Return a digest of everything that the catalogue's proofs run."""
        return _digest(*(self._key_of(proof) for proof in self._catalogue.proofs))

    def recall(self, chosen: Catalogue) -> tuple[list[Result], list[str]]:
        """Return what was found for these bytes, and the names of what was not."""
        found, missing = [], []
        for task in self._tasks(chosen):
            if (result := self._recall(task)) is None:
                missing.append(task.name)
            else:
                found.append(result)
        return found, missing

    def run(self, chosen: Catalogue, *, again: bool, jobs: int) -> list[Result]:
        """Return the results of `chosen` in its order; run what has none yet, or all of it."""
        tasks = self._tasks(chosen)
        results = {
            task.name: result for task in tasks if not again and (result := self._recall(task)) is not None
        }
        waiting = [task for task in tasks if task.name not in results]
        self._say(f"{len(tasks)} to prove, {len(results)} of them proven for these bytes before")
        with ThreadPoolExecutor(max_workers=max(jobs, 1)) as pool:
            futures = [pool.submit(_run, task) for task in waiting]
            try:
                for done, future in enumerate(as_completed(futures), start=1):
                    result = future.result()
                    results[result.name] = result
                    self._keep(result)
                    detail = f" ({result.detail})" if result.detail else ""
                    self._say(
                        f"{done} of {len(waiting)}: {result.name} {result.outcome}{detail}, {result.seconds} s"
                    )
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                end_all()
                raise
        return [results[task.name] for task in tasks]

    def _tasks(self, chosen: Catalogue) -> list[Task]:
        tasks = [
            Task(
                name=proof.name,
                key=self._key_of(proof),
                proof=proof,
                make_stage=partial(self._stage_of, proof),
                early_exit=False,
            )
            for proof in chosen.proofs
        ]
        return tasks + [self._task_of(broken) for broken in chosen.broken]

    def _task_of(self, broken: Broken) -> Task:
        proof = self._catalogue.proof(broken.proof)
        return Task(
            name=broken.name,
            key=_digest(self._key_of(proof), *map(repr, broken.edits)),
            proof=proof,
            make_stage=lambda: stage(
                f"broken/{broken.name}",
                (*self._swaps, *self._own_swaps(proof), *broken.edits),
                harnesses=[proof.harness],
            ),
            early_exit=True,
        )

    def _own_swaps(self, proof: Proof) -> tuple[Edit, ...]:
        """Return the edits of what is swapped for this proof, and not for all."""
        return tuple(edit for swap in self._catalogue.swaps if proof.name in swap.only for edit in swap.edits)

    def _stage_of(self, proof: Proof) -> Stage:
        own = self._own_swaps(proof)
        if not own:
            return self._sound
        return stage(f"swapped/{proof.name}", (*self._swaps, *own), harnesses=[proof.harness])

    def _key_of(self, proof: Proof) -> str:
        parts = (self._sound.digest_of(proof.harness), proof.function, *OPTIONS, *proof.options)
        return _digest(*parts, *map(repr, self._own_swaps(proof)))

    def _recall(self, task: Task) -> Result | None:
        try:
            result = Result(**json.loads((RESULTS / f"{task.name}.json").read_text("utf-8")))
        except (FileNotFoundError, TypeError, ValueError):
            return None
        # More time may have been allowed since.
        enough = result.outcome != "unfinished" or result.seconds >= task.proof.seconds
        return result if result.key == task.key and enough else None

    def _keep(self, result: Result) -> None:
        path = RESULTS / f"{result.name}.json"
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(result.to_record(), indent=1), "utf-8")
        unfinished.replace(path)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


def _run(task: Task) -> Result:
    staged = task.make_stage()
    answer = LOGS / f"{task.name}.json"
    answer.unlink(missing_ok=True)
    command = ["halmos", "--root", str(staged.folder), "--contract", task.proof.harness]
    command += ["--match-test", rf"^{re.escape(task.proof.function)}\(", "--json-output", str(answer)]
    command += [*OPTIONS, *task.proof.options, *(["--early-exit"] if task.early_exit else [])]
    began = time.monotonic()
    try:
        run(command, env=environment(), log=LOGS / f"{task.name}.log", seconds=task.proof.seconds)
        outcome, detail = _read_answer(answer)
    except TimeOverError:
        outcome, detail = "unfinished", f"{task.proof.seconds} s were not enough"
    seconds = max(round(time.monotonic() - began), 1)
    return Result(name=task.name, key=task.key, outcome=outcome, seconds=seconds, detail=detail)


def _read_answer(answer: Path) -> tuple[Outcome, str]:
    try:
        record: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        [[test]] = record["test_results"].values()
    except (FileNotFoundError, KeyError, ValueError) as exc:
        return "unfinished", f"no answer of the prover: {exc}"
    outcome, detail = HALMOS_OUTCOMES.get(test["exitcode"], ("unfinished", "an answer that is not known"))
    if outcome != "fails" and test["num_bounded_loops"]:
        return "unfinished", "a loop goes on beyond its bound"
    return outcome, detail
