"""Who names a segregated quorum names it as it suits them: with the heads of others, before others, again and again."""

from __future__ import annotations

from typing import Final

import pytest

from tests.anvil import Anvil
from tests.attacks.forgery import signer_of, word
from tests.attacks.insiders import ONLY_READY, broken, stands, unfit
from tests.contracts.hurry import seats_of, segregated_scene, segregated_tiers
from tests.contracts.scene import HERE, HIGH_VALUE_CALL, Scene
from tests.contracts.seated_groups import OWLS, approval_by, season, seat_group
from tests.stage import HOUR, NO_SIGNATURE, STRANGER, Approval, Operation
from verifier.errors.approvals import (
    ApprovalDuplicate,
    ApprovalMissing,
    ApprovalNotEligible,
    ApprovalSignerUnexpected,
    ApprovalWithdrawn,
)
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.word import bits_of

APART: Final = ("bob", "cat", "dan")
NEAR: Final = ("bob", "cat", "eve")
"""eve shares her offset with cat."""
NOBODY: Final = bytes(20)


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    """A vault that is segregated from HIGH_VALUE on."""
    return segregated_scene(anvil, tiers=segregated_tiers(Tier.HIGH_VALUE))


def head(scene: Scene, who: str) -> Approval:
    """Return an entry that names a seat, and says nothing else."""
    return (scene.seat(who), 0, NO_SIGNATURE)


def recorded(scene: Scene, operation: Operation, *names: str) -> None:
    """Let members approve one by one, so that nobody names a quorum."""
    for who in names:
        scene.give(operation, who)
    assert approvals_of(scene, operation) == seats_of(scene, *names)


def approvals_of(scene: Scene, operation: Operation) -> int:
    return bits_of(scene.lane(operation[1])[1].approvals)


# ------------------------------------------------------------------------------------------------ Heads without hands


FORMS: Final[dict[str, tuple[bytes, bytes, bytes]]] = {
    "nothing": NO_SIGNATURE,
    "v of 27 and nothing": (bytes(32), bytes(32), word(27)),
    "v of 28 and ones": (word(1), word(1), word(28)),
    "a group's prefix": (word(1), word(1), word(2)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("by", ["eve", STRANGER], ids=["member", "stranger"])
def test_approve__head_of_one_who_did_not_approve__is_refused(
    scene: Scene, form: str, by: str | bytes
) -> None:
    """bob and cat approved. dan did not, and is only named."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    recorded(scene, operation, "bob", "cat")
    named = [head(scene, "bob"), head(scene, "cat")]
    forged: Approval = (scene.seat("dan"), scene.publication(operation), FORMS[form])
    # Without a signature it would be the approval of whoever sends it.
    found = {"nothing": scene.address(by), "v of 28 and ones": signer_of(scene, operation, forged)}
    refusal = ApprovalSignerUnexpected(
        seat=forged[0], expected=scene.address("dan"), actual=found.get(form, NOBODY)
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [*named, forged], by=by))
    assert scene.status(operation) is Status.PROPOSED
    # The neighbour: with dan's signature the others' heads are enough.
    scene.must(scene.approve(operation, [*named, scene.sign_published("dan", operation)], by=by))
    assert scene.status(operation) is Status.WAITING


def test_approve__head_of_one_who_withdrew__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    recorded(scene, operation, *APART)
    old = scene.sign_published("dan", operation)
    scene.must(scene.send("dan", "withdraw", operation))
    named = [head(scene, "bob"), head(scene, "cat")]
    other = ApprovalSignerUnexpected(seat=scene.seat("dan"), expected=scene.address("dan"), actual=STRANGER)
    scene.refuses(other, lambda: scene.approve(operation, [*named, head(scene, "dan")]))
    withdrawn = ApprovalWithdrawn(seat=scene.seat("dan"))
    scene.refuses(withdrawn, lambda: scene.approve(operation, [*named, old]))
    scene.must(scene.approve(operation, [*named, scene.own("dan", operation)], by="dan"))
    assert scene.status(operation) is Status.WAITING


def test_approve__head_of_one_whose_seat_is_new__is_refused(scene: Scene) -> None:
    """dan approved, and moved to another place: a new seat, and nothing in the old one. Nor is the new one recorded."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    recorded(scene, operation, *APART)
    old = head(scene, "dan")
    scene.must_change("setAttributes", scene.address("dan"), scene.member("dan").attributes.pack())
    named, new = [head(scene, "bob"), head(scene, "cat")], head(scene, "dan")
    eligible = scene.roster().approvers - {operation[1] // 8}
    gone = ApprovalNotEligible(seat=old[0], eligible=bits_of(eligible))
    scene.refuses(gone, lambda: scene.approve(operation, [*named, old]))
    other = ApprovalSignerUnexpected(seat=new[0], expected=scene.address("dan"), actual=STRANGER)
    scene.refuses(other, lambda: scene.approve(operation, [*named, new]))
    fox = scene.sign_published("fox", operation)
    scene.must(scene.approve(operation, [*named, fox]))
    assert scene.status(operation) is Status.WAITING


def test_approve__one_head_three_times__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    recorded(scene, operation, "bob", "cat")
    bob = head(scene, "bob")
    refusal = ApprovalDuplicate(seat=bob[0])
    scene.refuses(refusal, lambda: scene.approve(operation, [bob, head(scene, "cat"), bob]))


def test_approve__group_named_among_three_who_are_apart__starts_no_clock(scene: Scene) -> None:
    """A group has no place, and so no distance to anybody either. Its attributes of zero must not pass for far away."""
    seat_group(scene)
    season(scene)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    owls = approval_by(scene, OWLS, operation)
    scene.must(
        scene.approve(operation, [owls, *(scene.sign_published(who, operation) for who in ("bob", "cat"))])
    )
    assert scene.status(operation) is Status.PROPOSED
    scene.must(scene.approve(operation, [(owls[0], 0, NO_SIGNATURE), head(scene, "bob"), head(scene, "cat")]))
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("ann", operation))
    scene.must(
        scene.approve(
            operation, [head(scene, "bob"), head(scene, "cat"), scene.sign_published("dan", operation)]
        )
    )
    assert scene.status(operation) is Status.WAITING
    assert approvals_of(scene, operation) == seats_of(scene, *APART)


# ------------------------------------------------------------------------------------------------------ Other subsets


def test_approve__by_any_number_of_colleagues_in_any_order__starts_no_clock(scene: Scene) -> None:
    """Three colleagues and one who is apart from them are no quorum, whoever sends whichever list."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    recorded(scene, operation, "bob", "cat", "eve", "fay")
    for names in (NEAR, ("eve", "cat", "bob"), ("bob", "fay", "cat"), ("bob", "cat", "eve", "fay")):
        scene.must(scene.approve(operation, [head(scene, who) for who in names]))
        assert scene.status(operation) is Status.PROPOSED
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("ann", operation))
    # cat, fay and fox are: nobody has to approve twice.
    fox = scene.sign_published("fox", operation)
    scene.must(scene.approve(operation, [head(scene, "cat"), head(scene, "fay"), fox]))
    assert scene.status(operation) is Status.WAITING


def test_approve__front_run_with_another_subset__changes_who_is_kept_and_no_clock(scene: Scene) -> None:
    """Somebody copies the honest list and leaves one out. The honest one then comes too late, and nothing is lost."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    honest = [scene.sign_published(who, operation) for who in ("bob", "cat", "dan")]
    other = [*honest[:2], scene.sign_published("fox", operation)]
    scene.must(scene.approve(operation, other, by=STRANGER))
    began = scene.chain.now()
    scene.refuses(stands(scene, operation), lambda: scene.approve(operation, honest, by="bob"))
    lane = scene.lane(operation[1])[1]
    assert (lane.moment, bits_of(lane.approvals)) == (began + 48 * HOUR, seats_of(scene, "bob", "cat", "fox"))
    # Whoever was left out has nothing to take back, and can stop it all the same.
    missing = ApprovalMissing(id=scene.id_of(operation), member=scene.address("dan"))
    scene.refuses(missing, lambda: scene.send("dan", "withdraw", operation))
    scene.must(scene.send("dan", "veto", operation[1], scene.id_of(operation)))


def test_approve__standing_quorum_joined_by_colleagues__is_refused(scene: Scene) -> None:
    """Joining and leaving would swap the quorum for another, one by one, while its clock runs."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL], *APART)
    for who in ("eve", "fay"):
        entry = scene.sign_published(who, operation)
        scene.refuses(stands(scene, operation), lambda: scene.approve(operation, [entry]))  # noqa: B023
    scene.refuses(stands(scene, operation), lambda: scene.approve(operation, []))
    # Below HIGH_VALUE this vault is not segregated, and late approvals join.
    routine = scene.waiting("ann", [(HIGH_VALUE_CALL[0], 1, b"")], *APART, nth=1)
    scene.give(routine, "eve")


def test_withdraw__one_of_the_quorum_for_a_colleague__does_not_stand(scene: Scene) -> None:
    """dan goes, and eve, who is near cat, is offered in his place. The clock has stopped and does not start."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL], *APART)
    ready_at = scene.lane(operation[1])[1].moment
    scene.must(scene.send("dan", "withdraw", operation))
    eve = scene.sign_published("eve", operation)
    scene.must(scene.approve(operation, [head(scene, "bob"), head(scene, "cat"), eve]))
    scene.chain.set_time(ready_at)
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("ann", operation))
    # With fox it stands, and waits the whole delay again.
    fox = scene.sign_published("fox", operation)
    scene.must(scene.approve(operation, [head(scene, "bob"), head(scene, "cat"), fox]))
    assert scene.lane(operation[1])[1].moment == scene.chain.now() + 48 * HOUR


def test_withdraw__again_and_again_to_reset_the_clock__is_over_when_the_others_name_somebody_else(
    scene: Scene,
) -> None:
    """dan approves and takes it back in the last moment, three times. He could veto; but he cannot pretend to help."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    recorded(scene, operation, "bob", "cat")
    for _ in range(3):
        named = [head(scene, "bob"), head(scene, "cat"), scene.own("dan", operation)]
        scene.must(scene.approve(operation, named, by="dan"))
        scene.pass_to_ready(operation)
        scene.must(scene.send("dan", "withdraw", operation))
        assert scene.status(operation) is Status.PROPOSED
    # The others do not need him.
    fox = scene.sign_published("fox", operation)
    scene.must(scene.approve(operation, [head(scene, "bob"), head(scene, "cat"), fox]))
    missing = ApprovalMissing(id=scene.id_of(operation), member=scene.address("dan"))
    scene.refuses(missing, lambda: scene.send("dan", "withdraw", operation))
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


# ----------------------------------------------------------------------------------------------------- Terms that move


def test_execute__quorum_from_before_segregation__is_refused(scene: Scene) -> None:
    """Colleagues approved while nobody asked where they were. Now somebody does."""
    loose = segregated_tiers(Tier.CUSTODY)
    scene.must(scene.set_tiers(loose))
    operation = scene.ready("ann", [HIGH_VALUE_CALL], *NEAR)
    twin = scene.ready("ann", [HIGH_VALUE_CALL], *APART, nth=1)
    scene.must(scene.set_tiers(segregated_tiers(Tier.HIGH_VALUE)))
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))
    scene.must(scene.execute("ann", twin))


def test_approve__quorum_with_a_colleague_on_top_from_before_segregation__has_to_be_named_anew(
    scene: Scene,
) -> None:
    """Three of the four are apart, but the contract does not search: it waits again for the three that are named."""
    scene.must(scene.set_tiers(segregated_tiers(Tier.CUSTODY)))
    operation = scene.ready("ann", [HIGH_VALUE_CALL], *APART, "eve")
    scene.must(scene.set_tiers(segregated_tiers(Tier.HIGH_VALUE)))
    scene.refuses(broken(scene, operation), lambda: scene.execute("ann", operation))
    scene.must(scene.approve(operation, [head(scene, who) for who in APART]))
    assert scene.lane(operation[1])[1].moment == scene.chain.now() + 48 * HOUR


def test_seat_operation__by_colleagues__is_no_way_to_be_apart_at_once(scene: Scene) -> None:
    """Seat operations are not segregated, so colleagues change each other's claims; but a new claim is unseasoned."""
    far = scene.member("fox").attributes.pack()
    operation = scene.seat_operation("ann", "setAttributes", scene.address("eve"), far)
    scene.give(operation, *("bob", "cat", "fay"))
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))
    assert scene.member("eve").seasoned_at > scene.chain.now() + 89 * 24 * HOUR
    assert scene.member("eve").attributes.pack() == far != HERE.pack()
