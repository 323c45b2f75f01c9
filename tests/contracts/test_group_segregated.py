"""Groups where a tier is segregated: their holders are in several places, so they never count as segregated."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.contracts.hurry import (
    consents_of,
    expedite,
    expedite_digest,
    segregated_scene,
    segregated_tiers,
    signer_of,
)
from tests.contracts.scene import STANDARD_CALL, Scene
from tests.contracts.seated_groups import OTHERS, OWLS, RAVENS, approval_by, season, seat_group
from tests.frost.group import Group
from tests.stage import NO_SIGNATURE, Approval, Operation
from verifier.errors.approvals import ApprovalSignerUnexpected, ApprovalUnsigned, ConsentsTooFew
from verifier.errors.operations import OperationQuorumStands
from verifier.model.life import Status
from verifier.model.tier import Tier

NOBODY: Final = bytes(20)


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    """Segregated from STANDARD on, with two groups that are seasoned."""
    scene = segregated_scene(anvil)
    seat_group(scene)
    seat_group(scene, RAVENS, OTHERS)
    season(scene, RAVENS)
    return scene


def consent_by(scene: Scene, group: Group, operation: Operation) -> Approval:
    digest = expedite_digest(scene, operation)
    return (scene.member(group.account).seat, scene.publication(operation), group.sign(digest))


def too_few(
    scene: Scene, operation: Operation, entries: Sequence[Approval], *, segregated: bool = True
) -> ConsentsTooFew:
    tiers = segregated_tiers(Tier.STANDARD if segregated else Tier.CUSTODY)
    return ConsentsTooFew(
        id=scene.id_of(operation),
        consents=sum(1 << seat for seat, _, _ in entries),
        needed=3,
        terms=tiers[Tier.STANDARD].pack(),
    )


# --------------------------------------------------------------------------------------------------------- Approvals


def test_approve__by_a_list_with_a_group__is_recorded_and_names_no_quorum(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [
        *(scene.sign_published(who, operation) for who in ("bob", "cat")),
        approval_by(scene, OWLS, operation),
    ]
    scene.must(scene.approve(operation, entries))
    assert scene.status(operation) is Status.PROPOSED
    assert scene.lane(0)[1].approvals == {seat for seat, _, _ in entries}
    scene.give(operation, "dan")
    assert scene.status(operation) is Status.PROPOSED


@pytest.mark.parametrize("at", [0, 3])
def test_approve__by_a_segregated_quorum_and_a_group__names_no_quorum_wherever_it_stands(
    scene: Scene, at: int
) -> None:
    """A named quorum is segregated as a whole. Without the group it is one."""
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [scene.sign_published(who, operation) for who in ("bob", "cat", "dan")]
    with_owls = [*entries[:at], approval_by(scene, OWLS, operation), *entries[at:]]
    scene.must(scene.approve(operation, with_owls))
    assert scene.status(operation) is Status.PROPOSED
    scene.must(scene.approve(operation, entries))
    assert scene.status(operation) is Status.WAITING
    assert scene.lane(0)[1].approvals == {scene.seat(who) for who in ("bob", "cat", "dan")}


def test_approve__by_groups_alone__names_no_quorum(scene: Scene) -> None:
    jays = Group.new("jays")
    seat_group(scene, jays, [7, 8])
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [approval_by(scene, group, operation) for group in (OWLS, RAVENS, jays)]
    scene.must(scene.approve(operation, entries))
    assert scene.status(operation) is Status.PROPOSED
    # The same list, where the tier is not segregated any more.
    scene.must(scene.set_tiers(segregated_tiers(Tier.CUSTODY)))
    scene.must(scene.approve(operation, entries))
    assert scene.status(operation) is Status.WAITING


def test_approve__by_a_group_while_a_segregated_quorum_stands__is_refused(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    entry = approval_by(scene, OWLS, operation)
    refusal = OperationQuorumStands(id=scene.id_of(operation), state=scene.lane(0)[1].pack())
    scene.refuses(refusal, lambda: scene.approve(operation, [entry]))


def test_approve__by_a_group__counts_for_seat_operations_where_everything_is_segregated(scene: Scene) -> None:
    scene.must(scene.set_tiers(segregated_tiers(Tier.ROUTINE)))
    operation = scene.seat_operation("ann", "removeMember", scene.address("amy"))
    scene.give(operation, "bob", "eve")
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation)]))
    assert scene.status(operation) is Status.WAITING


# ---------------------------------------------------------------------------------------------------------- Consents


def test_expedite__with_a_group_in_the_head__is_refused_and_behind_it_is_possible(scene: Scene) -> None:
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    owls = consent_by(scene, OWLS, operation)
    bob, cat, dan = consents_of(scene, operation, "bob", "cat", "dan")
    for entries in ([owls, bob, cat, dan], [bob, cat, owls, dan]):
        refusal = too_few(scene, operation, entries)
        scene.refuses(refusal, partial(expedite, scene, operation, entries))
    scene.must(expedite(scene, operation, [bob, cat, dan, owls]))


def test_expedite__with_a_group__counts_it_where_nothing_is_segregated(anvil: Anvil) -> None:
    scene = segregated_scene(anvil, tiers=segregated_tiers(Tier.CUSTODY))
    seat_group(scene)
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    owls = consent_by(scene, OWLS, operation)
    two = [owls, *consents_of(scene, operation, "dan")]
    refusal = too_few(scene, operation, two, segregated=False)
    scene.refuses(refusal, lambda: expedite(scene, operation, two))
    scene.must(expedite(scene, operation, [*two, *consents_of(scene, operation, "eve")]))


def test_expedite__with_a_group__is_never_break_glass(anvil: Anvil) -> None:
    """A group is an approver, perhaps of the security team, and nothing else."""
    scene = segregated_scene(anvil, tiers=segregated_tiers(Tier.CUSTODY))
    seat_group(scene)
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    entries = [consent_by(scene, OWLS, operation), *consents_of(scene, operation, "bob", "cat", "eve")]
    refusal = too_few(scene, operation, entries, segregated=False)
    scene.refuses(refusal, lambda: expedite(scene, operation, entries))


def test_expedite__with_a_group_s_approval_or_nothing__is_refused(anvil: Anvil) -> None:
    scene = segregated_scene(anvil, tiers=segregated_tiers(Tier.CUSTODY))
    seat = seat_group(scene)
    operation = scene.waiting("ann", [STANDARD_CALL], "bob", "cat", "dan")
    others = consents_of(scene, operation, "bob", "dan")
    misread = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=NOBODY)
    approval = approval_by(scene, OWLS, operation)
    scene.refuses(misread, lambda: expedite(scene, operation, [approval, *others]))
    nothing: Approval = (seat, scene.publication(operation), NO_SIGNATURE)
    unsigned = ApprovalUnsigned(seat=seat)
    scene.refuses(unsigned, lambda: expedite(scene, operation, [nothing, *others], by=OWLS.account))
    digest = expedite_digest(scene, operation)
    v, r, s = OWLS.key.sign_msg_hash(digest).vrs
    ecdsa = (r.to_bytes(32, "big"), s.to_bytes(32, "big"), (v + 27).to_bytes(32, "big"))
    as_account: Approval = (seat, scene.publication(operation), ecdsa)
    assert signer_of(digest, as_account) == OWLS.account
    by_account = ApprovalSignerUnexpected(seat=seat, expected=OWLS.account, actual=OWLS.account)
    scene.refuses(by_account, lambda: expedite(scene, operation, [as_account, *others]))
    scene.must(expedite(scene, operation, [consent_by(scene, OWLS, operation), *others]))
