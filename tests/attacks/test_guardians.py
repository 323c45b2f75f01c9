"""A guardian's powers, stretched: suspending everybody, for ever, or somebody who must not be."""

from __future__ import annotations

from functools import partial

import pytest

from tests.anvil import Anvil
from tests.contracts.scene import CAST, HERE, STANDARD_CALL, Scene, scene_of, tiers_with
from tests.stage import DAY, HOUR, MINUTE, USUAL_TIERS, Actor
from verifier.errors.members import (
    MemberNotActive,
    MemberRoleMissing,
    MemberSeatsFull,
    MemberStatusUnexpected,
    SuspensionHeld,
    SuspensionNotDue,
    SuspensionOfGuardian,
    SuspensionTooSoon,
)
from verifier.errors.settings import FloorBroken
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import Tier
from verifier.model.units import Duration

LAPSE = 14 * DAY + 72 * HOUR
PAUSE = 30 * DAY
CUSTODY = USUAL_TIERS[Tier.CUSTODY].pack()


def person(scene: Scene, who: str) -> int:
    return scene.member(who).person


def suspend(scene: Scene, by: str, whom: str) -> None:
    scene.must(scene.send(by, "suspend", scene.address(whom)))
    assert scene.member(whom).status is MemberStatus.SUSPENDED


def test_suspend__a_second_one_while_the_first_is_unconfirmed__is_refused(scene: Scene) -> None:
    suspend(scene, "gus", "eve")
    held = SuspensionHeld(guardian_person=person(scene, "gus"), member=scene.address("eve"))
    scene.refuses(held, lambda: scene.send("gus", "suspend", scene.address("dan")))
    scene.must_change("confirmSuspension", scene.address("eve"))
    # Confirmed by a seat operation: the guardian is free again, as far as the floor allows.
    scene.newcomer("fay")
    suspend(scene, "gus", "dan")


def test_suspend__by_a_guardian_with_a_new_key__is_still_the_same_persons(scene: Scene) -> None:
    """Replacing its key must not give a guardian a second suspension."""
    suspend(scene, "gus", "eve")
    new = scene.add(Actor.new("gus' new key", Role.GUARDIAN, person=person(scene, "gus")))
    scene.must_change("replaceMember", scene.address("gus"), new.address, new.person, HERE.pack())
    scene.newcomer("fay")
    held = SuspensionHeld(guardian_person=new.person, member=scene.address("eve"))
    scene.refuses(held, lambda: scene.send(new.name, "suspend", scene.address("dan")))


@pytest.mark.parametrize("end", ["lapse", "reinstate", "confirm and reinstate", "own suspension"])
def test_suspend__the_same_person_again__is_refused_for_thirty_days(scene: Scene, end: str) -> None:
    suspend(scene, "gus", "eve")
    eve = scene.address("eve")
    match end:
        case "lapse":
            scene.chain.set_time(scene.chain.now() + LAPSE)
            scene.must(scene.send("eve", "lapse", eve))
        case "own suspension":
            scene.must(scene.send("eve", "suspend", eve))
        case _ if end.startswith("confirm"):
            scene.must_change("confirmSuspension", eve)
        case _:
            pass
    ended = scene.chain.now()
    if end != "lapse":
        scene.must_change("reinstateMember", eve)
        ended = scene.chain.now() if end == "reinstate" else ended
    refuses_until(scene, ended + PAUSE)
    suspend(scene, "gus", "eve")


def refuses_until(scene: Scene, not_before: int) -> None:
    """Fail unless eve is left alone until a moment, and for the last second before it too; then it is that moment."""
    eve = scene.address("eve")
    refusal = SuspensionTooSoon(
        guardian_person=person(scene, "gus"),
        member=eve,
        not_before=not_before,
        now_=not_before - 1,
    )
    scene.refuses_at(not_before - 1, refusal, lambda: scene.send("gus", "suspend", eve))


def test_suspend__the_same_person_with_a_new_key__is_refused_for_thirty_days(scene: Scene) -> None:
    """The pause is the person's: a key that was replaced under suspension is not suspended anew."""
    suspend(scene, "gus", "eve")
    new = scene.add(Actor.new("eve's new key", Role.APPROVER, person=person(scene, "eve")))
    scene.must_change("replaceMember", scene.address("eve"), new.address, new.person, HERE.pack())
    refusal = SuspensionTooSoon(
        guardian_person=person(scene, "gus"),
        member=new.address,
        not_before=scene.chain.now() + PAUSE,
        now_=scene.next_time(),
    )
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", new.address))
    suspend(scene, "gus", "dan")


def test_suspend__a_guardian_or_a_stranger_or_one_who_is_out__is_refused(scene: Scene) -> None:
    scene.newcomer("gil", Role.GUARDIAN)
    gil, stranger = scene.address("gil"), b"\x77" * 20
    scene.refuses(SuspensionOfGuardian(member=gil), lambda: scene.send("gus", "suspend", gil))
    none = MemberNotActive(member=stranger, status=MemberStatus.STRANGER)
    scene.refuses(none, lambda: scene.send("gus", "suspend", stranger))
    suspend(scene, "gil", "eve")
    out = MemberNotActive(member=scene.address("eve"), status=MemberStatus.SUSPENDED)
    scene.refuses(out, lambda: scene.send("gus", "suspend", scene.address("eve")))
    scene.must(scene.send("gil", "suspend", gil))
    gone = MemberNotActive(member=gil, status=MemberStatus.SELF_SUSPENDED)
    scene.newcomer("fay")
    scene.refuses(gone, lambda: scene.send("gil", "suspend", scene.address("dan")))


@pytest.mark.parametrize("name", ["ann", "cat", "amy"])
def test_suspend__another_by_one_who_is_no_guardian__is_refused(scene: Scene, name: str) -> None:
    roles = scene.member(name).roles
    refusal = MemberRoleMissing(member=scene.address(name), any_of=int(Role.GUARDIAN), actual=int(roles))
    scene.refuses(refusal, lambda: scene.send(name, "suspend", scene.address("dan")))
    scene.must(scene.send(name, "suspend", scene.address(name)))


def test_suspend__by_several_guardians_down_to_the_floor__leaves_a_quorum(scene: Scene) -> None:
    """Together they can take out as many as the vault can spare, and nobody more."""
    for name in ("gil", "guy"):
        scene.newcomer(name, Role.GUARDIAN)
    suspend(scene, "gus", "eve")
    floor = FloorBroken(approvers=3, security=2, custody=CUSTODY)
    for by in ("gil", "guy"):
        for whom in ("ann", "dan"):
            scene.refuses(floor, partial(scene.send, by, "suspend", scene.address(whom)))
    # Those who are left can end it: one publishes, three approve.
    operation = scene.seat_operation("ann", "removeMember", scene.address("gus"))
    scene.give(operation, "bob", "cat", "dan")
    assert scene.status(operation) is Status.WAITING


def test_suspend__the_last_of_the_security_team_who_can_approve__is_refused(scene: Scene) -> None:
    """CUSTODY wants one of the security team besides the publisher."""
    suspend(scene, "gus", "bob")
    scene.newcomer("gil", Role.GUARDIAN)
    scene.newcomer("fay")
    floor = FloorBroken(approvers=4, security=0, custody=CUSTODY)
    scene.refuses(floor, lambda: scene.send("gil", "suspend", scene.address("cat")))
    suspend(scene, "gil", "dan")


def test_lapse__a_second_early__is_refused(scene: Scene) -> None:
    suspend(scene, "gus", "eve")
    began, eve = scene.chain.now(), scene.address("eve")
    early = SuspensionNotDue(member=eve, lapses_at=began + LAPSE, now_=began + LAPSE - 1)
    scene.refuses_at(began + LAPSE - 1, early, lambda: scene.send("eve", "lapse", eve))
    scene.at(began + LAPSE, lambda: scene.send(b"\x77" * 20, "lapse", eve))
    assert scene.member("eve").status is MemberStatus.RETURNED


def test_lapse__no_seat_is_free__waits_for_one(anvil: Anvil) -> None:
    """Whoever comes back has a new seat, and a vault of 64 members has none. A seat that is left rests 104 days."""
    crowd = [Actor.new(f"auditor {n}", Role.AUDITOR) for n in range(64 - len(CAST))]
    scene = scene_of(anvil, [*CAST, *crowd])
    suspend(scene, "gus", "eve")
    eve = scene.address("eve")
    scene.chain.set_time(scene.chain.now() + LAPSE)
    scene.refuses(MemberSeatsFull(), lambda: scene.send("dan", "lapse", eve))
    # Until then she keeps her veto, and the guardian has no hand free for another.
    held = SuspensionHeld(guardian_person=person(scene, "gus"), member=eve)
    scene.refuses(held, lambda: scene.send("gus", "suspend", scene.address("dan")))
    payment = scene.published("ann", [STANDARD_CALL])
    scene.must(scene.send("eve", "veto", payment[1], scene.id_of(payment)))
    scene.must_change("removeMember", scene.address("auditor 0"))
    left = scene.chain.now()
    scene.refuses(MemberSeatsFull(), lambda: scene.send("dan", "lapse", eve))
    scene.at(left + 104 * DAY + 1, lambda: scene.send("dan", "lapse", eve))
    assert scene.member("eve").status is MemberStatus.RETURNED


@pytest.mark.parametrize("state", ["ACTIVE", "SELF_SUSPENDED", "CONFIRMED", "REMOVED"])
def test_lapse__what_is_no_unconfirmed_suspension__is_refused(scene: Scene, state: str) -> None:
    """Only a guardian's word lapses: who is out by itself, by a quorum or for good, does not come back by waiting."""
    eve = scene.address("eve")
    match state:
        case "SELF_SUSPENDED":
            scene.must(scene.send("eve", "suspend", eve))
        case "CONFIRMED":
            suspend(scene, "gus", "eve")
            scene.must_change("confirmSuspension", eve)
        case "REMOVED":
            suspend(scene, "gus", "eve")
            scene.must_change("removeMember", eve)
        case _:
            pass
    scene.chain.set_time(scene.chain.now() + LAPSE + DAY)
    refusal = MemberStatusUnexpected(member=eve, expected=MemberStatus.SUSPENDED, actual=MemberStatus[state])
    scene.refuses(refusal, lambda: scene.send("eve", "lapse", eve))


def test_confirm__a_second_late__is_refused(scene: Scene) -> None:
    suspend(scene, "gus", "eve")
    began, eve = scene.chain.now(), scene.address("eve")
    late = SuspensionNotDue(member=eve, lapses_at=began + LAPSE, now_=began + LAPSE + 1)
    with scene.chain.isolate():
        scene.refuses_at(began + LAPSE + 1, late, lambda: scene.change("confirmSuspension", eve))
    scene.at(began + LAPSE, lambda: scene.change("confirmSuspension", eve))
    assert scene.member("eve").status is MemberStatus.CONFIRMED


def test_set_tiers__longer_custody_delay__does_not_lengthen_a_suspension(scene: Scene) -> None:
    scene.newcomer("fay")
    suspend(scene, "gus", "eve")
    began = scene.chain.now()
    scene.must(scene.set_tiers(tiers_with(Tier.CUSTODY, delay=Duration(33 * DAY))))
    scene.at(began + LAPSE, lambda: scene.send("eve", "lapse", scene.address("eve")))


@pytest.mark.parametrize("act", ["veto", "object"])
def test_stop__by_an_approver_whom_a_guardian_suspended__holds_until_confirmed(
    scene: Scene, act: str
) -> None:
    """The first move of a theft with a guardian's help: take out whoever would veto. It does not work."""
    if act == "veto":
        operation = scene.waiting("ann", [STANDARD_CALL])
        arguments: tuple[object, ...] = (operation[1], scene.id_of(operation))
    else:
        operation = scene.seat_operation("ann", "setAttributes", scene.address("dan"), HERE.pack())
        arguments = (operation,)
    suspend(scene, "gus", "eve")
    with scene.chain.isolate():
        scene.must(scene.send("eve", act, *arguments))
    scene.must_change("confirmSuspension", scene.address("eve"))
    refusal = MemberNotActive(member=scene.address("eve"), status=MemberStatus.CONFIRMED)
    scene.refuses(refusal, lambda: scene.send("eve", act, *arguments))


def test_suspend__proposer_whose_operation_waits__stops_it_at_once(scene: Scene) -> None:
    """Garden leave is a transaction: what the suspended one started does not go on."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    suspend(scene, "gus", "ann")
    scene.pass_to_ready(operation)
    assert not scene.execute("bob", operation).succeeded
    assert scene.chain.now() > 48 * HOUR + MINUTE
