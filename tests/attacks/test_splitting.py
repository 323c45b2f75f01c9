"""A large payment in parts, each of them too small for anybody to look at."""

from __future__ import annotations

from typing import Final

from tests.attacks.insiders import ONLY_READY, refuses_blank, takes_blank, unfit
from tests.contracts.scene import ETHER_TERMS, PAYEE, QUORUM, Scene
from tests.stage import DAY, ETHER, NATIVE, Call, Operation, call
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Timestamp

UNIT: Final = 10**12
"""Wei in one unit of ether's limits."""
LIMIT: Final = 100 * ETHER


def pay(amount: int) -> Call:
    return call(to=PAYEE, value=amount)


def room_at(scene: Scene, moment: int) -> int:
    """Return how much of it would be HIGH_VALUE at a moment, in wei."""
    terms = AssetTerms.unpack(scene.asset_word(NATIVE))
    assert terms is not None
    return (terms.high_value_from - terms.level_at(Timestamp(moment))) * UNIT


def tier_of(scene: Scene, operation: Operation) -> Tier:
    return scene.lane(operation[1])[1].tier


def test_propose__third_part_of_what_would_be_high_value__is_high_value(scene: Scene) -> None:
    """40, 40 and 40 ether: the third one may be as large as what is left, less one unit, and not a unit more."""
    for nth in (0, 1):
        assert tier_of(scene, takes_blank(scene, "ann", [pay(40 * ETHER)], *QUORUM, nth=nth)) is Tier.STANDARD
    refuses_blank(scene, "ann", [pay(40 * ETHER)], *QUORUM, nth=2)

    moment = scene.chain.now() + 600
    room = room_at(scene, moment)
    assert 20 * ETHER < room < 21 * ETHER
    scene.chain.set_next_time(moment)
    refuses_blank(scene, "ann", [pay(room)], *QUORUM, nth=2)
    scene.chain.set_next_time(moment + 1)
    room = room_at(scene, moment + 1)
    assert tier_of(scene, takes_blank(scene, "ann", [pay(room - UNIT)], *QUORUM, nth=2)) is Tier.STANDARD


def test_propose__parts_in_one_batch__count_as_their_sum(scene: Scene) -> None:
    refuses_blank(scene, "ann", [pay(4 * ETHER)] * 25, *QUORUM)
    assert tier_of(scene, takes_blank(scene, "ann", [pay(4 * ETHER)] * 24, *QUORUM)) is Tier.STANDARD


def test_propose__parts_of_less_than_a_unit__are_rounded_up(scene: Scene) -> None:
    """A unit is a millionth of an ether. 32 calls of one wei are 32 units, so dust goes nowhere unseen."""
    takes_blank(scene, "ann", [pay(1)] * 32, *QUORUM)
    terms = AssetTerms.unpack(scene.asset_word(NATIVE))
    assert terms is not None
    assert terms.level == 32
    assert scene.tier_of([pay(ETHER)]) is Tier.STANDARD
    assert scene.tier_of([pay(ETHER - 32 * UNIT)]) is Tier.ROUTINE


def test_propose__parts_before_and_after_midnight__are_of_one_day(scene: Scene) -> None:
    """A bucket that were emptied at midnight would pay twice within a minute."""
    midnight = (scene.chain.now() // DAY + 2) * DAY
    scene.chain.set_next_time(midnight - 30)
    takes_blank(scene, "ann", [pay(LIMIT - UNIT)], *QUORUM)
    scene.chain.set_next_time(midnight + 30)
    refuses_blank(scene, "ann", [pay(LIMIT - UNIT)], *QUORUM, nth=1)
    # The neighbour: a whole day after the first one.
    scene.chain.set_next_time(midnight - 30 + DAY)
    takes_blank(scene, "ann", [pay(LIMIT - UNIT)], *QUORUM, nth=1)


def test_approve__two_parts_published_while_neither_counted__the_second_rises(scene: Scene) -> None:
    """ann and bob publish both before either has a quorum. Each was STANDARD when it was published."""
    first, second = (scene.published(by, [pay(60 * ETHER)]) for by in ("ann", "bob"))
    assert [tier_of(scene, each) for each in (first, second)] == [Tier.STANDARD] * 2
    third = scene.published("ann", [pay(39 * ETHER)], nth=1)
    scene.give(first, *QUORUM)
    blank = [scene.sign(name, second) for name in ("ann", "cat", "dan")]
    scene.must(scene.approve(second, blank))
    assert (tier_of(scene, second), scene.status(second)) == (Tier.HIGH_VALUE, Status.PROPOSED)
    assert scene.lane(second[1])[1].approvals == frozenset()
    refusal = ApprovalPublicationUnexpected(
        seat=scene.seat("ann"), expected=scene.publication(second), actual=0
    )
    scene.refuses(refusal, lambda: scene.approve(second, blank))
    # The neighbour: what still fits.
    scene.must(scene.approve(third, [scene.sign(name, third) for name in QUORUM]))
    assert (tier_of(scene, third), scene.status(third)) == (Tier.STANDARD, Status.WAITING)


def test_execute__parts_of_several_days_kept_for_one_block__pay_what_those_days_allowed(scene: Scene) -> None:
    """A limit that README names: quorums fill the bucket, and executing is free within the grace. What is hoarded lies
    open all the time, and each part of it can be stopped. The first one kept too long is lost."""
    hoard = []
    for nth in range(4):
        hoard.append(takes_blank(scene, "ann", [pay(99 * ETHER)], *QUORUM, nth=nth))
        scene.chain.set_time(scene.chain.now() + DAY)
    scene.pass_to_ready(hoard[-1])
    late, *rest = hoard
    scene.refuses(unfit(scene, late, ONLY_READY), lambda: scene.execute("bob", late))
    with scene.chain.isolate():
        for part in rest:
            scene.must(scene.execute("bob", part))
        assert scene.chain.balance(PAYEE) == 3 * 99 * ETHER
    for part in rest:
        scene.must(scene.send("eve", "veto", part[1], scene.id_of(part)))
    assert scene.chain.balance(PAYEE) == 0


def test_veto__of_a_part__gives_no_room_for_another(scene: Scene) -> None:
    """Otherwise an ally with a veto would empty the bucket."""
    first = takes_blank(scene, "ann", [pay(99 * ETHER)], *QUORUM)
    scene.must(scene.send("eve", "veto", first[1], scene.id_of(first)))
    refuses_blank(scene, "ann", [pay(99 * ETHER)], *QUORUM)
    assert AssetTerms.unpack(ETHER_TERMS) != AssetTerms.unpack(scene.asset_word(NATIVE))
    scene.chain.set_time(scene.chain.now() + DAY)
    takes_blank(scene, "ann", [pay(99 * ETHER)], *QUORUM)
