"""Everything that changes members or settings: by the vault itself, in an operation, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.groups import addition, holder_words
from tests.contracts.scene import BOTH, HERE, PAYEE, Scene
from tests.frost.group import Group
from tests.stage import NATIVE, NOBODY, STRANGER, USUAL_TIERS, Actor, abi, companion
from verifier.errors.operations import CallerNotVault
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.rule import Rule
from verifier.model.tier import Tier

FAY = Actor.new("fay", Role.APPROVER)


def _is(who: str | bytes, status: MemberStatus) -> Callable[[Scene], bool]:
    return lambda scene: scene.member(who).status is status


OWLS = Group.new("owls")
OLMS = Group.new("olms")
SELECTOR = 0x01020304

# Of each function: its arguments, where a name stands for that member's address; and how to see that it was done.
CHANGES: dict[str, tuple[tuple[Any, ...], Callable[[Scene], bool]]] = {
    "addMember": ((FAY.address, FAY.person, 2, HERE.pack()), _is(FAY.address, MemberStatus.ACTIVE)),
    "removeMember": (("amy",), _is("amy", MemberStatus.REMOVED)),
    "replaceMember": (("eve", FAY.address, FAY.person, HERE.pack()), _is("eve", MemberStatus.REMOVED)),
    "reinstateMember": (("dan",), _is("dan", MemberStatus.RETURNED)),
    "confirmSuspension": (("dan",), _is("dan", MemberStatus.CONFIRMED)),
    "setRoles": (("eve", int(BOTH)), lambda scene: scene.member("eve").roles == BOTH),
    "setAttributes": (("eve", HERE.pack()), _is("eve", MemberStatus.RETURNED)),
    # Its arguments name the vault: see arguments_of.
    "addGroup": ((), _is(OWLS.account, MemberStatus.ACTIVE)),
    "setHolders": ((OLMS.account, holder_words([4, 6])), _is(OLMS.account, MemberStatus.RETURNED)),
    "setTiers": (([t.pack() for t in USUAL_TIERS], 3), lambda scene: scene.roster().supermajority == 3),
    "setAsset": ((NATIVE, 0), lambda scene: scene.tier_of([(STRANGER, 1, b"")]) is Tier.CUSTODY),
    "setCounterparty": (
        (STRANGER, 1),
        lambda scene: scene.tier_of([(STRANGER, 1, b"")]) is Tier.ROUTINE,
    ),
    "setRule": (
        (PAYEE, SELECTOR, Rule().pack()),
        lambda scene: scene.tier_of([(PAYEE, 0, SELECTOR.to_bytes(4, "big"))]) is Tier.HIGH_VALUE,
    ),
    "setRegistry": (
        (companion("duty_registry"),),
        lambda scene: scene.read("registry") != ("0x" + NOBODY.hex(),),
    ),
}
SEAT_FUNCTIONS = tuple(CHANGES)[:9]


def arguments_of(scene: Scene, function: str) -> list[Any]:
    """Return a change's arguments. It needs dan suspended, and a sixth approver so that the floors hold."""
    if function == "addGroup":
        return list(addition(scene, OWLS, [7, 9]))
    return [scene.address(a) if isinstance(a, str) else a for a in CHANGES[function][0]]


@pytest.fixture
def prepared(scene: Scene) -> Scene:
    scene.newcomer("fox")
    scene.must_change("addGroup", *addition(scene, OLMS, [4, 5]))
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    return scene


def test_changes__above__are_all_that_only_the_vault_may_call() -> None:
    everyone = {"propose", "approve", "withdraw", "veto", "object", "cancel", "execute", "suspend", "lapse"}
    everyone |= {"expedite", "vetoAsGroup", "withdrawAsGroup", "suspendAsGroup"}
    functions = {
        entry["name"]
        for entry in abi()
        if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
    }
    assert functions - everyone == set(CHANGES)


@pytest.mark.parametrize("function", CHANGES)
@pytest.mark.parametrize("who", ["ann", "gus", STRANGER], ids=["member", "guardian", "stranger"])
def test_change__by_anybody_but_the_vault__is_refused(
    prepared: Scene, function: str, who: str | bytes
) -> None:
    arguments = arguments_of(prepared, function)
    refusal = CallerNotVault(caller=prepared.address(who))
    prepared.refuses(refusal, lambda: prepared.send(who, function, *arguments))
    prepared.must_change(function, *arguments)


@pytest.mark.parametrize("function", CHANGES)
def test_change__by_an_operation__is_carried_out_after_the_delay_of_custody(
    prepared: Scene, function: str
) -> None:
    operation = prepared.to_itself("ann", function, *arguments_of(prepared, function))
    is_done = CHANGES[function][1]
    epoch = prepared.roster().epoch
    prepared.must(prepared.propose("ann", operation))
    prepared.give(operation, "bob", "cat", "eve" if function not in SEAT_FUNCTIONS else "fox")
    _, lane, status = prepared.lane(0)
    assert (status, lane.tier) == (Status.WAITING, Tier.CUSTODY)
    assert lane.seat_operation == (function in SEAT_FUNCTIONS)
    assert lane.moment == prepared.chain.now() + USUAL_TIERS[Tier.CUSTODY].delay
    assert not is_done(prepared)
    prepared.pass_to_ready(operation)
    prepared.must(prepared.execute("amy", operation))
    assert is_done(prepared)
    assert prepared.roster().epoch == epoch + 1
