"""Floors: counting heads, against trying every publisher and taking out every member."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.rosters import custody, roster
from verifier.assess import floors
from verifier.errors.settings import (
    FloorBroken,
)
from verifier.model.roster import Roster
from verifier.model.tier import TierTerms
from verifier.model.units import MemberIndex


def can_govern(members: Roster, needed: TierTerms) -> bool:
    """The bare floor in its own words: someone publishes a seat operation, and others are a CUSTODY quorum."""
    for publisher in members.approvers | members.proposers:
        others = members.approvers - {publisher}
        if len(others) >= needed.quorum and len(others & members.security) >= needed.security_approvals:
            return True
    return False


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    approvers = draw(st.frozensets(st.integers(0, 6), max_size=6))
    security = draw(st.frozensets(st.sampled_from(sorted(approvers)))) if approvers else frozenset()
    proposers = draw(st.frozensets(st.integers(0, 9), max_size=4))
    return roster(set(approvers), security=set(security), proposers=set(proposers))


@given(rosters(), st.integers(2, 5), st.integers(0, 3))
def test_bare_floor__any_members__as_trying_all_publishers_says(
    members: Roster, needed: int, security: int
) -> None:
    terms_ = custody(needed, security)
    assert floors.is_bare_floor(floors.heads_of(members), terms_) == can_govern(members, terms_)


@given(rosters(), st.integers(2, 5), st.integers(0, 3))
def test_full_floor__any_members__as_taking_each_out_says(
    members: Roster, needed: int, security: int
) -> None:
    terms_ = custody(needed, security)

    def without(seat: MemberIndex) -> Roster:
        return replace(
            members,
            approvers=members.approvers - {seat},
            security=members.security - {seat},
            proposers=members.proposers - {seat},
        )

    expected = can_govern(members, terms_) and all(
        can_govern(without(seat), terms_) for seat in members.approvers | members.proposers
    )
    assert floors.is_full_floor(floors.heads_of(members), terms_) == expected


@pytest.mark.parametrize(
    ("approvers", "proposers", "needed", "stands"),
    [
        ({0, 1, 2}, {0}, 2, False),  # 2 of 3: with one gone, the other two cannot both publish and approve
        ({0, 1, 2}, {5}, 2, True),  # with a proposer who is no approver they can, whoever is gone
        ({0, 1, 2, 3}, {0}, 2, True),
        ({0, 1, 2, 3, 4}, {0}, 3, True),
        ({0, 1, 2, 3}, {0}, 3, False),
    ],
)
def test_full_floor__known_sizes__stands_or_not(
    approvers: set[int], proposers: set[int], needed: int, stands: bool
) -> None:
    members = roster(approvers, proposers=proposers)
    if stands:
        floors.require_full_floor(members, custody(needed))
        return
    with pytest.raises(FloorBroken):
        floors.require_full_floor(members, custody(needed))


def test_require_bare_floor__too_few__refused_with_the_numbers() -> None:
    needed = custody(2, 1)
    with pytest.raises(FloorBroken) as broken:
        floors.require_bare_floor(roster({0, 1}, security={0}), needed)
    assert (broken.value.approvers, broken.value.security) == (2, 1)
    assert TierTerms.unpack(broken.value.custody) == needed
    floors.require_bare_floor(roster({0, 1, 2}, security={0}), needed)
