"""Operations that are over, or that lost what they stood on, and somebody who wants them back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.anvil import Outcome
from tests.contracts.scene import HERE, HIGH_VALUE_CALL, PAYEE, QUORUM, STANDARD_CALL, Scene, tiers_with
from tests.stage import DAY, HOUR, Operation, call
from verifier.errors import VaultError
from verifier.errors.operations import (
    OperationOverdue,
    OperationQuorumBroken,
    OperationStatusUnexpected,
    OperationTierRisen,
    OperationUnknown,
)
from verifier.model.life import OPEN, Status
from verifier.model.tier import Tier
from verifier.model.units import Duration

ANY_OPEN = sum(1 << status for status in OPEN)
ONLY_READY = 1 << Status.READY


def end(scene: Scene, operation: Operation, how: Status) -> None:
    match how:
        case Status.VETOED:
            scene.must(scene.send("eve", "veto", operation[1], scene.id_of(operation)))
        case Status.CANCELLED:
            scene.must(scene.send("ann", "cancel", operation[1], scene.id_of(operation)))
        case Status.EXECUTED:
            scene.pass_to_ready(operation)
            scene.must(scene.execute("eve", operation))
        case _:
            scene.chain.set_time(scene.lane(operation[1])[1].expires_at + 1)
    assert scene.status(operation) is how


@pytest.mark.parametrize("how", [Status.VETOED, Status.CANCELLED, Status.EXECUTED, Status.EXPIRED])
def test_act__on_an_operation_that_ended__is_refused_in_every_way(scene: Scene, how: Status) -> None:
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    late = scene.sign_published("eve", operation)
    end(scene, operation, how)
    id_ = scene.id_of(operation)
    closed = OperationStatusUnexpected(id=id_, expected=ANY_OPEN, actual=how)
    acts: dict[str, Callable[[], Outcome]] = {
        "approve": lambda: scene.approve(operation, [late]),
        "approve with nothing": lambda: scene.approve(operation, []),
        "withdraw": lambda: scene.send("bob", "withdraw", operation),
        "veto": lambda: scene.send("eve", "veto", operation[1], id_),
        "cancel": lambda: scene.send("ann", "cancel", operation[1], id_),
    }
    for act in acts.values():
        scene.refuses(closed, act)
    unready = OperationStatusUnexpected(id=id_, expected=ONLY_READY, actual=how)
    scene.refuses(unready, lambda: scene.execute("eve", operation))
    # The neighbour: the lane itself lives on.
    scene.published("ann", [STANDARD_CALL])


def test_approve__one_second_after_its_last_moment__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    approvals = [scene.sign_published(name, operation) for name in QUORUM]
    approve_by = operation[3]
    expired = OperationStatusUnexpected(id=scene.id_of(operation), expected=ANY_OPEN, actual=Status.EXPIRED)
    with scene.chain.isolate():
        scene.refuses_at(approve_by + 1, expired, lambda: scene.approve(operation, approvals))
    scene.at(approve_by, lambda: scene.approve(operation, approvals))
    assert scene.status(operation) is Status.WAITING


def test_approve__broken_quorum_after_the_last_moment_to_approve__stays_broken(scene: Scene) -> None:
    """A spare approval cannot be slipped in for one that died: what was approvable is over."""
    operation = scene.published("ann", [STANDARD_CALL])
    late = scene.sign_published("eve", operation)
    scene.chain.set_time(operation[3] - 3 * DAY)
    scene.give(operation, *QUORUM)
    scene.must(scene.send("gus", "suspend", scene.address("bob")))
    overdue: VaultError = OperationOverdue(
        id=scene.id_of(operation), approve_by=operation[3], now_=operation[3] + 1
    )
    scene.refuses_at(operation[3] + 1, overdue, lambda: scene.approve(operation, [late]))
    broken = OperationQuorumBroken(
        id=scene.id_of(operation), state=scene.lane(operation[1])[1].pack(), roster=scene.roster().pack()
    )
    scene.refuses(broken, lambda: scene.execute("eve", operation))


def test_approve__late_approval_completes_a_broken_quorum__waits_the_whole_delay_again(scene: Scene) -> None:
    """Nobody may be told at once what the fourth signer believes dead since days."""
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must(scene.send("bob", "suspend", scene.address("bob")))
    with scene.chain.isolate():
        # Anybody may make the vault see that the quorum is lost.
        scene.must(scene.approve(operation, []))
        assert scene.status(operation) is Status.PROPOSED
        assert scene.lane(operation[1])[1].approvals == {scene.seat("cat"), scene.seat("dan")}
    scene.give(operation, "eve")
    lane = scene.lane(operation[1])[1]
    assert lane.approvals == {scene.seat(name) for name in ("cat", "dan", "eve")}
    assert lane.ready_at == scene.chain.now() + 48 * HOUR
    scene.pass_to_ready(operation)
    scene.must(scene.execute("eve", operation))


def test_withdraw__then_a_late_approval__waits_the_whole_delay_again(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must(scene.send("bob", "withdraw", operation))
    assert scene.status(operation) is Status.PROPOSED
    scene.give(operation, "eve")
    assert scene.lane(operation[1])[1].ready_at == scene.chain.now() + 48 * HOUR


def test_withdraw__after_the_last_moment_to_approve__ends_it(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.chain.set_time(operation[3] - 3 * DAY)
    scene.give(operation, *QUORUM)
    scene.chain.set_time(operation[3] + 1)
    assert scene.status(operation) is Status.READY
    scene.must(scene.send("dan", "withdraw", operation))
    assert scene.status(operation) is Status.EXPIRED


def test_execute__its_publisher_is_gone__is_refused_for_good(scene: Scene) -> None:
    """An operation does not outlive its publisher's seat, whoever else approves it."""
    operation = scene.ready("ann", [STANDARD_CALL], *QUORUM, "eve")
    scene.must(scene.send("gus", "suspend", scene.address("ann")))
    broken = OperationQuorumBroken(
        id=scene.id_of(operation), state=scene.lane(operation[1])[1].pack(), roster=scene.roster().pack()
    )
    scene.refuses(broken, lambda: scene.execute("eve", operation))
    scene.must(scene.approve(operation, []))
    assert scene.status(operation) is Status.PROPOSED
    scene.must_change("reinstateMember", scene.address("ann"))
    scene.must(scene.approve(operation, []))
    assert scene.status(operation) is Status.PROPOSED


def test_execute__tier_rose_while_it_waited__is_refused_until_it_waited_for_the_higher_one(
    scene: Scene,
) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must_change("setCounterparty", PAYEE, 0)
    refusal = OperationTierRisen(id=scene.id_of(operation), waited_for=Tier.STANDARD, actual=Tier.HIGH_VALUE)
    scene.refuses(refusal, lambda: scene.execute("eve", operation))
    # Allowing the recipient again after the approvals were dropped does not bring them back.
    scene.must(scene.approve(operation, []))
    scene.must_change("setCounterparty", PAYEE, 1)
    scene.must(scene.approve(operation, []))
    lane = scene.lane(operation[1])[1]
    assert (lane.status, lane.tier, lane.approvals) == (Status.PROPOSED, Tier.HIGH_VALUE, frozenset())
    scene.give(operation, *QUORUM)
    scene.pass_to_ready(operation)
    scene.must(scene.execute("eve", operation))


@pytest.mark.parametrize("change", ["shorter", "longer"])
def test_set_tiers__another_delay__moves_no_clock_that_runs(scene: Scene, change: str) -> None:
    """Shortening a delay must not bring near what waits; lengthening it must not keep it from expiring."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    before = scene.lane(operation[1])
    delay = Duration(10 * 60) if change == "shorter" else Duration(72 * HOUR)
    tiers = tiers_with(Tier.STANDARD, delay=delay)
    if change == "longer":
        tiers = tuple(
            terms if tier < Tier.HIGH_VALUE else tiers_with(Tier.HIGH_VALUE, delay=delay)[tier]
            for tier, terms in enumerate(tiers)
        )
    scene.must(scene.set_tiers(tiers))
    scene.must(scene.approve(operation, []))
    after = scene.lane(operation[1])
    assert (after[1].ready_at, after[1].expires_at) == (before[1].ready_at, before[1].expires_at)


def test_veto__lane_was_used_again_since_it_was_read__does_not_hit_the_successor(scene: Scene) -> None:
    """ann cancels what eve is about to veto and publishes something that eve has not read, or the reverse."""
    bad = scene.waiting("ann", [HIGH_VALUE_CALL])
    id_read = scene.id_of(bad)
    scene.must(scene.send("ann", "cancel", bad[1], id_read))
    good = scene.published("ann", [call(to=PAYEE, value=1)])
    assert good[1] == bad[1]
    for act in ("veto", "cancel"):
        sender = "eve" if act == "veto" else "ann"
        refusal = OperationUnknown(lane=bad[1], expected=scene.id_of(good), actual=id_read)
        scene.refuses(refusal, partial(scene.send, sender, act, bad[1], id_read))
    for act in ("withdraw", "object"):
        refusal = OperationUnknown(lane=bad[1], expected=scene.id_of(good), actual=id_read)
        scene.refuses(refusal, partial(scene.send, "bob", act, bad))
    scene.must(scene.send("eve", "veto", good[1], scene.id_of(good)))


@pytest.mark.parametrize("lane", [0, 500, 511, 512, 2**16 - 1, 2**256 - 1])
def test_veto__lane_that_never_held_anything__is_refused(scene: Scene, lane: int) -> None:
    """An empty lane's id is zero, and zero must not be the name of an operation."""
    refusal = OperationStatusUnexpected(id=bytes(32), expected=ANY_OPEN, actual=Status.UNKNOWN)
    scene.refuses(refusal, lambda: scene.send("eve", "veto", lane, bytes(32)))
    refusal_of_cancel = OperationStatusUnexpected(id=bytes(32), expected=ANY_OPEN, actual=Status.UNKNOWN)
    scene.refuses(refusal_of_cancel, lambda: scene.send("ann", "cancel", lane, bytes(32)))


def test_approve__dead_seat_operation_of_a_removed_publisher__lives_with_a_supermajority_only(
    scene: Scene,
) -> None:
    """The one exception: those who remove a proposer can carry out what the proposer published about seats."""
    operation = scene.seat_operation("ann", "setAttributes", scene.address("gus"), HERE.pack())
    scene.give(operation, *QUORUM)
    scene.must_change("removeMember", scene.address("ann"))
    scene.pass_to_ready(operation)
    broken = OperationQuorumBroken(
        id=scene.id_of(operation), state=scene.lane(operation[1])[1].pack(), roster=scene.roster().pack()
    )
    scene.refuses(broken, lambda: scene.execute("eve", operation))
    scene.give(operation, "eve")
    assert scene.status(operation) is Status.WAITING
    scene.pass_to_ready(operation)
    scene.must(scene.execute("eve", operation))
