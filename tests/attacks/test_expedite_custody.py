"""Break-glass for what must always wait: CUSTODY, and what is made to look like less."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.attacks.insiders import ONLY_WAITING, unfit
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.hurry import HURRY_TIERS, consents_of, expedite, hurried, hurry_scene
from tests.contracts.scene import HERE, HIGH_VALUE_CALL, ROUTINE_CALL, Scene
from tests.stage import HOUR, NATIVE, Operation, call, data_of
from verifier.errors.operations import OperationNotExpeditable
from verifier.errors.settings import TierTermsInvalid
from verifier.model.life import Status
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration

EVERYBODY: Final = ("bob", "cat", "dan", "eve", "fay", "fox")


@pytest.fixture
def scene(anvil: Anvil) -> Scene:
    return hurry_scene(anvil)


def refuses_hurry(scene: Scene, operation: Operation) -> None:
    """Fail unless the consents of everybody do not help."""
    consents = consents_of(scene, operation, *EVERYBODY)
    ready_at = scene.next_time() + 72 * HOUR
    refusal = OperationNotExpeditable(
        id=scene.id_of(operation), state=scene.lane(operation[1])[1].pack(), ready_at=ready_at
    )
    scene.refuses(refusal, lambda: expedite(scene, operation, consents))


def test_expedite__change_of_the_vault__is_refused_whoever_consents(scene: Scene) -> None:
    refuses_hurry(scene, scene.waiting("ann", [scene.custody_call()]))
    # The neighbour, one tier below.
    hurried(scene, scene.waiting("ann", [HIGH_VALUE_CALL], nth=1), *EVERYBODY)


@pytest.mark.parametrize("function", ["removeMember", "setAttributes", "addMember"])
def test_expedite__seat_operation__is_refused_whoever_consents(scene: Scene, function: str) -> None:
    """Taking seats in a hurry is how a vault is taken."""
    newcomer = (bytes.fromhex("77" * 20), 77, 2, HERE.pack())
    arguments = {
        "removeMember": (scene.address("gus"),),
        "setAttributes": (scene.address("gus"), HERE.pack()),
        "addMember": newcomer,
    }
    operation = scene.seat_operation("ann", function, *arguments[function])
    scene.give(operation, "bob", "cat", "dan")
    refuses_hurry(scene, operation)


def test_expedite__small_payment_with_a_change_behind_it__is_refused(scene: Scene) -> None:
    refuses_hurry(scene, scene.waiting("ann", [ROUTINE_CALL, scene.custody_call()]))
    hurried(scene, scene.waiting("ann", [ROUTINE_CALL], nth=1), "bob", "dan")


def test_expedite__call_that_nobody_understands__is_refused(scene: Scene) -> None:
    unknown = deploy_code(scene.chain, code_that_answers(TRUE))
    refuses_hurry(scene, scene.waiting("ann", [call(to=unknown, data=b"open")]))


def test_expedite__payment_that_became_custody_while_it_waited__is_refused(scene: Scene) -> None:
    """The asset was taken off the list. Hurrying counts anew, so the operation is short of everything again."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    consents = consents_of(scene, operation, *EVERYBODY)
    scene.must_change("setAsset", NATIVE, 0)
    refusal = unfit(scene, operation, ONLY_WAITING, Status.PROPOSED)
    scene.refuses(refusal, lambda: expedite(scene, operation, consents))
    # Approved as what it is now, it waits for 72 hours, and all of them.
    scene.must(scene.approve(operation, []))
    assert scene.lane(operation[1])[1].tier is Tier.CUSTODY
    refuses_hurry(scene, operation)


SHORTER: Final = {
    "a second": HURRY_TIERS[Tier.CUSTODY].delay - 1,
    "as HIGH_VALUE": HURRY_TIERS[Tier.HIGH_VALUE].least_delay,
    "nothing": 0,
}


@pytest.mark.parametrize("what", SHORTER)
def test_set_tiers__custody_that_can_be_expedited__is_refused(scene: Scene, what: str) -> None:
    shorter = Duration(SHORTER[what])
    custody: TierTerms = replace(HURRY_TIERS[Tier.CUSTODY], expedited_delay=shorter)
    refusal = TierTermsInvalid(tier=Tier.CUSTODY, terms=custody.pack())
    scene.refuses(refusal, lambda: scene.set_tiers([*HURRY_TIERS[:3], custody]))
    scene.must(scene.set_tiers(HURRY_TIERS))


def test_set_tiers__to_a_shorter_custody_delay__itself_waits_for_the_long_one(scene: Scene) -> None:
    """What cannot be expedited cannot be made short in a hurry either."""
    short = [*HURRY_TIERS[:3], replace(HURRY_TIERS[Tier.CUSTODY], delay=Duration(48 * HOUR))]
    data = data_of("setTiers", [terms.pack() for terms in short], 4)
    operation = scene.waiting("ann", [call(to=scene.vault, data=data)])
    refuses_hurry(scene, operation)
    scene.pass_to_ready(operation)
    scene.must(scene.execute("bob", operation))
