"""Which terms, roles and attributes there may be: both sides of every limit."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from tests.core.rosters import TERMS, TIERS, custody
from verifier.assess import terms
from verifier.errors import TWINS
from verifier.errors.members import GroupHoldersInvalid, MemberAttributesInvalid, MemberRolesInvalid
from verifier.errors.settings import (
    FloorBroken,
    RuleInvalid,
    SupermajorityOutOfRange,
    TierLessStrict,
    TierTermsInvalid,
)
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.group import pack_holders
from verifier.model.limits import MAX_DELAY, MIN_DELAY, MIN_HIGH_DELAY, MIN_HIGH_EXPEDITED_DELAY
from verifier.model.member import UNIT, Attributes, Role
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier
from verifier.model.units import Duration, Hours, Timestamp, Units

VAULT = Address(b"\x11" * 20)


def test_require_valid_tiers__usual_ones__pass() -> None:
    terms.require_valid_tiers(TIERS)


@pytest.mark.parametrize(
    ("tier", "changes", "is_valid"),
    [
        (Tier.CUSTODY, {"quorum": 63}, True),
        (Tier.CUSTODY, {"quorum": 64}, False),
        (Tier.ROUTINE, {"quorum": 1}, False),
        (Tier.CUSTODY, {"security_approvals": 2}, True),
        (Tier.CUSTODY, {"security_approvals": 3}, False),
        (Tier.ROUTINE, {"delay": Duration(MIN_DELAY - 1)}, False),
        (Tier.HIGH_VALUE, {"delay": Duration(MIN_HIGH_DELAY - 1)}, False),
        (Tier.CUSTODY, {"delay": MAX_DELAY}, True),
        (Tier.CUSTODY, {"delay": Duration(MAX_DELAY + 1)}, False),
        (Tier.CUSTODY, {"grace_hours": Hours(23)}, False),
        (Tier.CUSTODY, {"grace_hours": Hours(720)}, True),
        (Tier.CUSTODY, {"grace_hours": Hours(721)}, False),
        (Tier.CUSTODY, {"closes_at": 97}, False),
        (Tier.CUSTODY, {"opens_at": 96}, False),
        (Tier.CUSTODY, {"weekdays": 0}, False),
        (Tier.CUSTODY, {"weekdays": 128}, False),
        (Tier.CUSTODY, {"opens_at": 48, "grace_hours": Hours(36)}, True),
        (Tier.CUSTODY, {"opens_at": 48, "grace_hours": Hours(35)}, False),
        (Tier.CUSTODY, {"weekdays": 0b0011111, "grace_hours": Hours(72)}, True),
        (Tier.CUSTODY, {"weekdays": 0b0011111, "grace_hours": Hours(71)}, False),
        (Tier.CUSTODY, {"weekdays": 0b0111110, "grace_hours": Hours(72)}, True),
        (Tier.CUSTODY, {"weekdays": 0b0111110, "grace_hours": Hours(71)}, False),
        (Tier.CUSTODY, {"segregated": 1, "quorum": 7}, True),
        (Tier.CUSTODY, {"segregated": 1, "quorum": 8}, False),
        (Tier.CUSTODY, {"segregated": 2}, False),
        (Tier.HIGH_VALUE, {"expedited_delay": MIN_HIGH_EXPEDITED_DELAY}, True),
        (Tier.HIGH_VALUE, {"expedited_delay": Duration(MIN_HIGH_EXPEDITED_DELAY - 1)}, False),
        (Tier.HIGH_VALUE, {"expedited_delay": Duration(TERMS.delay + 1)}, False),
        (Tier.STANDARD, {"delay": Duration(MIN_DELAY + 1), "expedited_delay": MIN_DELAY}, True),
        (Tier.STANDARD, {"delay": MIN_DELAY, "expedited_delay": Duration(MIN_DELAY - 1)}, False),
        (Tier.CUSTODY, {"expedited_delay": Duration(TERMS.delay - 1)}, False),
    ],
)
def test_tier_terms__on_either_side_of_a_limit__valid_or_not(
    tier: Tier, changes: dict[str, int], is_valid: bool
) -> None:
    changed = replace(TIERS[tier], **changes)  # type: ignore[arg-type]
    assert terms.are_valid_tier_terms(tier, changed) is is_valid
    if not is_valid:
        tiers = tuple(changed if t == tier else TIERS[t] for t in Tier)
        with pytest.raises(TierTermsInvalid) as refused:
            terms.require_valid_tiers((tiers[0], tiers[1], tiers[2], tiers[3]))
        assert refused.value.tier == tier


@pytest.mark.parametrize(
    "changes",
    [
        {"quorum": 3},
        {"security_approvals": 1},
        {"delay": Duration(86_401)},
        {"segregated": 1},
        {"opens_at": 1, "grace_hours": Hours(25)},
        {"closes_at": 95, "grace_hours": Hours(25)},
        {"weekdays": 126, "grace_hours": Hours(48)},
    ],
)
def test_require_valid_tiers__stricter_below__refused(changes: dict[str, int]) -> None:
    stricter = replace(TERMS, **changes)  # type: ignore[arg-type]
    terms.require_valid_tiers((TIERS[0], TIERS[1], TERMS, stricter))
    with pytest.raises(TierLessStrict) as refused:
        terms.require_valid_tiers((TIERS[0], TIERS[1], stricter, TERMS))
    assert refused.value.tier == Tier.CUSTODY


def test_require_valid_tiers__hurried_more_than_the_tier_below__refused() -> None:
    hour, two = Duration(3_600), Duration(7_200)
    for standard, high, is_valid in ((hour, hour, True), (hour, two, True), (two, hour, False)):
        tiers = (
            TIERS[0],
            replace(TERMS, expedited_delay=standard),
            replace(TERMS, expedited_delay=high),
            TERMS,
        )
        if is_valid:
            terms.require_valid_tiers(tiers)
            continue
        with pytest.raises(TierLessStrict):
            terms.require_valid_tiers(tiers)


@pytest.mark.parametrize(("supermajority", "is_valid"), [(2, False), (3, True), (5, True), (6, False)])
def test_require_supermajority__quorum_to_approvers(supermajority: int, is_valid: bool) -> None:
    if is_valid:
        terms.require_supermajority(supermajority, custody=custody(3), approvers=5)
        return
    with pytest.raises(SupermajorityOutOfRange):
        terms.require_supermajority(supermajority, custody=custody(3), approvers=5)


def test_roles__every_combination__as_the_three_rules_say() -> None:
    for size in range(len(Role) + 1):
        for chosen in combinations(Role, size):
            roles = sum(chosen)
            is_valid = bool(roles)
            is_valid &= not (roles & (Role.SECURITY | Role.BREAK_GLASS)) or bool(roles & Role.APPROVER)
            is_valid &= not (roles & Role.GUARDIAN) or not roles & (Role.PROPOSER | Role.APPROVER)
            assert terms.are_valid_roles(roles) is is_valid, roles
    with pytest.raises(MemberRolesInvalid):
        terms.require_valid_roles(64 | Role.APPROVER)


@pytest.mark.parametrize(
    ("attributes", "is_valid"),
    [
        (Attributes(employer=1, utc_offset=840, place=(UNIT, 0, 0)), True),
        (Attributes(employer=1, utc_offset=841, place=(UNIT, 0, 0)), False),
        (Attributes(employer=1, utc_offset=-720, place=(0, -UNIT, 0)), True),
        (Attributes(employer=1, utc_offset=-721, place=(0, -UNIT, 0)), False),
        (Attributes(employer=0, utc_offset=0, place=(0, 0, UNIT - 1)), True),
        (Attributes(employer=0, utc_offset=0, place=(0, 0, UNIT - 2)), False),
        (Attributes(employer=0, utc_offset=0, place=(0, 0, 0)), False),
        (Attributes(employer=0, utc_offset=0, place=(4_843_165, 4_843_165, 4_843_164)), True),
    ],
)
def test_attributes__on_either_side_of_a_limit__valid_or_not(attributes: Attributes, is_valid: bool) -> None:
    assert terms.are_valid_attributes(attributes.pack()) is is_valid
    assert not terms.are_valid_attributes(attributes.pack() | 1 << 120)
    if not is_valid:
        with pytest.raises(MemberAttributesInvalid):
            terms.require_valid_attributes(NOBODY, attributes.pack())


def test_asset_terms__on_either_side_of_a_limit__valid_or_not() -> None:
    usual = AssetTerms(routine_limit=Units(1), high_value_from=Units(2), decimals=36)
    assert terms.are_valid_asset_terms(usual.pack())
    assert not terms.are_valid_asset_terms(replace(usual, decimals=37).pack())
    assert not terms.are_valid_asset_terms(replace(usual, routine_limit=Units(2)).pack())
    assert not terms.are_valid_asset_terms(usual.pack() | 1 << 137)
    assert not terms.are_valid_asset_terms(usual.pack() & (1 << 136) - 1)
    assert not terms.are_valid_asset_terms(0)
    # Settings carry no level.
    assert not terms.are_valid_asset_terms(replace(usual, level=Units(1)).pack())
    assert not terms.are_valid_asset_terms(replace(usual, filled_at=Timestamp(1)).pack())


def measured(**changes: int) -> int:
    measure = Measure(asset=VAULT, amount_at=0, counterparty_at=1, words=2, uses=Use.SPENDER)
    return Rule(measure=replace(measure, **changes)).pack()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "is_valid"),
    [
        (Rule().pack(), True),
        (Rule().pack() | 1, False),
        (Rule().pack() | 1 << 200, False),
        (measured(), True),
        (measured() | 1 << 200, False),
        (measured(amount_at=1, counterparty_at=0), True),
        (measured(amount_at=1), False),
        (measured(amount_at=2), False),
        (measured(counterparty_at=2), False),
        (measured(counterparty_at=31, words=32), True),
        (measured(words=33), False),
        (measured(uses=1), True),
        (measured(uses=0), False),
        (measured(uses=3), False),
        (measured() | 0xFC << 184, False),
        (3 << 192, False),
        (0, False),
    ],
)
def test_rule__on_either_side_of_a_limit__valid_or_not(word: int, is_valid: bool) -> None:
    assert terms.is_valid_rule(word) is is_valid
    if is_valid or word == 0:
        terms.require_valid_rule(NOBODY, 0xFFFF_FFFF, word, vault=VAULT)
        for target, selector in ((VAULT, 1), (NOBODY, 1 << 32)):
            with pytest.raises(RuleInvalid):
                terms.require_valid_rule(target, selector, word, vault=VAULT)
        return
    with pytest.raises(RuleInvalid):
        terms.require_valid_rule(NOBODY, 1, word, vault=VAULT)


def test_member__a_group__approves_and_has_no_attributes() -> None:
    somewhere = Attributes(employer=0, utc_offset=0, place=(UNIT, 0, 0)).pack()
    for roles in range(64):
        if roles in (Role.APPROVER, Role.APPROVER | Role.SECURITY):
            terms.require_valid_member(VAULT, is_group=True, roles=roles, attributes=0)
            terms.require_valid_member(VAULT, is_group=False, roles=roles, attributes=somewhere)
            with pytest.raises(MemberAttributesInvalid):
                terms.require_valid_member(VAULT, is_group=True, roles=roles, attributes=somewhere)
            with pytest.raises(MemberAttributesInvalid):
                terms.require_valid_member(VAULT, is_group=False, roles=roles, attributes=0)
            continue
        with pytest.raises(MemberRolesInvalid):
            terms.require_valid_member(VAULT, is_group=True, roles=roles, attributes=somewhere)


@pytest.mark.parametrize(
    ("words", "is_valid"),
    [
        (pack_holders([1, 2]), True),
        (pack_holders([1]), False),
        (pack_holders([]), False),
        (pack_holders(range(1, 21)), True),
        (pack_holders(range(1, 22)), False),
        (pack_holders(range(1, 25)), False),
        (pack_holders([2, 1]), False),
        (pack_holders([1, 1]), False),
        (pack_holders([1, 2, 0, 3]), False),
        (pack_holders([0, 1, 2]), False),
        (pack_holders([1, 2, 0, 0, 0, 0, 0, 0, 3]), False),
        (pack_holders([1, (1 << 32) - 1]), True),
        (pack_holders([7, 9, 11, 13, 15, 17, 19, 21, 20]), False),
    ],
)
def test_holders__growing_and_nothing_behind__valid_or_not(
    words: tuple[int, int, int], is_valid: bool
) -> None:
    if is_valid:
        terms.require_valid_holders(VAULT, words)
        return
    with pytest.raises(GroupHoldersInvalid) as refused:
        terms.require_valid_holders(VAULT, words)
    assert (refused.value.first, refused.value.second, refused.value.third) == words


def test_refusals__of_these_rules__are_the_contracts() -> None:
    for error in (FloorBroken, SupermajorityOutOfRange, TierLessStrict, TierTermsInvalid):
        assert TWINS[error.__name__] is error
