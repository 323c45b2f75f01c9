"""setTiers: which terms the tiers may have, each by itself and next to each other."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.anvil import Anvil
from tests.contracts.scene import Scene, scene_of
from tests.stage import DAY, Actor
from verifier.errors.settings import FloorBroken, SupermajorityOutOfRange, TierLessStrict, TierTermsInvalid
from verifier.model.member import Role
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

EVERYTHING = Role.PROPOSER | Role.APPROVER | Role.SECURITY
APPROVERS = 8
MOST_DELAY = 60 * DAY


def terms(delay: int, **others: Any) -> TierTerms:
    fields: dict[str, Any] = {"quorum": 2, "security_approvals": 0, "grace_hours": Hours(24), **others}
    return TierTerms(delay=Duration(delay), **fields)


LEAST = (terms(600), terms(600), terms(DAY), terms(DAY))


@pytest.fixture
def eight(anvil: Anvil) -> Scene:
    """A vault of eight who may do everything, with the least terms there are."""
    crowd = [Actor.new(f"member {i}", EVERYTHING, person=i + 1) for i in range(APPROVERS)]
    return scene_of(anvil, crowd, tiers=LEAST)


def changed(tier: Tier, changes: dict[str, Any], *, base: tuple[TierTerms, ...] = LEAST) -> list[TierTerms]:
    """Return the base with a tier, and those above it, changed."""
    return [dataclasses.replace(t, **changes) if at >= tier else t for at, t in enumerate(base)]


def words(tiers: list[TierTerms]) -> list[int]:
    return [t.pack() for t in tiers]


def assert_invalid(scene: Scene, tier: Tier, tiers: list[int], supermajority: int = APPROVERS) -> None:
    refusal = TierTermsInvalid(tier=tier, terms=tiers[tier])
    scene.refuses(refusal, lambda: scene.change("setTiers", tiers, supermajority))


# ------------------------------------------------------------------------------------------------------- Each by itself


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ({"quorum": 1}, {"quorum": 2}),
        ({"quorum": 0}, {"quorum": 6}),
        ({"security_approvals": 3}, {"security_approvals": 2}),
        ({"delay": MOST_DELAY + 1}, {"delay": MOST_DELAY}),
        ({"delay": 2**32 - 1}, {"delay": MOST_DELAY}),
        ({"grace_hours": 23}, {"grace_hours": 24}),
        ({"grace_hours": 0}, {"grace_hours": 24}),
        ({"grace_hours": 721}, {"grace_hours": 720}),
        ({"opens_at": 48, "closes_at": 48, "grace_hours": 720}, {"opens_at": 47, "closes_at": 48, "grace_hours": 720}),
        ({"opens_at": 49, "closes_at": 48, "grace_hours": 720}, {"opens_at": 0, "closes_at": 1, "grace_hours": 720}),
        ({"closes_at": 97}, {"closes_at": 96}),
        ({"opens_at": 97, "closes_at": 98, "grace_hours": 720}, {"opens_at": 95, "closes_at": 96, "grace_hours": 720}),
        ({"closes_at": 255}, {"closes_at": 96}),
        ({"weekdays": 0, "grace_hours": 720}, {"weekdays": 1, "grace_hours": 720}),
        ({"weekdays": 128, "grace_hours": 720}, {"weekdays": 64, "grace_hours": 720}),
        ({"weekdays": 255}, {"weekdays": 127}),
        ({"segregated": 2}, {"segregated": 1}),
        ({"segregated": 255}, {"segregated": 0}),
    ],
)  # fmt: skip
def test_set_tiers__with_a_term_out_of_range__is_refused_and_at_its_limit_is_not(
    eight: Scene, tier: Tier, bad: dict[str, Any], good: dict[str, Any]
) -> None:
    assert_invalid(eight, tier, words(changed(tier, bad)))
    eight.must_change("setTiers", words(changed(tier, good)), APPROVERS)


@pytest.mark.parametrize(
    ("tier", "least"),
    [(Tier.ROUTINE, 600), (Tier.STANDARD, 600), (Tier.HIGH_VALUE, DAY), (Tier.CUSTODY, DAY)],
)
def test_set_tiers__with_a_delay_below_the_least__is_refused(eight: Scene, tier: Tier, least: int) -> None:
    def with_delay(delay: int) -> list[int]:
        return words(
            [dataclasses.replace(t, delay=Duration(delay)) if at == tier else t for at, t in enumerate(LEAST)]
        )

    assert_invalid(eight, tier, with_delay(least - 1))
    eight.must_change("setTiers", with_delay(least), APPROVERS)


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("bit", [87, 127, 128, 255])
def test_set_tiers__with_bits_above_the_terms__is_refused(eight: Scene, tier: Tier, bit: int) -> None:
    dirty = [t.pack() | (1 << bit if at == tier else 0) for at, t in enumerate(LEAST)]
    assert_invalid(eight, tier, dirty)
    eight.must_change("setTiers", words(list(LEAST)), APPROVERS)


def test_set_tiers__with_the_largest_quorums__stops_where_the_floor_does(anvil: Anvil) -> None:
    """64 seats hold no 65 people, so 63 is allowed by itself and never has the members it needs."""
    crowd = [Actor.new(f"member {i}", Role.APPROVER, person=i + 1) for i in range(63)]
    scene = scene_of(anvil, [*crowd, Actor.new("pat", Role.PROPOSER, person=64)], tiers=LEAST)
    assert_invalid(scene, Tier.ROUTINE, words(changed(Tier.ROUTINE, {"quorum": 64})), 63)
    custody = changed(Tier.ROUTINE, {"quorum": 63})
    refusal = FloorBroken(approvers=63, security=0, custody=custody[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.change("setTiers", words(custody), 63))
    scene.must_change("setTiers", words(changed(Tier.ROUTINE, {"quorum": 62})), 63)


# ---------------------------------------------------------------------------------------------------------- Segregation


@pytest.mark.parametrize("tier", Tier)
def test_set_tiers__segregated_with_more_than_seven__is_refused_and_not_segregated_is_not(
    anvil: Anvil, tier: Tier
) -> None:
    """The circle of the day holds no eighth."""
    crowd = [Actor.new(f"member {i}", EVERYTHING, person=i + 1) for i in range(10)]
    ten = scene_of(anvil, crowd, tiers=LEAST)
    assert_invalid(ten, tier, words(changed(tier, {"quorum": 8, "segregated": 1})), 8)
    ten.must_change("setTiers", words(changed(tier, {"quorum": 7, "segregated": 1})), 8)
    ten.must_change("setTiers", words(changed(tier, {"quorum": 8, "segregated": 0})), 8)


# ---------------------------------------------------------------------------------------------------- Expedited delays

LONG = 2 * DAY
LEAST_EXPEDITED = {Tier.ROUTINE: 600, Tier.STANDARD: 600, Tier.HIGH_VALUE: 3_600, Tier.CUSTODY: LONG}


def expedited(tier: Tier, seconds: int) -> list[int]:
    """Return tiers of equal delays, of which one is expedited to so much, and those below it as far as can be."""
    delays = {at: LEAST_EXPEDITED[at] if at < tier else LONG for at in Tier} | {tier: seconds}
    return words([terms(LONG, expedited_delay=Duration(delays[at])) for at in Tier])


@pytest.mark.parametrize(
    ("tier", "bad", "good"),
    [
        (Tier.ROUTINE, 599, 600),
        (Tier.STANDARD, 599, 600),
        (Tier.HIGH_VALUE, 3_599, 3_600),
        (Tier.CUSTODY, LONG - 1, LONG),
        (Tier.CUSTODY, 3_600, LONG),
        *((tier, 0, LONG) for tier in Tier),
        *((tier, LONG + 1, LONG) for tier in Tier),
        *((tier, 2**32 - 1, LONG) for tier in Tier),
    ],
)
def test_set_tiers__with_an_expedited_delay_out_of_range__is_refused_and_at_its_limit_is_not(
    eight: Scene, tier: Tier, bad: int, good: int
) -> None:
    assert_invalid(eight, tier, expedited(tier, bad))
    eight.must_change("setTiers", expedited(tier, good), APPROVERS)


@pytest.mark.parametrize("tier", [Tier.STANDARD, Tier.HIGH_VALUE])
def test_set_tiers__expedited_further_than_the_tier_below__is_refused(eight: Scene, tier: Tier) -> None:
    def tiers(seconds: int) -> list[int]:
        delays = {Tier.ROUTINE: 7_200, Tier.STANDARD: 7_200, Tier.HIGH_VALUE: 7_200, Tier.CUSTODY: LONG}
        # Those above are as strict as this one.
        delays |= {at: max(seconds, delays[at]) for at in (Tier.STANDARD, Tier.HIGH_VALUE) if at > tier}
        delays[tier] = seconds
        return words([terms(LONG, expedited_delay=Duration(delays[at])) for at in Tier])

    laxer = tiers(7_199)
    refusal = TierLessStrict(tier=tier, terms=laxer[tier], below=laxer[tier - 1])
    eight.refuses(refusal, lambda: eight.change("setTiers", laxer, APPROVERS))
    eight.must_change("setTiers", tiers(7_200), APPROVERS)
    eight.must_change("setTiers", tiers(7_201), APPROVERS)


# --------------------------------------------------------------------------------------------------------------- Grace


def longest_closing_in_hours(opens_at: int, closes_at: int, weekdays: int) -> int:
    """Return the longest stretch without an open quarter of an hour, in hours rounded up. Counted one by one."""
    longest = run = 0
    for quarter in range(3 * 7 * 96):
        day, at = divmod(quarter, 96)
        is_open = weekdays >> day % 7 & 1 and opens_at <= at < closes_at
        run = 0 if is_open else run + 1
        longest = max(longest, run)
    return -(-longest // 4)


@pytest.mark.parametrize(
    ("opens_at", "closes_at", "weekdays"),
    [
        (0, 96, 127),
        (0, 95, 127),
        (1, 96, 127),
        (3, 96, 127),
        (2, 93, 127),
        (36, 68, 127),
        (0, 1, 127),
        (95, 96, 127),
        (0, 96, 0b0011111),
        (36, 68, 0b0011111),
        (36, 68, 0b0111110),
        (36, 68, 0b0111111),
        (36, 68, 0b1111110),
        (36, 68, 0b1010101),
        (36, 68, 0b0101010),
        (36, 68, 0b1000001),
        (0, 96, 0b0000001),
        (95, 96, 0b1000000),
        (47, 48, 0b0001000),
    ],
)
def test_set_tiers__with_a_grace_shorter_than_the_longest_closing_and_a_day__is_refused(
    eight: Scene, opens_at: int, closes_at: int, weekdays: int
) -> None:
    least = 24 + longest_closing_in_hours(opens_at, closes_at, weekdays)
    window = {"opens_at": opens_at, "closes_at": closes_at, "weekdays": weekdays}
    assert_invalid(eight, Tier.ROUTINE, words(changed(Tier.ROUTINE, {**window, "grace_hours": least - 1})))
    eight.must_change("setTiers", words(changed(Tier.ROUTINE, {**window, "grace_hours": least})), APPROVERS)


# -------------------------------------------------------------------------------------------------- Next to each other

MIDDLE: dict[str, Any] = {
    "quorum": 3, "security_approvals": 1, "delay": 2 * DAY, "opens_at": 36, "closes_at": 68, "weekdays": 0b0011111,
    "grace_hours": 720,
}  # fmt: skip


@pytest.mark.parametrize("tier", [Tier.STANDARD, Tier.HIGH_VALUE, Tier.CUSTODY])
@pytest.mark.parametrize(
    ("field", "less", "more"),
    [
        ("quorum", 2, 4),
        ("security_approvals", 0, 2),
        ("delay", 2 * DAY - 1, 2 * DAY + 1),
        ("opens_at", 35, 37),
        ("closes_at", 69, 67),
        ("weekdays", 0b0111111, 0b0001111),
        ("weekdays", 0b0101111, 0b0000001),
    ],
)
def test_set_tiers__less_strict_than_the_tier_below__is_refused_and_as_strict_is_not(
    eight: Scene, tier: Tier, field: str, less: int, more: int
) -> None:
    same = tuple(dataclasses.replace(t, **MIDDLE) for t in LEAST)
    laxer = changed(tier, {field: less}, base=same)
    refusal = TierLessStrict(tier=tier, terms=laxer[tier].pack(), below=same[tier - 1].pack())
    eight.refuses(refusal, lambda: eight.change("setTiers", words(laxer), 4))
    eight.must_change("setTiers", words(list(same)), 4)
    eight.must_change("setTiers", words(changed(tier, {field: more}, base=same)), 4)


@pytest.mark.parametrize("tier", [Tier.STANDARD, Tier.HIGH_VALUE, Tier.CUSTODY])
def test_set_tiers__losing_segregation_from_tier_to_tier__is_refused_and_gaining_it_is_not(
    eight: Scene, tier: Tier
) -> None:
    apart = tuple(dataclasses.replace(t, segregated=1) for t in LEAST)
    laxer = changed(tier, {"segregated": 0}, base=apart)
    refusal = TierLessStrict(tier=tier, terms=laxer[tier].pack(), below=apart[tier - 1].pack())
    eight.refuses(refusal, lambda: eight.change("setTiers", words(laxer), APPROVERS))
    eight.must_change("setTiers", words(list(apart)), APPROVERS)
    eight.must_change("setTiers", words(changed(tier, {"segregated": 1})), APPROVERS)


def test_set_tiers__with_less_grace_than_the_tier_below__is_possible(eight: Scene) -> None:
    base = tuple(dataclasses.replace(t, grace_hours=Hours(720)) for t in LEAST)
    eight.must_change("setTiers", words(changed(Tier.CUSTODY, {"grace_hours": 24}, base=base)), APPROVERS)


# -------------------------------------------------------------------------------------------------------- Supermajority


@pytest.mark.parametrize(
    ("supermajority", "fits"),
    [(0, False), (2, False), (3, True), (8, True), (9, False), (256 + 3, False), (2**256 - 1, False)],
)
def test_set_tiers__with_a_supermajority_out_of_range__is_refused(
    eight: Scene, supermajority: int, fits: bool
) -> None:
    tiers = words(changed(Tier.CUSTODY, {"quorum": 3}))
    if fits:
        eight.must_change("setTiers", tiers, supermajority)
        assert eight.roster().supermajority == supermajority
    else:
        refusal = SupermajorityOutOfRange(minimum=3, maximum=APPROVERS, actual=supermajority)
        eight.refuses(refusal, lambda: eight.change("setTiers", tiers, supermajority))


@pytest.mark.parametrize("function", ["removeMember", "setRoles"])
def test_lessen__below_the_supermajority__is_refused(eight: Scene, function: str) -> None:
    eight.must_change("setTiers", words(list(LEAST)), APPROVERS - 1)
    more = () if function == "removeMember" else (int(Role.AUDITOR),)
    kept = () if function == "removeMember" else (int(Role.PROPOSER),)
    eight.must_change(function, eight.address("member 0"), *more)
    refusal = SupermajorityOutOfRange(minimum=2, maximum=APPROVERS - 2, actual=APPROVERS - 1)
    one = eight.address("member 1")
    eight.refuses(refusal, lambda: eight.change(function, one, *kept))
    eight.must_change("setTiers", words(list(LEAST)), APPROVERS - 2)
    eight.must_change(function, one, *kept)


def test_suspend__below_the_supermajority__is_possible(eight: Scene) -> None:
    """It is over in weeks, or confirmed; the supermajority may be out of reach for that time."""
    eight.add(Actor.new("gus", Role.GUARDIAN))
    gus = eight.actors["gus"]
    eight.must_change("addMember", gus.address, gus.person, int(gus.roles), gus.attributes.pack())
    eight.must_change("setTiers", words(list(LEAST)), APPROVERS)
    eight.must(eight.send("gus", "suspend", eight.address("member 0")))
    eight.must_change("confirmSuspension", eight.address("member 0"))
    assert len(eight.roster().approvers) == APPROVERS - 1
