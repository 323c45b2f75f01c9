"""How few it takes: the counts of a plan against those of the specification, which are played on a chain."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.coalitions import SETUPS, rows
from tests.attacks.coalitions import verdict as counted
from verifier.assess.planning.coalitions import Setup, Verdict, verdict
from verifier.model.tier import TierTerms
from verifier.model.units import Duration, Hours

CUSTODY = TierTerms(quorum=3, security_approvals=0, delay=Duration(259_200), grace_hours=Hours(72))
SAID = {
    Verdict.STEALS: "steals",
    Verdict.NOTHING: "nothing",
    Verdict.BLOCKS: "blocks, curable",
    Verdict.BLOCKS_FOR_GOOD: "blocks for good",
}


@pytest.mark.parametrize("name", SETUPS)
def test_coalitions__of_every_vault_in_the_specification__as_it_says(name: str) -> None:
    for setup_name, setup, coalition in rows():
        if setup_name == name:
            people = setup.people
            counts = (people.approvers, 0, 0, 0, people.proposers, people.guardians)
            taken = (coalition.approvers, 0, 0, 0, coalition.proposers, coalition.guardians)
            found = verdict(Setup(counts=counts, custody=CUSTODY, supermajority=setup.supermajority), taken)
            assert SAID[found] == counted(setup, coalition), str(coalition)


@given(
    approvers=st.integers(0, 5),
    security=st.integers(0, 5),
    proposers=st.integers(0, 2),
    guardians=st.integers(0, 2),
    supermajority=st.integers(3, 6),
    data=st.data(),
)
def test_coalitions__where_nobody_asks_for_the_security_team__it_counts_like_others(
    approvers: int, security: int, proposers: int, guardians: int, supermajority: int, data: st.DataObject
) -> None:
    taken = tuple(data.draw(st.integers(0, most)) for most in (approvers, security, proposers, guardians))
    apart = Setup(
        counts=(approvers, security, 0, 0, proposers, guardians), custody=CUSTODY, supermajority=supermajority
    )
    merged = Setup(
        counts=(approvers + security, 0, 0, 0, proposers, guardians),
        custody=CUSTODY,
        supermajority=supermajority,
    )
    assert verdict(apart, (taken[0], taken[1], 0, 0, taken[2], taken[3])) is verdict(
        merged, (taken[0] + taken[1], 0, 0, 0, taken[2], taken[3])
    )


def test_coalitions__where_the_security_team_is_needed__cannot_steal_without_it() -> None:
    custody = replace(CUSTODY, security_approvals=1)
    setup = Setup(counts=(5, 2, 0, 0, 1, 0), custody=custody, supermajority=3)
    assert verdict(setup, (4, 0, 0, 0, 1, 0)) is Verdict.BLOCKS_FOR_GOOD
    assert verdict(setup, (3, 1, 0, 0, 1, 0)) is Verdict.STEALS
