"""Who may receive is made a spender, and who may spend is made a recipient."""

from __future__ import annotations

from typing import Final

import pytest

from tests.attacks.insiders import DOLLAR, data_from, dollars, refuses_blank, takes_blank, token_call
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.scene import PAYEE, QUORUM, SPENDER, Scene
from tests.stage import Call, call
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier

TO_RECEIVE: Final = ("transfer", "transferFrom", "native", "ruled to receive")
TO_SPEND: Final = ("approve", "increaseAllowance", "ruled to spend")


def way(scene: Scene, token: bytes, how: str, to: bytes) -> Call:
    """Return a call that moves a dollar to somebody, or lets somebody take it."""
    if how == "native":
        return call(to=to, value=1)
    if how == "transferFrom":
        return token_call(token, how, scene.vault, to, DOLLAR)
    if not how.startswith("ruled"):
        return token_call(token, how, to, DOLLAR)
    uses = Use.RECIPIENT if how.endswith("receive") else Use.SPENDER
    at = deploy_code(scene.chain, code_that_answers(TRUE))
    measure = Measure(asset=Address(token), amount_at=1, counterparty_at=0, words=2, uses=uses)
    scene.must_change("setRule", at, 0x11111111, Rule(measure=measure).pack())
    return call(to=at, data=data_from("11111111", to, DOLLAR))


@pytest.mark.parametrize("how", TO_RECEIVE)
def test_propose__payment_to_a_spender__is_high_value(scene: Scene, how: str) -> None:
    token = dollars(scene)
    refuses_blank(scene, "ann", [way(scene, token, how, SPENDER)], *QUORUM)
    good = takes_blank(scene, "ann", [way(scene, token, how, PAYEE)], *QUORUM)
    assert scene.lane(good[1])[1].tier is Tier.ROUTINE


@pytest.mark.parametrize("how", TO_SPEND)
def test_propose__allowance_for_a_recipient__is_high_value(scene: Scene, how: str) -> None:
    token = dollars(scene)
    refuses_blank(scene, "ann", [way(scene, token, how, PAYEE)], *QUORUM)
    good = takes_blank(scene, "ann", [way(scene, token, how, SPENDER)], *QUORUM)
    assert scene.lane(good[1])[1].tier is Tier.ROUTINE


@pytest.mark.parametrize("how", [*TO_RECEIVE, *TO_SPEND])
def test_set_counterparty__the_other_use_taken_away__leaves_one(scene: Scene, how: str) -> None:
    token = dollars(scene)
    friend = bytes.fromhex("7f" * 20)
    calls = [way(scene, token, how, friend)]
    needed, other = (1, 2) if how in TO_RECEIVE else (2, 1)
    found = []
    for uses in (3, needed, other, 0):
        scene.must_change("setCounterparty", friend, uses)
        found.append(scene.tier_of(calls))
    assert found == [Tier.ROUTINE, Tier.ROUTINE, Tier.HIGH_VALUE, Tier.HIGH_VALUE]


def test_execute__allowance_of_zero_for_anybody__is_routine_and_lets_nobody_take(scene: Scene) -> None:
    """The way back from an allowance must be short, whoever has it. More than zero is another thing."""
    token = dollars(scene)
    thief = bytes.fromhex("7f" * 20)
    operation = takes_blank(scene, "ann", [token_call(token, "approve", thief, 0)], *QUORUM)
    scene.pass_to_ready(operation)
    scene.must(scene.execute("bob", operation))
    take = token_call(token, "transferFrom", scene.vault, thief, 1)[2]
    assert not scene.chain.send(thief, token, take).succeeded
    refuses_blank(scene, "ann", [token_call(token, "approve", thief, 1)], *QUORUM)
    # Zero more is no way back, so it is like any other.
    refuses_blank(scene, "ann", [token_call(token, "increaseAllowance", thief, 0)], *QUORUM)
