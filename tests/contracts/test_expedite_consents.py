"""expedite: whose consents to hurry count, what they have to be about, and how many it takes."""

from __future__ import annotations

import dataclasses

import pytest

from tests.anvil import Anvil
from tests.contracts.hurry import (
    HURRY_TIERS,
    changed,
    consent,
    consents_of,
    expedite,
    hurried,
    hurry_scene,
    refuses_third,
    seats_of,
)
from tests.contracts.scene import HERE, HIGH_VALUE_CALL, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.stage import DAY, Actor, Operation
from verifier.errors.approvals import (
    ApprovalBeforeSeat,
    ApprovalDuplicate,
    ApprovalNotEligible,
    ApprovalUnseasoned,
    ConsentsTooFew,
)
from verifier.model.member import Role
from verifier.model.tier import Tier

CALLS = {Tier.ROUTINE: ROUTINE_CALL, Tier.STANDARD: STANDARD_CALL, Tier.HIGH_VALUE: HIGH_VALUE_CALL}


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return hurry_scene(anvil)


@pytest.fixture
def operation(scene: Scene) -> Operation:
    return scene.waiting("ann", [STANDARD_CALL])


def too_few(scene: Scene, operation: Operation, names: tuple[str, ...], needed: int) -> ConsentsTooFew:
    operation_id, lane, _ = scene.lane(operation[1])
    return ConsentsTooFew(
        id=operation_id,
        consents=seats_of(scene, *names),
        needed=needed,
        terms=HURRY_TIERS[lane.tier].pack(),
    )


def eligible(scene: Scene, *without: str) -> int:
    """Return the active approvers, without some, as the contract writes a set."""
    seats = scene.roster().approvers - {scene.seat(who) for who in without}
    return sum(1 << seat for seat in seats)


# --------------------------------------------------------------------------------------------------------- How many


# Of each tier: what is too little (too few, nobody with BREAK_GLASS, nobody of the security team), and what is enough.
@pytest.mark.parametrize(
    ("tier", "names", "is_enough"),
    [
        (Tier.ROUTINE, ("dan",), False),
        (Tier.ROUTINE, ("dan", "eve"), True),
        (Tier.ROUTINE, ("bob", "cat", "eve", "fox"), False),
        (Tier.STANDARD, (), False),
        (Tier.STANDARD, ("dan", "eve"), False),
        (Tier.STANDARD, ("dan", "eve", "fox"), True),
        (Tier.STANDARD, ("bob", "cat", "eve"), False),
        (Tier.STANDARD, ("bob", "cat", "fay"), True),
        (Tier.STANDARD, ("bob", "cat", "dan", "eve", "fay", "fox"), True),
        # The quorum of HIGH_VALUE is 3, and the supermajority 4; one of the security team.
        (Tier.HIGH_VALUE, ("bob", "cat", "dan"), False),
        (Tier.HIGH_VALUE, ("bob", "cat", "dan", "fay"), True),
        (Tier.HIGH_VALUE, ("bob", "cat", "eve", "fox"), False),
        (Tier.HIGH_VALUE, ("dan", "eve", "fay", "fox"), False),
        (Tier.HIGH_VALUE, ("cat", "dan", "eve", "fox"), True),
    ],
)
def test_expedite__by_some_or_by_enough__counts_as_the_tier_says(
    scene: Scene, tier: Tier, names: tuple[str, ...], is_enough: bool
) -> None:
    operation = scene.waiting("ann", [CALLS[tier]])
    entries = consents_of(scene, operation, *names)
    if is_enough:
        scene.must(expedite(scene, operation, entries))
    else:
        refusal = too_few(scene, operation, names, 4 if tier is Tier.HIGH_VALUE else 2 + (tier > 0))
        scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_expedite__with_two_of_the_security_team_asked_for__takes_two(scene: Scene) -> None:
    tiers = [
        terms if tier < Tier.HIGH_VALUE else changed(terms, security_approvals=2)
        for tier, terms in zip(Tier, HURRY_TIERS, strict=True)
    ]
    scene.newcomer("sam", Role.APPROVER | Role.SECURITY)
    scene.must(scene.set_tiers(tiers))
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    few = ("bob", "dan", "eve", "fox")
    refusal = dataclasses.replace(too_few(scene, operation, few, 4), terms=tiers[Tier.HIGH_VALUE].pack())
    entries = consents_of(scene, operation, *few)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    hurried(scene, operation, "bob", "cat", "dan", "fox")


def test_expedite__by_those_who_never_approved__is_possible(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    hurried(scene, operation, "eve", "fay", "fox")


def test_expedite__by_the_approvers_themselves__does_not_count_their_approvals(scene: Scene) -> None:
    """An approval is no consent to hurry."""
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    refusal = too_few(scene, operation, ("dan",), 3)
    entries = consents_of(scene, operation, "dan")
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


# ---------------------------------------------------------------------------------------------------- Who may consent


def test_consent__of_the_publisher__is_refused(scene: Scene, operation: Operation) -> None:
    because = ApprovalNotEligible(seat=scene.seat("ann"), eligible=eligible(scene, "ann"))
    refuses_third(scene, operation, consent(scene, "ann", operation), because)


@pytest.mark.parametrize("who", ["gus", "amy"])
def test_consent__of_one_who_is_no_approver__is_refused(scene: Scene, operation: Operation, who: str) -> None:
    because = ApprovalNotEligible(seat=scene.seat(who), eligible=eligible(scene, "ann"))
    refuses_third(scene, operation, consent(scene, who, operation), because)


@pytest.mark.parametrize("seat", [20, 63, 64, 255])
def test_consent__for_a_seat_that_nobody_has__is_refused(
    scene: Scene, operation: Operation, seat: int
) -> None:
    _, publication, signature = consent(scene, "dan", operation)
    because = ApprovalNotEligible(seat=seat, eligible=eligible(scene, "ann"))
    refuses_third(scene, operation, (seat, publication, signature), because)


@pytest.mark.parametrize("by", ["eve", "gus"])
def test_consent__of_a_suspended_member__is_refused(scene: Scene, operation: Operation, by: str) -> None:
    scene.must(scene.send(by, "suspend", scene.address("eve")))
    because = ApprovalNotEligible(seat=scene.seat("eve"), eligible=eligible(scene, "ann"))
    refuses_third(scene, operation, consent(scene, "eve", operation), because)


def test_consent__of_a_removed_member__is_refused(scene: Scene, operation: Operation) -> None:
    entry = consent(scene, "eve", operation)
    scene.must_change("removeMember", scene.address("eve"))
    because = ApprovalNotEligible(seat=entry[0], eligible=eligible(scene, "ann"))
    refuses_third(scene, operation, entry, because)


def test_consent__of_one_who_is_with_break_glass_no_more__counts_without_it(
    scene: Scene, operation: Operation
) -> None:
    scene.must_change("setRoles", scene.address("dan"), int(Role.APPROVER))
    refusal = too_few(scene, operation, ("bob", "cat", "dan"), 3)
    entries = consents_of(scene, operation, "bob", "cat", "dan")
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))
    hurried(scene, operation, "bob", "dan", "fay")


@pytest.mark.parametrize("tier", CALLS)
def test_consent__of_an_unseasoned_member__counts_below_high_value_only(scene: Scene, tier: Tier) -> None:
    scene.newcomer("new", Role.APPROVER | Role.BREAK_GLASS)
    operation = scene.waiting("ann", [CALLS[tier]])
    entries = consents_of(scene, operation, "bob", "cat", "eve", "new")
    if tier is not Tier.HIGH_VALUE:
        scene.must(expedite(scene, operation, entries))
        return
    seasoned_at = scene.member("new").seasoned_at
    refusal = ApprovalUnseasoned(seat=scene.seat("new"), seasoned_at=seasoned_at, now_=scene.next_time())
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_consent__at_high_value__counts_from_the_second_of_seasoning_on(scene: Scene) -> None:
    scene.newcomer("new", Role.APPROVER | Role.BREAK_GLASS)
    seasoned_at = scene.member("new").seasoned_at
    scene.chain.set_time(seasoned_at - DAY)
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    entries = consents_of(scene, operation, "bob", "cat", "eve", "new")
    refusal = ApprovalUnseasoned(seat=scene.seat("new"), seasoned_at=seasoned_at, now_=seasoned_at - 1)
    scene.refuses_at(seasoned_at - 1, refusal, lambda: expedite(scene, operation, entries))
    scene.at(seasoned_at, lambda: expedite(scene, operation, entries))


def test_consent__of_a_member_whose_seat_is_younger_than_the_operation__is_refused(
    scene: Scene, operation: Operation
) -> None:
    scene.newcomer("new", Role.APPROVER)
    record = scene.member("new")
    because = ApprovalBeforeSeat(
        seat=record.seat,
        seated_in_block=record.seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    refuses_third(scene, operation, consent(scene, "new", operation), because)


def test_consent__given_twice_in_a_list__is_refused(scene: Scene, operation: Operation) -> None:
    entry = consent(scene, "cat", operation)
    refuses_third(scene, operation, entry, ApprovalDuplicate(seat=scene.seat("cat")))


def test_consent__of_one_who_withdrew_its_approval__counts(scene: Scene) -> None:
    """To hurry is another question, and its answer is a signature over the present `readyAt`."""
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan", "eve")
    scene.must(scene.send("eve", "withdraw", operation))
    hurried(scene, operation, "cat", "dan", "eve")


# --------------------------------------------------------------------------------------------------- After a return


def test_consent__of_one_who_came_back_before_publication__counts(scene: Scene) -> None:
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    scene.must_change("reinstateMember", scene.address("dan"))
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "eve")
    hurried(scene, operation, "bob", "cat", "dan")


def test_consent__of_one_who_came_back_after_publication__is_refused(
    scene: Scene, operation: Operation
) -> None:
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    scene.must_change("reinstateMember", scene.address("eve"))
    record = scene.member("eve")
    because = ApprovalBeforeSeat(
        seat=record.seat,
        seated_in_block=record.seated_in_block,
        published_in_block=scene.publication(operation) >> 32,
    )
    refuses_third(scene, operation, consent(scene, "eve", operation), because)


def test_consent__by_an_old_key__is_refused(scene: Scene, operation: Operation) -> None:
    """eve's key was replaced, so her old address has no seat."""
    entry = consent(scene, "eve", operation)
    key = scene.add(Actor.new("eve's new key", Role.APPROVER, person=scene.actors["eve"].person))
    scene.must_change("replaceMember", scene.address("eve"), key.address, key.person, HERE.pack())
    because = ApprovalNotEligible(seat=entry[0], eligible=eligible(scene, "ann"))
    refuses_third(scene, operation, entry, because)
