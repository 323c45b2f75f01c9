"""A group's seat: suspension and return, removal, an account in its place, other roles."""

from __future__ import annotations

from typing import Final

import pytest

from tests.contracts.groups import holder_words
from tests.contracts.scene import HERE, STANDARD_CALL, Scene
from tests.contracts.seated_groups import (
    HOLDERS,
    OTHERS,
    OWLS,
    RAVENS,
    approval_by,
    seat_group,
    suspension_by,
)
from tests.stage import DAY, HOUR, STRANGER, Actor, Operation
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.errors.members import (
    MemberAddressInvalid,
    MemberAttributesInvalid,
    MemberPersonTaken,
    MemberRolesInvalid,
    MemberStatusUnexpected,
    SuspensionHeld,
    SuspensionNotDue,
    SuspensionTooSoon,
)
from verifier.errors.operations import OperationQuorumBroken
from verifier.model.member import Kind, MemberStatus, Role

TERM: Final = 14 * DAY + 72 * HOUR
PAUSE: Final = 30 * DAY
NOBODY: Final = bytes(20)
SECURE: Final = Role.APPROVER | Role.SECURITY


@pytest.fixture
def seat(scene: Scene) -> int:
    """Seat the owls, and return where."""
    return seat_group(scene)


def text(account: bytes) -> str:
    return "0x" + account.hex()


def acting_for(scene: Scene, person: int) -> str:
    return str(scene.read("memberOfPerson", person)[0])


def approved(scene: Scene, *others: str, nth: int = 0) -> Operation:
    operation = scene.published("ann", [STANDARD_CALL], nth=nth)
    entries = [scene.sign_published(who, operation) for who in others]
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation), *entries]))
    return operation


# -------------------------------------------------------------------------------------------- Suspended by a guardian


def test_suspend__of_a_group_by_a_guardian__takes_effect_at_once(scene: Scene, seat: int) -> None:
    scene.must(scene.send("gus", "suspend", OWLS.account))
    assert scene.member(OWLS.account).status is MemberStatus.SUSPENDED
    assert seat not in scene.roster().approvers
    # Its holders are bound as before.
    assert acting_for(scene, HOLDERS[0]) == text(OWLS.account)
    refusal = MemberPersonTaken(person=HOLDERS[0], by=OWLS.account)
    scene.refuses(refusal, lambda: scene.change("addMember", STRANGER, HOLDERS[0], 2, HERE.pack()))


def test_suspend__of_a_group__holds_the_guardian_as_any_other_does(scene: Scene, seat: int) -> None:
    seat_group(scene, RAVENS, OTHERS)
    scene.must(scene.send("gus", "suspend", OWLS.account))
    refusal = SuspensionHeld(guardian_person=scene.member("gus").person, member=OWLS.account)
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", RAVENS.account))


@pytest.mark.parametrize("end", ["lapse", "reinstate"])
def test_suspend__of_the_same_group_again__is_refused_for_30_days(scene: Scene, seat: int, end: str) -> None:
    scene.must(scene.send("gus", "suspend", OWLS.account))
    if end == "lapse":
        scene.chain.set_time(scene.chain.now() + TERM)
        scene.must(scene.send(STRANGER, "lapse", OWLS.account))
    else:
        scene.must_change("reinstateMember", OWLS.account)
    not_before = scene.chain.now() + PAUSE
    refusal = SuspensionTooSoon(
        guardian_person=scene.member("gus").person,
        member=OWLS.account,
        not_before=not_before,
        now_=not_before - 1,
    )
    scene.refuses_at(not_before - 1, refusal, lambda: scene.send("gus", "suspend", OWLS.account))
    scene.at(not_before, lambda: scene.send("gus", "suspend", OWLS.account))


def test_suspend__of_another_group__does_not_wait_for_the_pause_of_the_first(scene: Scene, seat: int) -> None:
    """No group has a person of its own, and a pause is not for all of them together."""
    seat_group(scene, RAVENS, OTHERS)
    scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must_change("reinstateMember", OWLS.account)
    scene.must(scene.send("gus", "suspend", RAVENS.account))


def test_suspend__of_the_same_group_with_other_holders__waits_for_the_pause(scene: Scene, seat: int) -> None:
    scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must_change("reinstateMember", OWLS.account)
    not_before = scene.chain.now() + PAUSE
    scene.must_change("setHolders", OWLS.account, holder_words(OTHERS))
    refusal = SuspensionTooSoon(
        guardian_person=scene.member("gus").person,
        member=OWLS.account,
        not_before=not_before,
        now_=scene.next_time(),
    )
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", OWLS.account))


# ------------------------------------------------------------------------------------------------------------ Its end


def test_lapse__of_a_group__gives_a_new_seat_and_keeps_seasoning_and_holders(scene: Scene, seat: int) -> None:
    before = scene.member(OWLS.account)
    scene.must(scene.send("gus", "suspend", OWLS.account))
    lapses_at = scene.chain.now() + TERM
    refusal = SuspensionNotDue(member=OWLS.account, lapses_at=lapses_at, now_=lapses_at - 1)
    scene.refuses_at(lapses_at - 1, refusal, lambda: scene.send(STRANGER, "lapse", OWLS.account))
    outcome = scene.at(lapses_at, lambda: scene.send(STRANGER, "lapse", OWLS.account))
    after = scene.member(OWLS.account)
    assert (after.status, after.seat) == (MemberStatus.RETURNED, seat + 1)
    assert after.seated_in_block == outcome.block
    assert (after.seasoned_at, after.kind, after.roles) == (before.seasoned_at, before.kind, before.roles)
    assert scene.read("seat", seat) == (text(NOBODY),)
    assert scene.read("personsIn", seat + 1) == (HOLDERS,)


def test_confirm__of_a_group__lets_it_wait_for_its_reinstatement(scene: Scene, seat: int) -> None:
    scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must_change("confirmSuspension", OWLS.account)
    assert scene.member(OWLS.account).status is MemberStatus.CONFIRMED
    refusal = MemberStatusUnexpected(
        member=OWLS.account, expected=MemberStatus.SUSPENDED, actual=MemberStatus.CONFIRMED
    )
    scene.chain.set_time(scene.chain.now() + TERM)
    scene.refuses(refusal, lambda: scene.send(STRANGER, "lapse", OWLS.account))
    scene.must_change("reinstateMember", OWLS.account)
    assert scene.member(OWLS.account).status is MemberStatus.RETURNED


@pytest.mark.parametrize("by", ["itself", "guardian"])
def test_reinstate__of_a_group__wakes_no_old_approval(scene: Scene, seat: int, by: str) -> None:
    operation = approved(scene, "cat", "dan")
    if by == "itself":
        scene.must(scene.send(STRANGER, "suspendAsGroup", suspension_by(scene, OWLS)))
    else:
        scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must_change("reinstateMember", OWLS.account)
    scene.pass_to_ready(operation)
    operation_id, lane, _ = scene.lane(0)
    refusal = OperationQuorumBroken(id=operation_id, state=lane.pack(), roster=scene.roster().pack())
    scene.refuses(refusal, lambda: scene.execute("ann", operation))


def test_approve__by_a_group_that_came_back__takes_the_publication(scene: Scene, seat: int) -> None:
    """A signature without one may be from before."""
    scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must_change("reinstateMember", OWLS.account)
    operation = scene.published("ann", [STANDARD_CALL])
    old = approval_by(scene, OWLS, operation, 0)
    refusal = ApprovalPublicationUnexpected(seat=seat + 1, expected=scene.publication(operation), actual=0)
    scene.refuses(refusal, lambda: scene.approve(operation, [old]))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))


# ------------------------------------------------------------------------------------------------- Removed or replaced


def test_remove__of_a_group__frees_its_holders(scene: Scene, seat: int) -> None:
    scene.must_change("removeMember", OWLS.account)
    record = scene.member(OWLS.account)
    assert (record.status, record.seat) == (MemberStatus.REMOVED, seat)
    assert seat not in scene.roster().approvers
    for person in HOLDERS:
        assert acting_for(scene, person) == text(NOBODY)
    scene.must_change("addMember", STRANGER, HOLDERS[0], 2, HERE.pack())
    seat_group(scene, RAVENS, HOLDERS[1:])


def test_remove__of_a_suspended_group__frees_its_holders_and_its_guardian(scene: Scene, seat: int) -> None:
    scene.must(scene.send("gus", "suspend", OWLS.account))
    scene.must_change("removeMember", OWLS.account)
    seat_group(scene, RAVENS, HOLDERS)
    scene.must(scene.send("gus", "suspend", RAVENS.account))


@pytest.mark.parametrize("person", [HOLDERS[1], 999], ids=["a holder", "somebody else"])
def test_replace__of_a_group_by_an_account__gives_it_the_role_and_one_person(
    scene: Scene, seat: int, person: int
) -> None:
    scene.must_change("setRoles", OWLS.account, int(SECURE))
    fay = scene.add(Actor.new("fay", SECURE, person=person))
    scene.must_change("replaceMember", OWLS.account, fay.address, person, HERE.pack())
    record = scene.member("fay")
    assert (record.kind, record.roles, record.person) == (Kind.ECDSA, SECURE, person)
    assert record.seasoned_at == scene.chain.now() + 90 * DAY
    assert scene.read("personsIn", record.seat) == ((person,),)
    assert acting_for(scene, HOLDERS[0]) == text(NOBODY)
    assert scene.member(OWLS.account).status is MemberStatus.REMOVED
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "fay")


@pytest.mark.parametrize("account", [OWLS.account, RAVENS.account], ids=["itself", "another group"])
def test_replace__of_a_group_by_a_group__is_refused(scene: Scene, seat: int, account: bytes) -> None:
    """A group takes a seat with a proof only."""
    seat_group(scene, RAVENS, OTHERS)
    refusal = MemberAddressInvalid(member=account)
    scene.refuses(refusal, lambda: scene.change("replaceMember", OWLS.account, account, 999, HERE.pack()))


# ------------------------------------------------------------------------------------------------ Roles and attributes


def test_set_roles__of_a_group_to_more__gives_a_new_seat_and_to_less_does_not(
    scene: Scene, seat: int
) -> None:
    before = scene.member(OWLS.account)
    scene.must_change("setRoles", OWLS.account, int(SECURE))
    more = scene.member(OWLS.account)
    assert (more.seat, more.roles, more.seasoned_at) == (seat + 1, SECURE, before.seasoned_at)
    assert more.seat in scene.roster().security
    scene.must_change("setRoles", OWLS.account, int(Role.APPROVER))
    less = scene.member(OWLS.account)
    assert (less.seat, less.roles) == (seat + 1, Role.APPROVER)
    assert less.seat in scene.roster().approvers - scene.roster().security


@pytest.mark.parametrize("roles", [0, 1, 3, 4, 10, 14, 16, 32, 34, 64])
def test_set_roles__of_a_group_to_anything_else__is_refused(scene: Scene, seat: int, roles: int) -> None:
    refusal = MemberRolesInvalid(roles=roles)
    scene.refuses(refusal, lambda: scene.change("setRoles", OWLS.account, roles))


@pytest.mark.parametrize("attributes", [HERE.pack(), 1, 1 << 119, 1 << 120, 1 << 255])
def test_set_attributes__of_a_group__is_refused(scene: Scene, seat: int, attributes: int) -> None:
    """Its holders are in several places."""
    refusal = MemberAttributesInvalid(member=OWLS.account, attributes=attributes)
    scene.refuses(refusal, lambda: scene.change("setAttributes", OWLS.account, attributes))
    scene.must_change("setAttributes", scene.address("eve"), HERE.pack())
