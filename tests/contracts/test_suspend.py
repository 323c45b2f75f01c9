"""suspend: oneself at once, or as a guardian somebody else, within limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.anvil import Outcome
from tests.contracts.scene import HERE, Scene
from tests.stage import DAY, HOUR, STRANGER, USUAL_TIERS, Actor
from verifier.errors.members import (
    MemberNotActive,
    MemberRoleMissing,
    SuspensionHeld,
    SuspensionOfGuardian,
    SuspensionTooSoon,
)
from verifier.errors.settings import FloorBroken
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import Tier

PAUSE = 30 * DAY


def person(scene: Scene, who: str) -> int:
    return scene.member(who).person


# ----------------------------------------------------------------------------------------------------------- Oneself


@pytest.mark.parametrize("who", ["ann", "cat", "eve", "gus", "amy"])
def test_suspend__of_oneself__takes_effect_at_once(scene: Scene, who: str) -> None:
    before = scene.member(who)
    roster = scene.roster()
    scene.must(scene.send(who, "suspend", scene.address(who)))
    after = scene.member(who)
    assert after.status is MemberStatus.SELF_SUSPENDED
    assert (after.seat, after.roles, after.seasoned_at) == (before.seat, before.roles, before.seasoned_at)
    now = scene.roster()
    gone = {before.seat}
    assert (now.approvers, now.security, now.proposers) == (
        roster.approvers - gone,
        roster.security - gone,
        roster.proposers - gone,
    )
    assert now.epoch == roster.epoch + 1


def test_suspend__of_oneself_below_every_floor__is_possible(scene: Scene) -> None:
    for who in ("ann", "bob", "cat", "dan", "eve", "gus", "amy"):
        scene.must(scene.send(who, "suspend", scene.address(who)))
    assert scene.roster().approvers == frozenset()


def test_suspend__of_oneself_twice__is_refused(scene: Scene) -> None:
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    refusal = MemberNotActive(member=scene.address("eve"), status=MemberStatus.SELF_SUSPENDED)
    scene.refuses(refusal, lambda: scene.send("eve", "suspend", scene.address("eve")))


def test_suspend__of_oneself_by_a_stranger__is_refused(scene: Scene) -> None:
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "suspend", STRANGER))


def test_suspend__of_oneself_when_removed__is_refused(scene: Scene) -> None:
    eve = scene.address("eve")
    with scene.chain.isolate():
        scene.must_change("removeMember", eve)
        refusal = MemberNotActive(member=eve, status=MemberStatus.REMOVED)
        scene.refuses(refusal, lambda: scene.send("eve", "suspend", eve))
    scene.must(scene.send("eve", "suspend", eve))


def test_suspend__of_oneself_while_suspended_by_a_guardian__frees_the_guardian(scene: Scene) -> None:
    dan, amy = scene.address("dan"), scene.address("amy")
    scene.must(scene.send("gus", "suspend", dan))
    held = SuspensionHeld(guardian_person=person(scene, "gus"), member=dan)
    scene.refuses(held, lambda: scene.send("gus", "suspend", amy))
    scene.must(scene.send("dan", "suspend", dan))
    assert scene.member("dan").status is MemberStatus.SELF_SUSPENDED
    scene.must(scene.send("gus", "suspend", amy))


def test_suspend__of_oneself_after_confirmation__is_refused(scene: Scene) -> None:
    dan = scene.address("dan")
    scene.must(scene.send("gus", "suspend", dan))
    with scene.chain.isolate():
        scene.must(scene.send("dan", "suspend", dan))
    scene.must_change("confirmSuspension", dan)
    refusal = MemberNotActive(member=dan, status=MemberStatus.CONFIRMED)
    scene.refuses(refusal, lambda: scene.send("dan", "suspend", dan))


# --------------------------------------------------------------------------------------------------- By a guardian


@pytest.mark.parametrize("who", ["ann", "cat", "eve", "amy"])
def test_suspend__by_a_guardian__takes_effect_at_once(scene: Scene, who: str) -> None:
    moment = scene.next_time() + 5
    outcome = scene.at(moment, lambda: scene.send("gus", "suspend", scene.address(who)))
    member = scene.member(who)
    assert member.status is MemberStatus.SUSPENDED
    assert member.seat not in scene.roster().approvers | scene.roster().proposers | scene.roster().security
    # Of the event Suspended: 14 days and the delay of CUSTODY from now on.
    assert int(outcome.receipt["logs"][1]["data"], 16) == moment + 14 * DAY + 72 * HOUR


@pytest.mark.parametrize("who", ["ann", "eve", "amy"])
def test_suspend__of_another_by_one_who_is_no_guardian__is_refused(scene: Scene, who: str) -> None:
    dan = scene.address("dan")
    refusal = MemberRoleMissing(
        member=scene.address(who), any_of=Role.GUARDIAN, actual=scene.actors[who].roles
    )
    scene.refuses(refusal, lambda: scene.send(who, "suspend", dan))
    scene.must(scene.send("gus", "suspend", dan))


def test_suspend__of_another_by_a_stranger__is_refused(scene: Scene) -> None:
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "suspend", scene.address("dan")))
    scene.must(scene.send("gus", "suspend", scene.address("dan")))


def test_suspend__by_a_suspended_guardian__is_refused(scene: Scene) -> None:
    dan = scene.address("dan")
    with scene.chain.isolate():
        scene.must(scene.send("gus", "suspend", scene.address("gus")))
        refusal = MemberNotActive(member=scene.address("gus"), status=MemberStatus.SELF_SUSPENDED)
        scene.refuses(refusal, lambda: scene.send("gus", "suspend", dan))
    scene.must(scene.send("gus", "suspend", dan))


def test_suspend__of_a_guardian__is_refused(scene: Scene) -> None:
    scene.newcomer("gil", Role.GUARDIAN | Role.AUDITOR)
    refusal = SuspensionOfGuardian(member=scene.address("gil"))
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", scene.address("gil")))
    scene.must(scene.send("gus", "suspend", scene.address("amy")))


def test_suspend__of_a_stranger__is_refused(scene: Scene) -> None:
    refusal = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", STRANGER))
    scene.must(scene.send("gus", "suspend", scene.address("dan")))


def test_suspend__of_one_who_is_suspended__is_refused(scene: Scene) -> None:
    scene.newcomer("gil", Role.GUARDIAN)
    dan = scene.address("dan")
    scene.must(scene.send("gus", "suspend", dan))
    refusal = MemberNotActive(member=dan, status=MemberStatus.SUSPENDED)
    scene.refuses(refusal, lambda: scene.send("gil", "suspend", dan))
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", dan))


def test_suspend__below_the_bare_floor__is_refused(scene: Scene) -> None:
    """Of five approvers, one may publish and three approve: one can be spared, two cannot."""
    scene.newcomer("gil", Role.GUARDIAN)
    scene.must(scene.send("gus", "suspend", scene.address("eve")))
    refusal = FloorBroken(approvers=3, security=2, custody=USUAL_TIERS[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.send("gil", "suspend", scene.address("dan")))
    scene.must(scene.send("gil", "suspend", scene.address("amy")))


# ------------------------------------------------------------------------------------------- One at a time, and a pause


def lapsed(scene: Scene) -> Outcome:
    scene.chain.set_time(scene.chain.now() + 14 * DAY + 72 * HOUR)
    return scene.send(STRANGER, "lapse", scene.address("dan"))


FAY = Actor.new("fay", Role.APPROVER)
ENDS: dict[str, Callable[[Scene], Outcome]] = {
    "lapse": lapsed,
    "confirm": lambda scene: scene.change("confirmSuspension", scene.address("dan")),
    "reinstate": lambda scene: scene.change("reinstateMember", scene.address("dan")),
    "remove": lambda scene: scene.change("removeMember", scene.address("dan")),
    "replace": lambda scene: scene.change(
        "replaceMember", scene.address("dan"), FAY.address, FAY.person, HERE.pack()
    ),
    "suspend oneself": lambda scene: scene.send("dan", "suspend", scene.address("dan")),
}


@pytest.mark.parametrize("end", ENDS)
def test_suspend__of_a_second_one__is_refused_until_the_first_is_settled(scene: Scene, end: str) -> None:
    scene.must(scene.set_tiers(USUAL_TIERS, 3))
    scene.newcomer("fox")
    eve, gus = scene.address("eve"), person(scene, "gus")
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    refusal = SuspensionHeld(guardian_person=gus, member=scene.address("dan"))
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", eve))
    scene.must(ENDS[end](scene))
    scene.must(scene.send("gus", "suspend", eve))


def test_suspend__of_a_second_one_by_another_guardian__is_possible(scene: Scene) -> None:
    scene.newcomer("gil", Role.GUARDIAN)
    scene.newcomer("fay")
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    scene.must(scene.send("gil", "suspend", scene.address("eve")))


@pytest.mark.parametrize("end", ["lapse", "reinstate"])
def test_suspend__of_the_same_person_again__is_refused_for_30_days(scene: Scene, end: str) -> None:
    dan = scene.address("dan")
    scene.must(scene.send("gus", "suspend", dan))
    scene.must(ENDS[end](scene))
    not_before = scene.chain.now() + PAUSE
    refusal = SuspensionTooSoon(
        guardian_person=person(scene, "gus"),
        member=dan,
        not_before=not_before,
        now_=not_before - 1,
    )
    scene.refuses_at(not_before - 1, refusal, lambda: scene.send("gus", "suspend", dan))
    scene.at(not_before, lambda: scene.send("gus", "suspend", dan))
    assert scene.member("dan").status is MemberStatus.SUSPENDED


def test_suspend__of_the_same_person_by_another_guardian__is_possible_at_once(scene: Scene) -> None:
    scene.newcomer("gil", Role.GUARDIAN)
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    scene.must(ENDS["reinstate"](scene))
    scene.must(scene.send("gil", "suspend", scene.address("dan")))


@pytest.mark.parametrize("same_person", [True, False])
def test_suspend__after_a_replacement__pauses_for_the_person_and_not_for_the_seat(
    scene: Scene, same_person: bool
) -> None:
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    dan = person(scene, "dan")
    successor = dan if same_person else FAY.person
    scene.must_change("replaceMember", scene.address("dan"), FAY.address, successor, HERE.pack())
    if same_person:
        refusal = SuspensionTooSoon(
            guardian_person=person(scene, "gus"),
            member=FAY.address,
            not_before=scene.chain.now() + PAUSE,
            now_=scene.chain.now() + 1,
        )
        scene.refuses(refusal, lambda: scene.send("gus", "suspend", FAY.address))
    else:
        scene.must(scene.send("gus", "suspend", FAY.address))


def test_suspend__by_a_guardian_with_a_new_key__is_bound_by_what_the_old_one_did(scene: Scene) -> None:
    dan = scene.address("dan")
    gus = person(scene, "gus")
    scene.must(scene.send("gus", "suspend", dan))
    scene.must_change("replaceMember", scene.address("gus"), FAY.address, gus, HERE.pack())
    held = SuspensionHeld(guardian_person=gus, member=dan)
    scene.refuses(held, lambda: scene.send(FAY.address, "suspend", scene.address("amy")))
    scene.must_change("reinstateMember", dan)
    scene.must(scene.send(FAY.address, "suspend", scene.address("amy")))
