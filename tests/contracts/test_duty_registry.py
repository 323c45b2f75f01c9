"""The register of duties: who grants, who revokes, what excludes what, and what the vault is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.anvil import Anvil, Outcome
from tests.companions import Companion, Event, assert_complete, deployed
from tests.contracts.scene import Scene, usual_scene, world_of
from tests.stage import STRANGER, call
from verifier.errors.duties import (
    DutyCallerUnfit,
    DutyConflict,
    DutyConflictsInvalid,
    DutyHeld,
    DutyIsRole,
    DutyNotHeld,
    DutyPersonInvalid,
    DutyPersonsFull,
    DutyUnknown,
)
from verifier.errors.operations import CallFailed
from verifier.model.member import MemberStatus, Role

KEY_MATERIAL: Final = 1
DECRYPTION_KEY: Final = 2
SIGNING_SERVER: Final = 4
TRANSACTION_APPROVAL: Final = 8
TRADE_AUTHORISATION: Final = 16
ANOMALY_RULES: Final = 32
ALL: Final = tuple(1 << i for i in range(16))
STORED: Final = tuple(duty for duty in ALL if duty != TRANSACTION_APPROVAL)
NOT_ONE: Final = (0, 3, 1 << 16, 1 << 255, 2**256 - 1)
SOMEONE: Final = 7
"""A person who has no seat."""


@dataclass(slots=True)
class Custody:
    """A vault and what it keeps in the register."""

    scene: Scene
    registry: Companion

    @property
    def vault(self) -> bytes:
        return self.scene.vault

    def person(self, who: str | int) -> int:
        return who if isinstance(who, int) else self.scene.actors[who].person

    def change(self, function: str, *arguments: Any) -> Outcome:
        """Let the vault try it, as an executed operation would."""
        return self.registry.send(self.vault, function, *arguments)

    def grant(self, who: str | int, duty: int) -> Outcome:
        return self.registry.must(self.vault, "grant", self.person(who), duty)

    def exclude(self, duty: int, mask: int) -> Outcome:
        return self.registry.must(self.vault, "setConflicts", duty, mask)

    def revoke(self, by: str | bytes, who: str | int, duty: int) -> Outcome:
        """Let somebody try to take a duty."""
        return self.registry.send(self.scene.address(by), "revoke", self.vault, self.person(who), duty)

    def duties(self, who: str | int) -> int:
        return int(self.registry.read("dutiesOf", self.vault, self.person(who)))

    def persons(self) -> list[int]:
        return list(self.registry.read("personsOf", self.vault))

    def conflicts(self, duty: int) -> int:
        return int(self.registry.read("conflictsOf", self.vault, duty))

    def conflicts_with(self, who: str | int, duty: int) -> int:
        return int(self.registry.read("conflictsWith", self.vault, self.person(who), duty))


def custody_of(scene: Scene) -> Custody:
    return Custody(scene, deployed(scene.chain, "duty_registry"))


@pytest.fixture
def custody(scene: Scene) -> Custody:
    return custody_of(scene)


# ------------------------------------------------------------------------------------------------------------- Grant


@pytest.mark.parametrize("duty", STORED)
def test_grant__each_duty__is_kept_and_told(custody: Custody, duty: int) -> None:
    outcome = custody.grant(SOMEONE, duty)
    assert custody.duties(SOMEONE) == duty
    assert custody.persons() == [SOMEONE]
    assert custody.registry.events(outcome) == [
        Event(
            name="DutiesChanged",
            arguments={
                "vault": "0x" + custody.vault.hex(),
                "person": SOMEONE,
                "duties": duty,
                "by": "0x" + custody.vault.hex(),
            },
        )
    ]


def test_grant__a_second_duty__is_added_to_the_first(custody: Custody) -> None:
    custody.grant(SOMEONE, KEY_MATERIAL)
    custody.grant(SOMEONE, ANOMALY_RULES)
    custody.grant(8, KEY_MATERIAL)
    assert custody.duties(SOMEONE) == KEY_MATERIAL | ANOMALY_RULES
    assert custody.persons() == [SOMEONE, 8]


@pytest.mark.parametrize("duty", NOT_ONE)
def test_duty__that_is_not_exactly_one__is_refused_everywhere(custody: Custody, duty: int) -> None:
    because = DutyUnknown(duty=duty)
    registry = custody.registry
    registry.refuses(because, lambda: custody.change("grant", SOMEONE, duty))
    registry.refuses(because, lambda: custody.change("setConflicts", duty, 0))
    registry.refuses(because, lambda: custody.change("revoke", custody.vault, SOMEONE, duty))
    registry.was_refused(because, registry.call("conflictsOf", custody.vault, duty))
    registry.was_refused(because, registry.call("conflictsWith", custody.vault, SOMEONE, duty))


@pytest.mark.parametrize("who", [SOMEONE, "ann"])
def test_transaction_approval__granted_or_revoked__is_refused(custody: Custody, who: str | int) -> None:
    because = DutyIsRole(duty=TRANSACTION_APPROVAL)
    person = custody.person(who)
    custody.registry.refuses(because, lambda: custody.change("grant", person, TRANSACTION_APPROVAL))
    custody.registry.refuses(
        because, lambda: custody.change("revoke", custody.vault, person, TRANSACTION_APPROVAL)
    )
    custody.registry.refuses(because, lambda: custody.revoke("gus", who, TRANSACTION_APPROVAL))


@pytest.mark.parametrize(("person", "neighbour"), [(0, 1), (2**32, 2**32 - 1), (2**256 - 1, 2)])
def test_grant__to_a_number_that_is_no_persons__is_refused(
    custody: Custody, person: int, neighbour: int
) -> None:
    because = DutyPersonInvalid(person=person)
    custody.registry.refuses(because, lambda: custody.change("grant", person, KEY_MATERIAL))
    custody.grant(neighbour, KEY_MATERIAL)


def test_grant__what_is_held__is_refused(custody: Custody) -> None:
    custody.grant(SOMEONE, KEY_MATERIAL)
    because = DutyHeld(person=SOMEONE, duty=KEY_MATERIAL)
    custody.registry.refuses(because, lambda: custody.change("grant", SOMEONE, KEY_MATERIAL))
    custody.grant(8, KEY_MATERIAL)


@pytest.mark.parametrize("who", ["ann", "gus", STRANGER])
def test_grant__by_anybody_but_the_vault__does_not_reach_the_vaults_book(
    custody: Custody, who: str | bytes
) -> None:
    sender = custody.scene.address(who)
    custody.registry.must(sender, "grant", SOMEONE, KEY_MATERIAL)
    custody.registry.must(sender, "setConflicts", DECRYPTION_KEY, SIGNING_SERVER)
    assert (custody.duties(SOMEONE), custody.persons(), custody.conflicts(DECRYPTION_KEY)) == (0, [], 0)
    # Nor the other way round.
    assert custody.registry.read("personsOf", sender) == (SOMEONE,)
    custody.exclude(DECRYPTION_KEY, 0)
    assert custody.registry.read("conflictsOf", sender, DECRYPTION_KEY) == SIGNING_SERVER


def test_grant__to_a_65th_person__is_refused_until_another_holds_nothing(custody: Custody) -> None:
    for person in range(1, 65):
        custody.grant(person, KEY_MATERIAL)
    because = DutyPersonsFull()
    custody.registry.refuses(because, lambda: custody.change("grant", 65, KEY_MATERIAL))
    # Whoever is in the list may get more, and losing one of two does not make room.
    custody.grant(64, SIGNING_SERVER)
    custody.registry.must(custody.vault, "revoke", custody.vault, 64, KEY_MATERIAL)
    custody.registry.refuses(because, lambda: custody.change("grant", 65, KEY_MATERIAL))
    custody.registry.must(custody.vault, "revoke", custody.vault, 64, SIGNING_SERVER)
    custody.grant(65, KEY_MATERIAL)
    assert custody.persons() == [*range(1, 64), 65]


# --------------------------------------------------------------------------------------------------------- Conflicts


@pytest.mark.parametrize(("first", "second"), [(KEY_MATERIAL, SIGNING_SERVER), (1 << 15, KEY_MATERIAL)])
def test_grant__what_a_held_duty_excludes__is_refused_both_ways(
    custody: Custody, first: int, second: int
) -> None:
    custody.exclude(first, second | ANOMALY_RULES)
    custody.grant(SOMEONE, first)
    custody.grant(8, second)
    forth = DutyConflict(person=SOMEONE, duty=second, conflicting=first)
    custody.registry.refuses(forth, lambda: custody.change("grant", SOMEONE, second))
    back = DutyConflict(person=8, duty=first, conflicting=second)
    custody.registry.refuses(back, lambda: custody.change("grant", 8, first))
    # Neighbours: what nothing excludes, and the same once the vault changed its mind.
    custody.grant(SOMEONE, DECRYPTION_KEY)
    custody.exclude(second, 0)
    custody.grant(SOMEONE, second)


def test_grant__what_several_held_duties_exclude__names_them_all(custody: Custody) -> None:
    custody.exclude(TRADE_AUTHORISATION, KEY_MATERIAL | DECRYPTION_KEY | SIGNING_SERVER)
    custody.grant(SOMEONE, KEY_MATERIAL)
    custody.grant(SOMEONE, SIGNING_SERVER)
    because = DutyConflict(
        person=SOMEONE, duty=TRADE_AUTHORISATION, conflicting=KEY_MATERIAL | SIGNING_SERVER
    )
    custody.registry.refuses(because, lambda: custody.change("grant", SOMEONE, TRADE_AUTHORISATION))


@pytest.mark.parametrize("duty", [KEY_MATERIAL, TRANSACTION_APPROVAL, 1 << 15])
def test_set_conflicts__with_itself_or_beyond_the_16__is_refused(custody: Custody, duty: int) -> None:
    for mask in (duty, 0xFFFF, 1 << 16, 2**256 - 1):
        because = DutyConflictsInvalid(duty=duty, mask=mask)
        custody.registry.refuses(because, lambda: custody.change("setConflicts", duty, mask))  # noqa: B023
    custody.exclude(duty, 0xFFFF & ~duty)
    assert custody.conflicts(duty) == 0xFFFF & ~duty


@pytest.mark.parametrize(
    ("duty", "mask", "conflicting"),
    [
        (KEY_MATERIAL, SIGNING_SERVER | ANOMALY_RULES, SIGNING_SERVER),
        (SIGNING_SERVER, KEY_MATERIAL | DECRYPTION_KEY, KEY_MATERIAL),
    ],
)
@pytest.mark.parametrize("count", [1, 64])
def test_set_conflicts__while_somebody_holds_both__is_refused(
    custody: Custody, count: int, duty: int, mask: int, conflicting: int
) -> None:
    """The last one in the list is looked at as well."""
    for person in range(1, count + 1):
        custody.grant(person, KEY_MATERIAL)
    custody.grant(count, SIGNING_SERVER)
    because = DutyConflict(person=count, duty=duty, conflicting=conflicting)
    custody.registry.refuses(because, lambda: custody.change("setConflicts", duty, mask))
    custody.registry.must(custody.vault, "revoke", custody.vault, count, KEY_MATERIAL)
    custody.exclude(duty, mask)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(ALL), st.integers(0, 0xFFFF)), min_size=1, max_size=6))
def test_set_conflicts__again_and_again__is_symmetric_and_what_was_said_last(
    node: Anvil, said: list[tuple[int, int]]
) -> None:
    expected = dict.fromkeys(ALL, 0)
    with node.isolate():
        # Nobody holds anything, so any account will do as the vault.
        registry = deployed(node, "duty_registry")
        for duty, mask in said:
            mask &= ~duty  # noqa: PLW2901 - a duty does not exclude itself
            outcome = registry.must(STRANGER, "setConflicts", duty, mask)
            expected[duty] = mask
            for other in ALL:
                if other != duty:
                    expected[other] = (expected[other] & ~duty) | (duty if other & mask else 0)
            (event,) = registry.events(outcome)
            word = sum(mask << (16 * i) for i, mask in enumerate(expected.values()))
            assert (event.name, event.arguments["duty"]) == ("ConflictsChanged", duty)
            assert event.arguments["conflicts"] == word
        assert {duty: registry.read("conflictsOf", STRANGER, duty) for duty in ALL} == expected


def test_conflicts_with__of_a_person__counts_stored_duties_alone(custody: Custody) -> None:
    custody.exclude(TRANSACTION_APPROVAL, KEY_MATERIAL | SIGNING_SERVER)
    custody.grant("amy", KEY_MATERIAL)
    custody.grant("amy", DECRYPTION_KEY)
    assert custody.conflicts_with("amy", TRANSACTION_APPROVAL) == KEY_MATERIAL
    assert custody.conflicts_with("amy", KEY_MATERIAL) == 0
    # Ann approves, which is kept in the vault and not asked here.
    assert custody.conflicts_with("ann", KEY_MATERIAL) == 0
    assert custody.duties("ann") == TRANSACTION_APPROVAL


def test_conflicts_with__of_a_vault_that_has_no_code__is_answered(custody: Custody) -> None:
    """So a vault can ask in its constructor. What asks the vault is refused there."""
    registry = custody.registry
    registry.must(STRANGER, "setConflicts", TRANSACTION_APPROVAL, KEY_MATERIAL)
    registry.must(STRANGER, "setConflicts", SIGNING_SERVER, DECRYPTION_KEY)
    registry.must(STRANGER, "grant", SOMEONE, SIGNING_SERVER)
    assert registry.read("conflictsWith", STRANGER, SOMEONE, TRANSACTION_APPROVAL) == 0
    assert registry.read("conflictsWith", STRANGER, SOMEONE, DECRYPTION_KEY) == SIGNING_SERVER
    before = world_of(registry.chain)
    assert not registry.send(STRANGER, "grant", SOMEONE, KEY_MATERIAL).succeeded
    assert not registry.call("dutiesOf", STRANGER, SOMEONE).succeeded
    assert world_of(registry.chain) == before


# ---------------------------------------------------------------------------------------------- Approvers of the vault


def unchanged(scene: Scene, who: str) -> None:
    assert scene.member(who).status is MemberStatus.ACTIVE


def suspended_by_guardian(scene: Scene, who: str) -> None:
    scene.must(scene.send("gus", "suspend", scene.address(who)))


def confirmed(scene: Scene, who: str) -> None:
    suspended_by_guardian(scene, who)
    scene.must_change("confirmSuspension", scene.address(who))


def suspended_by_self(scene: Scene, who: str) -> None:
    scene.must(scene.send(who, "suspend", scene.address(who)))


def reinstated(scene: Scene, who: str) -> None:
    suspended_by_self(scene, who)
    scene.must_change("reinstateMember", scene.address(who))


SEATED: Final = {
    MemberStatus.ACTIVE: unchanged,
    MemberStatus.SUSPENDED: suspended_by_guardian,
    MemberStatus.CONFIRMED: confirmed,
    MemberStatus.SELF_SUSPENDED: suspended_by_self,
    MemberStatus.RETURNED: reinstated,
}


@pytest.mark.parametrize("status", SEATED, ids=lambda status: status.name)
def test_approver__with_a_seat__holds_transaction_approval(custody: Custody, status: MemberStatus) -> None:
    SEATED[status](custody.scene, "eve")
    assert custody.scene.member("eve").status is status
    custody.exclude(KEY_MATERIAL, TRANSACTION_APPROVAL)
    assert custody.duties("eve") == TRANSACTION_APPROVAL
    because = DutyConflict(person=custody.person("eve"), duty=KEY_MATERIAL, conflicting=TRANSACTION_APPROVAL)
    custody.registry.refuses(because, lambda: custody.change("grant", custody.person("eve"), KEY_MATERIAL))
    custody.grant("eve", SIGNING_SERVER)
    assert custody.duties("eve") == TRANSACTION_APPROVAL | SIGNING_SERVER


@pytest.mark.parametrize("who", ["gus", "amy", SOMEONE])
def test_member__who_does_not_approve__holds_no_transaction_approval(
    custody: Custody, who: str | int
) -> None:
    custody.exclude(KEY_MATERIAL, TRANSACTION_APPROVAL)
    assert custody.duties(who) == 0
    custody.grant(who, KEY_MATERIAL)
    assert custody.duties(who) == KEY_MATERIAL


@pytest.mark.parametrize("how", ["removed", "replaced", "without the role"])
def test_approver__who_is_none_any_more__may_get_what_approving_excludes(custody: Custody, how: str) -> None:
    scene = custody.scene
    custody.exclude(KEY_MATERIAL, TRANSACTION_APPROVAL)
    eve = custody.person("eve")
    because = DutyConflict(person=eve, duty=KEY_MATERIAL, conflicting=TRANSACTION_APPROVAL)
    custody.registry.refuses(because, lambda: custody.change("grant", eve, KEY_MATERIAL))
    scene.newcomer("fox")
    match how:
        case "removed":
            scene.must_change("removeMember", scene.address("eve"))
        case "replaced":
            scene.must_change(
                "replaceMember",
                scene.address("eve"),
                bytes.fromhex("fa" * 20),
                SOMEONE,
                scene.actors["eve"].attributes.pack(),
            )
            assert custody.duties(SOMEONE) == TRANSACTION_APPROVAL
        case _:
            scene.must_change("setRoles", scene.address("eve"), int(Role.AUDITOR))
    assert custody.duties("eve") == 0
    custody.grant("eve", KEY_MATERIAL)


@pytest.mark.parametrize(
    ("duty", "mask", "conflicting"),
    [
        (KEY_MATERIAL, TRANSACTION_APPROVAL | DECRYPTION_KEY, TRANSACTION_APPROVAL),
        (TRANSACTION_APPROVAL, KEY_MATERIAL | DECRYPTION_KEY, KEY_MATERIAL),
    ],
)
def test_set_conflicts__while_an_approver_holds_the_other__is_refused(
    custody: Custody, duty: int, mask: int, conflicting: int
) -> None:
    custody.grant("amy", KEY_MATERIAL)
    custody.grant("eve", KEY_MATERIAL)
    because = DutyConflict(person=custody.person("eve"), duty=duty, conflicting=conflicting)
    custody.registry.refuses(because, lambda: custody.change("setConflicts", duty, mask))
    custody.registry.must(custody.vault, "revoke", custody.vault, custody.person("eve"), KEY_MATERIAL)
    custody.exclude(duty, mask)


# ------------------------------------------------------------------------------------------------------------ Revoke


@pytest.mark.parametrize("by", ["holder", "gus", "vault"])
def test_revoke__by_the_holder_a_guardian_or_the_vault__takes_effect_at_once(
    custody: Custody, by: str
) -> None:
    custody.grant("eve", KEY_MATERIAL)
    custody.grant("eve", SIGNING_SERVER)
    sender = {"holder": custody.scene.address("eve"), "vault": custody.vault}.get(by)
    sender = sender or custody.scene.address("gus")
    outcome = custody.revoke(sender, "eve", KEY_MATERIAL)
    assert outcome.succeeded
    assert custody.duties("eve") == TRANSACTION_APPROVAL | SIGNING_SERVER
    (event,) = custody.registry.events(outcome)
    assert event.arguments["duties"] == SIGNING_SERVER
    assert event.arguments["by"] == "0x" + sender.hex()
    assert custody.revoke(sender, "eve", SIGNING_SERVER).succeeded
    assert (custody.persons(), custody.duties("eve")) == ([], TRANSACTION_APPROVAL)


@pytest.mark.parametrize("status", SEATED, ids=lambda status: status.name)
def test_revoke__by_a_holder_who_is_suspended__is_possible(custody: Custody, status: MemberStatus) -> None:
    custody.grant("eve", KEY_MATERIAL)
    SEATED[status](custody.scene, "eve")
    assert custody.revoke("eve", "eve", KEY_MATERIAL).succeeded
    assert custody.persons() == []


@pytest.mark.parametrize("by", ["ann", "amy", STRANGER], ids=["approver", "auditor", "stranger"])
def test_revoke__by_anybody_else__is_refused(custody: Custody, by: str | bytes) -> None:
    custody.grant("eve", KEY_MATERIAL)
    because = DutyCallerUnfit(
        vault=custody.vault, person=custody.person("eve"), caller=custody.scene.address(by)
    )
    custody.registry.refuses(because, lambda: custody.revoke(by, "eve", KEY_MATERIAL))
    assert custody.revoke("eve", "eve", KEY_MATERIAL).succeeded


def test_revoke__by_a_holder_who_was_removed__is_refused(custody: Custody) -> None:
    custody.grant("eve", KEY_MATERIAL)
    custody.scene.must_change("removeMember", custody.scene.address("eve"))
    because = DutyCallerUnfit(
        vault=custody.vault, person=custody.person("eve"), caller=custody.scene.address("eve")
    )
    custody.registry.refuses(because, lambda: custody.revoke("eve", "eve", KEY_MATERIAL))
    # The duty did not leave with the seat.
    assert custody.duties("eve") == KEY_MATERIAL
    assert custody.revoke("gus", "eve", KEY_MATERIAL).succeeded


@pytest.mark.parametrize("status", [MemberStatus.SELF_SUSPENDED, MemberStatus.REMOVED])
def test_revoke__by_a_guardian_who_is_not_active__is_refused(custody: Custody, status: MemberStatus) -> None:
    scene = custody.scene
    custody.grant("eve", KEY_MATERIAL)
    gus = scene.address("gus")
    if status is MemberStatus.REMOVED:
        scene.must_change("removeMember", gus)
    else:
        scene.must(scene.send("gus", "suspend", gus))
    assert scene.member("gus").status is status
    because = DutyCallerUnfit(vault=custody.vault, person=custody.person("eve"), caller=gus)
    custody.registry.refuses(because, lambda: custody.revoke("gus", "eve", KEY_MATERIAL))


def test_revoke__by_a_guardian_or_holder_of_another_vault__is_refused(custody: Custody) -> None:
    other = usual_scene(custody.scene.chain)
    other.newcomer("gil", Role.GUARDIAN)
    gil = other.address("gil")
    custody.grant("eve", KEY_MATERIAL)
    custody.grant(other.actors["gil"].person, KEY_MATERIAL)
    for person in (custody.person("eve"), other.actors["gil"].person):
        because = DutyCallerUnfit(vault=custody.vault, person=person, caller=gil)
        custody.registry.refuses(
            because,
            lambda: custody.registry.send(gil, "revoke", custody.vault, person, KEY_MATERIAL),  # noqa: B023
        )


@pytest.mark.parametrize("by", ["eve", "gus"])
def test_revoke__what_is_not_held__is_refused(custody: Custody, by: str) -> None:
    custody.grant("eve", SIGNING_SERVER)
    because = DutyNotHeld(person=custody.person("eve"), duty=KEY_MATERIAL)
    custody.registry.refuses(because, lambda: custody.revoke(by, "eve", KEY_MATERIAL))
    assert custody.revoke(by, "eve", SIGNING_SERVER).succeeded


def test_revoke__what_is_not_held_by_the_vault__passes_without_a_word(custody: Custody) -> None:
    """Whoever is quicker than a batch must not block it."""
    before = world_of(custody.scene.chain)
    outcome = custody.revoke(custody.vault, "eve", KEY_MATERIAL)
    assert outcome.succeeded
    assert custody.registry.events(outcome) == []
    assert world_of(custody.scene.chain) == before


# -------------------------------------------------------------------------------------------------------- As a whole


def test_operation__that_grants__waits_as_custody_and_then_does(custody: Custody) -> None:
    scene = custody.scene
    custody.exclude(KEY_MATERIAL, TRANSACTION_APPROVAL)
    to = custody.registry.address
    calls = [
        call(to=to, data=custody.registry.data_of("grant", person, KEY_MATERIAL))
        for person in (SOMEONE, custody.person("eve"))
    ]
    inner = custody.registry.data_of_error(
        DutyConflict(person=custody.person("eve"), duty=KEY_MATERIAL, conflicting=TRANSACTION_APPROVAL)
    )
    operation = scene.ready("ann", calls)
    scene.refuses(CallFailed(index=1, reason=inner), lambda: scene.execute("ann", operation))
    alone = scene.ready("ann", calls[:1], nth=1)
    scene.must(scene.execute("ann", alone))
    assert custody.persons() == [SOMEONE]


PEOPLE: Final = (1, 2, 3, 4)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(["grant", "revoke"]), st.sampled_from(PEOPLE), st.sampled_from(STORED[:3])),
        max_size=14,
    )
)
def test_events__replayed__give_what_storage_holds(node: Anvil, steps: list[tuple[str, int, int]]) -> None:
    with node.isolate():
        registry = deployed(node, "duty_registry")
        holding: dict[int, int] = {}
        order: list[int] = []
        for function, person, duty in steps:
            arguments = (person, duty) if function == "grant" else (STRANGER, person, duty)
            for event in registry.events(registry.send(STRANGER, function, *arguments)):
                person, duties = event.arguments["person"], event.arguments["duties"]  # noqa: PLW2901
                if duties and not holding.get(person):
                    order.append(person)
                if not duties:
                    order[order.index(person)] = order[-1]
                    order.pop()
                holding[person] = duties
        assert list(registry.read("personsOf", STRANGER)) == order
        assert {person for person, duties in holding.items() if duties} == set(order)
        # Of each pair of duties that somebody holds, the register says so when asked what one excludes.
        for person in PEOPLE:
            for duty in STORED[:3]:
                others = 0xFFFF & ~duty & ~TRANSACTION_APPROVAL
                held = holding.get(person, 0)
                outcome = registry.send(STRANGER, "setConflicts", duty, others)
                is_clash = any(h & duty and h & others for h in holding.values())
                assert outcome.succeeded != is_clash
                if outcome.succeeded:
                    assert registry.read("conflictsWith", STRANGER, person, duty) == held & others
                    registry.must(STRANGER, "setConflicts", duty, 0)


def test_register__of_a_vault__is_used_by_a_duty_or_an_exclusion(anvil: Anvil) -> None:
    """What a vault asks at its founding: nothing may be kept for its address before it is there."""
    registry = deployed(anvil, "duty_registry")
    assert registry.read("isUnused", STRANGER)
    for function, takes_back in (("grant", "revoke"), ("setConflicts", "setConflicts")):
        registry.must(STRANGER, function, 7 if function == "grant" else 1, 1 if function == "grant" else 2)
        assert not registry.read("isUnused", STRANGER)
        assert registry.read("isUnused", registry.address)
        registry.must(STRANGER, takes_back, *((STRANGER, 7, 1) if function == "grant" else (1, 0)))
        assert registry.read("isUnused", STRANGER)


def test_everything__that_the_register_can_do_and_refuse__was_tried(request: pytest.FixtureRequest) -> None:
    assert_complete("duty_registry", request, always_pass=frozenset({"personsOf", "isUnused"}))
