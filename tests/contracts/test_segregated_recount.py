"""What a change of members, tiers or policy does to a quorum that is, or has to be, segregated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.anvil import Anvil
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, ROUTINE_CALL, SPENDER, STANDARD_CALL, Scene
from tests.contracts.spread import (
    APART,
    CLASHING,
    HAL,
    assert_proposed,
    assert_waiting,
    head,
    name,
    segregated_from,
    spread_scene,
)
from tests.stage import DAY, HOUR, NATIVE, USUAL_TIERS, Operation
from verifier.errors.approvals import ApprovalNotEligible, ApprovalPublicationUnexpected
from verifier.errors.operations import OperationQuorumBroken, OperationQuorumStands, OperationTierRisen
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Units
from verifier.model.word import bits_of


@pytest.fixture
def apart(anvil: Anvil) -> Scene:
    """A vault of people in several places, segregated from HIGH_VALUE on."""
    return spread_scene(anvil)


@pytest.fixture
def plain(anvil: Anvil) -> Scene:
    """The same vault with nothing segregated."""
    return spread_scene(anvil, segregated=None)


def segregate(scene: Scene, tier: Tier = Tier.HIGH_VALUE) -> None:
    scene.must(scene.set_tiers(segregated_from(tier)))


def stir(scene: Scene) -> None:
    """Let the epoch move, and nothing else."""
    scene.must_change("setCounterparty", SPENDER, 3)


def broken(scene: Scene, operation: Operation) -> OperationQuorumBroken:
    operation_id, lane, _ = scene.lane(operation[1])
    return OperationQuorumBroken(id=operation_id, state=lane.pack(), roster=scene.roster().pack())


def stands(scene: Scene, operation: Operation) -> OperationQuorumStands:
    """The refusal to let anybody join, with the state that was recounted."""
    operation_id, lane, _ = scene.lane(operation[1])
    counted = replace(lane, epoch=scene.roster().epoch)
    return OperationQuorumStands(id=operation_id, state=counted.pack())


# --------------------------------------------------------------------------------------- A tier that becomes segregated


@pytest.mark.parametrize("why", CLASHING)
def test_execute__after_its_tier_became_segregated__is_refused_where_two_are_too_near(
    plain: Scene, why: str
) -> None:
    operation = plain.ready("pat", [HIGH_VALUE_CALL], *CLASHING[why])
    with plain.chain.isolate():
        stir(plain)
        plain.must(plain.execute("ann", operation))
    segregate(plain)
    plain.refuses(broken(plain, operation), lambda: plain.execute("ann", operation))

    # What is recorded stays so, and a list that names others with it starts the clock again.
    plain.must(plain.approve(operation, []))
    assert_proposed(plain, operation, *CLASHING[why])
    named = [head(plain, who) for who in APART if who in CLASHING[why]]
    rest = [plain.sign_published(who, operation) for who in APART if who not in CLASHING[why]]
    moment = plain.next_time() + HOUR
    plain.at(moment, lambda: plain.approve(operation, [*named, *rest]))
    assert assert_waiting(plain, operation, *APART).moment == moment + 48 * HOUR
    plain.pass_to_ready(operation)
    plain.must(plain.execute("ann", operation))


def test_execute__after_its_tier_became_segregated__is_possible_where_all_are_apart(plain: Scene) -> None:
    operation = plain.waiting("pat", [HIGH_VALUE_CALL], *APART)
    moment = plain.lane(operation[1])[1].moment
    segregate(plain)
    # And from now on nobody joins.
    refusal = stands(plain, operation)
    eve = plain.sign_published("eve", operation)
    plain.refuses(refusal, lambda: plain.approve(operation, [eve]))
    assert plain.lane(operation[1])[1].moment == moment
    plain.pass_to_ready(operation)
    plain.must(plain.execute("ann", operation))


def test_execute__after_its_tier_became_segregated__is_refused_where_one_more_is_too_near(
    plain: Scene,
) -> None:
    """Three of the four would be a quorum, and nobody named them."""
    operation = plain.ready("pat", [HIGH_VALUE_CALL], *APART, "hal")
    segregate(plain)
    plain.refuses(broken(plain, operation), lambda: plain.execute("ann", operation))
    name(plain, operation, *APART, "hal")
    assert_proposed(plain, operation, *APART, "hal")
    name(plain, operation, *APART)
    assert_waiting(plain, operation, *APART)


def test_approve__naming_a_quorum_in_the_transaction_that_finds_it_broken__is_enough(plain: Scene) -> None:
    operation = plain.waiting("pat", [HIGH_VALUE_CALL], *APART, "hal")
    segregate(plain)
    moment = plain.next_time() + HOUR
    plain.chain.set_next_time(moment)
    name(plain, operation, "hal", "cat", "dan")
    assert assert_waiting(plain, operation, "hal", "cat", "dan").moment == moment + 48 * HOUR


def test_approve__after_its_tier_is_segregated_no_more__joins_the_quorum(apart: Scene) -> None:
    operation = apart.published("pat", [HIGH_VALUE_CALL])
    apart.give(operation, *APART)
    hal = apart.sign_published("hal", operation)
    apart.refuses(stands(apart, operation), lambda: apart.approve(operation, [hal]))
    apart.must(apart.set_tiers(USUAL_TIERS))
    apart.must(apart.approve(operation, [hal]))
    assert_waiting(apart, operation, *APART, "hal")


def test_approve__with_nothing_after_its_tier_is_segregated_no_more__leaves_what_was_recorded(
    apart: Scene,
) -> None:
    """A quorum by today's terms stands as soon as anybody asks."""
    operation = apart.published("pat", [HIGH_VALUE_CALL])
    apart.give(operation, "bob", "dan", "eve")
    apart.must(apart.approve(operation, []))
    assert_proposed(apart, operation, "bob", "dan", "eve")
    apart.must(apart.set_tiers(USUAL_TIERS))
    apart.must(apart.approve(operation, []))
    assert_waiting(apart, operation, "bob", "dan", "eve")


@pytest.mark.parametrize("why", CLASHING)
def test_seat_operation__after_custody_became_segregated__stands_as_before(plain: Scene, why: str) -> None:
    operation = plain.seat_operation("ann", "removeMember", plain.address("amy"))
    plain.give(operation, *CLASHING[why])
    plain.pass_to_ready(operation)
    segregate(plain, Tier.CUSTODY)
    plain.must(plain.approve(operation, []))
    assert plain.status(operation) is Status.READY
    plain.must(plain.execute("ann", operation))


# ---------------------------------------------------------------------------------------------------- People who change


def test_execute__with_people_who_are_apart_and_another_epoch__is_possible(apart: Scene) -> None:
    operation = apart.ready("pat", [HIGH_VALUE_CALL], *APART)
    stir(apart)
    assert apart.lane(operation[1])[1].epoch != apart.roster().epoch
    apart.must(apart.execute("ann", operation))


def test_execute__with_one_of_four_gone__is_possible_and_with_two_it_is_not(apart: Scene) -> None:
    operation = apart.ready("pat", [HIGH_VALUE_CALL], "ann", *APART)
    apart.must(apart.send("ann", "suspend", apart.address("ann")))
    with apart.chain.isolate():
        apart.must(apart.execute("eve", operation))
    apart.must(apart.send("dan", "suspend", apart.address("dan")))
    apart.refuses(broken(apart, operation), lambda: apart.execute("eve", operation))


def test_execute__with_one_of_the_security_team_gone__is_refused(apart: Scene) -> None:
    apart.must_change("setRoles", apart.address("ann"), 7)
    apart.chain.set_time(apart.chain.now() + DAY)
    operation = apart.ready("pat", [HIGH_VALUE_CALL], "bob", "fay", "dan")
    with apart.chain.isolate():
        apart.must(apart.execute("eve", operation))
    apart.must_change("setRoles", apart.address("bob"), 3)
    apart.refuses(broken(apart, operation), lambda: apart.execute("eve", operation))


@pytest.mark.parametrize("who", ["bob", "cat", "dan"])
def test_execute__after_one_of_the_quorum_moved__is_refused(apart: Scene, who: str) -> None:
    """Wherever to: other claims mean a new seat, and what was approved from the old one is void."""
    operation = apart.ready("pat", [HIGH_VALUE_CALL], *APART)
    with apart.chain.isolate():
        # Somebody else's move changes nothing.
        apart.must_change("setAttributes", apart.address("eve"), HAL.attributes.pack())
        apart.must(apart.execute("ann", operation))
    old = apart.seat(who)
    apart.must_change("setAttributes", apart.address(who), apart.member(who).attributes.pack())
    assert apart.seat(who) != old
    apart.refuses(broken(apart, operation), lambda: apart.execute("ann", operation))
    apart.must(apart.approve(operation, []))
    assert_proposed(apart, operation, *(set(APART) - {who}))


def test_name__a_recorded_one_who_left__is_refused(apart: Scene) -> None:
    operation = apart.published("pat", [HIGH_VALUE_CALL])
    for who in (*APART, "hal"):
        apart.give(operation, who)
    apart.must(apart.send("bob", "suspend", apart.address("bob")))
    refusal = ApprovalNotEligible(seat=1, eligible=bits_of(apart.roster().approvers))
    apart.refuses(refusal, lambda: apart.approve(operation, [head(apart, who) for who in APART]))
    name(apart, operation, "hal", "cat", "dan")
    assert_waiting(apart, operation, "hal", "cat", "dan")


# ---------------------------------------------------------------------------------------------------- A tier that rises


def test_rise__into_a_segregated_high_value__drops_approvals_and_wants_new_ones_apart(apart: Scene) -> None:
    operation = apart.ready("pat", [STANDARD_CALL], *APART)
    apart.must_change("setCounterparty", PAYEE, 0)
    risen = OperationTierRisen(id=apart.id_of(operation), waited_for=Tier.STANDARD, actual=Tier.HIGH_VALUE)
    apart.refuses(risen, lambda: apart.execute("ann", operation))
    apart.must(apart.approve(operation, []))
    assert assert_proposed(apart, operation).tier is Tier.HIGH_VALUE
    old = ApprovalPublicationUnexpected(seat=1, expected=apart.publication(operation), actual=0)
    apart.refuses(old, lambda: apart.approve(operation, [apart.sign("bob", operation)]))
    apart.give(operation, "bob", "dan", "eve")
    assert_proposed(apart, operation, "bob", "dan", "eve")
    entries = [head(apart, "bob"), head(apart, "dan"), apart.sign_published("cat", operation)]
    apart.must(apart.approve(operation, entries))
    assert_waiting(apart, operation, *APART)


def test_rise__from_segregated_high_value_to_custody__keeps_the_approvals_for_a_name(apart: Scene) -> None:
    operation = apart.ready("pat", [HIGH_VALUE_CALL], *APART)
    apart.must_change("setAsset", NATIVE, 0)
    risen = OperationTierRisen(id=apart.id_of(operation), waited_for=Tier.HIGH_VALUE, actual=Tier.CUSTODY)
    apart.refuses(risen, lambda: apart.execute("ann", operation))
    # With an empty list nobody is named, so nothing stands.
    apart.must(apart.approve(operation, []))
    assert assert_proposed(apart, operation, *APART).tier is Tier.CUSTODY
    moment = apart.next_time() + HOUR
    apart.chain.set_next_time(moment)
    name(apart, operation, *APART)
    assert assert_waiting(apart, operation, *APART).moment == moment + 72 * HOUR


@pytest.mark.parametrize("how", ["asset", "counterparty"])
def test_rise__into_a_segregated_standard__by_a_change_of_policy(anvil: Anvil, how: str) -> None:
    """An asset with lower limits makes it STANDARD, a counterparty taken off HIGH_VALUE."""
    scene = spread_scene(anvil, segregated=Tier.STANDARD)
    operation = scene.ready("pat", [ROUTINE_CALL], "bob", "dan", "eve")
    if how == "asset":
        lower = AssetTerms(routine_limit=Units(0), high_value_from=Units(10**8), decimals=18)
        scene.must_change("setAsset", NATIVE, lower.pack())
        kept, tier = ["bob", "dan", "eve"], Tier.STANDARD
    else:
        scene.must_change("setCounterparty", PAYEE, 0)
        kept, tier = [], Tier.HIGH_VALUE
    risen = OperationTierRisen(id=scene.id_of(operation), waited_for=Tier.ROUTINE, actual=tier)
    scene.refuses(risen, lambda: scene.execute("ann", operation))
    scene.must(scene.approve(operation, []))
    assert assert_proposed(scene, operation, *kept).tier is tier
    named = [head(scene, who) for who in APART if who in kept]
    rest = [scene.sign_published(who, operation) for who in APART if who not in kept]
    scene.must(scene.approve(operation, [*named, *rest]))
    assert_waiting(scene, operation, *APART)


def test_policy__loosened_under_a_segregated_operation__leaves_its_quorum_segregated(apart: Scene) -> None:
    """The tier never falls, so neither does what it asks for."""
    operation = apart.published("pat", [HIGH_VALUE_CALL])
    apart.give(operation, "bob", "dan", "eve")
    higher = AssetTerms(routine_limit=Units(10**9), high_value_from=Units(10**10), decimals=18)
    apart.must_change("setAsset", NATIVE, higher.pack())
    assert apart.tier_of([HIGH_VALUE_CALL]) is Tier.ROUTINE
    name(apart, operation, "bob", "dan", "eve")
    assert assert_proposed(apart, operation, "bob", "dan", "eve").tier is Tier.HIGH_VALUE
