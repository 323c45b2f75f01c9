"""Calldata of token calls, and of ruled ones, that no honest encoder writes.

What the policy reads and what the target does must be the same, so the policy reads one encoding, and everything else
is CUSTODY. The judge in here is a second one, written from the sentence in README and not from the contract.
"""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.attacks.insiders import DOLLAR_TERMS, data_from, dollars
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.scene import PAYEE, SPENDER, Scene
from tests.stage import call
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier

ROUTINE: Final = DOLLAR_TERMS.routine_limit
HIGH: Final = DOLLAR_TERMS.high_value_from
RULED: Final = "11111111"
# Position of recipient or spender, of the amount, number of words, and who may be named there.
SHAPES: Final = {
    "a9059cbb": (0, 1, 2, PAYEE),
    "095ea7b3": (0, 1, 2, SPENDER),
    "39509351": (0, 1, 2, SPENDER),
    "23b872dd": (1, 2, 3, PAYEE),
    RULED: (3, 1, 5, PAYEE),
}

words = st.one_of(
    st.sampled_from([0, 1, ROUTINE, ROUTINE + 1, HIGH - 1, HIGH, 2**160, 2**256 - 1]),
    st.sampled_from([int.from_bytes(who, "big") for who in (PAYEE, SPENDER)]),
    st.sampled_from([int.from_bytes(PAYEE, "big") | 1 << bit for bit in (160, 200, 255)]),
    st.integers(min_value=0, max_value=2**256 - 1),
)
tails = st.sampled_from([0, 0, 0, 0, 1, 31, 32, 33, -1, -31, -32, -33])


def tier_by_readme(scene: Scene, selector: str, data: bytes) -> Tier:
    party_at, amount_at, length, allowed = SHAPES[selector]
    arguments = [int.from_bytes(data[at : at + 32], "big") for at in range(4, len(data), 32)]
    if len(data) != 4 + 32 * length or arguments[party_at] >= 2**160:
        return Tier.CUSTODY
    if selector == "23b872dd" and arguments[0] != int.from_bytes(scene.vault, "big"):
        return Tier.CUSTODY
    amount = arguments[amount_at]
    is_back = selector == "095ea7b3" and amount == 0
    if arguments[party_at] != int.from_bytes(allowed, "big") and not is_back:
        return Tier.HIGH_VALUE
    if amount >= HIGH:
        return Tier.HIGH_VALUE
    return Tier.STANDARD if amount > ROUTINE else Tier.ROUTINE


@pytest.fixture
def targets(scene: Scene) -> tuple[bytes, bytes]:
    """A listed token, and a contract of which one function is ruled."""
    token = dollars(scene)
    desk = deploy_code(scene.chain, code_that_answers(TRUE))
    measure = Measure(asset=Address(token), amount_at=1, counterparty_at=3, words=5, uses=Use.RECIPIENT)
    scene.must_change("setRule", desk, int(RULED, 16), Rule(measure=measure).pack())
    return token, desk


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_tier_of__any_calldata_of_a_token_or_a_ruled_function__is_as_readme_says(
    scene: Scene, targets: tuple[bytes, bytes], data: st.DataObject
) -> None:
    token, desk = targets
    selector = data.draw(st.sampled_from(sorted(SHAPES)))
    party_at, _, length, allowed = SHAPES[selector]
    drawn = data.draw(st.lists(words, min_size=length, max_size=length))
    if data.draw(st.booleans()):
        drawn[party_at] = int.from_bytes(allowed, "big")
    if selector == "23b872dd" and data.draw(st.integers(0, 3)):
        drawn[0] = int.from_bytes(scene.vault, "big")
    tail = data.draw(tails)
    whole = data_from(selector, *drawn)
    bent = whole + bytes(tail) if tail >= 0 else whole[:tail]
    expected = tier_by_readme(scene, selector, bent)
    event(f"{selector} {expected.name}")
    target = desk if selector == RULED else token
    assert scene.tier_of([call(to=target, data=bent)]) is expected
    # With value along a token call is not understood, and a ruled one pays a target that nobody allowed.
    with_value = scene.tier_of([call(to=target, value=1, data=bent)])
    assert with_value is (max(expected, Tier.HIGH_VALUE) if selector == RULED else Tier.CUSTODY)
