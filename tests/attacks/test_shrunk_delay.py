"""A delay that is made shorter while an operation waits for the long one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.attacks.insiders import ONLY_READY, unfit
from tests.contracts.scene import HIGH_VALUE_CALL, ROUTINE_CALL, STANDARD_CALL, Scene
from tests.stage import DAY, HOUR, MINUTE, USUAL_TIERS, Call
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

SHORT: Final[tuple[TierTerms, ...]] = tuple(
    replace(terms, delay=Duration(DAY if tier >= Tier.HIGH_VALUE else 10 * MINUTE))
    for tier, terms in enumerate(USUAL_TIERS)
)
LONG_GRACE: Final[tuple[TierTerms, ...]] = tuple(
    replace(terms, grace_hours=Hours(30 * 24)) for terms in USUAL_TIERS
)


@pytest.mark.parametrize("payment", [STANDARD_CALL, HIGH_VALUE_CALL], ids=["STANDARD", "HIGH_VALUE"])
def test_execute__delay_shrunk_while_it_waits__waits_for_the_one_it_began_with(
    scene: Scene, payment: Call
) -> None:
    operation = scene.waiting("ann", [payment])
    ready_at = scene.chain.now() + 48 * HOUR
    scene.must(scene.set_tiers(SHORT))
    # Counting anew moves nothing either.
    scene.must(scene.approve(operation, []))
    early = unfit(scene, operation, ONLY_READY)
    scene.refuses_at(ready_at - 1, early, lambda: scene.execute("bob", operation))
    scene.at(ready_at, lambda: scene.execute("bob", operation))
    # The neighbour: what is published from now on waits as long as is said now.
    later = scene.waiting("ann", [payment], nth=1)
    delay = SHORT[scene.lane(later[1])[1].tier].delay
    scene.at(scene.chain.now() + delay, lambda: scene.execute("bob", later))


def test_withdraw__to_begin_the_short_delay_instead__waits_all_of_it(scene: Scene) -> None:
    """One of the quorum goes and comes back: a new clock, whole, from then on, as a new operation would have it."""
    operation = scene.waiting("ann", [HIGH_VALUE_CALL])
    scene.must(scene.set_tiers(SHORT))
    scene.must(scene.send("dan", "withdraw", operation))
    scene.must(scene.approve(operation, [scene.own("dan", operation)], by="dan"))
    again = scene.chain.now()
    early = unfit(scene, operation, ONLY_READY)
    scene.refuses_at(again + DAY - 1, early, lambda: scene.execute("bob", operation))
    scene.at(again + DAY, lambda: scene.execute("bob", operation))


def test_execute__grace_lengthened_while_it_waits__ends_when_it_was_to_end(scene: Scene) -> None:
    """An operation that everybody believed to be over must not come back."""
    operation = scene.waiting("ann", [ROUTINE_CALL])
    expires_at = scene.lane(operation[1])[1].expires_at
    scene.must(scene.set_tiers(LONG_GRACE))
    with scene.chain.isolate():
        scene.at(expires_at, lambda: scene.execute("bob", operation))
    scene.chain.set_time(expires_at + 1)
    scene.refuses(unfit(scene, operation, ONLY_READY), lambda: scene.execute("bob", operation))
