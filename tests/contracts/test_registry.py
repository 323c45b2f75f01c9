"""The registry of duties that a vault asks: at every door by which somebody becomes an approver, and when it changes.

`test_duties_with_vault.py` looks for an order of calls that gets round it; here each door is tried by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from tests.anvil import Outcome
from tests.companions import Companion, deployed
from tests.contracts.duties import APPROVAL, KEY, SERVER, TRADING, bar
from tests.contracts.groups import addition, holder_words
from tests.contracts.scene import HERE, Scene
from tests.contracts.seated_groups import HOLDERS, OWLS, seat_group
from tests.stage import DAY, HOUR, STRANGER
from verifier.errors.members import MemberDutiesConflict
from verifier.model.member import MemberStatus, Role

BARRED: Final = 77
"""A person who has the key, which excludes approving."""


@dataclass(slots=True)
class Town:
    """A vault, the registry that it asks, and who is barred from approving there."""

    scene: Scene
    registry: Companion

    def exclude(self, duty: int = KEY) -> None:
        self.registry.must(self.scene.vault, "setConflicts", duty, APPROVAL)

    def grant(self, person: int, duty: int = KEY) -> None:
        self.registry.must(self.scene.vault, "grant", person, duty)

    def bar(self, person: int) -> None:
        bar(self.registry, self.scene.vault, person)

    def revoke(self, person: int, duty: int = KEY) -> None:
        self.registry.must(self.scene.vault, "revoke", self.scene.vault, person, duty)

    def refuses(self, person: int, act: Callable[[], Outcome], duties: int = KEY) -> None:
        """Refuse a step while this person has these duties, and take it when the person has none."""
        refusal = MemberDutiesConflict(person=person, duties=duties)
        self.scene.refuses(refusal, act)
        for duty in (KEY, SERVER):
            if duties & duty:
                self.revoke(person, duty)
        self.scene.must(act())


@pytest.fixture
def town(scene: Scene) -> Town:
    """Our registry is asked; having the key excludes approving, and one person has it."""
    town = Town(scene, deployed(scene.chain, "duty_registry"))
    scene.must_change("setRegistry", town.registry.address)
    town.exclude()
    town.grant(BARRED)
    return town


# ------------------------------------------------------------------------------------------------------- By every door


@pytest.mark.parametrize(
    "roles", [Role.APPROVER, Role.APPROVER | Role.SECURITY, Role.PROPOSER | Role.APPROVER]
)
def test_add__of_an_approver_who_is_barred__is_refused(town: Town, roles: Role) -> None:
    scene = town.scene
    arguments = (STRANGER, BARRED, int(roles), HERE.pack())
    town.refuses(BARRED, lambda: scene.change("addMember", *arguments))


@pytest.mark.parametrize("roles", [Role.PROPOSER, Role.GUARDIAN, Role.AUDITOR, Role.PROPOSER | Role.AUDITOR])
def test_add__of_who_does_not_approve__asks_nobody(town: Town, roles: Role) -> None:
    town.scene.must_change("addMember", STRANGER, BARRED, int(roles), HERE.pack())


def test_add__of_one_with_another_duty__is_possible(town: Town) -> None:
    """Only what excludes approving counts."""
    town.grant(78, TRADING)
    town.scene.must_change("addMember", STRANGER, 78, 2, HERE.pack())


def test_add__of_one_with_two_that_conflict__names_both(town: Town) -> None:
    town.exclude(SERVER)
    town.grant(BARRED, SERVER)
    town.grant(BARRED, TRADING)
    arguments = (STRANGER, BARRED, 2, HERE.pack())
    town.refuses(BARRED, lambda: town.scene.change("addMember", *arguments), KEY | SERVER)


@pytest.mark.parametrize("who", ["eve", "ann", "cat"])
def test_replace__of_an_approver_by_who_is_barred__is_refused(town: Town, who: str) -> None:
    scene = town.scene
    arguments = (scene.address(who), STRANGER, BARRED, HERE.pack())
    town.refuses(BARRED, lambda: scene.change("replaceMember", *arguments))


@pytest.mark.parametrize("who", ["gus", "amy"])
def test_replace__of_who_does_not_approve__asks_nobody(town: Town, who: str) -> None:
    scene = town.scene
    scene.must_change("replaceMember", scene.address(who), STRANGER, BARRED, HERE.pack())


def test_set_roles__to_approver_of_who_is_barred__is_refused(town: Town) -> None:
    scene = town.scene
    amy = scene.member("amy").person
    town.grant(amy)
    both = int(Role.AUDITOR | Role.APPROVER)
    town.refuses(amy, lambda: scene.change("setRoles", scene.address("amy"), both))


def test_set_roles__to_anything_else_of_who_is_barred__is_possible(town: Town) -> None:
    scene = town.scene
    town.grant(scene.member("amy").person)
    scene.must_change("setRoles", scene.address("amy"), int(Role.AUDITOR | Role.PROPOSER))


# ---------------------------------------------------------------------------------------------- Who sits and is barred
# By the register's own rules nobody gets there: see `tests/contracts/duties.py`.


@pytest.mark.parametrize("by", ["gus", "eve"])
def test_reinstate__of_an_approver_who_is_barred__is_refused(town: Town, by: str) -> None:
    scene = town.scene
    scene.must(scene.send(by, "suspend", scene.address("eve")))
    eve = scene.member("eve").person
    town.bar(eve)
    town.refuses(eve, lambda: scene.change("reinstateMember", scene.address("eve")))


def test_lapse__of_the_suspension_of_an_approver_who_is_barred__is_refused(town: Town) -> None:
    """It lasts till somebody revokes the duty."""
    scene = town.scene
    scene.must(scene.send("gus", "suspend", scene.address("eve")))
    eve = scene.member("eve").person
    town.bar(eve)
    scene.chain.set_time(scene.chain.now() + 14 * DAY + 72 * HOUR)
    town.refuses(eve, lambda: scene.send(STRANGER, "lapse", scene.address("eve")))
    assert scene.member("eve").status is MemberStatus.RETURNED


def test_set_attributes__of_an_approver_who_is_barred__is_refused(town: Town) -> None:
    scene = town.scene
    eve = scene.member("eve").person
    town.bar(eve)
    town.refuses(eve, lambda: scene.change("setAttributes", scene.address("eve"), HERE.pack()))


def test_set_roles__to_more_of_an_approver_who_is_barred__is_refused(town: Town) -> None:
    scene = town.scene
    eve = scene.member("eve").person
    town.bar(eve)
    more = int(Role.APPROVER | Role.BREAK_GLASS)
    town.refuses(eve, lambda: scene.change("setRoles", scene.address("eve"), more))


@pytest.mark.parametrize("how", ["less", "not an approver any more", "removed", "replaced"])
def test_change__that_gives_no_seat_to_who_is_barred__is_possible(town: Town, how: str) -> None:
    scene = town.scene
    cat = scene.member("cat").person
    town.bar(cat)
    account = scene.address("cat")
    match how:
        case "less":
            scene.must_change("setRoles", account, int(Role.APPROVER))
        case "not an approver any more":
            scene.must_change("setRoles", account, int(Role.AUDITOR))
        case "removed":
            scene.must_change("removeMember", account)
        case _:
            scene.must_change("replaceMember", account, STRANGER, 99, HERE.pack())


def test_replace__of_the_key_of_an_approver_who_is_barred__is_refused(town: Town) -> None:
    scene = town.scene
    eve = scene.member("eve").person
    town.bar(eve)
    arguments = (scene.address("eve"), STRANGER, eve, HERE.pack())
    town.refuses(eve, lambda: scene.change("replaceMember", *arguments))


# ------------------------------------------------------------------------------------------------------------ Groups


@pytest.mark.parametrize("at", [0, 1, 2])
def test_add_group__with_a_holder_who_is_barred__is_refused_wherever_it_stands(town: Town, at: int) -> None:
    persons = [[BARRED, 101, 102], [2, BARRED, 101], [2, 3, BARRED]][at]
    assert sorted(persons).index(BARRED) == at
    arguments = addition(town.scene, OWLS, persons)
    town.refuses(BARRED, lambda: town.scene.change("addGroup", *arguments))


def test_set_holders__to_one_who_is_barred__is_refused(town: Town) -> None:
    seat_group(town.scene)
    words = holder_words([HOLDERS[0], BARRED])
    town.refuses(BARRED, lambda: town.scene.change("setHolders", OWLS.account, words))


def test_set_holders__without_the_one_who_is_barred__is_possible(town: Town) -> None:
    scene = town.scene
    seat_group(scene)
    town.bar(HOLDERS[2])
    refusal = MemberDutiesConflict(person=HOLDERS[2], duties=KEY)
    same = holder_words(HOLDERS)
    scene.refuses(refusal, lambda: scene.change("setHolders", OWLS.account, same))
    scene.must_change("setHolders", OWLS.account, holder_words(HOLDERS[:2]))


@pytest.mark.parametrize("end", ["reinstate", "lapse"])
def test_return__of_a_group_with_a_holder_who_is_barred__is_refused(town: Town, end: str) -> None:
    scene = town.scene
    seat_group(scene)
    scene.must(scene.send("gus", "suspend", OWLS.account))
    town.bar(HOLDERS[1])
    if end == "lapse":
        scene.chain.set_time(scene.chain.now() + 14 * DAY + 72 * HOUR)
        town.refuses(HOLDERS[1], lambda: scene.send(STRANGER, "lapse", OWLS.account))
    else:
        town.refuses(HOLDERS[1], lambda: scene.change("reinstateMember", OWLS.account))


def test_replace__of_a_group_by_a_holder_who_is_barred__is_refused(town: Town) -> None:
    scene = town.scene
    seat_group(scene)
    town.bar(HOLDERS[0])
    arguments = (OWLS.account, STRANGER, HOLDERS[0], HERE.pack())
    town.refuses(HOLDERS[0], lambda: scene.change("replaceMember", *arguments))
