"""expedite after members, tiers or policy changed: first everything is counted anew, and only then hurried."""

from __future__ import annotations

import dataclasses

import pytest

from tests.anvil import Anvil
from tests.contracts.bypasses import book_of
from tests.contracts.hurry import (
    HURRY_TIERS,
    changed,
    consents_of,
    expedite,
    hurried,
    hurry_scene,
    ready_at,
    seats_of,
)
from tests.contracts.scene import ETHER_TERMS, HIGH_VALUE_CALL, PAYEE, STANDARD_CALL, Scene
from tests.stage import HOUR, NATIVE, Operation
from verifier.errors.approvals import ConsentsTooFew
from verifier.errors.operations import OperationNotExpeditable, OperationStatusUnexpected
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Epoch, Timestamp, Units


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return hurry_scene(anvil)


def not_waiting(scene: Scene, operation: Operation, status: Status) -> OperationStatusUnexpected:
    return OperationStatusUnexpected(id=scene.id_of(operation), expected=1 << Status.WAITING, actual=status)


def test_expedite__after_a_change_that_touches_nothing__keeps_the_quorum_and_the_new_epoch(
    scene: Scene,
) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    before = scene.lane(0)[1]
    scene.must_change("setAsset", NATIVE, ETHER_TERMS)
    hurried(scene, operation, "bob", "cat", "dan")
    moment = scene.chain.now() + HOUR
    assert scene.roster().epoch == before.epoch + 1
    assert scene.lane(0)[1] == dataclasses.replace(
        before, epoch=Epoch(before.epoch + 1), moment=Timestamp(moment)
    )


def test_expedite__with_one_above_the_quorum_gone__drops_that_approval_and_keeps_who_gave_it(
    scene: Scene,
) -> None:
    """eve is suspended: she does not count, and took part all the same."""
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    hurried(scene, operation, "bob", "cat", "dan")
    kept = {scene.seat(who) for who in ("bob", "cat", "dan")}
    assert scene.lane(0)[1].approvals == kept
    book = book_of(scene)
    assert book.entry(0)[1].seats == kept | {scene.seat("ann"), scene.seat("eve")}
    assert book.took_part(0, scene.actors["eve"].person)


def test_expedite__of_a_broken_quorum__is_refused_till_it_stands_and_waits_again(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "eve")
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    refusal = not_waiting(scene, operation, Status.PROPOSED)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    scene.give(operation, "fox")
    assert ready_at(scene, operation) == scene.chain.now() + 48 * HOUR
    hurried(scene, operation, "bob", "cat", "dan")


def test_expedite__of_a_quorum_broken_after_the_last_moment_to_approve__finds_it_expired(
    scene: Scene,
) -> None:
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=scene.chain.now() + HOUR)
    scene.must(scene.propose("ann", operation))
    scene.give(operation, "bob", "cat", "eve")
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    for moment, status in ((operation[3], Status.PROPOSED), (operation[3] + 1, Status.EXPIRED)):
        with scene.chain.isolate():
            refusal = not_waiting(scene, operation, status)
            scene.refuses_at(moment, refusal, lambda: expedite(scene, operation, entries))


@pytest.mark.parametrize("how", ["suspended", "without its role", "removed"])
def test_expedite__of_a_publisher_who_may_not_publish_any_more__is_refused(scene: Scene, how: str) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    with scene.chain.isolate():
        scene.must(expedite(scene, operation, entries))
    ann = scene.address("ann")
    match how:
        case "suspended":
            scene.must(scene.send("ann", "suspend", ann))
        case "removed":
            scene.must_change("removeMember", ann)
        case _:
            scene.must_change("setRoles", ann, 2)
    refusal = not_waiting(scene, operation, Status.PROPOSED)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


@pytest.mark.parametrize("tier", [Tier.HIGH_VALUE, Tier.CUSTODY])
def test_expedite__of_what_is_of_a_higher_tier_by_now__is_refused(scene: Scene, tier: Tier) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "dan", "eve")
    with scene.chain.isolate():
        scene.must(expedite(scene, operation, entries))
    if tier is Tier.HIGH_VALUE:
        scene.must_change("setCounterparty", PAYEE, 0)
    else:
        scene.must_change("setAsset", NATIVE, 0)
    assert scene.tier_of(operation[0]) is tier
    refusal = not_waiting(scene, operation, Status.PROPOSED)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_expedite__of_what_is_of_a_lower_tier_by_now__stays_in_the_tier_it_waited_for(scene: Scene) -> None:
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    terms = AssetTerms(routine_limit=Units(1), high_value_from=Units(10**12), decimals=18).pack()
    scene.must_change("setAsset", NATIVE, terms)
    assert scene.tier_of(operation[0]) is Tier.STANDARD
    three = consents_of(scene, operation, "bob", "cat", "dan")
    operation_id = scene.id_of(operation)
    refusal = ConsentsTooFew(
        id=operation_id,
        consents=seats_of(scene, "bob", "cat", "dan"),
        needed=4,
        terms=HURRY_TIERS[Tier.HIGH_VALUE].pack(),
    )
    scene.refuses(refusal, lambda: expedite(scene, operation, three))
    hurried(scene, operation, "bob", "cat", "dan", "eve")


def test_expedite__by_today_s_terms__asks_for_today_s_quorum_and_leaves_today_s_delay(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    stricter = [
        terms
        if tier is Tier.ROUTINE
        else changed(terms, quorum=4, expedited_delay=None if tier is Tier.CUSTODY else 5 * HOUR)
        for tier, terms in zip(Tier, HURRY_TIERS, strict=True)
    ]
    scene.newcomer("new")
    scene.must(scene.set_tiers(stricter))
    refusal = ConsentsTooFew(
        id=scene.id_of(operation),
        consents=seats_of(scene, "bob", "cat", "dan"),
        needed=4,
        terms=stricter[Tier.STANDARD].pack(),
    )
    three = consents_of(scene, operation, "bob", "cat", "dan")
    scene.refuses(refusal, lambda: expedite(scene, operation, three))
    hurried(scene, operation, "bob", "cat", "dan", "fox")
    assert ready_at(scene, operation) == scene.chain.now() + 5 * HOUR


def test_expedite__after_the_delay_was_shortened__still_takes_consents(scene: Scene) -> None:
    """A shorter delay does not move a running clock; only break-glass does, and only to today's terms."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    before = ready_at(scene, operation)
    shorter = [
        terms if tier >= Tier.HIGH_VALUE else changed(terms, delay=HOUR, expedited_delay=None)
        for tier, terms in zip(Tier, HURRY_TIERS, strict=True)
    ]
    scene.must(scene.set_tiers(shorter))
    scene.must(scene.approve(operation, []))
    assert ready_at(scene, operation) == before
    hurried(scene, operation, "bob", "cat", "dan")
    assert ready_at(scene, operation) == scene.chain.now() + HOUR


def test_expedite__after_a_longer_delay_was_set__is_still_only_nearer(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    longer = [
        terms if tier is Tier.ROUTINE else changed(terms, delay=100 * HOUR, expedited_delay=None)
        for tier, terms in zip(Tier, HURRY_TIERS, strict=True)
    ]
    scene.must(scene.set_tiers(longer))
    state = dataclasses.replace(scene.lane(0)[1], epoch=scene.roster().epoch)
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    refusal = OperationNotExpeditable(
        id=scene.id_of(operation), state=state.pack(), ready_at=scene.next_time() + 100 * HOUR
    )
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
