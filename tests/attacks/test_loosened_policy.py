"""A policy that is loosened and used in one breath."""

from __future__ import annotations

from typing import Final

import pytest

from tests.attacks.insiders import ONLY_READY, data_from, dollars, refuses_blank, takes_blank, unfit
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.companions import deployed
from tests.contracts.scene import PAYEE, QUORUM, Scene, tiers_with
from tests.stage import DAY, ETHER, HOUR, MINUTE, NATIVE, Call, call, data_of
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.rule import Rule
from verifier.model.tier import Tier
from verifier.model.units import Duration, Units

THIEF: Final = bytes.fromhex("7f" * 20)
LOOT: Final = 900 * ETHER
LOOSE: Final = AssetTerms(routine_limit=Units(10**15), high_value_from=Units(10**16), decimals=18).pack()


def change(scene: Scene, function: str, *arguments: object) -> Call:
    return call(to=scene.vault, data=data_of(function, *arguments))


def theft(scene: Scene, how: str) -> list[Call]:
    """Return a change, and what would be harmless after it."""
    pay = call(to=THIEF, value=1)
    match how:
        case "limit":
            return [change(scene, "setAsset", NATIVE, LOOSE), call(to=PAYEE, value=LOOT)]
        case "recipient":
            return [change(scene, "setCounterparty", THIEF, 1), pay]
        case "recipient, afterwards":
            return [pay, change(scene, "setCounterparty", THIEF, 1)]
        case "rule":
            target = deploy_code(scene.chain, code_that_answers(TRUE))
            ruled = change(scene, "setRule", target, 0x11111111, Rule().pack())
            return [ruled, call(to=target, data=data_from("11111111", THIEF))]
        case "tiers":
            tiers = [terms.pack() for terms in tiers_with(Tier.CUSTODY, delay=Duration(48 * HOUR))]
            return [change(scene, "setTiers", tiers, 4), pay]
        case "registry":
            return [change(scene, "setRegistry", bytes(20)), pay]
        case "terms of break-glass":
            ledger = deployed(scene.chain, "bypass_ledger")
            return [call(to=ledger.address, data=ledger.data_of("setTerms", 255, 720)), pay]
        case _:
            return [change(scene, "setAsset", NATIVE, 0), change(scene, "setAsset", NATIVE, LOOSE), pay]


HOWS: Final = (
    "limit", "recipient", "recipient, afterwards", "rule", "tiers", "registry", "terms of break-glass", "bucket",
)  # fmt: skip


@pytest.mark.parametrize("how", HOWS)
def test_propose__policy_loosened_and_used_in_one_batch__is_custody(scene: Scene, how: str) -> None:
    """Judged as a whole, by the policy of today; and the batch waits as what loosens the policy waits."""
    calls = theft(scene, how)
    refuses_blank(scene, "ann", calls, *QUORUM)
    operation = scene.waiting("ann", calls)
    lane = scene.lane(operation[1])[1]
    assert (lane.tier, lane.moment) == (Tier.CUSTODY, scene.chain.now() + 72 * HOUR)
    early = unfit(scene, operation, ONLY_READY)
    scene.refuses_at(lane.moment - 1, early, lambda: scene.execute("bob", operation))


def test_propose__payment_after_the_policy_was_loosened__is_what_it_then_is(scene: Scene) -> None:
    """The neighbour: two operations, the first one with the whole delay of CUSTODY, in sight of everybody."""
    loosen, pay = theft(scene, "limit")
    refuses_blank(scene, "ann", [pay], *QUORUM)
    scene.must(scene.execute("bob", scene.ready("ann", [loosen])))
    operation = takes_blank(scene, "ann", [pay], *QUORUM)
    assert scene.lane(operation[1])[1].tier is Tier.ROUTINE
    scene.must(scene.send("eve", "veto", operation[1], scene.id_of(operation)))


def test_execute__both_published_at_once__the_payment_still_waits_as_what_it_was(scene: Scene) -> None:
    """The loosening and the payment wait side by side. Executing the first one does not shorten the second."""
    loosen, pay = theft(scene, "limit")
    tiers = [terms.pack() for terms in tiers_with(Tier.ROUTINE, delay=Duration(10 * MINUTE))]
    first = scene.waiting("ann", [loosen, change(scene, "setTiers", tiers, 4)])
    scene.chain.set_time(scene.chain.now() + 2 * DAY)
    second = scene.waiting("ann", [pay], nth=1)
    began = scene.chain.now()
    scene.pass_to_ready(first)
    scene.must(scene.execute("bob", first))
    assert scene.tier_of([pay]) is Tier.ROUTINE
    waiting = unfit(scene, second, ONLY_READY)
    scene.refuses_at(began + 48 * HOUR - 1, waiting, lambda: scene.execute("bob", second))
    scene.at(began + 48 * HOUR, lambda: scene.execute("bob", second))


def test_tier_of__same_selector_at_another_target__uses_no_rule(scene: Scene) -> None:
    """A rule is about one target: loosening it for one contract loosens it nowhere else."""
    one, other = (deploy_code(scene.chain, code_that_answers(TRUE)) for _ in range(2))
    scene.must_change("setRule", one, 0x11111111, Rule().pack())
    data = data_from("11111111", THIEF)
    assert scene.tier_of([call(to=one, data=data)]) is Tier.HIGH_VALUE
    assert scene.tier_of([call(to=other, data=data)]) is Tier.CUSTODY
    token = dollars(scene)
    assert scene.tier_of([call(to=token, data=data)]) is Tier.CUSTODY
    scene.must_change("setRule", one, 0x11111111, 0)
    assert scene.tier_of([call(to=one, data=data)]) is Tier.CUSTODY
    assert scene.status(scene.published("ann", [call(to=one, data=data)])) is Status.PROPOSED
