"""Amount and recipient behind a function that a rule speaks about."""

from __future__ import annotations

from typing import Final

import pytest

from tests.attacks.forgery import word
from tests.attacks.insiders import DOLLAR, data_from, dollars, refuses_blank, takes_blank
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.scene import PAYEE, QUORUM, RECIPIENT_USE, Scene
from tests.stage import ETHER, Call, call
from verifier.errors.settings import RuleInvalid
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier

THIEF: Final = bytes.fromhex("7f" * 20)
SELECTOR: Final = "11111111"
AMOUNT_AT: Final = 1
PARTY_AT: Final = 2
WORDS: Final = 4
SMALL: Final = 1_000 * DOLLAR
LARGE: Final = 100_000 * DOLLAR


@pytest.fixture
def token(scene: Scene) -> bytes:
    return dollars(scene)


@pytest.fixture
def desk(scene: Scene, token: bytes) -> bytes:
    """A contract with a function of four words; the second is the amount, and the third who gets it."""
    at = deploy_code(scene.chain, code_that_answers(TRUE))
    measure = Measure(
        asset=Address(token), amount_at=AMOUNT_AT, counterparty_at=PARTY_AT, words=WORDS, uses=Use.RECIPIENT
    )
    scene.must_change("setRule", at, int(SELECTOR, 16), Rule(measure=measure).pack())
    return at


def order(desk: bytes, amount: int = SMALL, to: bytes = PAYEE, *, first: int = 0, last: int = 0) -> Call:
    return call(to=desk, data=data_from(SELECTOR, first, amount, to, last))


def test_propose__large_amount_behind_a_rule__is_high_value(scene: Scene, desk: bytes) -> None:
    refuses_blank(scene, "ann", [order(desk, LARGE)], *QUORUM)
    refuses_blank(scene, "ann", [order(desk, 2**256 - 1)], *QUORUM)
    # Where the target would take the low bits only, the rule takes them all.
    refuses_blank(scene, "ann", [order(desk, 2**128 + 1)], *QUORUM)
    good = takes_blank(scene, "ann", [order(desk, LARGE - 1)], *QUORUM)
    assert scene.lane(good[1])[1].tier is Tier.STANDARD


def test_propose__recipient_behind_a_rule_whom_nobody_allowed__is_high_value(
    scene: Scene, desk: bytes
) -> None:
    refuses_blank(scene, "ann", [order(desk, 1, THIEF)], *QUORUM)
    # The thief in the other words does not make it worse, and the payee in them does not make it better.
    refuses_blank(scene, "ann", [order(desk, 1, THIEF, first=int.from_bytes(PAYEE, "big"))], *QUORUM)
    takes_blank(scene, "ann", [order(desk, SMALL, PAYEE)], *QUORUM)


def test_propose__amount_where_another_word_is__is_judged_by_the_ruled_word(
    scene: Scene, desk: bytes
) -> None:
    """What the rule does not name can hold anything: whoever sets it has to know the function. README says so."""
    assert scene.tier_of([order(desk, SMALL, first=LARGE, last=LARGE)]) is Tier.ROUTINE
    assert scene.tier_of([order(desk, LARGE, first=SMALL, last=SMALL)]) is Tier.HIGH_VALUE


BENT: Final = {
    "a word more": lambda data: data + bytes(32),
    "a byte more": lambda data: data + b"\0",
    "a byte less": lambda data: data[:-1],
    "a word less": lambda data: data[:-32],
    "no arguments": lambda data: data[:4],
    "dirt before the recipient": lambda data: data[:68] + b"\1" + data[69:],
    "the lowest dirt before the recipient": lambda data: data[:79] + b"\1" + data[80:],
    "another function": lambda data: bytes.fromhex("11111112") + data[4:],
}


@pytest.mark.parametrize("how", BENT)
def test_propose__calldata_that_the_rule_does_not_fit__is_custody(
    scene: Scene, desk: bytes, how: str
) -> None:
    """The rule reads the head; what else an ABI decoder would find in a bent tail is not the vault's to guess."""
    good = order(desk)
    bent = call(to=desk, data=BENT[how](good[2]))
    assert scene.tier_of([bent]) is Tier.CUSTODY
    refuses_blank(scene, "ann", [bent], *QUORUM)
    takes_blank(scene, "ann", [good], *QUORUM)


def test_tier_of__recipient_cut_off_before_the_next_calls_bytes__is_custody(
    scene: Scene, desk: bytes
) -> None:
    """Reading beyond a call's data would find the next one's."""
    good = order(desk)
    short = call(to=desk, data=good[2][:68])
    behind = call(to=desk, data=word(int.from_bytes(PAYEE, "big")) * 4)
    assert scene.tier_of([short, behind]) is Tier.CUSTODY


def test_propose__value_behind_a_rule__is_a_payment_to_the_target(scene: Scene, desk: bytes) -> None:
    with_value = (order(desk)[0], 1, order(desk)[2])
    refuses_blank(scene, "ann", [with_value], *QUORUM)
    scene.must_change("setCounterparty", desk, RECIPIENT_USE)
    refuses_blank(scene, "ann", [(with_value[0], 100 * ETHER, with_value[2])], *QUORUM)
    takes_blank(scene, "ann", [with_value], *QUORUM)


def test_propose__asset_of_a_rule_taken_off_the_list__is_custody(
    scene: Scene, desk: bytes, token: bytes
) -> None:
    scene.must_change("setAsset", token, 0)
    assert scene.tier_of([order(desk)]) is Tier.CUSTODY
    refuses_blank(scene, "ann", [order(desk)], *QUORUM)


def test_propose__rule_that_does_not_measure__is_high_value_whatever_it_says(
    scene: Scene, desk: bytes
) -> None:
    scene.must_change("setRule", desk, int(SELECTOR, 16), Rule().pack())
    for data in (order(desk)[2], order(desk)[2][:4], order(desk)[2] + bytes(500)):
        assert scene.tier_of([call(to=desk, data=data)]) is Tier.HIGH_VALUE
    refuses_blank(scene, "ann", [order(desk, 1)], *QUORUM)


def test_propose__rule_for_a_tokens_own_transfer__does_not_come_before_the_token(
    scene: Scene, token: bytes
) -> None:
    """A rule that reads another word as the recipient would make a theft a payment."""
    measure = Measure(asset=Address(token), amount_at=0, counterparty_at=1, words=2, uses=Use.RECIPIENT)
    scene.must_change("setRule", token, 0xA9059CBB, Rule(measure=measure).pack())
    # As the rule would read it: one unit of thief's address to the payee.
    theft = call(to=token, data=data_from("a9059cbb", THIEF, int.from_bytes(PAYEE, "big")))
    refuses_blank(scene, "ann", [theft], *QUORUM)
    assert scene.tier_of([call(to=token, data=data_from("a9059cbb", THIEF, 1))]) is Tier.HIGH_VALUE
    takes_blank(scene, "ann", [call(to=token, data=data_from("a9059cbb", PAYEE, 1))], *QUORUM)


RULE: Final = Rule(
    measure=Measure(asset=Address(THIEF), amount_at=0, counterparty_at=1, words=2, uses=Use.RECIPIENT)
).pack()
INVALID: Final = {
    "amount that is the recipient": RULE & ~(0xFF << 168),
    "amount behind the end": RULE | 2 << 160,
    "recipient behind the end": RULE | 3 << 168,
    "33 words": RULE | 0x21 << 176,
    "no use": RULE & ~(0xFF << 184),
    "both uses": RULE | 3 << 184,
    "a kind that does not exist": RULE | 3 << 192,
    "dirt above": RULE | 1 << 200,
    "no kind": RULE & ~(0xFF << 192),
    "opaque with words": 1 << 192 | 1 << 176,
}


@pytest.mark.parametrize("what", INVALID)
def test_set_rule__that_could_be_read_in_two_ways__is_refused(scene: Scene, what: str) -> None:
    target = deploy_code(scene.chain, code_that_answers(TRUE))
    refusal = RuleInvalid(target=target, selector=1, rule=INVALID[what])
    scene.refuses(refusal, lambda: scene.change("setRule", target, 1, INVALID[what]))
    scene.must_change("setRule", target, 1, RULE)


def test_set_rule__for_the_vault_itself_or_a_selector_that_is_too_long__is_refused(scene: Scene) -> None:
    for target, selector in ((scene.vault, 1), (THIEF, 1 << 32), (THIEF, 2**256 - 1)):
        refusal = RuleInvalid(target=target, selector=selector, rule=RULE)
        scene.refuses(refusal, lambda: scene.change("setRule", target, selector, RULE))  # noqa: B023
    scene.must_change("setRule", THIEF, (1 << 32) - 1, RULE)
