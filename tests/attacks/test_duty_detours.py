"""Two duties that exclude each other, by a detour: another order, another registry, another key, a share of a key.

`tests/contracts/test_duties_with_vault.py` searches all orders for one person. Here are the detours that an insider
would try, as operations that have to wait, with somebody who acts in between.
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.anvil import Anvil
from tests.attacks.mocks import code_that_answers, code_that_reverts, deploy_code
from tests.companions import Companion, deployed
from tests.contracts.groups import addition, holder_words
from tests.contracts.scene import HERE, Scene, data_of_error, usual_scene
from tests.contracts.seated_groups import HOLDERS, OWLS, seat_group
from tests.stage import DAY, HOUR, STRANGER, Actor, Call, call
from verifier.errors.duties import DutyConflict
from verifier.errors.members import MemberDutiesConflict
from verifier.errors.operations import CallFailed
from verifier.errors.settings import RegistryInvalid
from verifier.model.member import MemberStatus, Role

KEY: Final = 1
"""KEY_MATERIAL, which excludes approving here."""
APPROVAL: Final = 8
PIA: Final = Actor.new("pia", Role.APPROVER)
LAPSE: Final = 14 * DAY + 72 * HOUR


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return usual_scene(anvil, registry=deployed(anvil, "duty_registry").address)


@pytest.fixture
def registry(scene: Scene) -> Companion:
    """The registry that the vault asks: whoever has key material does not approve."""
    found = deployed(scene.chain, "duty_registry")
    found.must(scene.vault, "setConflicts", KEY, APPROVAL)
    return found


def entering() -> tuple[bytes, int, int, int]:
    return (PIA.address, PIA.person, int(PIA.roles), HERE.pack())


def grant(registry: Companion, person: int) -> Call:
    return call(to=registry.address, data=registry.data_of("grant", person, KEY))


def test_execute__two_operations_that_give_both__only_the_first_does(
    scene: Scene, registry: Companion
) -> None:
    """Each was fine when it was published, and each waits its 72 hours."""
    scene.add(PIA)
    seat = scene.seat_operation("ann", "addMember", *entering())
    key = scene.published("ann", [grant(registry, PIA.person)], nth=1)
    for operation in (seat, key):
        scene.give(operation, "bob", "cat", "dan")
    scene.pass_to_ready(key)
    with scene.chain.isolate():
        scene.must(scene.execute("bob", seat))
        conflict = DutyConflict(person=PIA.person, duty=KEY, conflicting=APPROVAL)
        inner = CallFailed(index=0, reason=registry.data_of_error(conflict))
        scene.refuses(inner, lambda: scene.execute("bob", key))
    scene.must(scene.execute("bob", key))
    conflict_ = data_of_error(MemberDutiesConflict(person=PIA.person, duties=KEY))
    scene.refuses(CallFailed(index=0, reason=conflict_), lambda: scene.execute("bob", seat))


@pytest.mark.parametrize("how", ["guardian", "itself"])
def test_grant__while_the_approver_is_suspended__is_refused(
    scene: Scene, registry: Companion, how: str
) -> None:
    """Suspended, an approver does not approve; but it comes back, by itself even, and would then have both."""
    eve, person = scene.address("eve"), scene.actors["eve"].person
    scene.must(scene.send("gus" if how == "guardian" else "eve", "suspend", eve))
    refusal = DutyConflict(person=person, duty=KEY, conflicting=APPROVAL)
    registry.refuses(refusal, lambda: registry.send(scene.vault, "grant", person, KEY))
    if how == "guardian":
        scene.chain.set_time(scene.chain.now() + LAPSE)
        scene.must(scene.send(STRANGER, "lapse", eve))
        registry.refuses(refusal, lambda: registry.send(scene.vault, "grant", person, KEY))
    # The neighbour: whoever left for good may have it.
    scene.must_change("removeMember", eve)
    registry.must(scene.vault, "grant", person, KEY)


@pytest.mark.parametrize("other", ["none", "one that knows nothing"])
def test_set_registry__away_and_back_again__finds_whoever_entered_meanwhile(
    scene: Scene, registry: Companion, other: str
) -> None:
    """While nobody is asked, pia enters with the key. From then on the true registry cannot be asked again."""
    registry.must(scene.vault, "grant", PIA.person, KEY)
    conflict = MemberDutiesConflict(person=PIA.person, duties=KEY)
    scene.refuses(conflict, lambda: scene.change("addMember", *entering()))
    elsewhere = bytes(20) if other == "none" else deploy_code(scene.chain, code_that_answers(bytes(32)))
    scene.must_change("setRegistry", elsewhere)
    scene.must_change("addMember", *entering())
    scene.refuses(conflict, lambda: scene.change("setRegistry", registry.address))
    # Suspended she is found as well.
    scene.must_change("setRoles", PIA.address, int(PIA.roles))
    scene.must(scene.send("gus", "suspend", PIA.address))
    scene.refuses(conflict, lambda: scene.change("setRegistry", registry.address))
    registry.must(scene.address("gus"), "revoke", scene.vault, PIA.person, KEY)
    scene.must_change("setRegistry", registry.address)


def test_set_registry__while_an_operation_waits_that_it_would_refuse__holds_at_its_execution(
    scene: Scene, registry: Companion
) -> None:
    registry.must(scene.vault, "grant", PIA.person, KEY)
    scene.must_change("setRegistry", bytes(20))
    scene.add(PIA)
    entry = scene.seat_operation("ann", "addMember", *entering())
    scene.give(entry, "bob", "cat", "dan")
    scene.pass_to_ready(entry)
    with scene.chain.isolate():
        scene.must(scene.execute("bob", entry))
    scene.must_change("setRegistry", registry.address)
    inner = data_of_error(MemberDutiesConflict(person=PIA.person, duties=KEY))
    scene.refuses(CallFailed(index=0, reason=inner), lambda: scene.execute("bob", entry))


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_replace_member__by_a_person_with_the_key__is_refused_for_an_approver(
    scene: Scene, registry: Companion, role: str
) -> None:
    """Replacing is refused for no floor. For duties it is."""
    registry.must(scene.vault, "grant", PIA.person, KEY)
    who = scene.address("eve" if role == "approver" else "amy")
    successor = (who, PIA.address, PIA.person, HERE.pack())
    if role == "approver":
        conflict = MemberDutiesConflict(person=PIA.person, duties=KEY)
        scene.refuses(conflict, lambda: scene.change("replaceMember", *successor))
        successor = (who, PIA.address, PIA.person + 1, HERE.pack())
    scene.must_change("replaceMember", *successor)
    assert scene.member(PIA.address).status is MemberStatus.ACTIVE


def test_set_roles__of_an_auditor_with_the_key__cannot_make_an_approver(
    scene: Scene, registry: Companion
) -> None:
    amy, person = scene.address("amy"), scene.actors["amy"].person
    registry.must(scene.vault, "grant", person, KEY)
    conflict = MemberDutiesConflict(person=person, duties=KEY)
    both = int(Role.AUDITOR | Role.APPROVER)
    scene.refuses(conflict, lambda: scene.change("setRoles", amy, both))
    scene.must_change("setRoles", amy, int(Role.AUDITOR | Role.PROPOSER))


@pytest.mark.parametrize("door", ["addGroup", "setHolders"])
def test_hold__a_share_and_the_key__is_refused(scene: Scene, registry: Companion, door: str) -> None:
    """A share of a group's key is approving, too: for each of its holders."""
    registry.must(scene.vault, "grant", PIA.person, KEY)
    conflict = MemberDutiesConflict(person=PIA.person, duties=KEY)
    with_pia = sorted([*HOLDERS[:2], PIA.person])
    if door == "addGroup":
        entry = addition(scene, OWLS, with_pia)
        scene.refuses(conflict, lambda: scene.change("addGroup", *entry))
    seat_group(scene)
    if door == "setHolders":
        words = holder_words(with_pia)
        scene.refuses(conflict, lambda: scene.change("setHolders", OWLS.account, words))
    held = DutyConflict(person=HOLDERS[2], duty=KEY, conflicting=APPROVAL)
    registry.refuses(held, lambda: registry.send(scene.vault, "grant", HOLDERS[2], KEY))
    # Whoever gave the share back may have the key.
    scene.must_change("setHolders", OWLS.account, holder_words(HOLDERS[:2]))
    registry.must(scene.vault, "grant", HOLDERS[2], KEY)


def test_set_conflicts__that_somebody_breaks_already__is_refused(scene: Scene, registry: Companion) -> None:
    """First both, then the rule against it."""
    person = scene.actors["eve"].person
    registry.must(scene.vault, "setConflicts", KEY, 0)
    registry.must(scene.vault, "grant", person, KEY)
    refusal = DutyConflict(person=person, duty=KEY, conflicting=APPROVAL)
    registry.refuses(refusal, lambda: registry.send(scene.vault, "setConflicts", KEY, APPROVAL))
    mirrored = DutyConflict(person=person, duty=APPROVAL, conflicting=KEY)
    registry.refuses(mirrored, lambda: registry.send(scene.vault, "setConflicts", APPROVAL, KEY))
    registry.must(scene.address("eve"), "revoke", scene.vault, person, KEY)
    registry.must(scene.vault, "setConflicts", KEY, APPROVAL)


@pytest.mark.parametrize("target", ["an account", "one that fails"])
def test_set_registry__to_what_answers_nothing__is_refused(
    scene: Scene, registry: Companion, target: str
) -> None:
    """A registry that cannot be asked would let everybody in, or nobody."""
    if target == "an account":
        refusal = RegistryInvalid(registry=STRANGER)
        scene.refuses(refusal, lambda: scene.change("setRegistry", STRANGER))
    else:
        failing = deploy_code(scene.chain, code_that_reverts(0))
        before = scene.read("registry")
        assert not scene.change("setRegistry", failing).succeeded
        assert scene.read("registry") == before
    scene.must_change("setRegistry", bytes(20))
    scene.must_change("setRegistry", registry.address)
