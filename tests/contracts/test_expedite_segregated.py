"""expedite where the tier is segregated: the list begins with as many as the quorum, each segregated from each."""

from __future__ import annotations

import pytest

from tests.anvil import Anvil
from tests.companions import deployed
from tests.contracts.hurry import (
    consents_of,
    expedite,
    hurried,
    hurry_scene,
    ready_at,
    seats_of,
    segregated_scene,
    segregated_tiers,
)
from tests.contracts.scene import HIGH_VALUE_CALL, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.stage import HOUR, Operation
from verifier.errors.approvals import ConsentsTooFew
from verifier.errors.operations import OperationStatusUnexpected
from verifier.model.life import Status
from verifier.model.tier import Tier


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return segregated_scene(anvil)


def no_quorum(scene: Scene, operation: Operation, *names: str, needed: int = 3) -> ConsentsTooFew:
    operation_id, lane, _ = scene.lane(operation[1])
    terms = segregated_tiers()[lane.tier].pack()
    return ConsentsTooFew(id=operation_id, consents=seats_of(scene, *names), needed=needed, terms=terms)


@pytest.mark.parametrize(
    "colleagues",
    [("cat", "eve", "dan"), ("fay", "bob", "dan"), ("dan", "fox", "cat")],
    ids=["one offset", "one employer", "one place"],
)
def test_expedite__by_three_of_whom_two_share_something__is_refused(
    scene: Scene, colleagues: tuple[str, ...]
) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, *colleagues)
    refusal = no_quorum(scene, operation, *colleagues)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    hurried(scene, operation, "bob", "cat", "dan")


def test_expedite__by_a_segregated_quorum_at_the_head__takes_colleagues_behind_it(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    hurried(scene, operation, "bob", "cat", "dan", "eve", "fay", "fox")


@pytest.mark.parametrize("order", [("eve", "bob", "cat", "dan"), ("bob", "cat", "eve", "dan")])
def test_expedite__by_a_segregated_quorum_behind_a_colleague__is_refused(
    scene: Scene, order: tuple[str, ...]
) -> None:
    """The submitter names the quorum, and the contract does not search for another."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, *order)
    refusal = no_quorum(scene, operation, *order)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    hurried(scene, operation, "dan", "cat", "bob", "eve")


def test_expedite__with_break_glass_behind_the_head__is_possible(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    without = consents_of(scene, operation, "bob", "cat", "fox")
    refusal = no_quorum(scene, operation, "bob", "cat", "fox")
    scene.refuses(refusal, lambda: expedite(scene, operation, without))
    hurried(scene, operation, "bob", "cat", "fox", "dan")


def test_expedite__at_high_value__takes_a_supermajority_with_a_segregated_quorum_first(scene: Scene) -> None:
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    # Segregated, and too few.
    refusal = no_quorum(scene, operation, "bob", "cat", "dan", needed=4)
    three = consents_of(scene, operation, "bob", "cat", "dan")
    scene.refuses(refusal, lambda: expedite(scene, operation, three))
    # Enough, and not segregated.
    refusal = no_quorum(scene, operation, "bob", "fay", "dan", "cat", needed=4)
    four = consents_of(scene, operation, "bob", "fay", "dan", "cat")
    scene.refuses(refusal, lambda: expedite(scene, operation, four))
    hurried(scene, operation, "bob", "cat", "dan", "eve")
    assert ready_at(scene, operation) == scene.chain.now() + 2 * HOUR


def test_expedite__below_the_segregated_tiers__asks_for_no_segregation(scene: Scene) -> None:
    operation = scene.waiting("ann", [ROUTINE_CALL])
    hurried(scene, operation, "dan", "fox")


def test_expedite__of_a_segregated_quorum__records_those_who_were_named(scene: Scene) -> None:
    """fox's approval was recorded, and left out of the quorum: he took no part."""
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "fox")
    scene.give(operation, "bob", "cat", "dan")
    hurried(scene, operation, "bob", "cat", "dan")
    ledger = deployed(scene.chain, "bypass_ledger")
    took_part = {
        who for who in scene.actors if ledger.read("tookPart", scene.vault, 0, scene.actors[who].person)
    }
    assert took_part == {"ann", "bob", "cat", "dan"}


# ------------------------------------------------------------------------------------------- After a change of members


def test_expedite__of_a_quorum_that_is_segregated_no_more__is_refused(anvil: Anvil) -> None:
    """The tier became segregated while it waited, and cat and eve, who approved, share an offset."""
    scene = segregated_scene(anvil, tiers=segregated_tiers(Tier.CUSTODY))
    operation = scene.waiting("ann", [STANDARD_CALL], "cat", "eve", "bob")
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    with scene.chain.isolate():
        scene.must(expedite(scene, operation, entries))
    scene.must(scene.set_tiers(segregated_tiers()))
    refusal = OperationStatusUnexpected(
        id=scene.id_of(operation), expected=1 << Status.WAITING, actual=Status.PROPOSED
    )
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_expedite__in_a_tier_that_became_segregated__asks_for_it_of_a_standing_quorum(anvil: Anvil) -> None:
    scene = segregated_scene(anvil, tiers=segregated_tiers(Tier.CUSTODY))
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    scene.must(scene.set_tiers(segregated_tiers()))
    entries = consents_of(scene, operation, "cat", "eve", "dan")
    refusal = no_quorum(scene, operation, "cat", "eve", "dan")
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    hurried(scene, operation, "bob", "cat", "dan")


def test_expedite__by_members_without_places_of_their_own__is_possible_where_nothing_is_segregated(
    anvil: Anvil,
) -> None:
    scene = hurry_scene(anvil)
    operation = scene.waiting("ann", [STANDARD_CALL])
    hurried(scene, operation, "cat", "eve", "dan")
