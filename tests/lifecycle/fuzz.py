"""`scripts/fuzz`: stories for as long as one likes, and the pure rules behind them; see there."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from hypothesis import HealthCheck, seed, settings
from hypothesis.errors import HypothesisException

from tests.core import test_place, test_policy, test_segregation
from tests.lifecycle.crew import Crew, StoryFailedError, start_crew
from tests.lifecycle.expected import REFUSALS, SUCCESSES, TURNS
from tests.lifecycle.planted import find_planted

MINUTES: Final = 10.0
MANY: Final = settings(
    max_examples=1_000, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
INTERRUPTED: Final = 130
PURE: Final = (test_segregation, test_place, test_policy)
"""The geometry that people apart are told by, and the policy with its buckets."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description="Tell stories of the vault and its model, for as long as you like."
    )
    parser.add_argument("minutes", nargs="?", type=float, default=MINUTES, help="how long (10)")
    parser.add_argument("--seed", type=int, help="where to begin; without it, anywhere")
    parser.add_argument(
        "--planted", action="store_true", help="find faults put into the contracts on purpose"
    )
    arguments = parser.parse_args()
    first = random.SystemRandom().randrange(10**9) if arguments.seed is None else arguments.seed
    say(f"seed {first}: scripts/fuzz {arguments.minutes:g} --seed {first} repeats this run")
    try:
        if arguments.planted:
            return find_planted(first, say)
        until = time.monotonic() + 60 * arguments.minutes
        return try_pure_rules(first) or tell_stories(first, until)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED


def try_pure_rules(first: int) -> int:
    """Try what needs no chain with many examples. Return 1 where a rule does not hold."""
    for name, rule in _rules():
        try:
            seed(first)(MANY(rule))()
        except (AssertionError, HypothesisException) as exc:
            notes = "\n".join(getattr(exc, "__notes__", ()))
            say(f"{name} does not hold: {exc}\n{notes}")
            return 1
    say(f"{len(list(_rules()))} pure rules hold in {MANY.max_examples} examples each")
    return 0


def _rules() -> Iterator[tuple[str, Callable[[], Any]]]:
    for module in PURE:
        for name, rule in vars(module).items():
            if getattr(rule, "is_hypothesis_test", False):
                yield name, rule


def tell_stories(first: int, until: float) -> int:
    """Tell stories until the time is over. Return 1 where one went wrong."""
    began, told = time.monotonic(), time.monotonic()

    def is_enough(crew: Crew) -> bool:
        nonlocal told
        if time.monotonic() - told > 60:
            told = time.monotonic()
            say(f"{crew.tally.stories.total()} stories, {crew.tally.steps} steps, and nothing wrong")
        return time.monotonic() > until

    with start_crew() as crew:
        try:
            crew.tell(first, is_enough)
        except StoryFailedError as exc:
            say(f"{exc}")
            again = f"LIFECYCLE_SEED={exc.batch} LIFECYCLE_BATCHES=1 scripts/test tests/lifecycle/test_lockstep.py"
            say(f"{again} repeats it")
            return 1
        finally:
            seconds = time.monotonic() - began
            say(f"{crew.batches} batches in {seconds:.0f} s, {crew.tally.steps / seconds:.0f} steps/s")
            say(crew.tally.report())
            say(f"never: {', '.join(sorted(crew.tally.missing(SUCCESSES, REFUSALS, TURNS))) or 'nothing'}")
    return 0


def say(words: str) -> None:
    print(f"fuzz: {words}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
