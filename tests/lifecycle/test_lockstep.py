"""The vault and its Python model, step by step through stories that Hypothesis makes up.

LIFECYCLE_SEED and LIFECYCLE_BATCHES make other stories, or more of them; the seed is printed. A failing story is
shortened for up to five minutes, unless LIFECYCLE_SHRINK=no.
"""

from __future__ import annotations

import os
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycle.expected import REFUSALS, SUCCESSES, TURNS
from tests.lifecycle.machine import Lockstep
from tests.lifecycle.tally import Tally
from tests.lifecycle.world import World

# The same stories each time, so that nothing here fails by chance.
SEED: Final = int(os.environ.get("LIFECYCLE_SEED", "1"))
BATCHES: Final = int(os.environ.get("LIFECYCLE_BATCHES", "15"))
# Fewer of them, for a quick look, need not come everywhere.
ENOUGH: Final = 15
# Told only as long as there is a place that no story came to yet.
BATCHES_TO_COMPLETE: Final = 10 if BATCHES >= ENOUGH else 0
# From the tenth story on, Hypothesis would mostly vary those that it has told: new ones go to other places.
STORIES_IN_A_BATCH: Final = 9
STEPS_IN_A_STORY: Final = 50

SETTINGS: Final = settings(
    max_examples=STORIES_IN_A_BATCH,
    stateful_step_count=STEPS_IN_A_STORY,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate] if os.environ.get("LIFECYCLE_SHRINK") == "no" else [Phase.generate, Phase.shrink],
)


def test_vault__any_story__agrees_with_its_model(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    with capsys.disabled():
        print(f"\nlifecycle: LIFECYCLE_SEED={SEED} LIFECYCLE_BATCHES={BATCHES} repeats this run")  # noqa: T201
    for batch in range(SEED, SEED + BATCHES + BATCHES_TO_COMPLETE):
        if batch >= SEED + BATCHES and not tally.missing(SUCCESSES, REFUSALS, TURNS):
            break
        print(f"LIFECYCLE_SEED={batch} LIFECYCLE_BATCHES=1 repeats this batch")  # noqa: T201
        run_state_machine_as_test(seed(batch)(_stories(world, tally)), settings=SETTINGS)
    with capsys.disabled():
        print("lifecycle: " + tally.report())  # noqa: T201
    missing = tally.missing(SUCCESSES, REFUSALS, TURNS)
    assert not missing or BATCHES < ENOUGH, f"the stories never came to {sorted(missing)}"


def _stories(world: World, tally: Tally) -> type[Lockstep]:
    class Stories(Lockstep):
        def __init__(self) -> None:
            super().__init__(world, tally)

    return Stories
