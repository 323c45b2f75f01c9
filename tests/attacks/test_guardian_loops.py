"""A guardian who suspends again and again, so that nobody gets anything done."""

from __future__ import annotations

from typing import Final

import pytest

from tests.contracts.groups import holder_words
from tests.contracts.scene import STANDARD_CALL, Scene
from tests.contracts.seated_groups import HOLDERS, OTHERS, OWLS, RAVENS, seat_group, suspension_by
from tests.stage import DAY, ETHER, HOUR, STRANGER, USUAL_TIERS
from verifier.errors.members import (
    MemberRoleMissing,
    MemberStatusUnexpected,
    SuspensionHeld,
    SuspensionTooSoon,
)
from verifier.errors.settings import FloorBroken
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import Tier

LAPSE: Final = 14 * DAY + 72 * HOUR
PAUSE: Final = 30 * DAY
CUSTODY: Final = USUAL_TIERS[Tier.CUSTODY].pack()


def suspend(scene: Scene, whom: str | bytes) -> None:
    scene.must(scene.send("gus", "suspend", scene.address(whom)))
    assert scene.member(whom).status is MemberStatus.SUSPENDED


def too_soon(scene: Scene, whom: str | bytes, not_before: int, now: int) -> SuspensionTooSoon:
    return SuspensionTooSoon(
        guardian_person=scene.member("gus").person,
        member=scene.address(whom),
        not_before=not_before,
        now_=now,
    )


def test_suspend__one_after_the_other_without_a_break__never_stops_the_others(scene: Scene) -> None:
    """The longest loop there is: as soon as one lapses, the next is out. A payment goes through in every round."""
    paid = scene.chain.balance(STANDARD_CALL[0])
    ended: dict[str, int] = {}
    for victim in ("eve", "dan"):
        suspend(scene, victim)
        others = [name for name in ("bob", "cat", "dan", "eve") if name != victim]
        operation = scene.ready("ann", [STANDARD_CALL], *others)
        scene.must(scene.execute("ann", operation))
        scene.chain.set_time(scene.chain.now() + LAPSE)
        scene.must(scene.send(STRANGER, "lapse", scene.address(victim)))
        ended[victim] = scene.chain.now()
        # Not the same person again, who has only just come back.
        again = too_soon(scene, victim, ended[victim] + PAUSE, scene.next_time())
        scene.refuses(again, lambda: scene.send("gus", "suspend", scene.address(victim)))  # noqa: B023
    assert scene.chain.balance(STANDARD_CALL[0]) == paid + 4 * ETHER
    # Thirty days after the first one came back, and not a second before.
    early = too_soon(scene, "eve", ended["eve"] + PAUSE, ended["eve"] + PAUSE - 1)
    scene.refuses_at(
        ended["eve"] + PAUSE - 1, early, lambda: scene.send("gus", "suspend", scene.address("eve"))
    )
    suspend(scene, "eve")


def test_suspend__with_an_ally_who_ends_it_at_once__comes_down_to_the_floor_and_no_further(
    scene: Scene,
) -> None:
    """dan is the guardian's ally: he lets himself be suspended, and takes himself out, so that the guardian is free for
    the next one. With dan gone a quorum is left, and nobody more can be taken out."""
    scene.newcomer("fay")
    suspend(scene, "dan")
    held = SuspensionHeld(guardian_person=scene.member("gus").person, member=scene.address("dan"))
    scene.refuses(held, lambda: scene.send("gus", "suspend", scene.address("eve")))
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    suspend(scene, "eve")
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    floor = FloorBroken(approvers=3, security=2, custody=CUSTODY)
    scene.refuses(floor, lambda: scene.send("gus", "suspend", scene.address("fay")))
    # The neighbour: with one of them back there is room for one again.
    scene.must_change("reinstateMember", scene.address("dan"))
    suspend(scene, "fay")


def test_lapse__of_one_who_suspended_itself_meanwhile__never_comes(scene: Scene) -> None:
    """The ally's word does not lapse, so it cannot be used to come back in a new seat by waiting."""
    scene.newcomer("fay")
    suspend(scene, "dan")
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    scene.chain.set_time(scene.chain.now() + LAPSE + DAY)
    refusal = MemberStatusUnexpected(
        member=scene.address("dan"), expected=MemberStatus.SUSPENDED, actual=MemberStatus.SELF_SUSPENDED
    )
    scene.refuses(refusal, lambda: scene.send("dan", "lapse", scene.address("dan")))
    suspend(scene, "eve")
    scene.chain.set_time(scene.chain.now() + LAPSE)
    scene.must(scene.send("dan", "lapse", scene.address("eve")))


# ------------------------------------------------------------------------------------------------------------- Groups


@pytest.mark.parametrize("how", ["lapse", "by itself", "other holders"])
def test_suspend__a_group_again__is_refused_for_thirty_days(scene: Scene, how: str) -> None:
    """A group has no person, so the pause hangs on its address, whoever holds its key by then."""
    seat_group(scene)
    suspend(scene, OWLS.account)
    match how:
        case "by itself":
            scene.must(scene.send(STRANGER, "suspendAsGroup", suspension_by(scene, OWLS)))
        case _:
            scene.chain.set_time(scene.chain.now() + LAPSE)
            scene.must(scene.send(STRANGER, "lapse", OWLS.account))
    ended = scene.chain.now()
    if how == "by itself":
        scene.must_change("reinstateMember", OWLS.account)
    if how == "other holders":
        scene.must_change("setHolders", OWLS.account, holder_words([301, 302]))
    early = too_soon(scene, OWLS.account, ended + PAUSE, ended + PAUSE - 1)
    scene.refuses_at(ended + PAUSE - 1, early, lambda: scene.send("gus", "suspend", OWLS.account))
    suspend(scene, OWLS.account)


def test_suspend__another_group_or_a_person__is_not_held_back_by_the_first(scene: Scene) -> None:
    """The neighbour: all groups have person 0, and share nothing by it."""
    seat_group(scene, OWLS, HOLDERS)
    seat_group(scene, RAVENS, OTHERS)
    suspend(scene, OWLS.account)
    scene.must_change("reinstateMember", OWLS.account)
    suspend(scene, RAVENS.account)
    scene.must_change("reinstateMember", RAVENS.account)
    suspend(scene, "eve")


def test_suspend__every_proposer__leaves_the_approvers_to_publish_against_the_guardians(scene: Scene) -> None:
    """Without proposers no payment is published. But a guardian's removal is a seat operation."""
    scene.newcomer("gil", Role.GUARDIAN)
    scene.newcomer("fay")
    suspend(scene, "ann")
    scene.must(scene.send("gil", "suspend", scene.address("bob")))
    assert scene.roster().proposers == frozenset()
    payment = scene.operation("dan", [STANDARD_CALL])
    missing = MemberRoleMissing(
        member=scene.address("dan"), any_of=int(Role.PROPOSER), actual=int(Role.APPROVER)
    )
    scene.refuses(missing, lambda: scene.propose("dan", payment))
    removal = scene.seat_operation("dan", "removeMember", scene.address("gus"))
    scene.give(removal, "cat", "eve", "fay")
    scene.pass_to_ready(removal)
    scene.must(scene.execute("dan", removal))
    assert scene.member("gus").status is MemberStatus.REMOVED
