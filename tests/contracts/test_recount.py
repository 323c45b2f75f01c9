"""approve and execute: what a change of members, tiers or policy does to a quorum that stood before."""

from __future__ import annotations

import pytest

from tests.contracts.scene import (
    HIGH_VALUE_CALL,
    PAYEE,
    RECIPIENT_USE,
    ROUTINE_CALL,
    SPENDER,
    STANDARD_CALL,
    Scene,
    tiers_with,
)
from tests.stage import ETHER, HOUR, NATIVE, STRANGER, Operation, call
from tests.tokens import compiled
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.errors.operations import OperationOverdue, OperationQuorumBroken, OperationTierRisen
from verifier.model.asset import AssetTerms, Use
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier
from verifier.model.units import Units

WAIT = 48 * HOUR


def broken(scene: Scene, operation: Operation) -> OperationQuorumBroken:
    """Return the refusal to execute without a quorum."""
    operation_id, lane, _ = scene.lane(operation[1])
    return OperationQuorumBroken(id=operation_id, state=lane.pack(), roster=scene.roster().pack())


# ---------------------------------------------------------------------------------------------------- Still standing


def test_execute__after_changes_that_touch_no_quorum__is_possible(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must_change("setCounterparty", SPENDER, 0)
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    assert scene.lane(0)[1].epoch != scene.roster().epoch
    scene.must(scene.execute("ann", operation))


def test_execute__after_a_longer_delay_was_set__is_possible_when_it_was_to_be(scene: Scene) -> None:
    operation = scene.waiting("ann", [ROUTINE_CALL])
    scene.must(scene.set_tiers(tiers_with(Tier.ROUTINE, delay=47 * HOUR, grace_hours=200)))
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


def test_execute__with_one_above_the_quorum_gone__is_possible(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    with scene.chain.isolate():
        scene.must(scene.execute("ann", operation))
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))


def test_approve__with_a_quorum_that_still_stands__counts_anew_and_leaves_the_clock(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    before = scene.lane(0)[1]
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    scene.must(scene.approve(operation, []))
    after = scene.lane(0)[1]
    assert (after.status, after.moment) == (Status.WAITING, before.moment)
    assert after.epoch == scene.roster().epoch == before.epoch + 1
    assert after.approvals == before.approvals - {scene.member("eve").seat}


# ---------------------------------------------------------------------------------------------------- Broken quorums


def test_execute__with_an_approver_suspended__is_refused_till_another_approves_and_waits(
    scene: Scene,
) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))

    moment = scene.next_time() + HOUR
    eve = scene.sign("eve", operation)
    scene.at(moment, lambda: scene.approve(operation, [eve]))
    _, lane, status = scene.lane(0)
    assert (status, lane.moment) == (Status.WAITING, moment + WAIT)
    assert lane.approvals == {scene.seat(who) for who in ("bob", "cat", "eve")}
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


@pytest.mark.parametrize("ready", [False, True])
def test_approve__with_nothing_to_a_broken_quorum__makes_it_proposed(scene: Scene, ready: bool) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    if ready:
        scene.pass_to_ready(operation)
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    scene.must(scene.approve(operation, []))
    _, lane, status = scene.lane(0)
    assert (status, lane.moment, lane.grace_hours) == (Status.PROPOSED, operation[3], 0)
    assert lane.approvals == {scene.seat("bob"), scene.seat("cat")}


def test_execute__with_a_returned_approver__is_refused(scene: Scene) -> None:
    """No approval outlives its seat: who comes back has a new one, and has to approve again."""
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    scene.must_change("reinstateMember", scene.address("dan"))
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))
    later = scene.ready("ann", [STANDARD_CALL], nth=1)
    scene.must(scene.execute("ann", later))


def test_execute__without_its_security_approval__is_refused(scene: Scene) -> None:
    operation = scene.ready("bob", [HIGH_VALUE_CALL], "ann", "cat", "dan", "eve")
    # Two of the security team have to stay, so a third one comes first.
    scene.newcomer("fay", Role.APPROVER | Role.SECURITY)
    with scene.chain.isolate():
        scene.must(scene.execute("bob", operation))
    scene.must_change("setRoles", scene.address("cat"), int(Role.APPROVER))
    scene.refuses(broken(scene, operation), lambda: scene.execute("bob", operation))


@pytest.mark.parametrize("how", ["suspend", "removeMember", "setRoles"])
def test_execute__without_its_publisher__is_refused(scene: Scene, how: str) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    with scene.chain.isolate():
        scene.must(scene.execute("bob", operation))
    if how == "suspend":
        scene.must(scene.send("ann", "suspend", scene.address("ann")))
    elif how == "removeMember":
        scene.must_change("removeMember", scene.address("ann"))
    else:
        scene.must_change("setRoles", scene.address("ann"), int(Role.APPROVER))
    scene.refuses(broken(scene, operation), lambda: scene.execute("bob", operation))
    # No approval cures it.
    scene.must(scene.approve(operation, [scene.sign("eve", operation)]))
    assert scene.status(operation) is Status.PROPOSED


def test_execute__with_a_quorum_raised_meanwhile__is_refused_till_one_more_approves(scene: Scene) -> None:
    # Little enough to stay ROUTINE when it counts a second time.
    operation = scene.ready("ann", [call(to=PAYEE, value=ETHER // 2)], "bob", "cat")
    scene.must(scene.set_tiers(tiers_with(Tier.ROUTINE, quorum=3, delay=HOUR)))
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))
    moment = scene.next_time() + 9
    dan = scene.sign("dan", operation)
    scene.at(moment, lambda: scene.approve(operation, [dan]))
    lane = scene.lane(0)[1]
    assert (lane.tier, lane.moment) == (Tier.ROUTINE, moment + HOUR)


def test_approve__after_approve_by__revives_no_broken_quorum(scene: Scene) -> None:
    approve_by = scene.next_time() + HOUR
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=approve_by)
    scene.must(scene.propose("ann", operation, [scene.sign(who, operation) for who in ("bob", "cat", "dan")]))
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    eve = scene.sign("eve", operation)
    with scene.chain.isolate():
        scene.at(approve_by, lambda: scene.approve(operation, [eve]))
        assert scene.status(operation) is Status.WAITING
    refusal = OperationOverdue(id=scene.id_of(operation), approve_by=approve_by, now_=approve_by + 1)
    scene.refuses_at(approve_by + 1, refusal, lambda: scene.approve(operation, [eve]))
    scene.pass_to_ready(operation)
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))


# --------------------------------------------------------------------------------------------------------- Higher tiers


def test_execute__of_what_is_high_value_today__is_refused_till_all_approve_again(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must_change("setCounterparty", PAYEE, 0)
    refusal = OperationTierRisen(id=scene.id_of(operation), waited_for=Tier.STANDARD, actual=Tier.HIGH_VALUE)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))

    # Signatures that may be older than the publication are worth nothing from here on.
    scene.must(scene.approve(operation, []))
    _, lane, status = scene.lane(0)
    assert (status, lane.tier, lane.approvals) == (Status.PROPOSED, Tier.HIGH_VALUE, frozenset())
    old = ApprovalPublicationUnexpected(
        seat=scene.seat("bob"), expected=scene.publication(operation), actual=0
    )
    scene.refuses(old, lambda: scene.approve(operation, [scene.sign("bob", operation)]))
    scene.give(operation, "bob", "cat", "dan")
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) == 2 * ETHER


@pytest.mark.parametrize(
    ("account", "use", "moves"),
    [
        (PAYEE, Use.RECIPIENT, "transfer"),
        (SPENDER, Use.SPENDER, "approve"),
        (SPENDER, Use.SPENDER, "increaseAllowance"),
    ],
)
def test_execute__after_a_counterparty_lost_its_use__is_refused_and_after_it_lost_the_other_is_not(
    scene: Scene, account: bytes, use: Use, moves: str
) -> None:
    token = compiled.deploy(scene.chain, "Token", 6)
    terms = AssetTerms(routine_limit=Units(10), high_value_from=Units(1_000), decimals=6)
    scene.must_change("setAsset", token, terms.pack())
    scene.must_change("setCounterparty", account, Use.RECIPIENT + Use.SPENDER)
    scene.must(scene.chain.send(STRANGER, token, compiled.data_of("Token", "mint", scene.vault, 10)))
    operation = scene.ready("ann", [call(to=token, data=compiled.data_of("Token", moves, account, 10))])
    assert scene.lane(0)[1].tier is Tier.ROUTINE
    with scene.chain.isolate():
        scene.must_change("setCounterparty", account, use)
        scene.must(scene.execute("ann", operation))
    scene.must_change("setCounterparty", account, Use.RECIPIENT + Use.SPENDER - use)
    refusal = OperationTierRisen(id=scene.id_of(operation), waited_for=Tier.ROUTINE, actual=Tier.HIGH_VALUE)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    # Allowed again in time, it is what it was.
    scene.must_change("setCounterparty", account, use)
    scene.must(scene.execute("ann", operation))


@pytest.mark.parametrize(
    ("approvers", "status"), [(("bob", "cat"), Status.PROPOSED), (("bob", "cat", "dan"), Status.WAITING)]
)
def test_approve__to_what_is_standard_today__keeps_approvals_and_waits_anew(
    scene: Scene, approvers: tuple[str, ...], status: Status
) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL], *approvers)
    lower = AssetTerms(routine_limit=Units(0), high_value_from=Units(100_000_000), decimals=18).pack()
    scene.must_change("setAsset", NATIVE, lower)
    refusal = OperationTierRisen(id=scene.id_of(operation), waited_for=Tier.ROUTINE, actual=Tier.STANDARD)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    moment = scene.next_time() + 5
    scene.at(moment, lambda: scene.approve(operation, []))
    _, lane, now = scene.lane(0)
    assert (now, lane.tier) == (status, Tier.STANDARD)
    assert lane.approvals == {scene.seat(who) for who in approvers}
    assert lane.moment == (moment + WAIT if status is Status.WAITING else operation[3])


def test_approve__to_what_is_custody_today__keeps_approvals_and_waits_anew(scene: Scene) -> None:
    """They carry the publication already."""
    operation = scene.ready("ann", [HIGH_VALUE_CALL])
    scene.must_change("setAsset", NATIVE, 0)
    refusal = OperationTierRisen(id=scene.id_of(operation), waited_for=Tier.HIGH_VALUE, actual=Tier.CUSTODY)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    moment = scene.next_time() + 5
    scene.at(moment, lambda: scene.approve(operation, []))
    _, lane, status = scene.lane(0)
    assert (status, lane.tier, lane.moment) == (Status.WAITING, Tier.CUSTODY, moment + 72 * HOUR)
    assert len(lane.approvals) == 3


def test_execute__of_what_is_lower_today__waits_as_it_was_to(scene: Scene) -> None:
    to_stranger = (STRANGER, ETHER, b"")
    operation = scene.waiting("ann", [to_stranger])
    assert scene.lane(0)[1].tier is Tier.HIGH_VALUE
    scene.must_change("setCounterparty", STRANGER, RECIPIENT_USE)
    assert scene.tier_of([to_stranger]) is Tier.ROUTINE
    scene.must(scene.approve(operation, []))
    assert (scene.lane(0)[1].tier, scene.status(operation)) == (Tier.HIGH_VALUE, Status.WAITING)
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


def test_approve__of_what_was_published_under_a_lower_tier__is_judged_by_todays(scene: Scene) -> None:
    operation = scene.published("ann", [ROUTINE_CALL])
    scene.must_change("setCounterparty", PAYEE, 0)
    assert scene.lane(0)[1].tier is Tier.ROUTINE
    old = ApprovalPublicationUnexpected(
        seat=scene.seat("bob"), expected=scene.publication(operation), actual=0
    )
    scene.refuses(old, lambda: scene.approve(operation, [scene.sign("bob", operation)]))
    scene.give(operation, "bob", "cat", "dan")
    assert (scene.lane(0)[1].tier, scene.status(operation)) == (Tier.HIGH_VALUE, Status.WAITING)
