"""A payment published under a strict policy, and a policy that is loosened before the quorum."""

from __future__ import annotations

from typing import Final

from tests.attacks.insiders import ONLY_READY, takes_blank, unfit
from tests.contracts.scene import ETHER_TERMS, HIGH_VALUE_CALL, PAYEE, QUORUM, Scene, tiers_with
from tests.stage import DAY, ETHER, HOUR, NATIVE, Operation, call
from verifier.errors.approvals import ApprovalPublicationUnexpected, ApprovalUnseasoned
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Units

LOOSE: Final = AssetTerms(
    routine_limit=Units(1_000_000_000), high_value_from=Units(2_000_000_000), decimals=18
).pack()
"""Up to 1,000 ether is ROUTINE."""


def refuses_cheque(scene: Scene, operation: Operation) -> None:
    cheques = [scene.sign(name, operation) for name in QUORUM]
    refusal = ApprovalPublicationUnexpected(
        seat=cheques[0][0], expected=scene.publication(operation), actual=0
    )
    scene.refuses(refusal, lambda: scene.approve(operation, cheques))


def test_approve__limits_raised_after_publication__leave_the_tier(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    scene.must_change("setAsset", NATIVE, LOOSE)
    assert scene.tier_of([HIGH_VALUE_CALL]) is Tier.ROUTINE
    refuses_cheque(scene, operation)
    scene.give(operation, *QUORUM)
    lane = scene.lane(operation[1])[1]
    assert (lane.tier, lane.moment) == (Tier.HIGH_VALUE, scene.chain.now() + 48 * HOUR)
    # The neighbour: the same payment, published now.
    assert scene.lane(takes_blank(scene, "ann", [HIGH_VALUE_CALL], *QUORUM, nth=1)[1])[1].tier is Tier.ROUTINE


def test_approve__recipient_allowed_after_publication__leaves_the_tier(scene: Scene) -> None:
    friend = bytes.fromhex("7f" * 20)
    operation = scene.published("ann", [call(to=friend, value=1)])
    assert scene.lane(operation[1])[1].tier is Tier.HIGH_VALUE
    scene.must_change("setCounterparty", friend, 1)
    refuses_cheque(scene, operation)
    takes_blank(scene, "ann", [call(to=friend, value=1)], *QUORUM, nth=1)


def test_approve__bucket_that_made_it_high_value_is_empty_again__leaves_the_tier(scene: Scene) -> None:
    """Fifty ether are HIGH_VALUE behind seventy; a day later they are not, and what was published stays."""
    takes_blank(scene, "ann", [call(to=PAYEE, value=70 * ETHER)], *QUORUM)
    operation = scene.published("ann", [call(to=PAYEE, value=50 * ETHER)], nth=1)
    scene.chain.set_time(scene.chain.now() + DAY)
    assert scene.tier_of([call(to=PAYEE, value=50 * ETHER)]) is Tier.STANDARD
    refuses_cheque(scene, operation)
    takes_blank(scene, "ann", [call(to=PAYEE, value=50 * ETHER)], *QUORUM, nth=2)


def test_approve__by_a_newcomer_after_the_policy_was_loosened__still_wants_seasoning(scene: Scene) -> None:
    scene.newcomer("fay")
    scene.chain.mine()
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    scene.must_change("setAsset", NATIVE, LOOSE)
    refusal = ApprovalUnseasoned(
        seat=scene.seat("fay"), seasoned_at=scene.member("fay").seasoned_at, now_=scene.next_time()
    )
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("fay", operation)]))
    scene.give(scene.published("ann", [HIGH_VALUE_CALL], nth=1), "fay")


def test_approve__terms_lowered_after_publication__count_and_wait_the_whole_delay(scene: Scene) -> None:
    """Terms are today's, as governance wants them; but nothing that was short becomes ready by that."""
    operation = scene.published("bob", [HIGH_VALUE_CALL])
    # Three, and nobody of the security team.
    scene.give(operation, "ann", "dan", "eve")
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("bob", operation))
    scene.must(scene.set_tiers(tiers_with(Tier.HIGH_VALUE, security_approvals=0)))
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("bob", operation))
    scene.must(scene.approve(operation, []))
    began = scene.chain.now()
    early = unfit(scene, operation, ONLY_READY)
    scene.refuses_at(began + 48 * HOUR - 1, early, lambda: scene.execute("bob", operation))
    scene.at(began + 48 * HOUR, lambda: scene.execute("bob", operation))


def test_set_asset__lower_limits_between_publication_and_quorum__raise_the_tier(scene: Scene) -> None:
    """The other way round it does count: the policy may always become stricter under a payment."""
    operation = scene.published("ann", [call(to=PAYEE, value=50 * ETHER)])
    strict = AssetTerms(routine_limit=Units(1_000), high_value_from=Units(1_000_000), decimals=18)
    scene.must_change("setAsset", NATIVE, strict.pack())
    scene.must(scene.approve(operation, []))
    lane = scene.lane(operation[1])[1]
    assert (lane.tier, lane.status) == (Tier.HIGH_VALUE, Status.PROPOSED)
    refuses_cheque(scene, operation)
    scene.must_change("setAsset", NATIVE, ETHER_TERMS)
    refuses_cheque(scene, operation)
    scene.give(operation, *QUORUM)
    assert scene.status(operation) is Status.WAITING
