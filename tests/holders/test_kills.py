"""kill -9 at any step: no nonce is ever used twice, and one epoch can always sign.

`scripts/fuzz holders` takes all steps of all ceremonies; here each kind of step comes once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.holders.company import Company
from tests.holders.forked import Forker, forking
from tests.holders.fuzz import find, kind_of
from tests.holders.killing import DESK, playing
from tests.holders.kills import run_kills
from tests.luck import draw_seed

_MOMENT: Final = 2.0

KINDS: Final = {
    *(
        "create before",
        "create after",
        "write before",
        "write half",
        "write after",
        "fsync before",
        "fsync after",
    ),
    *("rename before", "rename after", "unlink before", "unlink after"),
    *("receive after", "send before", "send half", "send after"),
}
ENDS: Final[dict[str, Sequence[dict[int, str]]]] = {
    "signing": (
        {1: "write sessions half 1"},
        {1: "send signature_share before 1"},
        {DESK: "receive signature_share after 1", 2: "send signature_share after 1"},
    ),
    "keygen": (
        {1: "create sessions before 1"},
        {2: "rename share.pending-N.json before 1", 3: "fsync share.pending-N.json before 1"},
        {3: "write share.json before 1"},
        {DESK: "write records.jsonl half 2"},
        {DESK: "send offer half 1"},
        {DESK: "fsync group.toml after 1"},
    ),
    "refresh": (
        {1: "send offer after 1"},
        {2: "create share.json after 1"},
        {3: "unlink share.pending-N.json before 1"},
        {DESK: "write certificate-N after 1"},
    ),
    "reshare": (
        {3: "unlink share.json after 1"},
        {4: "rename group.toml before 1"},
        {DESK: "rename group.toml after 1"},
    ),
    "repair": (
        {2: "write share.json half 1"},
        {2: "rename share.json after 1"},
        {DESK: "fsync records.jsonl before 9"},
    ),
}
"""Of two that end, the second may never come so far."""


def test_sign__killed_at_random_steps_and_told_everything_twice__no_nonce_twice(company: Company) -> None:
    with forking(company) as forker:
        run_kills(company, forker, kills=24, seed=draw_seed())


@pytest.mark.parametrize("answers", [1, 4, 7, 8, 10])
def test_refresh__a_holder_is_killed_after_so_many_answers__one_epoch_signs_and_the_next_refresh_is_whole(
    company: Company, answers: int
) -> None:
    point = company.group.point
    with forking(company) as forker:
        for index in (1, 2, 3):
            forker.start(index)
        _refresh_and_kill(company, forker, answers)
        forker.start(2)
        after = company.group.epoch
        company.must("refresh", str(company.desk))
    assert company.group.point == point
    assert company.group.epoch > after


def _refresh_and_kill(company: Company, forker: Forker, answers: int) -> None:
    """Kill holder 2 once the coordinator has so many answers, and let it end as it will."""
    killed: list[float] = []

    def kill(said: str) -> bool:
        if not killed and said.count(" answered: ") >= answers:
            forker.kill(2)
            killed.append(time.monotonic())
        # The others have a moment for what they still answer; nothing depends on whether they do.
        return bool(killed) and time.monotonic() - killed[0] > _MOMENT

    ran = company.call_until(kill, "refresh", str(company.desk))
    assert killed
    assert ran.code in (0, 12), ran


def test_ends__of_all_ceremonies__each_kind_of_step_is_among_them() -> None:
    assert {kind_of(step) for plays in ENDS.values() for ends in plays for step in ends.values()} == KINDS


@pytest.mark.parametrize("name", ENDS)
def test_kill__at_steps_of_a_ceremony__all_start_again_and_the_next_one_is_whole(
    tmp_path: Path, name: str
) -> None:
    """`Game.play` holds everything against what must be, and against what must never be."""
    with playing(name, tmp_path, seed=draw_seed()) as game:
        for ends in ENDS[name]:
            # So that both that are there have to sign.
            ended = game.play(ends, without=(3,) if name == "signing" else ())
            assert next(iter(ends.values())) in ended


@pytest.mark.parametrize("fault", ["nonce", "share"])
def test_find__a_fault_is_planted_in_all_holders__found(
    capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    """Whoever kills and finds nothing must be somebody who would find something."""
    assert find([fault], 60, draw_seed()) == 0
    assert f"found {fault}" in capsys.readouterr().out
