"""approve: whose approvals count, how many are a quorum, and until when."""

from __future__ import annotations

import pytest

from tests.contracts.scene import (
    BOTH,
    HIGH_VALUE_CALL,
    QUORUM,
    ROUTINE_CALL,
    STANDARD_CALL,
    Scene,
)
from tests.stage import DAY, HOUR, STRANGER, Approval
from verifier.errors.approvals import (
    ApprovalBeforeSeat,
    ApprovalDuplicate,
    ApprovalNotEligible,
    ApprovalUnseasoned,
)
from verifier.errors.operations import OperationOverdue, OperationStatusUnexpected
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.word import bits_of

SEASONING = 90 * DAY
OPEN = 0b1110


def eligible_but(scene: Scene, *excluded: str) -> int:
    """Return the active approvers without these, as the contract writes a set of seats."""
    return bits_of(scene.roster().approvers - {scene.member(who).seat for who in excluded})


# ------------------------------------------------------------------------------------------------------ Quorums


@pytest.mark.parametrize(
    ("value", "by", "short", "last"),
    [
        (1, "ann", ("bob",), "cat"),
        (2, "ann", ("bob", "cat"), "dan"),
        # From HIGH_VALUE on, one of them is of the security team.
        (100, "ann", ("bob", "dan"), "eve"),
        (100, "ann", ("dan", "eve"), "bob"),
        (100, "bob", ("ann", "dan", "eve"), "cat"),
    ],
)
def test_approve__with_one_less_than_the_quorum__does_not_start_the_clock(
    scene: Scene, value: int, by: str, short: tuple[str, ...], last: str
) -> None:
    operation = scene.published(by, [(ROUTINE_CALL[0], value * ROUTINE_CALL[1], b"")])
    scene.give(operation, *short)
    assert scene.status(operation) is Status.PROPOSED
    scene.give(operation, last)
    _, lane, status = scene.lane(operation[1])
    assert status is Status.WAITING
    assert lane.approvals == {scene.seat(who) for who in (*short, last)}


@pytest.mark.parametrize(
    ("value", "quorum", "delay", "grace_hours"),
    [(1, 2, 600, 24), (2, 3, 48 * HOUR, 72), (100, 3, 48 * HOUR, 72)],
)
def test_approve__completing_the_quorum__fixes_the_clock_by_the_tiers_terms(
    scene: Scene, value: int, quorum: int, delay: int, grace_hours: int
) -> None:
    operation = scene.published("ann", [(ROUTINE_CALL[0], value * ROUTINE_CALL[1], b"")])
    approvals = [scene.sign_published(who, operation) for who in QUORUM[:quorum]]
    moment = scene.next_time() + 7
    scene.at(moment, lambda: scene.approve(operation, approvals))
    lane = scene.lane(operation[1])[1]
    assert (lane.moment, lane.grace_hours) == (moment + delay, grace_hours)


def test_approve__of_one_more_than_the_quorum__leaves_the_clock(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL])
    before = scene.lane(operation[1])[1]
    scene.give(operation, "eve")
    after = scene.lane(operation[1])[1]
    assert (after.moment, after.status) == (before.moment, before.status)
    assert after.approvals == before.approvals | {scene.seat("eve")}


def test_approve__with_nothing__changes_nothing(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    before = scene.lane(operation[1])
    scene.must(scene.approve(operation, []))
    assert scene.lane(operation[1]) == before


# ---------------------------------------------------------------------------------------------------- Whose count


def test_approve__already_recorded__is_passed_over_whatever_it_says(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob")
    nonsense: Approval = (scene.seat("bob"), 1, (b"\x01" * 32, b"\x02" * 32, b"\x03"))
    scene.must(scene.approve(operation, [nonsense, scene.sign("cat", operation)]))
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob"), scene.seat("cat")}


def test_approve__twice_in_one_list__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    bob = scene.sign_published("bob", operation)
    refusal = ApprovalDuplicate(seat=scene.seat("bob"))
    scene.refuses(refusal, lambda: scene.approve(operation, [bob, bob]))
    scene.must(scene.approve(operation, [bob]))
    scene.refuses(refusal, lambda: scene.approve(operation, [bob, bob]))


@pytest.mark.parametrize("who", ["ann", "gus", "amy"])
def test_approve__by_publisher_guardian_or_auditor__is_not_eligible(scene: Scene, who: str) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    refusal = ApprovalNotEligible(seat=scene.seat(who), eligible=eligible_but(scene, "ann"))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published(who, operation)]))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.own(who, operation)], by=who))
    scene.give(operation, "bob")


@pytest.mark.parametrize("seat", [7, 63, 64, 255])
def test_approve__for_a_seat_that_nobody_has__is_not_eligible(scene: Scene, seat: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    publication = scene.publication(operation)
    refusal = ApprovalNotEligible(seat=seat, eligible=eligible_but(scene, "ann"))
    forged = scene.sign("bob", operation, publication, seat=seat)
    scene.refuses(refusal, lambda: scene.approve(operation, [forged]))
    scene.must(scene.approve(operation, [scene.sign("bob", operation, publication)]))


def test_approve__by_the_subject__is_not_eligible(scene: Scene) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("eve"))
    refusal = ApprovalNotEligible(seat=scene.seat("eve"), eligible=eligible_but(scene, "ann", "eve"))
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("eve", operation)]))
    scene.give(operation, "dan")


def test_approve__by_the_subject_inside_a_batch__counts(scene: Scene) -> None:
    """Only an operation of one call has a subject: a batch is no seat operation, and can be vetoed."""
    about_eve = scene.to_itself("ann", "removeMember", scene.address("eve"))[0][0]
    operation = scene.published("ann", [about_eve, ROUTINE_CALL])
    scene.give(operation, "eve")
    assert scene.lane(operation[1])[1].approvals == {scene.seat("eve")}


@pytest.mark.parametrize("how", ["suspend", "removeMember"])
def test_approve__by_someone_who_left__is_not_eligible(scene: Scene, how: str) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    bob = scene.sign_published("bob", operation)
    with scene.chain.isolate():
        if how == "suspend":
            scene.must(scene.send("bob", "suspend", scene.address("bob")))
        else:
            scene.must_change("removeMember", scene.address("bob"))
        refusal = ApprovalNotEligible(seat=1, eligible=eligible_but(scene, "ann", "bob"))
        scene.refuses(refusal, lambda: scene.approve(operation, [bob]))
    scene.must(scene.approve(operation, [bob]))


def test_approve__one_bad_among_good_ones__records_none(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    good = [scene.sign_published(who, operation) for who in ("bob", "cat")]
    bad = scene.sign_published("gus", operation)
    refusal = ApprovalNotEligible(seat=scene.seat("gus"), eligible=eligible_but(scene, "ann"))
    scene.refuses(refusal, lambda: scene.approve(operation, [*good, bad]))
    scene.must(scene.approve(operation, good))
    assert len(scene.lane(operation[1])[1].approvals) == 2


# ------------------------------------------------------------------------------------------- New and unseasoned ones


def test_approve__from_a_seat_younger_than_the_publication__is_refused(scene: Scene) -> None:
    earlier = scene.published("ann", [STANDARD_CALL])
    fay = scene.newcomer("fay")
    seated, published = scene.member("fay").seated_in_block, scene.publication(earlier) >> 32
    assert seated > published
    refusal = ApprovalBeforeSeat(seat=scene.seat("fay"), seated_in_block=seated, published_in_block=published)
    scene.refuses(refusal, lambda: scene.approve(earlier, [scene.sign_published("fay", earlier)]))
    scene.refuses(refusal, lambda: scene.approve(earlier, [scene.sign("fay", earlier)]))
    scene.refuses(refusal, lambda: scene.approve(earlier, [scene.own("fay", earlier)], by=fay.address))

    later = scene.published("ann", [STANDARD_CALL], nth=1)
    scene.must(scene.approve(later, [scene.sign("fay", later)]))


def test_approve__from_a_seat_taken_in_the_block_of_publication__is_refused(scene: Scene) -> None:
    """A role given means a new seat, which counts from the next block on."""
    change = (scene.vault, "setRoles", (scene.address("dan"), int(BOTH)))
    operation = scene.operation("bob", [STANDARD_CALL])
    with scene.chain.isolate():
        scene.in_one_block(change, ("bob", "propose", (operation, [])))
        block = scene.publication(operation) >> 32
        refusal = ApprovalBeforeSeat(seat=7, seated_in_block=block, published_in_block=block)
        scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("dan", operation)]))
    scene.in_one_block(change)
    scene.must(scene.propose("bob", operation))
    scene.give(operation, "dan")
    assert scene.lane(operation[1])[1].approvals == {7}


@pytest.mark.parametrize("tier", [Tier.HIGH_VALUE, Tier.CUSTODY])
def test_approve__unseasoned_from_high_value_on__is_refused_until_the_second(
    scene: Scene, tier: Tier
) -> None:
    scene.newcomer("fay")
    seasoned_at = scene.member("fay").seasoned_at
    assert seasoned_at == scene.chain.now() + SEASONING
    scene.chain.set_time(seasoned_at - DAY)
    operation = scene.published(
        "ann", [HIGH_VALUE_CALL] if tier is Tier.HIGH_VALUE else [scene.custody_call()]
    )
    fay = scene.sign_published("fay", operation)
    with scene.chain.isolate():
        refusal = ApprovalUnseasoned(seat=fay[0], seasoned_at=seasoned_at, now_=seasoned_at - 1)
        scene.refuses_at(seasoned_at - 1, refusal, lambda: scene.approve(operation, [fay]))
    scene.at(seasoned_at, lambda: scene.approve(operation, [fay]))
    assert scene.lane(operation[1])[1].tier is tier


def test_approve__unseasoned_below_high_value_or_about_a_seat__counts(scene: Scene) -> None:
    scene.newcomer("fay")
    payment = scene.published("ann", [STANDARD_CALL])
    about_eve = scene.seat_operation("ann", "removeMember", scene.address("eve"), nth=1)
    for operation in (payment, about_eve):
        scene.give(operation, "fay")
        assert scene.lane(operation[1])[1].approvals == {scene.seat("fay")}


# ------------------------------------------------------------------------------------------------------- Until when


def test_approve__proposed__is_possible_at_approve_by_and_not_a_second_later(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    approve_by = operation[3]
    approvals = [scene.sign(who, operation) for who in QUORUM]
    with scene.chain.isolate():
        refusal = OperationStatusUnexpected(id=scene.id_of(operation), expected=OPEN, actual=Status.EXPIRED)
        scene.refuses_at(approve_by + 1, refusal, lambda: scene.approve(operation, approvals))
    scene.at(approve_by, lambda: scene.approve(operation, approvals))
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize(
    ("tier_call", "status"), [(STANDARD_CALL, Status.WAITING), (ROUTINE_CALL, Status.READY)]
)
def test_approve__with_the_clock_running__is_possible_at_approve_by_and_not_a_second_later(
    scene: Scene, tier_call: tuple[bytes, int, bytes], status: Status
) -> None:
    approve_by = scene.next_time() + HOUR
    operation = scene.operation("ann", [tier_call], approve_by=approve_by)
    scene.must(scene.propose("ann", operation, [scene.sign(who, operation) for who in QUORUM]))
    eve = scene.sign("eve", operation)
    with scene.chain.isolate():
        refusal = OperationOverdue(id=scene.id_of(operation), approve_by=approve_by, now_=approve_by + 1)
        scene.refuses_at(approve_by + 1, refusal, lambda: scene.approve(operation, [eve], by=STRANGER))
    scene.at(approve_by, lambda: scene.approve(operation, [eve], by=STRANGER))
    assert scene.status(operation) is status
