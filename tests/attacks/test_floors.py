"""Talking the vault into a configuration in which one person decides, or nobody can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.anvil import Anvil, AnvilError, Outcome
from tests.contracts.scene import BOTH, HERE, STANDARD_CALL, Scene, scene_of, tiers_with
from tests.stage import DAY, USUAL_TIERS, Actor
from verifier.errors.members import MemberRolesInvalid
from verifier.errors.settings import FloorBroken, SupermajorityOutOfRange, TierLessStrict, TierTermsInvalid
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

CUSTODY = USUAL_TIERS[Tier.CUSTODY].pack()


@pytest.mark.parametrize("quorum", [0, 1])
@pytest.mark.parametrize("tier", list(Tier))
def test_set_tiers__quorum_of_one__is_refused(scene: Scene, tier: Tier, quorum: int) -> None:
    tiers = tiers_with(tier, quorum=quorum, security_approvals=0)
    # Nothing below may be stricter, so that it is this quorum that is refused.
    tiers = tuple(replace(terms, security_approvals=0) for terms in tiers)
    refusal = TierTermsInvalid(tier=tier, terms=tiers[tier].pack())
    scene.refuses(refusal, lambda: scene.set_tiers(tiers))
    scene.must(scene.set_tiers(tuple(replace(terms, quorum=2) for terms in tiers)))


BENT: dict[str, tuple[Tier, Callable[[TierTerms], TierTerms]]] = {
    "a lower quorum": (Tier.CUSTODY, lambda terms: replace(terms, quorum=2, security_approvals=1)),
    "less security": (Tier.CUSTODY, lambda terms: replace(terms, security_approvals=0)),
    "a shorter delay": (Tier.HIGH_VALUE, lambda terms: replace(terms, delay=Duration(DAY))),
    "a wider window": (Tier.ROUTINE, lambda terms: replace(terms, opens_at=1, grace_hours=Hours(72))),
    "another weekday": (Tier.ROUTINE, lambda terms: replace(terms, weekdays=63, grace_hours=Hours(72))),
}


@pytest.mark.parametrize("what", BENT)
def test_set_tiers__higher_tier_is_less_strict__is_refused(scene: Scene, what: str) -> None:
    """Otherwise the way out is to make a transfer look more dangerous than it is."""
    tier, bend = BENT[what]
    tiers = [bend(terms) if at == tier else terms for at, terms in enumerate(USUAL_TIERS)]
    # A window of the lowest tier makes the one above it the less strict one.
    looser = tier if tier > Tier.ROUTINE else Tier.STANDARD
    refusal = TierLessStrict(tier=looser, terms=tiers[looser].pack(), below=tiers[looser - 1].pack())
    scene.refuses(refusal, lambda: scene.set_tiers(tiers))
    scene.must(scene.set_tiers())


@pytest.mark.parametrize("supermajority", [0, 2, 6, 63, 256, 2**256 - 1])
def test_set_tiers__supermajority_out_of_range__is_refused(scene: Scene, supermajority: int) -> None:
    """Below the quorum an objection would help; above the approvers nothing objected would ever execute."""
    refusal = SupermajorityOutOfRange(minimum=3, maximum=5, actual=supermajority)
    scene.refuses(refusal, lambda: scene.set_tiers(supermajority=supermajority))
    for good in (3, 5):
        scene.must(scene.set_tiers(supermajority=good))


def test_set_tiers__more_security_than_there_is__is_refused(scene: Scene) -> None:
    tiers = tiers_with(Tier.CUSTODY, security_approvals=2)
    refusal = FloorBroken(approvers=5, security=2, custody=tiers[Tier.CUSTODY].pack())
    scene.refuses(refusal, lambda: scene.set_tiers(tiers))
    scene.must(scene.set_tiers())


@pytest.mark.parametrize(
    ("approvers", "proposers", "holds"),
    [(3, 0, False), (4, 0, False), (5, 0, True), (3, 1, False), (4, 1, True), (3, 2, False), (4, 2, True)],
)
def test_found__quorum_of_three__needs_as_many_as_survive_the_loss_of_any_one(
    anvil: Anvil, approvers: int, proposers: int, holds: bool
) -> None:
    """Nobody alone must be able to freeze the vault, by losing a key or by keeping it."""
    tiers = tuple(replace(terms, security_approvals=0) for terms in USUAL_TIERS)
    founders = [Actor.new(f"approver {n}", BOTH) for n in range(approvers)]
    founders += [Actor.new(f"proposer {n}", Role.PROPOSER) for n in range(proposers)]
    if not holds:
        with pytest.raises(AnvilError, match="reverted"):
            scene_of(anvil, founders, tiers=tiers)
        return
    scene = scene_of(anvil, founders, tiers=tiers)
    # Whoever is lost: somebody else publishes its replacement, and three others approve it.
    for lost in founders:
        with scene.chain.isolate():
            left = [actor for actor in founders if actor is not lost]
            publisher = next((a for a in left if a.roles == Role.PROPOSER), left[0])
            operation = scene.seat_operation(publisher.name, "removeMember", lost.address)
            signers = [a.name for a in left if a is not publisher and a.roles & Role.APPROVER]
            scene.give(operation, *signers)
            assert scene.status(operation) is Status.WAITING


def lessen(scene: Scene, who: str, how: str) -> Callable[[], Outcome]:
    roles = {"no approver": Role.PROPOSER, "auditor": Role.AUDITOR, "guardian": Role.GUARDIAN}
    if how == "removed":
        return lambda: scene.change("removeMember", scene.address(who))
    return lambda: scene.change("setRoles", scene.address(who), int(roles[how]))


@pytest.mark.parametrize("how", ["removed", "no approver", "auditor", "guardian"])
def test_lessen__one_by_one_down_to_the_floor__is_refused_below_it(scene: Scene, how: str) -> None:
    scene.must(scene.set_tiers(supermajority=3))
    scene.must(lessen(scene, "eve", how)())
    floor_without_dan = FloorBroken(approvers=3, security=2, custody=CUSTODY)
    refused = lessen(scene, "dan", how)
    if how == "no approver":
        # One who publishes and does not approve: then three approvers are a quorum besides the publisher.
        scene.must(refused())
        floor_without_dan = FloorBroken(approvers=2, security=1, custody=CUSTODY)
        refused = lessen(scene, "cat", how)
    scene.refuses(floor_without_dan, refused)


def test_lessen__the_security_team_down_to_one__is_refused(scene: Scene) -> None:
    """One of two may go; the last one cannot, and publishing must not take the last one away either."""
    scene.must_change("setRoles", scene.address("bob"), int(BOTH))
    refusal = FloorBroken(approvers=5, security=0, custody=CUSTODY)
    scene.refuses(refusal, lambda: scene.change("setRoles", scene.address("cat"), int(Role.APPROVER)))


@pytest.mark.parametrize(
    "roles",
    [
        0,
        int(Role.SECURITY),
        int(Role.BREAK_GLASS),
        int(Role.SECURITY | Role.PROPOSER),
        int(Role.GUARDIAN | Role.APPROVER),
        int(Role.GUARDIAN | Role.PROPOSER),
        64,
        2 | 64,
        255,
        2 | 1 << 8,
        2**255 | 2,
    ],
)
def test_set_roles__roles_that_do_not_go_together__are_refused(scene: Scene, roles: int) -> None:
    """A guardian who approves could take out who objects; security without approval could not be counted."""
    refusal = MemberRolesInvalid(roles=roles)
    scene.refuses(refusal, lambda: scene.change("setRoles", scene.address("eve"), roles))
    arguments = (b"\x0a" * 20, 77, roles, HERE.pack())
    scene.refuses(refusal, lambda: scene.change("addMember", *arguments))
    scene.must_change("setRoles", scene.address("eve"), int(BOTH))


def test_suspend__everybody_by_themselves__freezes_and_nobody_else_could_do_it(scene: Scene) -> None:
    """One's own suspension is never refused: below the floor a vault comes only by so many giving up themselves."""
    for name in ("ann", "bob"):
        scene.must(scene.send(name, "suspend", scene.address(name)))
    operation = scene.seat_operation("dan", "reinstateMember", scene.address("ann"))
    scene.give(operation, "cat", "eve")
    assert scene.status(operation) is Status.PROPOSED
    # One fewer, and it is cured.
    scene.must_change("reinstateMember", scene.address("bob"))
    again = scene.seat_operation("dan", "reinstateMember", scene.address("ann"), nth=1)
    scene.give(again, "bob", "cat", "eve")
    assert scene.status(again) is Status.WAITING


def test_execute__quorum_lowered_while_it_is_short__still_waits_the_delay(scene: Scene) -> None:
    """Two signatures under a quorum of three do not become a quorum of two at once, but when the clock has run."""
    operation = scene.published("ann", [STANDARD_CALL])
    scene.give(operation, "bob", "cat")
    scene.must(scene.set_tiers(tiers_with(Tier.STANDARD, quorum=2)))
    assert scene.status(operation) is Status.PROPOSED
    assert not scene.execute("bob", operation).succeeded
    scene.must(scene.approve(operation, []))
    assert scene.lane(operation[1])[1].ready_at == scene.chain.now() + USUAL_TIERS[Tier.STANDARD].delay


def test_execute__quorum_raised_while_it_waits__needs_the_higher_one(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.newcomer("fay")
    tiers = tuple(
        replace(terms, quorum=4) if tier >= Tier.STANDARD else terms for tier, terms in enumerate(USUAL_TIERS)
    )
    scene.must(scene.set_tiers(tiers))
    assert not scene.execute("eve", operation).succeeded
    scene.give(operation, "eve")
    assert scene.status(operation) is Status.WAITING
    scene.pass_to_ready(operation)
    scene.must(scene.execute("eve", operation))
