"""From one arrangement of a vault to another: that every operation is taken, that all arrive, and what cannot be.

The vault is the reference model that the lock-step machine holds to the contract; the order is ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, note, settings

from tests.core.arrangements import ACCOUNTS, CHAIN, address_of, vault_files
from tests.core.played import VAULT, Played
from tests.lifecycle.state import COMPANIONS
from verifier.assess.changing.after_founding import follow_ups
from verifier.assess.changing.change import TYPES, Keeper
from verifier.assess.changing.order import Transition, operations_between, relaxations
from verifier.assess.changing.roster import APPROVAL
from verifier.assess.changing.seats import Registration
from verifier.assess.changing.wanted import arrangement_of, founding_of
from verifier.decode.signatures import interface
from verifier.model.address import Address
from verifier.model.arrangement import Arrangement, Sitting
from verifier.model.asset import Use
from verifier.model.group import Group
from verifier.model.limits import MAX_CALLS, MAX_DATA
from verifier.model.member import UNIT, Attributes, Kind, MemberStatus, Role
from verifier.model.operation import Approval, Publication, Signature
from verifier.model.tier import Tier, TierBook, TierTerms
from verifier.model.units import BlockNumber, Duration, Hours, MemberIndex, Person
from verifier.model.vault_file import VaultFile


def plain(arrangement: Arrangement) -> Arrangement:
    """Return what a file can say of an arrangement: who was there once, and which seats rest, it cannot."""
    return replace(arrangement, departed=frozenset(), free_seats=0)


def between(present: Arrangement, wanted: Arrangement, **options: Any) -> Transition:
    return operations_between(present, wanted, vault=VAULT, companions=COMPANIONS, **options)


def functions(transition: Transition) -> list[list[str]]:
    """Return the functions of each operation."""
    return [[change.function for change in each.changes] for each in transition.operations]


@settings(max_examples=50)
@given(vault_files(), vault_files())
def test_operations__between_any_two_files__each_is_taken_and_all_arrive(
    before: VaultFile, after: VaultFile
) -> None:
    played = Played(before)
    present = founding_of(before, companions=COMPANIONS)
    assert plain(played.arrangement({})) == plain(present)
    for file in (before, after):
        goal = arrangement_of(file, chain_id=CHAIN, companions=COMPANIONS)
        found = between(present, goal)
        note(str(functions(found)))
        assert found.obstacles == ()
        for each in found.operations:
            assert 1 <= len(each.calls) <= MAX_CALLS
            assert sum(len(call.data) for call in each.calls) <= MAX_DATA
            assert played.execute(each.calls) is None
            # Strategies are not in the model: of them, the operations' own word is taken.
            assert played.arrangement(dict(each.after.strategies)) == each.after
        last = found.operations[-1].after if found.operations else present
        present = played.arrangement(dict(last.strategies))
        assert plain(present) == plain(goal)
        assert between(present, goal) == Transition(operations=(), obstacles=())


@settings(max_examples=30)
@given(vault_files())
def test_operations__after_a_founding__what_the_plan_of_the_file_comes_to(file: VaultFile) -> None:
    """What is proposed on the day of the founding leads to just what the chain is compared with ever after."""
    goal = arrangement_of(file, chain_id=CHAIN, companions=COMPANIONS)
    played = Played(file)
    for each in follow_ups(file, chain_id=CHAIN, vault=VAULT, companions=COMPANIONS):
        assert played.execute(each.calls) is None
    assert plain(played.arrangement(dict(goal.strategies))) == plain(goal)


@pytest.mark.parametrize(("keeper", "function"), TYPES)
def test_types__of_each_function__those_of_the_release(keeper: Keeper, function: str) -> None:
    released = interface(keeper.value).function(function)
    assert released.signature == f"{function}({','.join(TYPES[keeper, function])})"


# ------------------------------------------------------------------- one thing at a time


def sitting(person: int, roles: Role = Role.APPROVER, **more: Any) -> Sitting:
    attributes = Attributes(employer=person, utc_offset=0, place=(UNIT, 0, 0))
    return Sitting(**{"person": Person(person), "roles": roles, "attributes": attributes, **more})


def account(person: int) -> Address:
    return address_of(person, 0)


def terms(quorum: int, hours: int = 48) -> TierTerms:
    return TierTerms(
        quorum=quorum, security_approvals=0, delay=Duration(hours * 3_600), grace_hours=Hours(72)
    )


def book(quorum: int) -> TierBook:
    return (terms(2), terms(2), terms(quorum), terms(quorum))


def vault(*persons: int, quorum: int = 2, supermajority: int | None = None, **more: Any) -> Arrangement:
    """Return a vault of approvers, of whom the first is a proposer too."""
    mover = Role.PROPOSER | Role.APPROVER
    members = {account(p): sitting(p, mover if p == persons[0] else Role.APPROVER) for p in persons}
    settings_ = {"tiers": book(quorum), "supermajority": supermajority or quorum}
    return Arrangement(**{"members": members, "free_seats": 64 - len(persons), **settings_, **more})


def test_operations__quorum_rises_beyond_the_members__they_come_first() -> None:
    found = between(vault(1, 2, 3, 4), vault(1, 2, 3, 4, 5, 6, quorum=4))
    assert functions(found) == [["addMember"], ["addMember"], ["setTiers"]]
    assert [each.is_possible_now for each in found.operations] == [True, True, False]
    assert [each.is_seat_operation for each in found.operations] == [True, True, False]


def test_operations__quorum_falls__members_leave_last() -> None:
    found = between(vault(1, 2, 3, 4, 5, 6, quorum=4, supermajority=6), vault(1, 2, 3, 4))
    assert functions(found) == [["setTiers"], ["removeMember"], ["removeMember"]]
    assert [each.is_possible_now for each in found.operations] == [True, False, False]


def test_operations__quorum_falls_and_somebody_can_be_spared__leaves_before_fewer_suffice() -> None:
    """Two who are to go are half of four, and two thirds of three: as few as may be of them see the day."""
    found = between(vault(1, 2, 3, 4, 5, 6, quorum=4), vault(1, 2, 3, 4, quorum=3))
    assert functions(found) == [["removeMember"], ["setTiers"], ["removeMember"]]
    assert found.obstacles == ()
    # Where nothing falls, settings do not wait for anybody.
    found = between(vault(1, 2, 3, 4, 5, 6), vault(1, 2, 3, 4, counterparties={ACCOUNTS[0]: Use.RECIPIENT}))
    assert functions(found) == [["setCounterparty"], ["removeMember"], ["removeMember"]]


def test_operations__a_new_key_of_a_person__replaces_the_old_one() -> None:
    present = vault(1, 2, 3, 4)
    members = {**present.members, address_of(4, 1): sitting(4, Role.GUARDIAN)}
    del members[account(4)]
    wanted = replace(present, members={**members, account(5): sitting(5)})
    found = between(present, wanted)
    # An approver's key is not to be replaced by one that is to watch only: it would approve for a while.
    assert functions(found) == [["addMember"], ["removeMember"], ["addMember"]]
    assert found.obstacles == ()
    members = {**present.members, address_of(4, 1): sitting(4)}
    del members[account(4)]
    found = between(present, replace(present, members={**members, account(5): sitting(5)}))
    assert functions(found) == [["addMember"], ["replaceMember"]]


def test_operations__claims_change_beside_settings__settings_before_anybody_is_unseasoned() -> None:
    present = vault(1, 2, 3, 4, 5)
    moved = replace(sitting(3), attributes=Attributes(employer=9, utc_offset=0, place=(UNIT, 0, 0)))
    members = {**present.members, account(3): moved}
    wanted = replace(
        present,
        members=members,
        counterparties={ACCOUNTS[0]: Use.RECIPIENT},
        tiers=book(3),
        supermajority=3,
    )
    assert functions(between(present, wanted)) == [["setTiers", "setCounterparty"], ["setAttributes"]]


def test_operations__duty_of_a_coming_approver__taken_before_they_come() -> None:
    rules: dict[str, Any] = {"registry": COMPANIONS.duty_registry, "exclusions": {1: APPROVAL, APPROVAL: 1}}
    present = vault(1, 2, 3, 4, duties={Person(5): 1, Person(4): 2}, **rules)
    wanted = vault(1, 2, 3, 4, 5, duties={Person(4): 2}, **rules)
    assert functions(between(present, wanted)) == [["revoke"], ["addMember"]]
    # And the other way round: who leaves is given it afterwards.
    assert functions(between(wanted, present)) == [["removeMember"], ["grant"]]


def test_operations__many_settings__as_many_operations_as_it_takes() -> None:
    many = {Address(i.to_bytes(20, "big")): Use.RECIPIENT for i in range(1_000, 1_070)}
    found = between(vault(1, 2, 3, 4), vault(1, 2, 3, 4, counterparties=many))
    assert [len(each.calls) for each in found.operations] == [32, 32, 6]


def test_operations__address_that_left__cannot_return() -> None:
    present = vault(1, 2, 3, 4, departed=frozenset({account(5)}))
    found = between(present, vault(1, 2, 3, 4, 5))
    assert [(each.rule, each.subject) for each in found.obstacles] == [("member-departed", str(account(5)))]
    assert found.operations == ()


def test_operations__address_for_another_person__cannot_be() -> None:
    wanted = vault(1, 2, 3, 4)
    wanted = replace(wanted, members={**wanted.members, account(4): sitting(9)})
    (obstacle,) = between(vault(1, 2, 3, 4), wanted).obstacles
    assert obstacle.rule == "member-person"


def test_operations__suspended_member__stays_so_until_somebody_wants_it_otherwise() -> None:
    wanted = vault(1, 2, 3, 4, 5)
    held = replace(sitting(5), status=MemberStatus.CONFIRMED)
    present = replace(wanted, members={**wanted.members, account(5): held})
    found = between(present, wanted)
    assert [each.rule for each in found.obstacles] == ["member-suspended"]
    assert found.operations == ()
    found = between(present, wanted, reinstates=True)
    assert functions(found) == [["reinstateMember"]]
    assert found.obstacles == ()


def test_operations__group__only_with_its_registration() -> None:
    key = Group(x=7, holders=(Person(8), Person(9)))
    group = sitting(0, kind=Kind.FROST_EVEN, attributes=Attributes.unpack(0), group=key)
    present = vault(1, 2, 3, 4)
    wanted = replace(present, members={**present.members, account(30): group}, free_seats=59)
    assert [each.rule for each in between(present, wanted).obstacles] == ["group-unsigned"]
    proof = Approval(
        seat=MemberIndex(0),
        publication=Publication(block=BlockNumber(0), parent=0),
        signature=Signature(r=bytes(32), s=bytes(32), v=27),
    )
    found = between(present, wanted, registrations={account(30): Registration(y=4, proof=proof)})
    assert functions(found) == [["addGroup"]]
    assert found.operations[-1].after == wanted
    # Holders come and go by an operation that needs no signature of theirs.
    others = replace(group, group=Group(x=7, holders=(Person(8), Person(10))))
    changed = replace(wanted, members={**wanted.members, account(30): others}, free_seats=58)
    found = between(wanted, changed)
    assert functions(found) == [["setHolders"]]
    assert found.operations[-1].after == changed


def test_operations__approver_who_is_to_hold_a_part_of_a_group__the_supermajority_falls_for_a_while() -> None:
    """Everybody counts for the supermajority, and nobody can come before somebody left."""
    present = vault(1, 2, 3, 4, 5, quorum=3, supermajority=5)
    key = Group(x=7, holders=(Person(5), Person(9)))
    none = Attributes.unpack(0)
    before = sitting(
        0, kind=Kind.FROST_EVEN, attributes=none, group=replace(key, holders=(Person(8), Person(9)))
    )
    present = replace(present, members={**present.members, account(30): before}, supermajority=6)
    rest = {each: one for each, one in present.members.items() if each != account(5)}
    members = {**rest, account(30): replace(before, group=key), account(6): sitting(6)}
    wanted = replace(present, members=members)
    found = between(present, wanted)
    assert found.obstacles == ()
    assert plain(found.operations[-1].after) == plain(wanted)
    assert functions(found) == [["addMember"], ["removeMember"], ["setHolders"]]
    # Without anybody who comes first, only smaller quorums help, until the end.
    wanted = replace(wanted, members={each: one for each, one in members.items() if each != account(6)})
    more = replace(wanted, supermajority=5)
    found = between(replace(present, supermajority=6), more)
    assert found.obstacles == ()
    assert plain(found.operations[-1].after) == plain(more)


def test_operations__who_counts_leaves_to_come_back_in_a_group__smaller_quorums_for_a_while() -> None:
    present = vault(1, 2, 3, 4, 5, quorum=3, supermajority=5)
    key = Group(x=7, holders=(Person(5), Person(9)))
    group = sitting(0, kind=Kind.FROST_EVEN, attributes=Attributes.unpack(0), group=key)
    rest = {each: one for each, one in present.members.items() if each != account(5)}
    wanted = replace(
        present, members={**rest, account(30): group, account(6): sitting(6, Role.PROPOSER)}, supermajority=5
    )
    proof = Approval(
        seat=MemberIndex(0),
        publication=Publication(block=BlockNumber(0), parent=0),
        signature=Signature(r=bytes(32), s=bytes(32), v=27),
    )
    found = between(present, wanted, registrations={account(30): Registration(y=4, proof=proof)})
    assert found.obstacles == ()
    assert functions(found) == [["setTiers"], ["addMember"], ["removeMember"], ["addGroup"], ["setTiers"]]
    assert [each.is_passing for each in found.operations] == [True, False, False, False, False]
    # Four of those who stay can still stop a takeover by seats: no less is asked for than has to be.
    passing = found.operations[0].after
    assert (passing.tiers, passing.supermajority) == (present.tiers, 4)
    assert plain(found.operations[-1].after) == plain(wanted)


def test_operations__new_key_that_is_to_have_less_power__never_has_the_old_one_s() -> None:
    present = vault(1, 2, 3, 4, 5, 6)
    rest = {each: one for each, one in present.members.items() if each != account(6)}
    found = between(present, replace(present, members={**rest, account(30): sitting(6, Role.AUDITOR)}))
    assert functions(found) == [["removeMember"], ["addMember"]]
    assert found.obstacles == ()
    assert all(
        each.after.members.get(account(30), sitting(6, Role.AUDITOR)).roles is Role.AUDITOR
        for each in found.operations
    )
    # Where nobody can leave first, it takes the old one's place all the same, and loses the rest at once.
    three = vault(1, 2)
    hurrying = {**three.members, account(3): sitting(3, Role.APPROVER | Role.BREAK_GLASS)}
    found = between(
        replace(three, members=hurrying), replace(three, members={**three.members, account(30): sitting(3)})
    )
    assert functions(found) == [["replaceMember"], ["setRoles"]]
    # One that is to have as much takes its place.
    found = between(present, replace(present, members={**rest, account(30): sitting(6)}))
    assert functions(found) == [["replaceMember"]]


def test_operations__another_key_for_somebody_suspended__only_where_it_is_said_so() -> None:
    present = vault(1, 2, 3, 4, 5, 6)
    rest = {each: one for each, one in present.members.items() if each != account(6)}
    stopped = replace(present, members={**rest, account(6): sitting(6, status=MemberStatus.SUSPENDED)})
    wanted = replace(present, members={**rest, account(30): sitting(6)})
    found = between(stopped, wanted)
    assert found.operations == ()
    assert [each.rule for each in found.obstacles] == ["member-suspended"]
    found = between(stopped, wanted, reinstates=True)
    assert functions(found) == [["replaceMember"]]
    assert found.obstacles == ()


def test_operations__quorums_that_have_to_fall_for_a_while__fall_no_lower_than_both_ask_for() -> None:
    present = vault(1, 2, 3, 4, 5, quorum=3, supermajority=5)
    assert [
        (each.tiers[Tier.CUSTODY].quorum, each.supermajority)
        for each in relaxations(present, vault(1, 2, 3, 4, 5, quorum=2, supermajority=4))
    ] == [(3, 4), (3, 3), (2, 4), (2, 3), (2, 2)]


def test_operations__member_who_is_to_be_a_counterparty__no_order_and_why() -> None:
    present = vault(1, 2, 3, 4, 5)
    wanted = vault(1, 2, 3, 4, counterparties={account(5): Use.RECIPIENT})
    found = between(present, wanted)
    assert functions(found) == [["removeMember"]]
    (obstacle,) = found.obstacles
    assert obstacle.rule == "no-order"
    assert "setCounterparty" in obstacle.sentence


def test_operations__no_seat_free__no_order_and_why() -> None:
    present = vault(1, 2, 3, 4, free_seats=0)
    (obstacle,) = between(present, vault(1, 2, 3, 4, 5)).obstacles
    assert obstacle.rule == "no-order"
    assert "addMember" in obstacle.sentence


def test_operations__two_who_exchange_roles__one_has_both_between() -> None:
    """Three of three approve: whoever is to publish only has to wait for who is to approve only, and the other way."""
    present = vault(1, 2, 3, supermajority=3, tiers=book(2))
    members = {
        **present.members,
        account(4): sitting(4, Role.PROPOSER),
        account(5): sitting(5, Role.PROPOSER),
    }
    here = replace(present, members=members)
    members = {**members, account(3): sitting(3, Role.PROPOSER), account(4): sitting(4, Role.APPROVER)}
    found = between(here, replace(here, members=members))
    assert functions(found) == [["setRoles"], ["setRoles"]]
    assert [each.changes[0].subject for each in found.operations] == [account(4), account(3)]
    assert found.obstacles == ()
