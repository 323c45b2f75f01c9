"""The address of a group, used as if it were somebody's account.

Its key should exist nowhere. Whoever sends from it, or signs as an account does, has put the shares together, or dealt
them out and kept a copy.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.attacks.forgery import word
from tests.companions import deployed
from tests.contracts.scene import HERE, PAYEE, QUORUM, STANDARD_CALL, Scene
from tests.contracts.seated_groups import HOLDERS, OWLS, approval_by, seat_group, veto_by
from tests.stage import NO_SIGNATURE, STRANGER, Actor, Approval, call
from verifier.errors.approvals import ApprovalSignerUnexpected
from verifier.errors.bypasses import BypassReviewerUnfit
from verifier.errors.duties import DutyCallerUnfit
from verifier.errors.members import MemberAddressInvalid, MemberIsGroup, MemberPersonTaken, MemberRolesInvalid
from verifier.errors.settings import CounterpartyInvalid
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier

IS_GROUP: Final = MemberIsGroup(member=OWLS.account)


@pytest.fixture
def seat(scene: Scene) -> int:
    """The owls' seat, older than whatever is published then."""
    found = seat_group(scene)
    scene.chain.mine()
    return found


def arguments_of(scene: Scene, function: str) -> tuple[Any, ...]:
    """Return what a member would send to a function, with good reasons."""
    if function == "execute":
        return (scene.ready("ann", [STANDARD_CALL]),)
    if function == "suspend":
        return (OWLS.account,)
    if function == "propose":
        owls = scene.member(OWLS.account).seat
        return (([STANDARD_CALL], 8 * owls, 1, scene.chain.now() + 1_000), [])
    if function == "object":
        return (scene.seat_operation("ann", "removeMember", scene.address("eve")),)
    operation = scene.published("ann", [STANDARD_CALL])
    if function in ("veto", "cancel"):
        return (operation[1], scene.id_of(operation))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    return (operation,)


@pytest.mark.parametrize(
    "function", ["propose", "execute", "suspend", "object", "veto", "cancel", "withdraw"]
)
def test_send__from_the_address_of_a_group__is_refused_in_every_function(
    scene: Scene, seat: int, function: str
) -> None:
    arguments = arguments_of(scene, function)
    scene.refuses(IS_GROUP, lambda: scene.send(OWLS.account, function, *arguments))


def test_suspend__another_from_the_address_of_a_group__is_refused(scene: Scene, seat: int) -> None:
    scene.refuses(IS_GROUP, lambda: scene.send(OWLS.account, "suspend", scene.address("eve")))


def test_act__by_the_groups_signature_whoever_sends_it__is_possible(scene: Scene, seat: int) -> None:
    """The neighbour. Even its own address may carry what the holders signed: it adds nothing to it."""
    operation = scene.published("ann", [STANDARD_CALL])
    approval = approval_by(scene, OWLS, operation)
    with scene.chain.isolate():
        scene.must(scene.approve(operation, [approval], by=OWLS.account))
        assert seat in scene.lane(operation[1])[1].approvals
    for sender in (STRANGER, OWLS.account):
        with scene.chain.isolate():
            scene.must(scene.send(sender, "vetoAsGroup", operation, veto_by(scene, OWLS, operation)))
            assert scene.status(operation) is Status.VETOED


def test_approve__by_a_transaction_from_the_groups_address__is_refused(scene: Scene, seat: int) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    own: Approval = (seat, scene.publication(operation), NO_SIGNATURE)
    refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=OWLS.account)
    scene.refuses(refusal, lambda: scene.approve(operation, [own], by=OWLS.account))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))


def test_approve__by_an_accounts_signature_of_the_groups_key__is_refused(scene: Scene, seat: int) -> None:
    """It recovers to the right address, and is refused for that."""
    operation = scene.published("ann", [STANDARD_CALL])
    publication = scene.publication(operation)
    digest = bytes(scene.read("approvalDigest", scene.id_of(operation), publication)[0])
    v, r, s = OWLS.key.sign_msg_hash(digest).vrs
    refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=OWLS.account)
    signed: Approval = (seat, publication, (word(r), word(s), word(v + 27)))
    scene.refuses(refusal, lambda: scene.approve(operation, [signed]))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))


# -------------------------------------------------------------------------------------------- The same address again


@pytest.mark.parametrize("state", ["seated", "suspended", "removed"])
def test_add_member__address_of_a_group__is_refused(scene: Scene, seat: int, state: str) -> None:
    """As an ordinary member it could publish, and send what it likes."""
    if state == "suspended":
        scene.must(scene.send("gus", "suspend", OWLS.account))
    if state == "removed":
        scene.must_change("removeMember", OWLS.account)
    refusal = MemberAddressInvalid(member=OWLS.account)
    person = 900
    newcomer = (OWLS.account, person, int(Role.APPROVER), HERE.pack())
    scene.refuses(refusal, lambda: scene.change("addMember", *newcomer))
    successor = (scene.address("eve"), OWLS.account, person, HERE.pack())
    scene.refuses(refusal, lambda: scene.change("replaceMember", *successor))
    other = scene.add(Actor.new("other", Role.APPROVER))
    scene.must_change("addMember", other.address, person, int(other.roles), HERE.pack())


@pytest.mark.parametrize("roles", [Role.PROPOSER, Role.GUARDIAN, Role.AUDITOR, Role.BREAK_GLASS])
def test_set_roles__of_a_group_to_what_needs_an_account__is_refused(
    scene: Scene, seat: int, roles: Role
) -> None:
    asked = int(Role.APPROVER | roles) if roles is not Role.GUARDIAN else int(roles)
    refusal = MemberRolesInvalid(roles=asked)
    scene.refuses(refusal, lambda: scene.change("setRoles", OWLS.account, asked))
    scene.must_change("setRoles", OWLS.account, int(Role.APPROVER | Role.SECURITY))


def test_add_member__holder_of_a_group_with_an_account_of_their_own__is_refused(
    scene: Scene, seat: int
) -> None:
    """One person would count twice: once alone, and once with a share."""
    mate = scene.add(Actor.new("mate", Role.APPROVER, person=HOLDERS[0]))
    refusal = MemberPersonTaken(person=mate.person, by=OWLS.account)
    newcomer = (mate.address, mate.person, int(mate.roles), HERE.pack())
    scene.refuses(refusal, lambda: scene.change("addMember", *newcomer))
    scene.must_change("removeMember", OWLS.account)
    scene.must_change("addMember", *newcomer)


def test_pay__to_the_address_of_a_group__is_custody(scene: Scene, seat: int) -> None:
    """Nobody can send on what arrives there, but whoever has the whole key."""
    assert scene.tier_of([call(to=OWLS.account, value=1)]) is Tier.CUSTODY
    refusal = CounterpartyInvalid(account=OWLS.account, uses=1)
    scene.refuses(refusal, lambda: scene.change("setCounterparty", OWLS.account, 1))
    assert scene.tier_of([call(to=PAYEE, value=1)]) is Tier.ROUTINE


def test_companions__from_the_address_of_a_group__do_nothing(scene: Scene, seat: int) -> None:
    """A group has person 0 where a companion asks for one."""
    registry = deployed(scene.chain, "duty_registry")
    registry.must(scene.vault, "grant", HOLDERS[0], 1)
    for person in (0, HOLDERS[0]):
        outcome = registry.send(OWLS.account, "revoke", scene.vault, person, 1)
        assert not outcome.succeeded
    unfit = DutyCallerUnfit(vault=scene.vault, person=HOLDERS[0], caller=OWLS.account)
    registry.refuses(unfit, lambda: registry.send(OWLS.account, "revoke", scene.vault, HOLDERS[0], 1))
    ledger = deployed(scene.chain, "bypass_ledger")
    ledger.must(scene.vault, "record", bytes(32), 0, 0, 1)
    nobody = BypassReviewerUnfit(vault=scene.vault, reviewer=OWLS.account)
    review = (scene.vault, 0, bytes(32), True)
    ledger.refuses(nobody, lambda: ledger.send(OWLS.account, "review", *review))
    ledger.must(scene.address("amy"), "review", *review)
    registry.must(scene.address("gus"), "revoke", scene.vault, HOLDERS[0], 1)


def test_approve__with_code_at_the_groups_address__counts_for_the_signature_alone(
    scene: Scene, seat: int
) -> None:
    """Whoever has the whole key can also delegate (EIP-7702), and gains no word by it."""
    scene.chain.set_code(OWLS.account, bytes.fromhex("ef0100") + PAYEE)
    operation = scene.published("ann", [STANDARD_CALL])
    own: Approval = (seat, scene.publication(operation), NO_SIGNATURE)
    # With code it does not even count as the sender.
    refusal = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=bytes(20))
    scene.refuses(refusal, lambda: scene.approve(operation, [own], by=OWLS.account))
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    scene.give(operation, *QUORUM[:2])
    assert scene.status(operation) is Status.WAITING
