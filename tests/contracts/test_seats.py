"""addMember and removeMember: who may take a seat, which one, and when it is free again."""

from __future__ import annotations

import pytest

from tests.contracts.scene import (
    HERE,
    PAYEE,
    SPENDER,
    SPENDER_USE,
    Scene,
    scene_of,
)
from tests.stage import DAY, NATIVE, STRANGER, USUAL_TIERS, Actor
from tests.tokens import compiled
from verifier.errors.members import (
    MemberAddressInvalid,
    MemberNotActive,
    MemberPersonTaken,
    MemberSeatsFull,
)
from verifier.errors.settings import CounterpartyInvalid
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import TierTerms
from verifier.model.units import Duration, Hours

REST = 104 * DAY
SEASONING = 90 * DAY
FAY = Actor.new("fay", Role.APPROVER)
NOBODY = bytes(20)


def adding(account: bytes, person: int = FAY.person) -> tuple[str, bytes, int, int, int]:
    return ("addMember", account, person, int(Role.APPROVER), HERE.pack())


def seat_text(account: bytes) -> tuple[str]:
    """Return what the view `seat` answers with."""
    return ("0x" + account.hex(),)


# ----------------------------------------------------------------------------------------------------------- Newcomers


def test_add__of_a_newcomer__gives_the_lowest_free_seat_and_no_seasoning(scene: Scene) -> None:
    moment = scene.next_time() + 3
    outcome = scene.at(moment, lambda: scene.change(*adding(FAY.address)))
    member = scene.member(FAY.address)
    assert (member.seat, member.status, member.roles) == (7, MemberStatus.ACTIVE, Role.APPROVER)
    assert (member.person, member.attributes, member.kind) == (FAY.person, HERE, 0)
    assert (member.seasoned_at, member.seated_in_block) == (moment + SEASONING, outcome.block)
    assert scene.read("seat", 7) == seat_text(FAY.address)
    assert 7 in scene.roster().approvers
    assert 7 not in scene.roster().proposers | scene.roster().security


@pytest.mark.parametrize("account", ["vault", "contract", "delegated", "member", "suspended", "removed"])
def test_add__of_an_account_that_cannot_be_a_member__is_refused(scene: Scene, account: str) -> None:
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    scene.must_change("removeMember", scene.address("amy"))
    scene.chain.set_code(STRANGER, bytes.fromhex("ef0100") + scene.vault)
    unfit = {
        "vault": scene.vault,
        "contract": compiled.deploy(scene.chain, "Caller"),
        "delegated": STRANGER,
        "member": scene.address("bob"),
        "suspended": scene.address("eve"),
        "removed": scene.address("amy"),
    }[account]
    scene.refuses(MemberAddressInvalid(member=unfit), lambda: scene.change(*adding(unfit)))
    scene.must_change(*adding(FAY.address))


def test_add__of_the_zero_address__is_refused_whether_or_not_it_is_the_coin(scene: Scene) -> None:
    coin = CounterpartyInvalid(account=NOBODY, uses=0)
    scene.refuses(coin, lambda: scene.change(*adding(NOBODY)))
    scene.must_change("setAsset", NATIVE, 0)
    scene.refuses(MemberAddressInvalid(member=NOBODY), lambda: scene.change(*adding(NOBODY)))
    scene.must_change(*adding(FAY.address))


def test_add__of_an_account_whose_delegation_was_taken_back__is_possible(scene: Scene) -> None:
    scene.chain.set_code(FAY.address, bytes.fromhex("ef0100") + scene.vault)
    scene.refuses(MemberAddressInvalid(member=FAY.address), lambda: scene.change(*adding(FAY.address)))
    scene.chain.set_code(FAY.address, b"")
    scene.must_change(*adding(FAY.address))


@pytest.mark.parametrize(("account", "uses"), [(PAYEE, 1), (SPENDER, 2)])
def test_add__of_a_counterparty__is_refused_until_it_is_none(scene: Scene, account: bytes, uses: int) -> None:
    refusal = CounterpartyInvalid(account=account, uses=uses)
    scene.refuses(refusal, lambda: scene.change(*adding(account)))
    replacing = ("replaceMember", scene.address("eve"), account, FAY.person, HERE.pack())
    scene.refuses(refusal, lambda: scene.change(*replacing))
    scene.must_change("setCounterparty", account, 0)
    scene.must_change(*adding(account))
    member = CounterpartyInvalid(account=account, uses=SPENDER_USE)
    scene.refuses(member, lambda: scene.change("setCounterparty", account, SPENDER_USE))


# ------------------------------------------------------------------------------------------------------------- Persons


@pytest.mark.parametrize("person", [0, 2**32, 2**256 - 1])
def test_add__of_a_person_that_has_no_number__is_refused(scene: Scene, person: int) -> None:
    refusal = MemberPersonTaken(person=person, by=NOBODY)
    scene.refuses(refusal, lambda: scene.change(*adding(FAY.address, person)))
    scene.must_change(*adding(FAY.address, 2**32 - 1))
    assert scene.member(FAY.address).person == 2**32 - 1


@pytest.mark.parametrize("who", ["bob", "gus", "eve"])
def test_add__of_a_person_who_has_a_seat__is_refused(scene: Scene, who: str) -> None:
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    person = scene.member(who).person
    refusal = MemberPersonTaken(person=person, by=scene.address(who))
    scene.refuses(refusal, lambda: scene.change(*adding(FAY.address, person)))
    scene.must_change(*adding(FAY.address, 1))


def test_add__of_a_person_who_left__is_possible_with_another_address(scene: Scene) -> None:
    person = scene.member("eve").person
    scene.must_change("removeMember", scene.address("eve"))
    scene.refuses(
        MemberAddressInvalid(member=scene.address("eve")),
        lambda: scene.change(*adding(scene.address("eve"), person)),
    )
    scene.must_change(*adding(FAY.address, person))
    assert scene.member(FAY.address).person == person


# ------------------------------------------------------------------------------------------------------------- Leaving


def test_remove__of_a_member__empties_the_seat_and_keeps_the_record(scene: Scene) -> None:
    before = scene.member("bob")
    scene.must_change("removeMember", scene.address("bob"))
    after = scene.member("bob")
    assert after.status is MemberStatus.REMOVED
    assert (after.seat, after.person, after.roles) == (before.seat, before.person, before.roles)
    assert scene.read("seat", before.seat) == seat_text(NOBODY)
    roster = scene.roster()
    assert before.seat not in roster.approvers | roster.proposers | roster.security


@pytest.mark.parametrize("how", ["suspend", "confirm", "suspend oneself"])
def test_remove__of_a_suspended_member__is_possible(scene: Scene, how: str) -> None:
    dan = scene.address("dan")
    scene.must(scene.set_tiers(supermajority=3))
    scene.must(scene.send("dan" if how == "suspend oneself" else "gus", "suspend", dan))
    if how == "confirm":
        scene.must_change("confirmSuspension", dan)
    scene.must_change("removeMember", dan)
    assert scene.member("dan").status is MemberStatus.REMOVED


def test_remove__of_a_stranger_or_twice__is_refused(scene: Scene) -> None:
    stranger = MemberNotActive(member=STRANGER, status=MemberStatus.STRANGER)
    scene.refuses(stranger, lambda: scene.change("removeMember", STRANGER))
    scene.must_change("removeMember", scene.address("eve"))
    removed = MemberNotActive(member=scene.address("eve"), status=MemberStatus.REMOVED)
    scene.refuses(removed, lambda: scene.change("removeMember", scene.address("eve")))


# ---------------------------------------------------------------------------------------------------------------- Rest


def test_add__while_the_lowest_seat_rests__takes_the_next_one(scene: Scene) -> None:
    left = scene.seat("eve")
    scene.must_change("removeMember", scene.address("eve"))
    free_from = scene.chain.now() + REST
    with scene.chain.isolate():
        scene.at(free_from, lambda: scene.change(*adding(FAY.address)))
        assert scene.member(FAY.address).seat == 7
    scene.at(free_from + 1, lambda: scene.change(*adding(FAY.address)))
    assert scene.member(FAY.address).seat == left


def a_crowd(count: int) -> list[Actor]:
    return [Actor.new(f"member {i}", Role.PROPOSER | Role.APPROVER, person=i + 1) for i in range(count)]


TWO_OF_MANY = tuple(
    TierTerms(quorum=2, security_approvals=0, delay=Duration(DAY), grace_hours=Hours(24)) for _ in USUAL_TIERS
)


def test_add__with_all_64_seats_taken__is_refused_till_one_was_left_for_104_days(scene: Scene) -> None:
    full = scene_of(scene.chain, a_crowd(64), tiers=TWO_OF_MANY)
    assert full.roster().approvers == frozenset(range(64))
    full.refuses(MemberSeatsFull(), lambda: full.change(*adding(FAY.address)))

    full.must_change("removeMember", full.address("member 63"))
    free_from = full.chain.now() + REST
    full.refuses(MemberSeatsFull(), lambda: full.change(*adding(FAY.address)))
    full.refuses_at(free_from, MemberSeatsFull(), lambda: full.change(*adding(FAY.address)))
    full.at(free_from + 1, lambda: full.change(*adding(FAY.address)))
    assert full.member(FAY.address).seat == 63


def test_add__of_the_64th_member__is_possible(scene: Scene) -> None:
    nearly = scene_of(scene.chain, a_crowd(63), tiers=TWO_OF_MANY)
    nearly.must_change(*adding(FAY.address))
    assert nearly.member(FAY.address).seat == 63
    operation = nearly.waiting("member 0", [(STRANGER, 0, b"")], "member 1", "member 62")
    assert len(nearly.lane(operation[1])[1].approvals) == 2


def test_lanes__of_the_last_seat__are_504_to_511(scene: Scene) -> None:
    full = scene_of(scene.chain, a_crowd(64), tiers=TWO_OF_MANY)
    operation = full.waiting("member 63", [(STRANGER, 0, b"")], "member 0", "member 62", nth=7)
    assert operation[1] == 511
    full.pass_to_ready(operation)
    full.must(full.execute("member 63", operation))
