"""lapse and confirmSuspension: the two ends that a guardian's suspension may take by itself."""

from __future__ import annotations

import pytest

from tests.contracts.scene import Scene, tiers_with
from tests.stage import DAY, HOUR, STRANGER, USUAL_TIERS
from verifier.errors.members import MemberStatusUnexpected, SuspensionNotDue
from verifier.errors.settings import FloorBroken
from verifier.model.member import MemberStatus
from verifier.model.tier import Tier

TERM = 14 * DAY + 72 * HOUR


@pytest.fixture
def lapses_at(scene: Scene) -> int:
    """Let gus suspend dan, and return when that lapses."""
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    return scene.chain.now() + TERM


# ------------------------------------------------------------------------------------------------------------ Lapse


def test_lapse__a_second_too_early__is_refused(scene: Scene, lapses_at: int) -> None:
    dan = scene.address("dan")
    refusal = SuspensionNotDue(member=dan, lapses_at=lapses_at, now_=lapses_at - 1)
    scene.refuses_at(lapses_at - 1, refusal, lambda: scene.send(STRANGER, "lapse", dan))
    scene.at(lapses_at, lambda: scene.send(STRANGER, "lapse", dan))
    assert scene.member("dan").status is MemberStatus.RETURNED


def test_lapse__of_a_suspension_that_is_over__gives_a_new_seat_and_keeps_the_seasoning(
    scene: Scene, lapses_at: int
) -> None:
    before = scene.member("dan")
    outcome = scene.at(lapses_at + DAY, lambda: scene.send(STRANGER, "lapse", scene.address("dan")))
    after = scene.member("dan")
    assert (after.seat, after.seated_in_block) == (7, outcome.block)
    assert (after.roles, after.person) == (before.roles, before.person)
    assert (after.attributes, after.seasoned_at) == (before.attributes, before.seasoned_at)
    assert scene.read("seat", 7) == ("0x" + scene.address("dan").hex(),)
    assert scene.read("seat", before.seat) == ("0x" + bytes(20).hex(),)
    assert 7 in scene.roster().approvers
    assert before.seat not in scene.roster().approvers


def test_lapse__after_the_delay_of_custody_changed__comes_when_it_was_to(
    scene: Scene, lapses_at: int
) -> None:
    scene.newcomer("fox")
    scene.must(scene.set_tiers(tiers_with(Tier.CUSTODY, delay=30 * DAY)))
    scene.at(lapses_at, lambda: scene.send(STRANGER, "lapse", scene.address("dan")))


def test_lapse__twice__is_refused(scene: Scene, lapses_at: int) -> None:
    dan = scene.address("dan")
    scene.at(lapses_at, lambda: scene.send(STRANGER, "lapse", dan))
    refusal = MemberStatusUnexpected(
        member=dan, expected=MemberStatus.SUSPENDED, actual=MemberStatus.RETURNED
    )
    scene.refuses(refusal, lambda: scene.send(STRANGER, "lapse", dan))


@pytest.mark.parametrize(
    "status",
    [
        MemberStatus.STRANGER,
        MemberStatus.ACTIVE,
        MemberStatus.CONFIRMED,
        MemberStatus.SELF_SUSPENDED,
        MemberStatus.REMOVED,
    ],
)
def test_lapse__of_what_no_guardian_suspended__is_refused(
    scene: Scene, lapses_at: int, status: MemberStatus
) -> None:
    dan = scene.address("dan")
    about = {MemberStatus.STRANGER: STRANGER, MemberStatus.ACTIVE: scene.address("eve")}.get(status, dan)
    with scene.chain.isolate():
        match status:
            case MemberStatus.CONFIRMED:
                scene.must_change("confirmSuspension", dan)
            case MemberStatus.SELF_SUSPENDED:
                scene.must(scene.send("dan", "suspend", dan))
            case MemberStatus.REMOVED:
                scene.must_change("removeMember", dan)
            case _:
                pass
        refusal = MemberStatusUnexpected(member=about, expected=MemberStatus.SUSPENDED, actual=status)
        scene.refuses_at(lapses_at, refusal, lambda: scene.send(STRANGER, "lapse", about))
    scene.at(lapses_at, lambda: scene.send(STRANGER, "lapse", dan))


# ---------------------------------------------------------------------------------------------------------- Confirm


def test_confirm__a_second_too_late__is_refused(scene: Scene, lapses_at: int) -> None:
    dan = scene.address("dan")
    with scene.chain.isolate():
        scene.at(lapses_at, lambda: scene.change("confirmSuspension", dan))
        assert scene.member("dan").status is MemberStatus.CONFIRMED
    refusal = SuspensionNotDue(member=dan, lapses_at=lapses_at, now_=lapses_at + 1)
    scene.refuses_at(lapses_at + 1, refusal, lambda: scene.change("confirmSuspension", dan))
    scene.must(scene.send(STRANGER, "lapse", dan))


def test_confirm__in_time__keeps_the_seat(scene: Scene, lapses_at: int) -> None:
    before = scene.member("dan")
    scene.must_change("confirmSuspension", scene.address("dan"))
    after = scene.member("dan")
    assert (after.seat, after.roles, after.status) == (before.seat, before.roles, MemberStatus.CONFIRMED)
    assert scene.read("seat", before.seat) == ("0x" + scene.address("dan").hex(),)


@pytest.mark.parametrize(
    "status",
    [MemberStatus.STRANGER, MemberStatus.ACTIVE, MemberStatus.CONFIRMED, MemberStatus.SELF_SUSPENDED],
)
def test_confirm__of_what_no_guardian_suspended__is_refused(
    scene: Scene, lapses_at: int, status: MemberStatus
) -> None:
    dan, eve = scene.address("dan"), scene.address("eve")
    about = {MemberStatus.STRANGER: STRANGER, MemberStatus.CONFIRMED: dan}.get(status, eve)
    if status is MemberStatus.CONFIRMED:
        scene.must_change("confirmSuspension", dan)
    if status is MemberStatus.SELF_SUSPENDED:
        scene.must(scene.send("eve", "suspend", eve))
    refusal = MemberStatusUnexpected(member=about, expected=MemberStatus.SUSPENDED, actual=status)
    scene.refuses(refusal, lambda: scene.change("confirmSuspension", about))


def test_confirm__below_the_bare_floor__is_refused(scene: Scene, lapses_at: int) -> None:
    """The floor held at the suspension; since then somebody else suspended themselves."""
    dan = scene.address("dan")
    with scene.chain.isolate():
        scene.must_change("confirmSuspension", dan)
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    refusal = FloorBroken(approvers=3, security=2, custody=USUAL_TIERS[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.change("confirmSuspension", dan))
    scene.must_change("reinstateMember", scene.address("eve"))
    scene.must_change("confirmSuspension", dan)


def test_confirm__by_a_seat_operation_in_time__is_possible_whatever_the_delay(scene: Scene) -> None:
    """The term is two weeks longer than the delay of CUSTODY, so that there is time to read and sign."""
    scene.must(scene.set_tiers(tiers_with(Tier.CUSTODY, delay=60 * DAY)))
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    lapses_at = scene.chain.now() + 74 * DAY
    operation = scene.seat_operation("ann", "confirmSuspension", scene.address("dan"))
    approvals = [scene.sign_published(who, operation) for who in ("bob", "cat", "eve")]
    scene.at(lapses_at - 60 * DAY - HOUR * 24 * 7 - 1, lambda: scene.approve(operation, approvals))
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
    assert scene.member("dan").status is MemberStatus.CONFIRMED
