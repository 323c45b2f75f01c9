"""Break-glass: what may be hurried, and whose consents are enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.rosters import PLACES, SEGREGATED, TIERS, roster, sitting
from verifier.assess.hurry import require_consents, require_expeditable
from verifier.errors.approvals import ConsentsTooFew
from verifier.errors.operations import OperationNotExpeditable
from verifier.model.lane import EMPTY_LANE, Lane
from verifier.model.life import Status
from verifier.model.member import Kind, Role
from verifier.model.tier import Tier, TierBook
from verifier.model.units import Duration, MemberIndex, OperationId, Timestamp

ID = OperationId(b"\x01" * 32)
NOW = Timestamp(1_700_000_000)
HOUR = Duration(3_600)
# The second and the third may break the glass; the fourth is of the security team; the fifth is a group.
CAST = {
    MemberIndex(0): sitting(0, PLACES[0]),
    MemberIndex(1): sitting(1, PLACES[1], roles=Role.APPROVER | Role.BREAK_GLASS),
    MemberIndex(2): sitting(2, PLACES[2], roles=Role.APPROVER | Role.BREAK_GLASS),
    MemberIndex(3): sitting(3, PLACES[0], roles=Role.APPROVER | Role.SECURITY),
    MemberIndex(4): replace(sitting(4), kind=Kind.FROST_ODD),
}
# A supermajority is three.
ROSTER = roster({0, 1, 2, 3, 4}, security={3})


def waiting(tier: Tier, ready_at: int = NOW + 86_400) -> Lane:
    return replace(EMPTY_LANE, tier=tier, status=Status.WAITING, moment=Timestamp(ready_at))


def hurried(tier: Tier) -> TierBook:
    tiers = [replace(terms, expedited_delay=HOUR) if i == tier else terms for i, terms in enumerate(TIERS)]
    return tiers[0], tiers[1], tiers[2], tiers[3]


@pytest.mark.parametrize(
    ("tier", "ready_at", "is_expeditable"),
    [
        (Tier.STANDARD, NOW + HOUR + 1, True),
        (Tier.STANDARD, NOW + HOUR, False),
        (Tier.HIGH_VALUE, NOW + 2 * HOUR, True),
        (Tier.CUSTODY, NOW + 2 * HOUR, False),
    ],
)
def test_require_expeditable__brings_it_nearer_and_is_no_custody(
    tier: Tier, ready_at: int, is_expeditable: bool
) -> None:
    if is_expeditable:
        found = require_expeditable(ID, waiting(tier, ready_at), tiers=hurried(tier), now=NOW)
        assert found == NOW + HOUR
        return
    with pytest.raises(OperationNotExpeditable) as refused:
        require_expeditable(ID, waiting(tier, ready_at), tiers=hurried(tier), now=NOW)
    assert refused.value.ready_at == NOW + HOUR


def test_require_expeditable__tier_that_hurries_nothing__refused() -> None:
    ready_at = Timestamp(NOW + TIERS[Tier.HIGH_VALUE].delay)
    with pytest.raises(OperationNotExpeditable):
        require_expeditable(ID, waiting(Tier.HIGH_VALUE, ready_at), tiers=TIERS, now=NOW)


@pytest.mark.parametrize(
    ("tier", "tiers", "consenting", "are_enough"),
    [
        (Tier.STANDARD, TIERS, [0, 1], True),
        (Tier.STANDARD, TIERS, [1], False),
        (Tier.STANDARD, TIERS, [0, 3], False),  # nobody may break the glass
        (Tier.STANDARD, TIERS, [4, 1], True),
        (Tier.HIGH_VALUE, TIERS, [0, 1], False),  # a supermajority from here on
        (Tier.HIGH_VALUE, TIERS, [0, 1, 3], True),
        (Tier.HIGH_VALUE, SEGREGATED, [0, 1, 2], True),
        (Tier.HIGH_VALUE, SEGREGATED, [0, 1, 2, 3], True),
        (Tier.HIGH_VALUE, SEGREGATED, [0, 3, 1, 2], False),  # the quorum stands first
        (Tier.HIGH_VALUE, SEGREGATED, [4, 1, 2], False),
    ],
)
def test_require_consents__by_number_role_and_place(
    tier: Tier, tiers: TierBook, consenting: list[int], are_enough: bool
) -> None:
    seats = [MemberIndex(seat) for seat in consenting]
    if are_enough:
        require_consents(ID, waiting(tier), seats, roster=ROSTER, tiers=tiers, members=CAST)
        return
    with pytest.raises(ConsentsTooFew) as refused:
        require_consents(ID, waiting(tier), seats, roster=ROSTER, tiers=tiers, members=CAST)
    assert refused.value.needed == (3 if tier is Tier.HIGH_VALUE else 2)
    assert refused.value.consents == sum(1 << seat for seat in consenting)


def test_require_consents__security_approvals__have_to_be_among_them() -> None:
    tiers = (TIERS[0], replace(TIERS[1], security_approvals=1), TIERS[2], TIERS[3])
    for consenting, are_enough in (([1, 3], True), ([1, 0], False)):
        seats = [MemberIndex(seat) for seat in consenting]
        if are_enough:
            require_consents(ID, waiting(Tier.STANDARD), seats, roster=ROSTER, tiers=tiers, members=CAST)
            continue
        with pytest.raises(ConsentsTooFew):
            require_consents(ID, waiting(Tier.STANDARD), seats, roster=ROSTER, tiers=tiers, members=CAST)
