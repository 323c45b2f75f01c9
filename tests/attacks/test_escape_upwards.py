"""Getting out of a strict tier by way of the one above: something unknown is added, so that other terms hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.attacks.insiders import ONLY_READY, unfit
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.hurry import HURRY_TIERS, segregated_scene, segregated_tiers
from tests.contracts.scene import HERE, HIGH_VALUE_CALL, Scene
from tests.stage import Call, Operation, call, data_of
from verifier.errors.approvals import ApprovalUnseasoned
from verifier.errors.operations import OperationNotVetoable
from verifier.errors.settings import TierLessStrict
from verifier.model.life import Status
from verifier.model.tier import Tier

COLLEAGUES: Final = ("cat", "eve", "bob")
"""A quorum with the security team in it, and two of them share an offset."""
APART: Final = ("bob", "cat", "dan")
FROM_HIGH_VALUE: Final = segregated_tiers(Tier.HIGH_VALUE)


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    """A vault that is segregated from HIGH_VALUE on."""
    return segregated_scene(anvil, tiers=FROM_HIGH_VALUE)


def unknown(scene: Scene) -> Call:
    """Return a call that does nothing, and that no policy knows."""
    return call(to=deploy_code(scene.chain, code_that_answers(TRUE)), data=b"pad!")


def escape(scene: Scene, how: str) -> list[Call]:
    """Return the payment with something beside it that makes the batch CUSTODY."""
    seat_call = call(to=scene.vault, data=data_of("setAttributes", scene.address("fox"), HERE.pack()))
    ways = {
        "unknown call behind it": [HIGH_VALUE_CALL, unknown(scene)],
        "unknown call in front of it": [unknown(scene), HIGH_VALUE_CALL],
        "call that would be a seat operation": [seat_call, HIGH_VALUE_CALL],
        "unlisted token": [
            HIGH_VALUE_CALL,
            call(to=unknown(scene)[0], data=bytes.fromhex("a9059cbb") + bytes(64)),
        ],
    }
    return ways[how]


WAYS: Final = (
    "unknown call behind it",
    "unknown call in front of it",
    "call that would be a seat operation",
    "unlisted token",
)


def refuses_colleagues(scene: Scene, operation: Operation) -> None:
    """Fail unless co-located colleagues start no clock, and people in several places do."""
    scene.give(operation, *COLLEAGUES)
    assert scene.status(operation) is Status.PROPOSED
    refusal = unfit(scene, operation, ONLY_READY)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    scene.give(operation, *APART)
    assert scene.status(operation) is Status.WAITING


@pytest.mark.parametrize("how", WAYS)
def test_approve__payment_made_custody_by_something_beside_it__is_segregated_all_the_same(
    scene: Scene, how: str
) -> None:
    operation = scene.published("ann", escape(scene, how))
    lane = scene.lane(operation[1])[1]
    assert (lane.tier, lane.seat_operation) == (Tier.CUSTODY, False)
    refuses_colleagues(scene, operation)


def test_approve__the_payment_itself__is_segregated(scene: Scene) -> None:
    """The neighbour below: without anything beside it."""
    refuses_colleagues(scene, scene.published("ann", [HIGH_VALUE_CALL]))


def test_approve__seat_operation_alone__is_not_segregated_and_cannot_pay(scene: Scene) -> None:
    """What escapes segregation is one call to the vault itself, without value: see test_hidden_transfer.py."""
    operation = scene.seat_operation("ann", "setAttributes", scene.address("fox"), HERE.pack())
    scene.give(operation, *COLLEAGUES)
    assert scene.status(operation) is Status.WAITING
    not_vetoable = OperationNotVetoable(id=scene.id_of(operation), state=scene.lane(operation[1])[1].pack())
    scene.refuses(not_vetoable, lambda: scene.send("dan", "veto", operation[1], scene.id_of(operation)))
    scene.must(scene.send("dan", "object", operation))


@pytest.mark.parametrize("how", WAYS)
def test_approve__payment_made_custody_by_a_newcomer__wants_seasoning_all_the_same(
    scene: Scene, how: str
) -> None:
    scene.newcomer("new")
    scene.chain.mine()
    operation = scene.published("ann", escape(scene, how))
    seasoned_at = scene.member("new").seasoned_at
    refusal = ApprovalUnseasoned(seat=scene.seat("new"), seasoned_at=seasoned_at, now_=scene.next_time())
    scene.refuses(refusal, lambda: scene.approve(operation, [scene.sign_published("new", operation)]))
    scene.give(scene.seat_operation("ann", "removeMember", scene.address("fox"), nth=1), "new")


LAXER: Final = {
    "segregation": {"segregated": 0},
    "quorum": {"quorum": 2},
    "security approvals": {"security_approvals": 0},
    "delay": {"delay": FROM_HIGH_VALUE[Tier.HIGH_VALUE].delay - 1, "expedited_delay": None},
}


@pytest.mark.parametrize("what", LAXER)
def test_set_tiers__custody_less_strict_than_high_value__is_refused(scene: Scene, what: str) -> None:
    """If the tier above were laxer in anything, everything would be made CUSTODY."""
    tiers = [*FROM_HIGH_VALUE[:3], replace(FROM_HIGH_VALUE[Tier.CUSTODY], **LAXER[what])]  # type: ignore[arg-type]
    below, above = (tiers[tier].pack() for tier in (Tier.HIGH_VALUE, Tier.CUSTODY))
    refusal = TierLessStrict(tier=Tier.CUSTODY, terms=above, below=below)
    scene.refuses(refusal, lambda: scene.set_tiers(tiers))
    scene.must(scene.set_tiers(FROM_HIGH_VALUE))


def test_set_tiers__no_segregation_anywhere__is_possible(scene: Scene) -> None:
    """The neighbour: governance may give it up, in all tiers together, by a CUSTODY operation that is segregated."""
    operation = scene.published("ann", [unknown(scene)])
    scene.give(operation, *COLLEAGUES)
    assert scene.status(operation) is Status.PROPOSED
    scene.must(scene.set_tiers(HURRY_TIERS))
    scene.must(scene.approve(operation, []))
    assert scene.status(operation) is Status.WAITING
