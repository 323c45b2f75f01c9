"""The floors where groups sit: they approve, and cannot publish what would cure a vault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.contracts.groups import addition
from tests.contracts.scene import BOTH, Scene, data_of_error, scene_of
from tests.contracts.seated_groups import OTHERS, OWLS, RAVENS, seat_group
from tests.frost.group import Group
from tests.stage import DAY, Actor
from verifier.errors import VaultError
from verifier.errors.settings import FloorBroken, SupermajorityOutOfRange
from verifier.model.member import Role
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

SECURE: Final = Role.APPROVER | Role.SECURITY
ROLES: Final = {
    "approver": Role.APPROVER,
    "security": SECURE,
    "proposer": Role.PROPOSER,
    "group": Role.APPROVER,
    "security group": SECURE,
}
PUBLISHING: Final = ("approver", "security", "proposer")
APPROVING: Final = ("approver", "security", "group", "security group")
SECURING: Final = ("security", "security group")
Heads = dict[str, int]
"""How many there are of each kind."""


def tiers_of(quorum: int, security: int) -> tuple[TierTerms, ...]:
    """Return tiers of which CUSTODY asks for so many approvals."""
    terms = TierTerms(quorum=2, security_approvals=0, delay=Duration(DAY), grace_hours=Hours(24))
    custody = TierTerms(
        quorum=quorum, security_approvals=security, delay=Duration(DAY), grace_hours=Hours(24)
    )
    return (terms, terms, terms, custody)


# --------------------------------------------------------------- The two floors as the design says them, head by head


def count(heads: Heads, kinds: tuple[str, ...]) -> int:
    return sum(heads[kind] for kind in kinds)


def without(heads: Heads, kind: str) -> Heads:
    return {**heads, kind: heads[kind] - 1}


def kinds_in(heads: Heads) -> Iterator[str]:
    return (kind for kind, number in heads.items() if number > 0)


def is_quorum(heads: Heads, quorum: int, security: int) -> bool:
    return count(heads, APPROVING) >= quorum and count(heads, SECURING) >= security


def is_bare(heads: Heads, quorum: int, security: int) -> bool:
    """Someone who may publish a seat operation, and a CUSTODY quorum without them."""
    publishers = [kind for kind in kinds_in(heads) if kind in PUBLISHING]
    return any(is_quorum(without(heads, kind), quorum, security) for kind in publishers)


def is_full(heads: Heads, quorum: int, security: int) -> bool:
    """For every member there is someone else who may publish, and a CUSTODY quorum without these two."""
    return all(is_bare(without(heads, kind), quorum, security) for kind in kinds_in(heads))


def founded(anvil: Anvil, heads: Heads, quorum: int, security: int) -> tuple[Scene, dict[str, list[bytes]]]:
    """Found a vault with accounts enough, bring in the groups, and take out the accounts that are too many."""
    scene = scene_of(
        anvil,
        [Actor.new(f"founder {i}", BOTH | Role.SECURITY) for i in range(quorum + 2)],
        tiers=tiers_of(quorum, security),
    )
    members: dict[str, list[bytes]] = {kind: [] for kind in heads}
    for at, (kind, number) in enumerate(heads.items()):
        for i in range(number):
            person = 1_000 * (at + 1) + 10 * i
            if "group" in kind:
                group = Group.new(f"{kind} {i}")
                arguments = addition(scene, group, [person, person + 1], ROLES[kind])
                scene.must_change("addGroup", *arguments)
                members[kind].append(group.account)
            else:
                actor = scene.add(Actor.new(f"{kind} {i}", ROLES[kind], person=person))
                attributes = actor.attributes.pack()
                scene.must_change("addMember", actor.address, person, int(actor.roles), attributes)
                members[kind].append(actor.address)
    for i in range(quorum + 2):
        scene.must_change("removeMember", scene.address(f"founder {i}"))
    return scene, members


@pytest.mark.parametrize(("quorum", "security"), [(2, 0), (2, 1), (3, 1), (3, 2), (2, 2)])
def test_floors__of_any_small_number_of_accounts_and_groups__hold(
    anvil: Anvil, quorum: int, security: int
) -> None:
    """Both floors in every vault that removals lead to, whoever is left."""
    tiers = tiers_of(quorum, security)
    words = [terms.pack() for terms in tiers]
    custody = words[Tier.CUSTODY]
    heads = {"approver": 2, "security": 1, "proposer": 1, "group": 2, "security group": 2}
    scene, members = founded(anvil, heads, quorum, security)
    seen: dict[tuple[int, ...], tuple[bool, bool]] = {}

    def broken(heads: Heads) -> VaultError:
        return FloorBroken(
            approvers=count(heads, APPROVING), security=count(heads, SECURING), custody=custody
        )

    def descend(heads: Heads) -> None:
        answer = scene.call("setTiers", words, quorum, sender=scene.vault)
        full = is_full(heads, quorum, security)
        assert answer.succeeded == full, heads
        assert full or answer.data == data_of_error(broken(heads))
        seen[tuple(heads.values())] = (True, full)
        for kind in list(kinds_in(heads)):
            fewer = without(heads, kind)
            if (key := tuple(fewer.values())) in seen:
                continue
            about = members[kind][heads[kind] - 1]
            bare = is_bare(fewer, quorum, security)
            answer = scene.call("removeMember", about, sender=scene.vault)
            assert answer.succeeded == bare, fewer
            if bare:
                with scene.chain.isolate():
                    scene.must_change("removeMember", about)
                    descend(fewer)
            else:
                assert answer.data == data_of_error(broken(fewer))
                seen[key] = (False, False)

    descend(heads)
    assert set(seen.values()) == {(True, True), (True, False), (False, False)}


# ----------------------------------------------------------------------------------------------------- One by one


def of(anvil: Anvil, groups: tuple[Group, ...], accounts: int) -> Scene:
    """Return a vault of a quorum of 2, with accounts that approve and groups."""
    scene = scene_of(
        anvil,
        [Actor.new(f"member {i}", Role.APPROVER) for i in range(4)] + [Actor.new("gus", Role.GUARDIAN)],
        tiers=tiers_of(2, 0),
    )
    for at, group in enumerate(groups):
        seat_group(scene, group, [100 * at + 7, 100 * at + 8])
    for i in range(accounts, 4):
        scene.must_change("removeMember", scene.address(f"member {i}"))
    return scene


def test_vault__of_one_account_and_groups__stands_and_hangs_on_that_account(anvil: Anvil) -> None:
    """Two groups approve what one account publishes: enough after a removal, too little for new tiers."""
    scene = of(anvil, (OWLS, RAVENS), 1)
    custody = tiers_of(2, 0)[Tier.CUSTODY].pack()
    refusal = FloorBroken(approvers=3, security=0, custody=custody)
    scene.refuses(refusal, lambda: scene.set_tiers(tiers_of(2, 0), 2))
    last = scene.address("member 0")
    below = FloorBroken(approvers=2, security=0, custody=custody)
    scene.refuses(below, lambda: scene.change("removeMember", last))
    scene.refuses(below, lambda: scene.send("gus", "suspend", last))
    # A proposer who does not approve makes both the account and a group dispensable, one at a time.
    proposer = scene.newcomer("pam", Role.PROPOSER)
    scene.must(scene.set_tiers(tiers_of(2, 0), 2))
    with scene.chain.isolate():
        scene.must_change("removeMember", last)
    scene.must_change("removeMember", proposer.address)


def test_vault__of_two_accounts_and_two_groups__stands_without_any_one(anvil: Anvil) -> None:
    scene = of(anvil, (OWLS, RAVENS), 2)
    scene.must(scene.set_tiers(tiers_of(2, 0), 2))
    scene.must_change("removeMember", OWLS.account)
    refusal = FloorBroken(approvers=3, security=0, custody=tiers_of(2, 0)[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.set_tiers(tiers_of(2, 0), 2))


def test_suspend__of_a_group_by_a_guardian_below_the_bare_floor__is_refused(anvil: Anvil) -> None:
    scene = of(anvil, (OWLS,), 2)
    refusal = FloorBroken(approvers=2, security=0, custody=tiers_of(2, 0)[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.send("gus", "suspend", OWLS.account))
    seat_group(scene, RAVENS, OTHERS)
    scene.must(scene.send("gus", "suspend", OWLS.account))


def test_confirm__of_a_group_s_suspension_below_the_bare_floor__is_refused(anvil: Anvil) -> None:
    scene = of(anvil, (OWLS, RAVENS), 2)
    scene.must(scene.send("gus", "suspend", OWLS.account))
    last = scene.address("member 0")
    scene.must(scene.send(last, "suspend", last))
    refusal = FloorBroken(approvers=2, security=0, custody=tiers_of(2, 0)[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.change("confirmSuspension", OWLS.account))
    scene.must_change("reinstateMember", last)
    scene.must_change("confirmSuspension", OWLS.account)


def test_set_roles__of_a_group_to_less__holds_the_floor_of_the_security_team(anvil: Anvil) -> None:
    scene = scene_of(
        anvil,
        [Actor.new(f"member {i}", SECURE if i < 2 else Role.APPROVER) for i in range(5)],
        tiers=tiers_of(2, 1),
    )
    seat_group(scene, OWLS, [7, 8], SECURE)
    for i in range(2):
        scene.must_change("removeMember", scene.address(f"member {i}"))
    refusal = FloorBroken(approvers=4, security=0, custody=tiers_of(2, 1)[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.change("setRoles", OWLS.account, int(Role.APPROVER)))
    scene.newcomer("sam", SECURE)
    scene.must_change("setRoles", OWLS.account, int(Role.APPROVER))


def test_remove__of_a_group__leaves_as_many_approvers_as_the_supermajority(anvil: Anvil) -> None:
    scene = of(anvil, (OWLS,), 3)
    scene.must(scene.set_tiers(tiers_of(2, 0), 4))
    refusal = SupermajorityOutOfRange(minimum=2, maximum=3, actual=4)
    scene.refuses(refusal, lambda: scene.change("removeMember", OWLS.account))
    scene.newcomer("sam")
    scene.must_change("removeMember", OWLS.account)


def test_replace__of_a_group_by_an_account__makes_one_more_who_publishes(anvil: Anvil) -> None:
    """Without it the last account could not go; with it there is another, and still a quorum."""
    scene = of(anvil, (OWLS, RAVENS, Group.new("jays")), 1)
    last = scene.address("member 0")
    refusal = FloorBroken(approvers=3, security=0, custody=tiers_of(2, 0)[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.change("removeMember", last))
    fay = scene.add(Actor.new("fay", Role.APPROVER))
    scene.must_change("replaceMember", OWLS.account, fay.address, fay.person, fay.attributes.pack())
    scene.must_change("removeMember", last)
