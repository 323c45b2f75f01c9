"""execute: when, by whom, and that a final state is final."""

from __future__ import annotations

import dataclasses

import pytest

from tests.contracts.scene import (
    BOTH,
    FUNDS,
    HIGH_VALUE_CALL,
    PAYEE,
    ROUTINE_CALL,
    SPENDER,
    SPENDER_USE,
    STANDARD_CALL,
    Scene,
)
from tests.stage import ETHER, HOUR, STRANGER, Call, call, data_of
from verifier.errors.members import MemberNotActive
from verifier.errors.operations import OperationStatusUnexpected, OperationUnknown
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import Tier

ONLY_READY = 1 << Status.READY


def not_ready(scene: Scene, operation_id: bytes, status: Status) -> OperationStatusUnexpected:
    return OperationStatusUnexpected(id=operation_id, expected=ONLY_READY, actual=status)


# -------------------------------------------------------------------------------------------------------------- When


@pytest.mark.parametrize(
    ("tier_call", "tier", "delay"),
    [
        (ROUTINE_CALL, Tier.ROUTINE, 600),
        (STANDARD_CALL, Tier.STANDARD, 48 * HOUR),
        (HIGH_VALUE_CALL, Tier.HIGH_VALUE, 48 * HOUR),
        (None, Tier.CUSTODY, 72 * HOUR),
    ],
)
def test_execute__a_second_before_ready_at__is_refused_and_at_it_is_not(
    scene: Scene, tier_call: Call | None, tier: Tier, delay: int
) -> None:
    operation = scene.published("ann", [tier_call or scene.custody_call()])
    approvals = [scene.sign_published(who, operation) for who in ("bob", "cat", "dan")]
    quorum_at = scene.next_time()
    scene.at(quorum_at, lambda: scene.approve(operation, approvals))
    assert scene.lane(0)[1].tier is tier
    refusal = not_ready(scene, scene.id_of(operation), Status.WAITING)
    scene.refuses_at(quorum_at + delay - 1, refusal, lambda: scene.execute("ann", operation))
    scene.at(quorum_at + delay, lambda: scene.execute("ann", operation))
    assert scene.status(operation) is Status.EXECUTED


def test_execute__at_expires_at__is_possible_and_a_second_later_is_not(scene: Scene) -> None:
    operation = scene.waiting("ann", [ROUTINE_CALL])
    expires_at = scene.lane(0)[1].expires_at
    assert expires_at == scene.lane(0)[1].moment + 24 * HOUR
    with scene.chain.isolate():
        scene.at(expires_at, lambda: scene.execute("ann", operation))
        assert scene.status(operation) is Status.EXECUTED
    refusal = not_ready(scene, scene.id_of(operation), Status.EXPIRED)
    scene.refuses_at(expires_at + 1, refusal, lambda: scene.execute("ann", operation))


def test_execute__below_the_quorum__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob", "cat")
    refusal = not_ready(scene, scene.id_of(operation), Status.PROPOSED)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    scene.give(operation, "dan")
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


def test_execute__twice__is_refused(scene: Scene) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL])
    scene.must(scene.execute("ann", operation))
    refusal = not_ready(scene, scene.id_of(operation), Status.EXECUTED)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) == ETHER


@pytest.mark.parametrize(("step", "status"), [("veto", Status.VETOED), ("cancel", Status.CANCELLED)])
def test_execute__of_what_was_stopped__is_refused(scene: Scene, step: str, status: Status) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL])
    operation_id = scene.id_of(operation)
    with scene.chain.isolate():
        scene.must(scene.send("ann", step, 0, operation_id))
        refusal = not_ready(scene, operation_id, status)
        scene.refuses(refusal, lambda: scene.execute("ann", operation))
    scene.must(scene.execute("ann", operation))


@pytest.mark.parametrize("part", ["calls", "lane", "sequence", "approveBy"])
def test_execute__of_other_bytes_than_those_approved__is_refused(scene: Scene, part: str) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL])
    calls, lane, sequence, approve_by = operation
    other = {
        "calls": ([call(to=STRANGER, value=ETHER)], lane, sequence, approve_by),
        "lane": (calls, lane + 1, sequence, approve_by),
        "sequence": (calls, lane, sequence + 1, approve_by),
        "approveBy": (calls, lane, sequence, approve_by + 1),
    }[part]
    held = scene.lane(other[1])[0]
    refusal = OperationUnknown(lane=other[1], expected=held, actual=scene.id_of(other))
    scene.refuses(refusal, lambda: scene.execute("ann", other))
    scene.must(scene.execute("ann", operation))


# ---------------------------------------------------------------------------------------------------------- By whom


@pytest.mark.parametrize("who", ["ann", "bob", "eve", "gus", "amy"])
def test_execute__by_any_active_member__moves_the_money(scene: Scene, who: str) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL])
    before = scene.lane(0)[1]
    scene.must(scene.execute(who, operation))
    assert scene.lane(0)[1] == dataclasses.replace(before, status=Status.EXECUTED)
    assert (scene.chain.balance(PAYEE), scene.chain.balance(scene.vault)) == (ETHER, FUNDS - ETHER)


def test_execute__by_a_stranger__is_refused(scene: Scene) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL])
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.execute(STRANGER, operation))
    scene.must(scene.execute("amy", operation))


@pytest.mark.parametrize(
    ("by", "function", "status"),
    [
        ("eve", "suspend", MemberStatus.SELF_SUSPENDED),
        ("gus", "suspend", MemberStatus.SUSPENDED),
        (None, "removeMember", MemberStatus.REMOVED),
    ],
)
def test_execute__by_one_who_was_taken_out__is_refused(
    scene: Scene, by: str | None, function: str, status: MemberStatus
) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL])
    scene.must(scene.send(by or scene.vault, function, scene.address("eve")))
    refusal = MemberNotActive(member=scene.address("eve"), status=status)
    scene.refuses(refusal, lambda: scene.execute("eve", operation))
    scene.must(scene.execute("amy", operation))


# -------------------------------------------------------------------------------------------------- What it does


def test_execute__of_a_batch__makes_every_call(scene: Scene) -> None:
    operation = scene.ready("ann", [ROUTINE_CALL, STANDARD_CALL, call(to=STRANGER, value=7)])
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) == 3 * ETHER
    assert scene.chain.balance(STRANGER) == 7


def test_execute__of_32_calls__makes_all_of_them(scene: Scene) -> None:
    operation = scene.ready("ann", [call(to=PAYEE, value=1 << i) for i in range(32)])
    scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) == 2**32 - 1


def test_execute__of_changes_to_the_vault__makes_them(scene: Scene) -> None:
    """A batch may change several members and settings at once; it is CUSTODY, and any of its approvers can veto it."""
    fay = bytes.fromhex("fa" * 20)
    batch = [
        call(to=scene.vault, data=data)
        for data in (
            data_of("addMember", fay, 77, int(Role.APPROVER), scene.member("ann").attributes.pack()),
            data_of("setRoles", scene.address("dan"), int(BOTH)),
            data_of("setCounterparty", STRANGER, SPENDER_USE),
            data_of("setCounterparty", SPENDER, 0),
        )
    ]
    operation = scene.ready("ann", batch)
    epoch = scene.roster().epoch
    scene.must(scene.execute("ann", operation))
    assert scene.member(fay).is_active
    assert scene.member("dan").roles == BOTH
    assert scene.roster().epoch == epoch + len(batch)


def test_execute__after_the_lane_was_used_before__is_of_the_present_operation(scene: Scene) -> None:
    for sequence in range(1, 4):
        operation = scene.ready("ann", [ROUTINE_CALL])
        assert operation[2] == sequence
        scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(PAYEE) == 3 * ETHER
