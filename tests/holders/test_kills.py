"""kill -9 at any step: no nonce is ever used twice, and one epoch can always sign."""

from __future__ import annotations

import secrets

import pytest

from tests.holders.company import Company
from tests.holders.forked import Forker, forking
from tests.holders.kills import run_kills


def test_sign__killed_at_random_steps_and_told_everything_twice__no_nonce_twice(company: Company) -> None:
    with forking(company) as forker:
        run_kills(company, forker, kills=24, seed=secrets.randbelow(1 << 30))


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
    ceremony = company.convene("refresh", str(company.desk), "--patience", "2")
    ceremony.wait_for(" answered: ", times=answers)
    forker.kill(2)
    code = ceremony.wait()
    assert code in (0, 12), ceremony.text
