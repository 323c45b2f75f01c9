"""Batches of stories: each is told by Hypothesis from a seed of its own, which repeats it."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stdout
from typing import Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycle.lockstep import Lockstep
from tests.lifecycle.tally import Tally
from tests.lifecycle.world import World

# From the tenth story on, Hypothesis would mostly vary those that it has told: new ones go to other places.
STORIES_IN_A_BATCH: Final = 9
STEPS_IN_A_STORY: Final = 50
# Hypothesis makes a failing story shorter for five minutes at the most.
IS_SHORTENED: Final = os.environ.get("LIFECYCLE_SHRINK") != "no"

SETTINGS: Final = settings(
    max_examples=STORIES_IN_A_BATCH,
    stateful_step_count=STEPS_IN_A_STORY,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink] if IS_SHORTENED else [Phase.generate],
)


def tell(world: World, batch: int, tally: Tally) -> None:
    """Tell the stories of a batch; whatever is wrong with one is raised, with the story in its notes."""

    class Stories(Lockstep):
        def __init__(self) -> None:
            super().__init__(world, tally)

    run_state_machine_as_test(seed(batch)(Stories), settings=SETTINGS)


def failure_of(world: World, batch: int, tally: Tally) -> str:
    """Tell a batch. Return what is wrong with it, as a text; nothing where nothing is."""
    # Hypothesis prints the story of a failure that it raises as one of several.
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            tell(world, batch, tally)
    except Exception as exc:  # noqa: BLE001 - whatever it is, whoever asked is told
        notes = "\n".join(getattr(exc, "__notes__", ()))
        return f"{type(exc).__name__}: {exc}\n{notes}\n{said.getvalue()}"
    return ""
