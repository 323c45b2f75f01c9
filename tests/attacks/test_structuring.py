"""A large payment by several ways out: other assets, allowances, functions that a rule measures."""

from __future__ import annotations

from typing import Final

import pytest

from tests.attacks.insiders import DOLLAR, data_from, dollars, refuses_blank, takes_blank, token_call
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.scene import PAYEE, QUORUM, RECIPIENT_USE, SPENDER, Scene
from tests.stage import ETHER, NATIVE, Call, call
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier

SEND: Final = "11111111"
"""A function of two arguments, recipient and amount, that a rule measures."""


def desk(scene: Scene, asset: bytes) -> bytes:
    """Return a contract that pays out of the vault's deposit there, ruled as a move of an asset."""
    at = deploy_code(scene.chain, code_that_answers(TRUE))
    measure = Measure(asset=Address(asset), amount_at=1, counterparty_at=0, words=2, uses=Use.RECIPIENT)
    scene.must_change("setRule", at, int(SEND, 16), Rule(measure=measure).pack())
    return at


def test_propose__native_value_and_a_ruled_way_out_of_it__count_together(scene: Scene) -> None:
    at = desk(scene, NATIVE)
    direct, ruled = call(to=PAYEE, value=60 * ETHER), call(to=at, data=data_from(SEND, PAYEE, 60 * ETHER))
    refuses_blank(scene, "ann", [direct, ruled], *QUORUM)
    refuses_blank(scene, "ann", [ruled, direct], *QUORUM)
    # One after the other as well: they fill one bucket.
    takes_blank(scene, "ann", [ruled], *QUORUM)
    refuses_blank(scene, "ann", [direct], *QUORUM, nth=1)


def test_propose__ruled_way_out_of_another_asset__counts_by_itself(scene: Scene) -> None:
    """The neighbour, and a limit that README names: what moves in two assets is twice as much."""
    token = dollars(scene)
    at = desk(scene, token)
    direct = call(to=PAYEE, value=60 * ETHER)
    ruled = call(to=at, data=data_from(SEND, PAYEE, 60_000 * DOLLAR))
    takes_blank(scene, "ann", [direct, ruled], *QUORUM)
    refuses_blank(scene, "ann", [ruled], *QUORUM, nth=1)
    refuses_blank(scene, "ann", [direct], *QUORUM, nth=1)


def test_propose__value_along_with_a_ruled_call__counts_too(scene: Scene) -> None:
    """Where the target may receive, the value is a payment to it; where it may not, it is HIGH_VALUE, however small."""
    at = desk(scene, NATIVE)
    data = data_from(SEND, PAYEE, 60 * ETHER)
    refuses_blank(scene, "ann", [call(to=at, value=1, data=data)], *QUORUM)
    scene.must_change("setCounterparty", at, RECIPIENT_USE)
    refuses_blank(scene, "ann", [call(to=at, value=40 * ETHER, data=data)], *QUORUM)
    takes_blank(scene, "ann", [call(to=at, value=39 * ETHER, data=data)], *QUORUM)


WAYS: Final[dict[str, tuple[str, bytes]]] = {
    "transfer": ("transfer", PAYEE),
    "approve": ("approve", SPENDER),
    "increaseAllowance": ("increaseAllowance", SPENDER),
}


def way_out(token: bytes, way: str, amount: int) -> Call:
    function, to = WAYS[way]
    return token_call(token, function, to, amount)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("other", WAYS)
def test_tier_of__two_ways_out_of_one_token__is_that_of_their_sum(scene: Scene, way: str, other: str) -> None:
    """An allowance is as good as a payment to whoever may spend it, and the next one does not replace it here."""
    token = dollars(scene)
    calls = [way_out(token, way, 50_000 * DOLLAR), way_out(token, other, 50_000 * DOLLAR)]
    assert scene.tier_of(calls) is Tier.HIGH_VALUE
    assert scene.tier_of([calls[0], way_out(token, other, 50_000 * DOLLAR - 1)]) is Tier.STANDARD


def test_propose__allowance_again_and_again__fills_the_bucket_each_time(scene: Scene) -> None:
    """Each sets the same allowance; between two of them the spender may have taken it."""
    token = dollars(scene)
    for nth in range(3):
        takes_blank(scene, "ann", [way_out(token, "approve", 30_000 * DOLLAR)], *QUORUM, nth=nth)
    refuses_blank(scene, "ann", [way_out(token, "approve", 30_000 * DOLLAR)], *QUORUM, nth=3)
    # Taking it back frees nothing, and moves nothing.
    back = takes_blank(scene, "ann", [way_out(token, "approve", 0)], *QUORUM, nth=3)
    assert scene.lane(back[1])[1].tier is Tier.ROUTINE
