"""`scripts/fuzz frost`: groups whose holders die, lie and are told lies, for as long as one likes; see there."""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import Any, Final

from hypothesis import HealthCheck, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import run_state_machine_as_test

from tests.frost_core.test_crashes import Dealings
from tests.frost_core.test_crashes_signing import Signings

MINUTES: Final = 10.0
INTERRUPTED: Final = 130
STORIES: Final[tuple[tuple[str, Any, int], ...]] = (("signings", Signings, 30), ("dealings", Dealings, 30))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz frost",
        description="Tell stories of groups whose holders and coordinators are killed, for as long as you like.",
    )
    parser.add_argument("minutes", nargs="?", type=float, default=MINUTES, help="how long (10)")
    parser.add_argument("--seed", type=int, help="where to begin; without it, anywhere")
    arguments = parser.parse_args()
    first = random.SystemRandom().randrange(1, 2**31) if arguments.seed is None else arguments.seed
    say(f"seed {first}: scripts/fuzz frost {arguments.minutes:g} --seed {first} repeats this run")
    end = time.monotonic() + 60 * arguments.minutes
    told = 0
    while time.monotonic() < end:
        for name, machine, steps in STORIES:
            if not tell(machine, steps, first + told):
                say(f"something is wrong with {name}; --seed {first + told} begins with it")
                return 1
        told += 1
        say(f"{told} rounds of {len(STORIES)} times 50 stories, and nothing is wrong")
    return 0


def tell(machine: Any, steps: int, number: int) -> bool:
    """Tell fifty stories; print the shortest one that goes wrong, and return whether none does."""
    stories = settings(
        max_examples=50,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(machine), settings=stories)
    except (AssertionError, HypothesisException, ValueError) as exc:
        sys.stderr.write("".join(f"{line}\n" for line in (*getattr(exc, "__notes__", ()), repr(exc))))
        return False
    return True


def say(text: str) -> None:
    sys.stderr.write(f"fuzz: {text}\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
