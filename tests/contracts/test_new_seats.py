"""replaceMember, reinstateMember, setRoles and setAttributes: what leaves a seat, and what means a new one."""

from __future__ import annotations

from functools import partial

import pytest

from tests.contracts.scene import BOTH, HERE, STANDARD_CALL, Scene
from tests.stage import DAY, STRANGER, Actor
from verifier.errors.members import (
    MemberAddressInvalid,
    MemberAttributesInvalid,
    MemberNotActive,
    MemberPersonTaken,
    MemberRolesInvalid,
    MemberStatusUnexpected,
)
from verifier.errors.operations import LaneOfOtherSeat
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status
from verifier.model.member import Attributes, MemberStatus, Role

SEASONING = 90 * DAY
FAY = Actor.new("fay", Role.APPROVER)
THERE = Attributes(employer=2, utc_offset=-300, place=(0, -8_388_607, 0))
SECURE = Role.APPROVER | Role.SECURITY


# ------------------------------------------------------------------------------------------------------------- Replace


@pytest.mark.parametrize("same_person", [True, False])
def test_replace__of_a_key__hands_on_the_roles_and_nothing_else(scene: Scene, same_person: bool) -> None:
    before = scene.member("bob")
    person = before.person if same_person else FAY.person
    moment = scene.next_time() + 5
    bob = scene.address("bob")
    outcome = scene.at(moment, lambda: scene.change("replaceMember", bob, FAY.address, person, THERE.pack()))
    after = scene.member(FAY.address)
    assert (after.status, after.roles, after.person) == (MemberStatus.ACTIVE, before.roles, person)
    assert (after.seat, after.seated_in_block, after.attributes) == (7, outcome.block, THERE)
    assert after.seasoned_at == moment + SEASONING
    assert scene.member("bob").status is MemberStatus.REMOVED
    roster = scene.roster()
    assert 7 in roster.approvers & roster.proposers & roster.security
    assert before.seat not in roster.approvers | roster.proposers | roster.security


@pytest.mark.parametrize(
    "status", [MemberStatus.SUSPENDED, MemberStatus.CONFIRMED, MemberStatus.SELF_SUSPENDED]
)
def test_replace__of_a_suspended_member__gives_an_active_one(scene: Scene, status: MemberStatus) -> None:
    dan = scene.address("dan")
    scene.must(scene.send("dan" if status is MemberStatus.SELF_SUSPENDED else "gus", "suspend", dan))
    if status is MemberStatus.CONFIRMED:
        scene.must_change("confirmSuspension", dan)
    assert scene.member("dan").status is status
    scene.must_change("replaceMember", dan, FAY.address, FAY.person, HERE.pack())
    assert scene.member(FAY.address).status is MemberStatus.ACTIVE
    assert 7 in scene.roster().approvers


@pytest.mark.parametrize("successor", ["eve", "bob", "removed"])
def test_replace__by_an_address_that_was_ever_a_members__is_refused(scene: Scene, successor: str) -> None:
    scene.must_change("removeMember", scene.address("amy"))
    account = scene.address("amy" if successor == "removed" else successor)
    refusal = MemberAddressInvalid(member=account)
    scene.refuses(
        refusal,
        lambda: scene.change("replaceMember", scene.address("eve"), account, FAY.person, HERE.pack()),
    )
    scene.must_change("replaceMember", scene.address("eve"), FAY.address, FAY.person, HERE.pack())


def test_replace__by_a_person_who_has_another_seat__is_refused(scene: Scene) -> None:
    eve, bob = scene.address("eve"), scene.member("bob").person
    refusal = MemberPersonTaken(person=bob, by=scene.address("bob"))
    scene.refuses(refusal, lambda: scene.change("replaceMember", eve, FAY.address, bob, HERE.pack()))
    scene.must_change("replaceMember", eve, FAY.address, scene.member("eve").person, HERE.pack())


@pytest.mark.parametrize("status", [MemberStatus.STRANGER, MemberStatus.REMOVED])
def test_replace__of_one_who_has_no_seat__is_refused(scene: Scene, status: MemberStatus) -> None:
    account = STRANGER if status is MemberStatus.STRANGER else scene.address("amy")
    scene.must_change("removeMember", scene.address("amy"))
    refusal = MemberNotActive(member=account, status=status)
    scene.refuses(
        refusal, lambda: scene.change("replaceMember", account, FAY.address, FAY.person, HERE.pack())
    )
    scene.must_change("replaceMember", scene.address("eve"), FAY.address, FAY.person, HERE.pack())


# ----------------------------------------------------------------------------------------------------------- Reinstate


@pytest.mark.parametrize(
    "status", [MemberStatus.SUSPENDED, MemberStatus.CONFIRMED, MemberStatus.SELF_SUSPENDED]
)
def test_reinstate__after_any_suspension__gives_a_new_seat_and_keeps_the_seasoning(
    scene: Scene, status: MemberStatus
) -> None:
    dan = scene.address("dan")
    before = scene.member("dan")
    scene.must(scene.send("dan" if status is MemberStatus.SELF_SUSPENDED else "gus", "suspend", dan))
    if status is MemberStatus.CONFIRMED:
        scene.must_change("confirmSuspension", dan)
    outcome = scene.must_change("reinstateMember", dan)
    after = scene.member("dan")
    assert (after.status, after.seat) == (MemberStatus.RETURNED, 7)
    assert (after.roles, after.person, after.attributes) == (
        before.roles,
        before.person,
        before.attributes,
    )
    assert (after.seasoned_at, after.seated_in_block) == (before.seasoned_at, outcome.block)
    assert scene.read("seat", before.seat) == ("0x" + bytes(20).hex(),)


@pytest.mark.parametrize("status", [MemberStatus.ACTIVE, MemberStatus.RETURNED])
def test_reinstate__of_an_active_member__is_refused(scene: Scene, status: MemberStatus) -> None:
    dan = scene.address("dan")
    if status is MemberStatus.RETURNED:
        scene.must_change("setAttributes", dan, THERE.pack())
    refusal = MemberStatusUnexpected(member=dan, expected=MemberStatus.SUSPENDED, actual=status)
    scene.refuses(refusal, lambda: scene.change("reinstateMember", dan))
    scene.must(scene.send("dan", "suspend", dan))
    scene.must_change("reinstateMember", dan)


@pytest.mark.parametrize("status", [MemberStatus.STRANGER, MemberStatus.REMOVED])
def test_reinstate__of_one_who_has_no_seat__is_refused(scene: Scene, status: MemberStatus) -> None:
    account = STRANGER if status is MemberStatus.STRANGER else scene.address("amy")
    scene.must_change("removeMember", scene.address("amy"))
    refusal = MemberNotActive(member=account, status=status)
    scene.refuses(refusal, lambda: scene.change("reinstateMember", account))


def test_reinstate__of_a_proposer__leaves_the_old_lanes_behind(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    old = scene.operation("ann", [STANDARD_CALL], nth=1)
    scene.must(scene.send("ann", "suspend", scene.address("ann")))
    scene.must_change("reinstateMember", scene.address("ann"))
    refusal = LaneOfOtherSeat(lane=1, expected=7, actual=0)
    scene.refuses(refusal, lambda: scene.propose("ann", old))
    assert scene.lane(56)[1] == EMPTY_LANE
    fresh = scene.published("ann", [STANDARD_CALL])
    assert fresh[1] == 56
    # What it published before never executes, and can still be stopped.
    assert not scene.execute("bob", operation).succeeded
    scene.must(scene.send("bob", "veto", 0, scene.id_of(operation)))


# --------------------------------------------------------------------------------------------------------------- Roles


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("bob", Role.PROPOSER | Role.APPROVER),
        ("bob", SECURE),
        ("ann", Role.APPROVER),
        ("ann", BOTH),
    ],
)
def test_set_roles__that_only_takes_away__leaves_the_seat(scene: Scene, who: str, roles: Role) -> None:
    scene.newcomer("fox", SECURE)
    before = scene.member(who)
    scene.must_change("setRoles", scene.address(who), int(roles))
    after = scene.member(who)
    assert (after.seat, after.status, after.roles) == (before.seat, MemberStatus.ACTIVE, roles)
    assert (after.seasoned_at, after.seated_in_block) == (before.seasoned_at, before.seated_in_block)
    roster = scene.roster()
    assert (after.seat in roster.approvers) == bool(roles & Role.APPROVER)
    assert (after.seat in roster.proposers) == bool(roles & Role.PROPOSER)
    assert (after.seat in roster.security) == bool(roles & Role.SECURITY)


@pytest.mark.parametrize(
    ("who", "roles"),
    [
        ("eve", BOTH),
        ("eve", SECURE),
        ("eve", Role.APPROVER | Role.BREAK_GLASS),
        ("eve", Role.APPROVER | Role.AUDITOR),
        ("amy", Role.GUARDIAN),
        ("gus", Role.GUARDIAN | Role.AUDITOR),
        # One given, another taken.
        ("ann", SECURE),
    ],
)
def test_set_roles__that_gives_one__means_a_new_seat(scene: Scene, who: str, roles: Role) -> None:
    before = scene.member(who)
    outcome = scene.must_change("setRoles", scene.address(who), int(roles))
    after = scene.member(who)
    assert (after.seat, after.status, after.roles) == (7, MemberStatus.RETURNED, roles)
    assert (after.seasoned_at, after.seated_in_block) == (before.seasoned_at, outcome.block)
    assert before.seat not in scene.roster().approvers | scene.roster().proposers


def test_set_roles__taken_and_given_back__does_not_wake_an_approval(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.newcomer("fox", SECURE)
    bob = scene.address("bob")
    scene.must_change("setRoles", bob, int(Role.PROPOSER))
    scene.must_change("setRoles", bob, int(BOTH))
    assert not scene.execute("ann", operation).succeeded
    scene.must(scene.approve(operation, []))
    assert scene.status(operation) is Status.PROPOSED


@pytest.mark.parametrize("status", [MemberStatus.STRANGER, MemberStatus.SELF_SUSPENDED, MemberStatus.REMOVED])
@pytest.mark.parametrize("function", ["setRoles", "setAttributes"])
def test_set__about_one_who_is_not_active__is_refused(
    scene: Scene, status: MemberStatus, function: str
) -> None:
    argument = int(BOTH) if function == "setRoles" else THERE.pack()
    account = STRANGER if status is MemberStatus.STRANGER else scene.address("dan")
    with scene.chain.isolate():
        if status is MemberStatus.SELF_SUSPENDED:
            scene.must(scene.send("dan", "suspend", account))
        if status is MemberStatus.REMOVED:
            scene.must_change("removeMember", account)
        refusal = MemberNotActive(member=account, status=status)
        scene.refuses(refusal, lambda: scene.change(function, account, argument))
    scene.must_change(function, scene.address("dan"), argument)


VALID_ROLES = {
    roles
    for roles in range(1, 64)
    # SECURITY and BREAK_GLASS only with APPROVER; a GUARDIAN is neither PROPOSER nor APPROVER.
    if not (roles & 12 and not roles & 2) and not (roles & 16 and roles & 3)
}


def test_add__with_any_combination_of_roles__takes_those_that_go_together(scene: Scene) -> None:
    assert len(VALID_ROLES) == 21
    for roles in [*range(67), 128, 255, 256, 258, 2**256 - 1]:
        add = partial(scene.change, "addMember", FAY.address, FAY.person, roles, HERE.pack())
        if roles in VALID_ROLES:
            with scene.chain.isolate():
                scene.must(add())
                assert scene.member(FAY.address).roles == roles
        else:
            scene.refuses(MemberRolesInvalid(roles=roles), add)


@pytest.mark.parametrize("roles", [0, 4, 8, 17, 18, 64, 2**256 - 1])
def test_set_roles__that_do_not_go_together__is_refused(scene: Scene, roles: int) -> None:
    refusal = MemberRolesInvalid(roles=roles)
    scene.refuses(refusal, lambda: scene.change("setRoles", scene.address("eve"), roles))
    scene.must_change("setRoles", scene.address("eve"), int(BOTH))


# ---------------------------------------------------------------------------------------------------------- Attributes


def test_set_attributes__of_a_member__means_a_new_seat_and_seasoning_anew(scene: Scene) -> None:
    before = scene.member("eve")
    moment = scene.next_time() + 5
    eve = scene.address("eve")
    outcome = scene.at(moment, lambda: scene.change("setAttributes", eve, THERE.pack()))
    after = scene.member("eve")
    assert (after.seat, after.status, after.attributes) == (7, MemberStatus.RETURNED, THERE)
    assert (after.roles, after.person) == (before.roles, before.person)
    assert (after.seasoned_at, after.seated_in_block) == (moment + SEASONING, outcome.block)


def test_set_attributes__that_are_not_on_earth__is_refused(scene: Scene) -> None:
    eve = scene.address("eve")
    refusal = MemberAttributesInvalid(member=eve, attributes=0)
    scene.refuses(refusal, lambda: scene.change("setAttributes", eve, 0))
    scene.must_change("setAttributes", eve, THERE.pack())
