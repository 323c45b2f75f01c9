"""The vault and its Python model, step by step through stories that Hypothesis makes up.

A step is one transaction that is sent to the chain and to the model: fate, facts of a refusal, every word that was
written, events, balances and all invariants are compared after each. LIFECYCLE_SEED and LIFECYCLE_BATCHES make other
stories, or fewer of them; the seed is printed. `scripts/fuzz` goes on for as long as it is told.
"""

from __future__ import annotations

import os
import time
from typing import Final

import pytest

from tests.lifecycle.crew import Crew, start_crew
from tests.lifecycle.expected import REFUSALS, SUCCESSES, TURNS
from tests.lifecycle.tally import Tally
from tests.lifecycle.telling import tell
from tests.lifecycle.world import World

# The same stories each time, so that nothing here fails by chance.
SEED: Final = int(os.environ.get("LIFECYCLE_SEED", "1"))
BATCHES: Final = int(os.environ.get("LIFECYCLE_BATCHES", "0"))
"""So many batches, in this process; 0 for as many as it takes, in two others."""

LEAST_STEPS: Final = 20_000
LEAST_STORIES: Final = 200


def test_vault__any_story__agrees_with_its_model(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nlifecycle: LIFECYCLE_SEED={SEED} LIFECYCLE_BATCHES={BATCHES} repeats this run")  # noqa: T201
    if BATCHES:
        tally = Tally()
        for batch in range(SEED, SEED + BATCHES):
            print(f"LIFECYCLE_SEED={batch} LIFECYCLE_BATCHES=1 repeats this batch")  # noqa: T201
            tell(world, batch, tally)
        return
    began = time.monotonic()
    with start_crew() as crew:
        crew.tell(SEED, _is_enough)
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(f"lifecycle: {seconds:.0f} s, {crew.tally.steps / seconds:.0f} steps/s")  # noqa: T201
        print("lifecycle: " + crew.tally.report())  # noqa: T201
    assert crew.tally.steps >= LEAST_STEPS
    assert crew.tally.stories.total() >= LEAST_STORIES
    missing = crew.tally.missing(SUCCESSES, REFUSALS, TURNS)
    assert not missing, f"the stories never came to {sorted(missing)}"


def _is_enough(crew: Crew) -> bool:
    """Whether enough was told, and everywhere; or so much more than enough that the rest is not to be had."""
    tally = crew.tally
    is_enough = tally.steps >= LEAST_STEPS and tally.stories.total() >= LEAST_STORIES
    if not is_enough or not tally.missing(SUCCESSES, REFUSALS, TURNS):
        return is_enough
    return tally.steps >= LEAST_STEPS * 3 // 2
