"""Floors: counting heads, against trying every publisher and taking out every member."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.rosters import custody, roster, seats
from verifier.assess import floors
from verifier.errors.settings import (
    FloorBroken,
)
from verifier.model.roster import Roster
from verifier.model.tier import TierTerms
from verifier.model.units import MemberIndex
from verifier.model.word import NO_SEATS, SeatSet


def can_govern(members: Roster, groups: SeatSet, needed: TierTerms) -> bool:
    """The bare floor in its own words: someone publishes a seat operation, and others are a CUSTODY quorum.

    A group sends no transactions, so it does not publish.
    """
    for publisher in (members.approvers | members.proposers) - groups:
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


@st.composite
def casts(draw: st.DrawFn) -> tuple[Roster, SeatSet]:
    """Members, and which of them are groups: approvers who are no proposers, or others who do not count today."""
    members = draw(rosters())
    possible = sorted((members.approvers - members.proposers) | {MemberIndex(20)})
    return members, draw(st.frozensets(st.sampled_from(possible)))


@given(casts(), st.integers(2, 5), st.integers(0, 3))
def test_bare_floor__any_members__as_trying_all_publishers_says(
    cast: tuple[Roster, SeatSet], needed: int, security: int
) -> None:
    terms_ = custody(needed, security)
    assert floors.is_bare_floor(floors.heads_of(*cast), terms_) == can_govern(*cast, terms_)


@given(casts(), st.integers(2, 5), st.integers(0, 3))
def test_full_floor__any_members__as_taking_each_out_says(
    cast: tuple[Roster, SeatSet], needed: int, security: int
) -> None:
    members, groups = cast
    terms_ = custody(needed, security)

    def without(seat: MemberIndex) -> Roster:
        return replace(
            members,
            approvers=members.approvers - {seat},
            security=members.security - {seat},
            proposers=members.proposers - {seat},
        )

    expected = can_govern(members, groups, terms_) and all(
        can_govern(without(seat), groups, terms_) for seat in members.approvers | members.proposers
    )
    assert floors.is_full_floor(floors.heads_of(members, groups), terms_) == expected


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
        floors.require_full_floor(members, NO_SEATS, custody(needed))
        return
    with pytest.raises(FloorBroken):
        floors.require_full_floor(members, NO_SEATS, custody(needed))


@pytest.mark.parametrize(
    ("approvers", "groups", "needed", "stands"),
    [
        ({0, 1, 2, 3}, {3}, 2, True),
        ({0, 1, 2, 3}, {2, 3}, 2, True),
        # With the only one gone who could publish, nobody can.
        ({0, 1, 2, 3}, {1, 2, 3}, 2, False),
        ({0, 1, 2, 3, 4}, {2, 3, 4}, 3, True),
    ],
)
def test_full_floor__groups__do_not_publish(
    approvers: set[int], groups: set[int], needed: int, stands: bool
) -> None:
    heads = floors.heads_of(roster(approvers), seats(*groups))
    assert floors.is_full_floor(heads, custody(needed)) is stands
    assert floors.is_full_floor(floors.heads_of(roster(approvers), NO_SEATS), custody(needed))


def test_require_bare_floor__too_few__refused_with_the_numbers() -> None:
    needed = custody(2, 1)
    with pytest.raises(FloorBroken) as broken:
        floors.require_bare_floor(roster({0, 1}, security={0}), NO_SEATS, needed)
    assert (broken.value.approvers, broken.value.security) == (2, 1)
    assert TierTerms.unpack(broken.value.custody) == needed
    floors.require_bare_floor(roster({0, 1, 2}, security={0}), NO_SEATS, needed)
