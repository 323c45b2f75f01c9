"""`scripts/mutate`: makes the contracts wrong in many small ways, and asks whether the tests notice."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from threading import Lock, Thread
from types import FrameType

from tests.mutation.compiler import Compiler, start_compiler
from tests.mutation.draw import draw, sample
from tests.mutation.killers import Killers, start_killers
from tests.mutation.mutant import Mutant, mutants_of
from tests.mutation.operators import changes_of
from tests.mutation.order import Order
from tests.mutation.plan import Plan
from tests.mutation.record import FOLDER, Fate, Fitness, Record, Verdict, tests_hash
from tests.mutation.remembered import recall, remember
from tests.mutation.report import FILE, Report
from tests.mutation.reviewed import entry_for, reviewed
from tests.mutation.roots import NotReadyError, require_release_of_sources, sources_hash
from tests.mutation.schema import trees_of
from tests.mutation.worker import Worker, Workshop

SEED = 20221122
COUNT = 420
WORKERS = 2
HANDFUL = 24
SECONDS_FOR_REVIEWED = 10.0
"""In a short run, a mutant that was reviewed as equivalent is given so long to be killed all the same."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many mutants count (default {COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"what decides which ones (default {SEED})")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many of them; writes no page")
    parser.add_argument(
        "--only", metavar="FILE", action="append", help="only files whose path has this in it; no page"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    parser.add_argument(
        "--json", action="store_true", help="print the result as JSON, and nothing else to stdout"
    )
    parser.add_argument(
        "--entries", action="store_true", help="print entries for equivalent.toml of new survivors"
    )
    return parser.parse_args(arguments)


def candidates(only: Sequence[str] | None) -> Iterator[Mutant]:
    """Yield every mutant that the operators make."""
    with start_compiler() as compiler:
        sources, trees = trees_of(compiler)
    for file in sorted(trees):
        if only is None or any(part in file for part in only):
            yield from mutants_of(file, sources[file], changes_of(trees[file], sources[file]))


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Voice:
    """Says what becomes of mutants, as it does."""

    def __init__(self, plan: Plan, known: dict[str, str]) -> None:
        self._plan = plan
        self._known = known
        self._lock = Lock()
        self._began = time.monotonic()

    def say(self, mutant: Mutant, fate: Fate) -> None:
        done, of = self._plan.progress()
        clock = int(time.monotonic() - self._began)
        what = f"{fate.verdict:16}"
        if fate.verdict is Verdict.SURVIVED:
            what = "equivalent      " if mutant.key in self._known else "SURVIVED        "
        by = fate.test.rpartition("/")[2] or fate.why
        with self._lock:
            complain(
                f"{clock // 60:3}:{clock % 60:02} {done:3}/{of} {what} {fate.seconds:5.1f} s  "
                f"{mutant.file}:{mutant.line} {mutant.change.operator}  {by}"
            )


def run(shop: Workshop, compilers: Sequence[Compiler], suites: Sequence[Killers]) -> None:
    """Let workers take mutants until enough are known. Raise what a worker raised."""
    failures: list[BaseException] = []

    def work(worker: Worker) -> None:
        try:
            worker.work()
        except BaseException as exc:  # noqa: BLE001 - it is raised again below
            failures.append(exc)

    workers = [
        Worker(number, shop, compiler, killers)
        for number, (compiler, killers) in enumerate(zip(compilers, suites, strict=True))
    ]
    threads = [Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def end(number: int, frame: FrameType | None) -> None:
    """Leave by way of every `finally`, which ends what was started."""
    sys.exit(128 + number)


def main(arguments: Sequence[str]) -> int:
    wanted = parse(arguments)
    try:
        require_release_of_sources()
    except NotReadyError as exc:
        complain(f"mutate: {exc}")
        return 1
    sources, tests, known = sources_hash(), tests_hash(), reviewed()
    record = Record(sources)
    if wanted.fresh:
        record.forget()
    everything = list(candidates(wanted.only))
    drawn = draw(everything, wanted.seed)
    count = min(wanted.sample or wanted.count, len(drawn))
    is_whole = wanted.sample is None and wanted.only is None and count >= COUNT
    if wanted.sample:
        drawn = sample(drawn, count, wanted.count, sources)
    # A short run is there to be run: it does not read from the record what it should try.
    plan = Plan(drawn, count, record, tests, is_fresh=bool(wanted.sample))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with ExitStack() as stack:
        workers = range(min(WORKERS, count))
        started = [stack.enter_context(start_killers()) for _ in workers]
        compilers = [stack.enter_context(start_compiler()) for _ in workers]
        suites = [Killers(*each) for each in started]
        order, fitness = Order(suites[0].tests), Fitness(sources, tests)
        recall(order)
        for fate in record.history():
            if fate.verdict is Verdict.KILLED:
                order.learn_kill(fate.test, fate.file, fate.place)
        shop = Workshop(
            plan=plan,
            order=order,
            tests=tests,
            fitness=fitness,
            reviewed=known,
            say=Voice(plan, known).say,
            folder=FOLDER / "codes",
            handful=min(HANDFUL, -(-count // WORKERS)),
        )
        if wanted.sample:
            shop.seconds_for_reviewed = SECONDS_FOR_REVIEWED
        run(shop, compilers, suites)
    shutil.rmtree(FOLDER / "codes", ignore_errors=True)
    report = Report(
        fates=plan.fates, reviewed=known, seed=wanted.seed, sources=sources, candidates=len(everything)
    )
    if is_whole:
        FILE.write_text(report.markdown(), "utf-8")
        remember(report.fates.values(), fitness.unfit())
    return finish(report, wanted, is_whole=is_whole)


def finish(report: Report, wanted: argparse.Namespace, *, is_whole: bool) -> int:
    if wanted.json:
        say(json.dumps(report.facts(), indent=1))
    else:
        say(report.table("operator", {mutant: mutant.change.operator for mutant in report.fates}))
        say(report.table("file", {mutant: mutant.file for mutant in report.fates}))
        say(f"mutate: {len(report.killed)} of {len(report.counted)} killed, {report.share:.1%}")
    if wanted.entries:
        say("\n".join(entry_for(mutant) for mutant in report.unexplained))
    complaints = report.complaints(is_whole=is_whole)
    for complaint in complaints:
        complain(f"mutate: {complaint}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
