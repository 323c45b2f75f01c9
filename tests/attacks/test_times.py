"""Times at the edge of their fields, and clocks that somebody would like to run over."""

from __future__ import annotations

from typing import Any, Final

import pytest
from eth_hash.auto import keccak

from tests.anvil import Anvil
from tests.contracts.scene import HERE, PAYEE, QUORUM, STANDARD_CALL, Scene, tiers_with, usual_scene
from tests.stage import DAY, HOUR, MINUTE, USUAL_TIERS, Actor, Operation
from verifier.errors.operations import OperationApproveByOutOfRange, OperationStatusUnexpected
from verifier.errors.settings import TierTermsInvalid
from verifier.model.life import OPEN, Status
from verifier.model.member import Role
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

LATEST: Final = 14 * DAY
ANY_OPEN: Final = sum(1 << status for status in OPEN)
SEAT_REST: Final = (14 + 60 + 30) * DAY
LONGEST: Final = tuple(
    TierTerms(
        quorum=terms.quorum,
        security_approvals=terms.security_approvals,
        delay=Duration(60 * DAY),
        grace_hours=Hours(30 * 24),
    )
    for terms in USUAL_TIERS
)


@pytest.mark.parametrize("far", [LATEST + 1, 2**32, 2**39])
def test_propose__approvable_for_too_long__is_refused(scene: Scene, far: int) -> None:
    now = scene.next_time()
    refuses_approve_by(scene, now + far)


@pytest.mark.parametrize("moment", [0, 1, 2**40 - 1, 2**40 - DAY])
def test_propose__approvable_until_the_edge_of_time__is_refused(scene: Scene, moment: int) -> None:
    """An approveBy that overflowed into the neighbouring field would be grace, or publication."""
    refuses_approve_by(scene, moment)


def refuses_approve_by(scene: Scene, moment: int) -> None:
    now = scene.next_time()
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=moment)
    refusal = OperationApproveByOutOfRange(earliest=now, latest=now + LATEST, actual=moment)
    scene.refuses(refusal, lambda: scene.propose("ann", operation))
    for edge in (scene.next_time() + LATEST, scene.next_time()):
        with scene.chain.isolate():
            good = scene.operation("ann", [STANDARD_CALL], approve_by=edge)
            scene.must(scene.propose("ann", good))


BENT_TERMS: dict[str, tuple[Tier, dict[str, Any]]] = {
    "no delay": (Tier.ROUTINE, {"delay": Duration(0)}),
    "a second less than 10 minutes": (Tier.ROUTINE, {"delay": Duration(10 * MINUTE - 1)}),
    "a second less than a day": (Tier.HIGH_VALUE, {"delay": Duration(DAY - 1)}),
    "a second more than 60 days": (Tier.CUSTODY, {"delay": Duration(60 * DAY + 1)}),
    "all ones": (Tier.CUSTODY, {"delay": Duration(2**32 - 1)}),
    "no grace": (Tier.CUSTODY, {"grace_hours": Hours(0)}),
    "an hour too little grace": (Tier.CUSTODY, {"grace_hours": Hours(23)}),
    "an hour too much grace": (Tier.CUSTODY, {"grace_hours": Hours(30 * 24 + 1)}),
    "all hours": (Tier.CUSTODY, {"grace_hours": Hours(2**16 - 1)}),
}


@pytest.mark.parametrize("what", BENT_TERMS)
def test_set_tiers__delay_or_grace_out_of_bounds__is_refused(scene: Scene, what: str) -> None:
    tier, changes = BENT_TERMS[what]
    tiers = list(USUAL_TIERS)
    for below in range(int(tier)):
        # No delay of a lower tier stands in the way of the one that is looked at.
        tiers[below] = tiers_with(
            Tier(below), delay=Duration(DAY if below >= Tier.HIGH_VALUE else 10 * MINUTE)
        )[below]
    tiers[tier] = tiers_with(tier, **changes)[tier]
    refusal = TierTermsInvalid(tier=tier, terms=tiers[tier].pack())
    scene.refuses(refusal, lambda: scene.set_tiers(tiers))
    scene.must(scene.set_tiers())


@pytest.mark.parametrize("bit", [87, 88, 96, 128, 255])
def test_set_tiers__bits_above_the_fields__are_refused(scene: Scene, bit: int) -> None:
    words = [terms.pack() for terms in USUAL_TIERS]
    words[Tier.CUSTODY] |= 1 << bit
    refusal = TierTermsInvalid(tier=Tier.CUSTODY, terms=words[Tier.CUSTODY])
    scene.refuses(refusal, lambda: scene.change("setTiers", words, 4))
    scene.must(scene.set_tiers())


def longest_lived(scene: Scene) -> Operation:
    """Return an operation that is approved at its last moment, under the longest delay and grace that there are."""
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=scene.next_time() + LATEST)
    scene.must(scene.propose("ann", operation))
    approvals = [scene.sign_published(name, operation) for name in QUORUM]
    scene.at(operation[3], lambda: scene.approve(operation, approvals))
    return operation


def test_execute__longest_life_there_is__ends_when_its_seat_may_be_taken(anvil: Anvil) -> None:
    """ann leaves in the second in which she published: until her seat has a new owner, nothing of hers may be open."""
    scene = usual_scene(anvil, tiers=LONGEST)
    published = scene.next_time()
    operation = longest_lived(scene)
    lane = scene.lane(operation[1])[1]
    assert (lane.ready_at, lane.expires_at) == (published + LATEST + 60 * DAY, published + SEAT_REST)
    with scene.chain.isolate():
        scene.at(published + SEAT_REST, lambda: scene.execute("eve", operation))
    over = OperationStatusUnexpected(
        id=scene.id_of(operation), expected=1 << Status.READY, actual=Status.EXPIRED
    )
    with scene.chain.isolate():
        scene.refuses_at(published + SEAT_REST + 1, over, lambda: scene.execute("eve", operation))


def test_add_member__into_a_seat_that_was_left__waits_until_nothing_of_it_can_be_open(scene: Scene) -> None:
    left = scene.seat("eve")
    scene.must_change("removeMember", scene.address("eve"))
    left_at = scene.chain.now()
    for moment, expected in ((left_at + SEAT_REST, False), (left_at + SEAT_REST + 1, True)):
        with scene.chain.isolate():
            scene.chain.set_next_time(moment)
            scene.newcomer("fay")
            assert (scene.seat("fay") == left) is expected


def test_approve__reused_seat_with_an_old_bit_in_a_lane__counts_for_nothing(scene: Scene) -> None:
    """eve approved, left, and fay has her seat: what has eve's bit is over, and a new operation starts at zero."""
    operation = scene.waiting("ann", [STANDARD_CALL], "eve")
    scene.must_change("removeMember", scene.address("eve"))
    scene.chain.set_time(scene.chain.now() + SEAT_REST + 1)
    scene.newcomer("fay")
    assert scene.seat("fay") in scene.lane(operation[1])[1].approvals
    over = OperationStatusUnexpected(id=scene.id_of(operation), expected=ANY_OPEN, actual=Status.EXPIRED)
    scene.refuses(over, lambda: scene.approve(operation, []))
    again = scene.published("ann", [STANDARD_CALL])
    assert (again[1], scene.lane(again[1])[1].approvals) == (operation[1], frozenset())


def slot_of_lane_state(lane: int) -> int:
    base = keccak(lane.to_bytes(32, "big") + (3).to_bytes(32, "big"))
    return int.from_bytes(base, "big") + 1


def set_storage(scene: Scene, slot: int, word: int) -> None:
    scene.chain.rpc("anvil_setStorageAt", ["0x" + scene.vault.hex(), f"0x{slot:064x}", f"0x{word:064x}"])


def test_propose__lane_at_the_end_of_its_sequence__is_dead_and_never_begins_anew(scene: Scene) -> None:
    """2^32 operations of one lane cannot be reached; if they were, an id must not come back."""
    lane = 8 * scene.seat("ann")
    for last in (2**32 - 2, 2**32 - 1):
        set_storage(scene, slot_of_lane_state(lane), last << 216 | Status.EXECUTED << 248)
        assert scene.lane(lane)[1].sequence == last
        operation = scene.operation("ann", [STANDARD_CALL], sequence=2**32 - 1)
        begun_anew = [scene.operation("ann", [STANDARD_CALL], sequence=n) for n in (0, 1)]
        with scene.chain.isolate():
            assert scene.propose("ann", operation).succeeded is (last == 2**32 - 2)
        assert not any(scene.propose("ann", other).succeeded for other in begun_anew)


def test_execute__epoch_runs_over_while_it_waits__is_counted_again(scene: Scene) -> None:
    """An epoch that comes around is another one, so what was counted before is counted anew."""
    roster = scene.roster().pack()
    last = roster & ~(0xFFFFFFFF << 192) | 0xFFFFFFFF << 192
    set_storage(scene, 0, last)
    operation = scene.ready("ann", [STANDARD_CALL])
    assert scene.lane(operation[1])[1].epoch == 2**32 - 1
    scene.must(scene.send("gus", "suspend", scene.address("bob")))
    after = scene.roster()
    # Only the epoch's own bits moved: nothing was carried into the supermajority above it.
    assert (after.epoch, after.supermajority, after.proposers) == (0, 4, scene.roster().proposers)
    assert after.approvers == {scene.seat(name) for name in ("ann", "cat", "dan", "eve")}
    assert not scene.execute("eve", operation).succeeded
    scene.give(operation, "eve")
    scene.pass_to_ready(operation)
    scene.must(scene.execute("eve", operation))


def test_add_member__person_or_roles_beyond_their_fields__are_refused(scene: Scene) -> None:
    """What does not fit would change the neighbouring field: another person, another status."""
    fay = scene.add(Actor.new("fay", Role.APPROVER))
    for person, roles in ((2**32, 2), (2**256 - 1, 2), (0, 2), (7, 64), (7, 2 | 1 << 8), (7, 2**255)):
        before = scene.roster()
        assert not scene.change("addMember", fay.address, person, roles, HERE.pack()).succeeded
        assert scene.roster() == before
    assert not scene.change("addMember", fay.address, 7, 2, HERE.pack() | 1 << 120).succeeded
    scene.must_change("addMember", fay.address, 2**32 - 1, 2, HERE.pack())
    assert scene.member("fay").person == 2**32 - 1


def test_execute__in_the_far_future__still_knows_what_is_over(scene: Scene) -> None:
    """Two hundred years on, times have the same meaning: nothing has wrapped."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    scene.chain.set_time(scene.chain.now() + 200 * 365 * DAY)
    assert scene.status(operation) is Status.EXPIRED
    again = scene.ready("ann", [STANDARD_CALL])
    scene.must(scene.execute("bob", again))
    assert scene.chain.balance(PAYEE) == STANDARD_CALL[1]
    assert scene.lane(again[1])[1].ready_at is None
    assert scene.chain.now() - 48 * HOUR > 7_000_000_000
