"""expedite: break-glass shortens what is left of a delay, and nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from tests.anvil import Anvil
from tests.contracts.hurry import (
    EXPEDITED,
    HURRY_TIERS,
    changed,
    consent,
    consents_of,
    expedite,
    hurried,
    hurry_scene,
    ready_at,
)
from tests.contracts.scene import (
    HIGH_VALUE_CALL,
    PAYEE,
    ROUTINE_CALL,
    STANDARD_CALL,
    Scene,
)
from tests.stage import DAY, HOUR, STRANGER, Call, Operation, as_words
from verifier.errors.operations import (
    OperationNotExpeditable,
    OperationStatusUnexpected,
    OperationUnknown,
    OperationWindowClosed,
)
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Timestamp

ONLY_WAITING = 1 << Status.WAITING
CONSENTING = ("bob", "cat", "dan", "eve")
CALLS = {Tier.ROUTINE: ROUTINE_CALL, Tier.STANDARD: STANDARD_CALL, Tier.HIGH_VALUE: HIGH_VALUE_CALL}
GRACE = 72 * HOUR


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return hurry_scene(anvil)


def not_expeditable(scene: Scene, operation: Operation, ready: int) -> OperationNotExpeditable:
    operation_id, lane, _ = scene.lane(operation[1])
    return OperationNotExpeditable(id=operation_id, state=lane.pack(), ready_at=ready)


def not_waiting(scene: Scene, operation: Operation, status: Status) -> OperationStatusUnexpected:
    return OperationStatusUnexpected(id=scene.id_of(operation), expected=ONLY_WAITING, actual=status)


# ------------------------------------------------------------------------------------------------------ What it does


@pytest.mark.parametrize("tier", CALLS)
def test_expedite__of_what_waits__leaves_the_expedited_delay_of_its_tier(scene: Scene, tier: Tier) -> None:
    operation = scene.waiting("ann", [CALLS[tier]])
    before = scene.lane(0)[1]
    now = scene.next_time() + 100
    entries = consents_of(scene, operation, *CONSENTING)
    scene.at(now, lambda: expedite(scene, operation, entries))
    # Grace moves along, since it counts from `readyAt`; all else is as it was.
    assert scene.lane(0)[1] == dataclasses.replace(before, moment=Timestamp(now + EXPEDITED[tier]))
    assert scene.lane(0)[1].tier is tier
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("who", ["ann", "amy", "gus", STRANGER])
def test_expedite__by_anyone__is_possible_with_the_consents(scene: Scene, who: str | bytes) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    scene.must(expedite(scene, operation, entries, by=who))
    assert ready_at(scene, operation) == scene.chain.now() + HOUR


def test_expedite__then_execute__is_possible_at_the_new_time_and_not_before(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    hurried(scene, operation, "bob", "cat", "dan")
    ready = ready_at(scene, operation)
    refusal = OperationStatusUnexpected(
        id=scene.id_of(operation), expected=1 << Status.READY, actual=Status.WAITING
    )
    scene.refuses_at(ready - 1, refusal, lambda: scene.execute("ann", operation))
    before = scene.chain.balance(PAYEE)
    scene.at(ready, lambda: scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) - before == STANDARD_CALL[1]


def test_expedite__of_what_waits__brings_its_end_nearer_as_well(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    hurried(scene, operation, "bob", "cat", "dan")
    last = ready_at(scene, operation) + GRACE
    with scene.chain.isolate():
        scene.at(last, lambda: scene.execute("ann", operation))
    refusal = OperationStatusUnexpected(
        id=scene.id_of(operation), expected=1 << Status.READY, actual=Status.EXPIRED
    )
    scene.refuses_at(last + 1, refusal, lambda: scene.execute("ann", operation))


def test_expedite__after_the_last_moment_to_approve__is_possible(scene: Scene) -> None:
    """`approveBy` is about approvals, and the quorum stands."""
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=scene.chain.now() + HOUR)
    scene.must(scene.propose("ann", operation))
    scene.give(operation, "bob", "cat", "dan")
    scene.chain.set_time(operation[3] + 1)
    hurried(scene, operation, "bob", "cat", "dan")


def test_expedite__below_high_value_in_the_block_of_publication__is_possible(scene: Scene) -> None:
    """There approvals count in the same block, too; who knows the parent block knows both numbers."""
    operation = scene.operation("ann", [ROUTINE_CALL])
    parent = scene.chain.block()
    publication = (int(parent["number"], 16) + 1) << 32 | int(parent["hash"][2:10], 16)
    ready = scene.next_time() + HOUR
    entries = [consent(scene, who, operation, publication=publication, at=ready) for who in ("bob", "dan")]
    scene.in_one_block(
        ("ann", "propose", (operation, [scene.sign(who, operation) for who in ("bob", "cat")])),
        (STRANGER, "expedite", (operation, [as_words(entry) for entry in entries])),
    )
    assert ready_at(scene, operation) == ready - HOUR + EXPEDITED[Tier.ROUTINE]


# -------------------------------------------------------------------------------------------------- What it leaves


def test_veto__of_what_was_expedited__is_possible_for_the_whole_delay_that_is_left(scene: Scene) -> None:
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    hurried(scene, operation, *CONSENTING)
    last = ready_at(scene, operation)
    scene.at(last, lambda: scene.send("fox", "veto", 0, scene.id_of(operation)))
    refusal = OperationStatusUnexpected(
        id=scene.id_of(operation), expected=1 << Status.READY, actual=Status.VETOED
    )
    scene.refuses(refusal, lambda: scene.execute("ann", operation))


def test_withdraw__after_expediting__stops_the_clock_and_a_new_quorum_waits_the_whole_delay(
    scene: Scene,
) -> None:
    """A consent to hurry is spent with the `readyAt` that it named."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    scene.must(expedite(scene, operation, entries))
    scene.must(scene.send("cat", "withdraw", operation))
    assert scene.status(operation) is Status.PROPOSED
    refusal = not_waiting(scene, operation, Status.PROPOSED)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    scene.give(operation, "eve")
    assert ready_at(scene, operation) == scene.chain.now() + 48 * HOUR


def test_expedite__of_a_tier_with_a_window__opens_no_window(scene: Scene) -> None:
    shut = [changed(terms, opens_at=36, closes_at=37, grace_hours=72) for terms in HURRY_TIERS]
    scene.must(scene.set_tiers(shut))
    operation = scene.waiting("ann", [STANDARD_CALL])
    midnight = (scene.chain.now() // DAY + 1) * DAY
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    scene.at(midnight, lambda: expedite(scene, operation, entries))
    opens = midnight + 9 * HOUR
    closed = OperationWindowClosed(id=scene.id_of(operation), tier=Tier.STANDARD, now_=opens - 1)
    scene.refuses_at(opens - 1, closed, lambda: scene.execute("ann", operation))
    scene.at(opens, lambda: scene.execute("ann", operation))


# ------------------------------------------------------------------------------------------------------ Only nearer


def test_expedite__of_what_would_be_ready_no_later__is_refused(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    last = ready_at(scene, operation) - HOUR
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    # At this time it would be the same, and a second later it would be later.
    for moment in (last, last + 1):
        with scene.chain.isolate():
            refusal = not_expeditable(scene, operation, moment + HOUR)
            scene.refuses_at(moment, refusal, lambda: expedite(scene, operation, entries))
    scene.at(last - 1, lambda: expedite(scene, operation, entries))
    assert ready_at(scene, operation) == last - 1 + HOUR


def test_expedite__twice__is_refused(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    hurried(scene, operation, "bob", "cat", "dan")
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    refusal = not_expeditable(scene, operation, scene.next_time() + HOUR)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_expedite__where_the_terms_leave_the_whole_delay__is_refused_from_the_start(scene: Scene) -> None:
    unhurried = [changed(terms, expedited_delay=None) for terms in HURRY_TIERS]
    scene.must(scene.set_tiers(unhurried))
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    refusal = not_expeditable(scene, operation, scene.next_time() + 48 * HOUR)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


# ------------------------------------------------------------------------------------------------------ Never CUSTODY


@pytest.mark.parametrize("kind", ["setting", "unknown call", "about a seat", "about a group"])
def test_expedite__of_custody__is_refused(scene: Scene, kind: str) -> None:
    vault = scene.address("amy")
    calls: dict[str, Call] = {
        "setting": scene.custody_call(),
        "unknown call": (STRANGER, 0, b"data"),
        "about a seat": scene.to_itself("ann", "removeMember", vault)[0][0],
        "about a group": scene.to_itself("ann", "setHolders", vault, [1, 2, 3])[0][0],
    }
    operation = scene.waiting("ann", [calls[kind]])
    assert scene.lane(0)[1].tier is Tier.CUSTODY
    entries = consents_of(scene, operation, *CONSENTING)
    refusal = not_expeditable(scene, operation, scene.next_time() + 72 * HOUR)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_expedite__of_custody_that_waits_longer_than_today_s_delay__is_refused_as_well(scene: Scene) -> None:
    """Its clock runs by the terms of its quorum, and here today's are shorter than what is left of it."""
    operation = scene.waiting("ann", [scene.custody_call()])
    shorter = [
        changed(terms, delay=24 * HOUR, expedited_delay=None)
        if tier is Tier.CUSTODY
        else changed(terms, delay=HOUR if tier < Tier.HIGH_VALUE else 24 * HOUR)
        for tier, terms in zip(Tier, HURRY_TIERS, strict=True)
    ]
    scene.must(scene.set_tiers(shorter))
    entries = consents_of(scene, operation, *CONSENTING)
    state = dataclasses.replace(scene.lane(0)[1], epoch=scene.roster().epoch)
    refusal = OperationNotExpeditable(
        id=scene.id_of(operation), state=state.pack(), ready_at=scene.next_time() + 24 * HOUR
    )
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


# ------------------------------------------------------------------------------------------------------ Only WAITING


def test_expedite__of_what_is_proposed__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob", "cat")
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    refusal = not_waiting(scene, operation, Status.PROPOSED)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    scene.give(operation, "dan")
    hurried(scene, operation, "bob", "cat", "dan")


def test_expedite__of_what_is_ready__is_refused(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    ready = ready_at(scene, operation)
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    refusal = not_waiting(scene, operation, Status.READY)
    scene.refuses_at(ready, refusal, lambda: expedite(scene, operation, entries))


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.EXECUTED, Status.VETOED, Status.CANCELLED])
def test_expedite__of_what_is_over__is_refused(scene: Scene, status: Status) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    match status:
        case Status.EXPIRED:
            scene.chain.set_time(ready_at(scene, operation) + GRACE + 1)
        case Status.EXECUTED:
            scene.pass_to_ready(operation)
            scene.must(scene.execute("ann", operation))
        case Status.VETOED:
            scene.must(scene.send("gus", "veto", 0, scene.id_of(operation)))
        case _:
            scene.must(scene.send("ann", "cancel", 0, scene.id_of(operation)))
    open_ = sum(1 << status for status in (Status.PROPOSED, Status.WAITING, Status.READY))
    refusal = OperationStatusUnexpected(id=scene.id_of(operation), expected=open_, actual=status)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_expedite__of_what_is_in_no_lane__is_refused(scene: Scene) -> None:
    waiting = scene.waiting("ann", [STANDARD_CALL])
    entries = consents_of(scene, waiting, "bob", "cat", "dan")
    other = (waiting[0], waiting[1], waiting[2] + 1, waiting[3])
    refusal = OperationUnknown(lane=0, expected=scene.id_of(waiting), actual=scene.id_of(other))
    scene.refuses(refusal, lambda: expedite(scene, other, entries))
    scene.must(expedite(scene, waiting, entries))
