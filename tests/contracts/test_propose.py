"""propose: who may publish, in which lane, and how large an operation may be."""

from __future__ import annotations

import pytest

from tests.contracts.scene import (
    BOTH,
    HERE,
    HIGH_VALUE_CALL,
    PAYEE,
    ROUTINE_CALL,
    STANDARD_CALL,
    Scene,
)
from tests.stage import DAY, STRANGER, Actor, Call, Operation, call, data_of
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.errors.members import MemberIsSubject, MemberNotActive, MemberRoleMissing
from verifier.errors.operations import (
    LaneOfOtherSeat,
    LaneSequenceUnexpected,
    LaneTaken,
    OperationApproveByOutOfRange,
    OperationSizeOutOfRange,
)
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import Tier

MAX_DATA = 24 * 1024


def assert_publishable(scene: Scene, by: str, operation: Operation) -> None:
    """Publish it, as the neighbour of a refusal."""
    scene.must(scene.propose(by, operation))
    assert scene.status(operation) is Status.PROPOSED


# ------------------------------------------------------------------------------------------------------ Who may


def test_propose__by_a_proposer__is_in_the_lane_as_published(scene: Scene) -> None:
    operation = scene.operation("ann", [STANDARD_CALL], nth=7)
    outcome = scene.must(scene.propose("ann", operation))

    operation_id, lane, status = scene.lane(7)
    parent = bytes.fromhex(scene.chain.block(outcome.block)["parentHash"][2:])
    assert operation_id == scene.id_of(operation)
    assert status is Status.PROPOSED
    assert (lane.publication.block, lane.publication.parent) == (
        outcome.block,
        int.from_bytes(parent[:4], "big"),
    )
    assert (lane.sequence, lane.moment, lane.tier) == (1, operation[3], Tier.STANDARD)
    assert (lane.approvals, lane.epoch) == (frozenset(), scene.roster().epoch)
    assert (lane.seat_operation, lane.objected, lane.withdrawals) == (False, False, False)


def test_propose__by_a_stranger__is_refused(scene: Scene) -> None:
    operation = scene.operation("ann", [ROUTINE_CALL])
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.propose(STRANGER, operation))
    assert_publishable(scene, "ann", operation)


def test_propose__by_an_approver__is_refused_unless_it_is_about_a_seat(scene: Scene) -> None:
    payment = scene.operation("dan", [ROUTINE_CALL])
    refusal = MemberRoleMissing(member=scene.address("dan"), any_of=Role.PROPOSER, actual=Role.APPROVER)
    scene.refuses(refusal, lambda: scene.propose("dan", payment))
    assert_publishable(scene, "dan", scene.to_itself("dan", "removeMember", scene.address("eve")))


@pytest.mark.parametrize("who", ["gus", "amy"])
def test_propose__of_a_seat_operation_by_guardian_or_auditor__is_refused(scene: Scene, who: str) -> None:
    roles = scene.actors[who].roles
    operation = scene.to_itself(who, "removeMember", scene.address("eve"))
    refusal = MemberRoleMissing(member=scene.address(who), any_of=BOTH, actual=roles)
    scene.refuses(refusal, lambda: scene.propose(who, operation))
    assert_publishable(scene, "dan", scene.to_itself("dan", "removeMember", scene.address("eve")))


def test_propose__by_a_suspended_proposer__is_refused(scene: Scene) -> None:
    operation = scene.operation("ann", [ROUTINE_CALL])
    with scene.chain.isolate():
        scene.must(scene.send("ann", "suspend", scene.address("ann")))
        refusal = MemberNotActive(member=scene.address("ann"), status=MemberStatus.SELF_SUSPENDED)
        scene.refuses(refusal, lambda: scene.propose("ann", operation))
    assert_publishable(scene, "ann", operation)


def test_propose__by_a_removed_proposer__is_refused(scene: Scene) -> None:
    operation = scene.operation("ann", [ROUTINE_CALL])
    with scene.chain.isolate():
        scene.must_change("removeMember", scene.address("ann"))
        refusal = MemberNotActive(member=scene.address("ann"), status=MemberStatus.REMOVED)
        scene.refuses(refusal, lambda: scene.propose("ann", operation))
    assert_publishable(scene, "ann", operation)


def test_propose__about_oneself__is_refused(scene: Scene) -> None:
    about_oneself = scene.to_itself("ann", "removeMember", scene.address("ann"))
    refusal = MemberIsSubject(member=scene.address("ann"))
    scene.refuses(refusal, lambda: scene.propose("ann", about_oneself))
    assert_publishable(scene, "ann", scene.to_itself("ann", "removeMember", scene.address("bob")))


# -------------------------------------------------------------------------------------------------- In which lane


@pytest.mark.parametrize("lane", [8, 511, 512, 65_535])
def test_propose__in_a_lane_of_another_seat__is_refused(scene: Scene, lane: int) -> None:
    calls, _, sequence, approve_by = scene.operation("ann", [ROUTINE_CALL])
    refusal = LaneOfOtherSeat(lane=lane, expected=0, actual=lane // 8)
    scene.refuses(refusal, lambda: scene.propose("ann", (calls, lane, sequence, approve_by)))
    assert_publishable(scene, "ann", (calls, 7, sequence, approve_by))


def test_propose__in_every_lane_of_a_seat__is_possible(scene: Scene) -> None:
    for nth in range(8):
        operation = scene.published("bob", [ROUTINE_CALL], nth=nth)
        assert scene.lane(8 * scene.seat("bob") + nth)[0] == scene.id_of(operation)


def test_propose__in_a_lane_that_is_taken__is_refused(scene: Scene) -> None:
    first = scene.published("ann", [ROUTINE_CALL])
    second = scene.operation("ann", [STANDARD_CALL])
    refusal = LaneTaken(lane=0, by=scene.id_of(first), status=Status.PROPOSED)
    scene.refuses(refusal, lambda: scene.propose("ann", second))
    assert_publishable(scene, "ann", scene.operation("ann", [STANDARD_CALL], nth=1))


def test_propose__in_a_lane_whose_operation_expired__is_possible_a_second_later(scene: Scene) -> None:
    first = scene.published("ann", [ROUTINE_CALL])
    approve_by = first[3]
    second = scene.operation("ann", [ROUTINE_CALL], approve_by=approve_by + DAY)
    refusal = LaneTaken(lane=0, by=scene.id_of(first), status=Status.PROPOSED)
    scene.refuses_at(approve_by, refusal, lambda: scene.propose("ann", second))
    scene.at(approve_by + 1, lambda: scene.propose("ann", second))
    assert scene.status(second) is Status.PROPOSED


@pytest.mark.parametrize("sequence", [0, 1, 3, 2**32 - 1])
def test_propose__with_another_sequence_than_the_next__is_refused(scene: Scene, sequence: int) -> None:
    first = scene.published("ann", [ROUTINE_CALL])
    scene.must(scene.send("ann", "cancel", 0, scene.id_of(first)))
    operation = scene.operation("ann", [ROUTINE_CALL], sequence=sequence)
    refusal = LaneSequenceUnexpected(lane=0, expected=2, actual=sequence)
    scene.refuses(refusal, lambda: scene.propose("ann", operation))
    assert_publishable(scene, "ann", scene.operation("ann", [ROUTINE_CALL], sequence=2))


# ---------------------------------------------------------------------------------------------- What, and how long


def test_propose__of_no_calls__is_refused(scene: Scene) -> None:
    refusal = OperationSizeOutOfRange(calls=0, data=0)
    scene.refuses(refusal, lambda: scene.propose("ann", scene.operation("ann", [])))
    assert_publishable(scene, "ann", scene.operation("ann", [ROUTINE_CALL]))


def test_propose__of_33_calls__is_refused_and_of_32_is_not(scene: Scene) -> None:
    too_many = scene.operation("ann", [ROUTINE_CALL] * 33)
    scene.refuses(OperationSizeOutOfRange(calls=33, data=0), lambda: scene.propose("ann", too_many))
    assert_publishable(scene, "ann", scene.operation("ann", [ROUTINE_CALL] * 32))


@pytest.mark.parametrize("parts", [1, 2, 32])
def test_propose__of_a_byte_more_than_24_kib__is_refused(scene: Scene, parts: int) -> None:
    even = [call(to=PAYEE, data=bytes(MAX_DATA // parts))] * parts
    odd: list[Call] = [*even[1:], call(to=PAYEE, data=bytes(MAX_DATA // parts + 1))]
    refusal = OperationSizeOutOfRange(calls=parts, data=MAX_DATA + 1)
    scene.refuses(refusal, lambda: scene.propose("ann", scene.operation("ann", odd)))
    assert_publishable(scene, "ann", scene.operation("ann", even))


@pytest.mark.parametrize(("past", "fit"), [(-1, 0), (14 * DAY + 1, 14 * DAY)])
def test_propose__approvable_until_the_past_or_for_too_long__is_refused(
    scene: Scene, past: int, fit: int
) -> None:
    now = scene.next_time() + 10
    unfit = scene.operation("ann", [ROUTINE_CALL], approve_by=now + past)
    refusal = OperationApproveByOutOfRange(earliest=now, latest=now + 14 * DAY, actual=now + past)
    with scene.chain.isolate():
        scene.refuses_at(now, refusal, lambda: scene.propose("ann", unfit))
    scene.at(now, lambda: scene.propose("ann", scene.operation("ann", [ROUTINE_CALL], approve_by=now + fit)))


@pytest.mark.parametrize("approve_by", [0, 2**40 - 1])
def test_propose__with_the_least_and_the_largest_time__is_refused(scene: Scene, approve_by: int) -> None:
    now = scene.next_time()
    operation = scene.operation("ann", [ROUTINE_CALL], approve_by=approve_by)
    refusal = OperationApproveByOutOfRange(earliest=now, latest=now + 14 * DAY, actual=approve_by)
    scene.refuses(refusal, lambda: scene.propose("ann", operation))
    assert_publishable(scene, "ann", scene.operation("ann", [ROUTINE_CALL]))


# -------------------------------------------------------------------------------------------------- With approvals


def test_propose__with_a_quorum_below_high_value__starts_the_clock(scene: Scene) -> None:
    operation = scene.operation("ann", [STANDARD_CALL])
    approvals = [scene.sign(who, operation) for who in ("bob", "cat", "dan")]
    with scene.chain.isolate():
        scene.must(scene.propose("ann", operation, approvals[:2]))
        assert scene.status(operation) is Status.PROPOSED
    scene.must(scene.propose("ann", operation, approvals))
    assert scene.status(operation) is Status.WAITING


def test_propose__with_an_approval_from_high_value_on__is_refused(scene: Scene) -> None:
    operation = scene.operation("ann", [HIGH_VALUE_CALL])
    approvals = [scene.sign("bob", operation)]
    # What the operation's publication will be; nobody knows it before the parent block is made.
    parent = scene.chain.block()
    publication = (int(parent["number"], 16) + 1) << 32 | int(parent["hash"][2:10], 16)
    refusal = ApprovalPublicationUnexpected(seat=1, expected=publication, actual=0)
    scene.refuses(refusal, lambda: scene.propose("ann", operation, approvals))
    scene.must(scene.propose("ann", operation))
    assert scene.status(operation) is Status.PROPOSED


# --------------------------------------------------------------------------------------------- What is about a seat


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("addMember", (Actor.new("new", BOTH).address, 99, int(BOTH), HERE.pack())),
        ("removeMember", ("eve",)),
        ("replaceMember", ("eve", Actor.new("new", BOTH).address, 99, HERE.pack())),
        ("reinstateMember", ("eve",)),
        ("confirmSuspension", ("eve",)),
        ("setRoles", ("eve", int(BOTH))),
        ("setAttributes", ("eve", HERE.pack())),
    ],
)
def test_propose__of_one_call_about_a_member__is_a_seat_operation(
    scene: Scene, function: str, arguments: tuple[str | bytes | int, ...]
) -> None:
    opened = [scene.address(a) if isinstance(a, str) else a for a in arguments]
    single = scene.to_itself("ann", function, *opened)
    batch = scene.operation("ann", [*single[0], ROUTINE_CALL], nth=1)
    scene.must(scene.propose("ann", single))
    scene.must(scene.propose("ann", batch))
    assert scene.lane(0)[1].seat_operation
    assert not scene.lane(1)[1].seat_operation
    assert scene.lane(0)[1].tier is scene.lane(1)[1].tier is Tier.CUSTODY


def test_propose__of_a_seat_function_of_another_contract_or_cut_short__is_no_seat_operation(
    scene: Scene,
) -> None:
    data = data_of("removeMember", scene.address("eve"))
    for nth, (target, sent) in enumerate(
        [(scene.vault, data[:35]), (PAYEE, data), (scene.vault, data_of("setCounterparty", PAYEE, 0))]
    ):
        scene.published("ann", [call(to=target, data=sent)], nth=nth)
        assert not scene.lane(nth)[1].seat_operation
    scene.published("ann", [call(to=scene.vault, data=data)], nth=3)
    assert scene.lane(3)[1].seat_operation
