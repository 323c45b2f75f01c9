"""Employers and places that change while an operation waits: colleagues who are to be strangers, or the other way."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.attacks.insiders import ONLY_READY, broken, unfit
from tests.contracts.hurry import PLACES, consents_of, expedite, hurried, segregated_scene, segregated_tiers
from tests.contracts.scene import HIGH_VALUE_CALL, Scene
from tests.stage import DAY, NO_SIGNATURE, Actor, Approval
from verifier.errors.approvals import ApprovalBeforeSeat, ApprovalNotEligible, ApprovalUnseasoned
from verifier.model.life import Status
from verifier.model.member import Attributes
from verifier.model.place import place_at
from verifier.model.tier import Tier
from verifier.model.word import bits_of

APART: Final = ("bob", "cat", "dan")
SEASONING: Final = 90 * DAY
ISLAND: Final = Attributes(employer=99, utc_offset=720, place=place_at(latitude=-8, longitude=179))
"""A claim that is far from everybody's."""


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return segregated_scene(anvil, tiers=segregated_tiers(Tier.HIGH_VALUE))


def head(scene: Scene, who: str) -> Approval:
    return (scene.seat(who), 0, NO_SIGNATURE)


def claim(scene: Scene, who: str, attributes: Attributes) -> None:
    scene.must_change("setAttributes", scene.address(who), attributes.pack())


CHANGES: Final = {
    "employer": {"employer": 99},
    "offset": {"utc_offset": 720},
    "place": {"place": ISLAND.place},
    "everything": {"employer": 99, "utc_offset": 720, "place": ISLAND.place},
    "nothing": {},
}


@pytest.mark.parametrize("what", CHANGES)
def test_execute__claim_of_one_of_the_quorum_changed_while_it_waited__is_refused(
    scene: Scene, what: str
) -> None:
    """Whatever changes, and if it is nothing: another claim is another seat, and the old seat's approval is void."""
    operation = scene.ready("ann", [HIGH_VALUE_CALL], *APART)
    claim(scene, "dan", replace(PLACES["dan"], **CHANGES[what]))  # type: ignore[arg-type]
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))


def test_execute__claim_of_somebody_else_changed_while_it_waited__is_possible(scene: Scene) -> None:
    """The neighbour: eve is not in the quorum. That she now sits where dan does is no matter."""
    operation = scene.ready("ann", [HIGH_VALUE_CALL], *APART)
    claim(scene, "eve", PLACES["dan"])
    scene.must(scene.execute("ann", operation))


def test_approve__colleague_who_became_a_stranger_meanwhile__does_not_count_for_it(scene: Scene) -> None:
    """eve and cat share an offset. eve moves away on paper, and her approval, recorded or new, is worth nothing."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    for who in ("bob", "cat", "eve"):
        scene.give(operation, who)
    old_seat = scene.seat("eve")
    claim(scene, "eve", ISLAND)
    scene.must(scene.approve(operation, []))
    assert old_seat not in scene.lane(operation[1])[1].approvals
    gone = ApprovalNotEligible(
        seat=old_seat, eligible=bits_of(scene.roster().approvers - {operation[1] // 8})
    )
    names = [head(scene, "bob"), head(scene, "cat")]
    scene.refuses(gone, lambda: scene.approve(operation, [*names, (old_seat, 0, NO_SIGNATURE)]))
    late = ApprovalBeforeSeat(
        seat=scene.seat("eve"),
        seated_in_block=scene.member("eve").seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    signed = scene.sign_published("eve", operation)
    scene.refuses(late, lambda: scene.approve(operation, [*names, signed]))
    scene.must(scene.approve(operation, [*names, scene.sign_published("dan", operation)]))
    assert scene.status(operation) is Status.WAITING


def test_approve__colleague_who_became_a_stranger_before_publication__waits_ninety_days(scene: Scene) -> None:
    """A claim is worth nothing while nobody had time to see that it is false."""
    claim(scene, "eve", ISLAND)
    seasoned_at = scene.chain.now() + SEASONING
    scene.chain.set_time(seasoned_at - DAY)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    entries = [scene.sign_published(who, operation) for who in ("bob", "cat", "eve")]
    early = ApprovalUnseasoned(seat=scene.seat("eve"), seasoned_at=seasoned_at, now_=seasoned_at - 1)
    scene.refuses_at(seasoned_at - 1, early, lambda: scene.approve(operation, entries))
    scene.at(seasoned_at, lambda: scene.approve(operation, entries))
    assert scene.status(operation) is Status.WAITING


def test_approve__colleague_with_a_new_key_elsewhere__waits_ninety_days(scene: Scene) -> None:
    """The same by another door: a replaced key brings its own claims."""
    new = scene.add(Actor.new("eve elsewhere", scene.actors["eve"].roles, person=scene.actors["eve"].person))
    scene.must_change("replaceMember", scene.address("eve"), new.address, new.person, ISLAND.pack())
    seasoned_at = scene.chain.now() + SEASONING
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    entries = [scene.sign_published(who, operation) for who in ("bob", "cat", new.name)]
    early = ApprovalUnseasoned(seat=scene.seat(new.name), seasoned_at=seasoned_at, now_=scene.next_time())
    scene.refuses(early, lambda: scene.approve(operation, entries))
    scene.give(operation, *APART)
    assert scene.status(operation) is Status.WAITING


def test_expedite__colleague_who_became_a_stranger_meanwhile__does_not_count_either(scene: Scene) -> None:
    operation = scene.waiting("ann", [HIGH_VALUE_CALL], *APART)
    claim(scene, "eve", ISLAND)
    consents = consents_of(scene, operation, "bob", "dan", "eve", "cat")
    late = ApprovalBeforeSeat(
        seat=scene.seat("eve"),
        seated_in_block=scene.member("eve").seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    scene.refuses(late, lambda: expedite(scene, operation, consents))
    hurried(scene, operation, "bob", "cat", "dan", "fox")


def test_execute__quorum_that_lost_a_member_to_a_new_claim__waits_anew_with_another(scene: Scene) -> None:
    operation = scene.ready("ann", [HIGH_VALUE_CALL], *APART)
    claim(scene, "dan", ISLAND)
    fox = scene.sign_published("fox", operation)
    scene.must(scene.approve(operation, [head(scene, "bob"), head(scene, "cat"), fox]))
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("ann", operation))
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
