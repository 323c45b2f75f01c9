"""Rules: what calls of one function of one target are, where the policy says so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import pytest

from tests.anvil import Anvil
from tests.contracts.scene import (
    ETHER_TERMS,
    PAYEE,
    RECIPIENT_USE,
    SPENDER,
    SPENDER_USE,
    Scene,
    usual_scene,
)
from tests.stage import ETHER, HOUR, NATIVE, NOBODY, STRANGER, Call, call, companion
from tests.tokens import compiled
from verifier.errors.operations import OperationTierRisen
from verifier.errors.settings import RuleInvalid
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.model.units import Units

OPAQUE: Final = 1
MEASURED: Final = 2
DESK: Final = bytes.fromhex("de5c" * 10)
"""A target that rules are about. It needs no code: nothing of it runs."""
PLACE: Final = bytes.fromhex("91ace0de")
"""A function of it."""
ANY_WORD: Final = 2**256 - 1
FULL_TERMS: Final = AssetTerms(routine_limit=Units(1_000), high_value_from=Units(50_000), decimals=6).pack()
LIMITS: Final = {
    0: Tier.ROUTINE,
    1_000: Tier.ROUTINE,
    1_001: Tier.STANDARD,
    49_999: Tier.STANDARD,
    50_000: Tier.HIGH_VALUE,
    ANY_WORD: Tier.HIGH_VALUE,
}


def rule(
    kind: int = MEASURED,
    *,
    asset: bytes = NATIVE,
    amount_at: int = 0,
    counterparty_at: int = 0,
    words: int = 0,
    uses: int = 0,
) -> int:
    """Return a rule's word, whether or not it means anything."""
    places = amount_at | counterparty_at << 8 | words << 16 | uses << 24
    return int.from_bytes(asset, "big") | places << 160 | kind << 192


def paying(asset: bytes, *, uses: int = RECIPIENT_USE) -> int:
    """Return the rule of a function (counterparty, amount)."""
    return rule(asset=asset, amount_at=1, counterparty_at=0, words=2, uses=uses)


def data(words: Sequence[int | bytes], selector: bytes = PLACE) -> bytes:
    numbers = (int.from_bytes(word, "big") if isinstance(word, bytes) else word for word in words)
    return selector + b"".join(number.to_bytes(32, "big") for number in numbers)


def place(words: Sequence[int | bytes], value: int = 0) -> Call:
    """Return a call of the desk."""
    return call(to=DESK, value=value, data=data(words))


def number(selector: bytes) -> int:
    return int.from_bytes(selector, "big")


@pytest.fixture
def token(scene: Scene) -> bytes:
    """A listed token with limits in its base units."""
    token = compiled.deploy(scene.chain, "Token", 6)
    scene.must_change("setAsset", token, FULL_TERMS)
    return token


def set_rule(scene: Scene, word: int, *, target: bytes = DESK, selector: bytes = PLACE) -> None:
    scene.must_change("setRule", target, number(selector), word)


def take_back(scene: Scene) -> None:
    set_rule(scene, 0)


# ------------------------------------------------------------------------------------------------------------- setRule

WORDS: Final = {
    "no kind": (rule(0, words=2), 0),
    "an asset and no kind": (rule(0, asset=STRANGER), 0),
    "a kind that there is not": (rule(3), rule(OPAQUE)),
    "the highest kind": (rule(255), rule(OPAQUE)),
    "an opaque one with an asset": (rule(OPAQUE, asset=STRANGER), rule(OPAQUE)),
    "an opaque one with words": (rule(OPAQUE, words=1), rule(OPAQUE)),
    "an opaque one with a use": (rule(OPAQUE, uses=1), rule(OPAQUE)),
    "an opaque one with a bit above": (rule(OPAQUE) | 1 << 200, rule(OPAQUE)),
    "a measured one with a bit above": (paying(NATIVE) | 1 << 200, paying(NATIVE)),
    "the highest bit": (paying(NATIVE) | 1 << 255, paying(NATIVE)),
    "no words": (rule(amount_at=1, uses=1), rule(amount_at=1, words=2, uses=1)),
    "one word for both": (rule(words=1, uses=1), rule(amount_at=1, words=2, uses=1)),
    "more words than 32": (
        rule(amount_at=1, words=33, uses=1),
        rule(amount_at=1, words=32, uses=1),
    ),
    "an amount behind the last word": (
        rule(amount_at=3, words=3, uses=1),
        rule(amount_at=2, words=3, uses=1),
    ),
    "an amount far behind": (rule(amount_at=255, words=3, uses=1), rule(amount_at=2, words=3, uses=1)),
    "a counterparty behind the last word": (
        rule(counterparty_at=3, words=3, uses=1),
        rule(counterparty_at=2, words=3, uses=1),
    ),
    "one place for both": (
        rule(amount_at=1, counterparty_at=1, words=3, uses=1),
        rule(amount_at=1, counterparty_at=2, words=3, uses=1),
    ),
    "no use": (paying(NATIVE, uses=0), paying(NATIVE, uses=1)),
    "two uses": (paying(NATIVE, uses=3), paying(NATIVE, uses=2)),
    "a use that there is not": (paying(NATIVE, uses=4), paying(NATIVE, uses=2)),
    "the highest use": (paying(NATIVE, uses=255), paying(NATIVE, uses=1)),
}


@pytest.mark.parametrize("why", WORDS)
def test_set_rule__that_means_nothing__is_refused(scene: Scene, why: str) -> None:
    bad, good = WORDS[why]
    refusal = RuleInvalid(target=DESK, selector=number(PLACE), rule=bad)
    scene.refuses(refusal, lambda: scene.change("setRule", DESK, number(PLACE), bad))
    set_rule(scene, good)


@pytest.mark.parametrize("word", [0, rule(OPAQUE), paying(NATIVE)], ids=["none", "opaque", "measured"])
def test_set_rule__about_the_vault_or_for_no_selector__is_refused(scene: Scene, word: int) -> None:
    refusal = RuleInvalid(target=scene.vault, selector=number(PLACE), rule=word)
    scene.refuses(refusal, lambda: scene.change("setRule", scene.vault, number(PLACE), word))
    for selector in (2**32, 2**32 + number(PLACE), 2**256 - 1):
        refusal = RuleInvalid(target=DESK, selector=selector, rule=word)
        scene.refuses(refusal, partial(scene.change, "setRule", DESK, selector, word))
    scene.must_change("setRule", DESK, 2**32 - 1, word)


def test_found__with_rules__judges_by_them(anvil: Anvil) -> None:
    rules = [(DESK, PLACE, rule(OPAQUE)), (STRANGER, PLACE, paying(NATIVE))]
    scene = usual_scene(anvil, rules=rules)
    assert scene.tier_of([place([])]) is Tier.HIGH_VALUE
    assert scene.tier_of([call(to=STRANGER, data=data([PAYEE, ETHER]))]) is Tier.ROUTINE
    assert usual_scene(anvil).tier_of([place([])]) is Tier.CUSTODY


# -------------------------------------------------------------------------------------------------------------- Opaque


@pytest.mark.parametrize("tail", [b"", b"\x00", bytes(32), b"\xff" * 100])
def test_opaque__calls_of_the_function__are_high_value_whatever_they_say(scene: Scene, tail: bytes) -> None:
    one = call(to=DESK, data=PLACE + tail)
    assert scene.tier_of([one]) is Tier.CUSTODY
    set_rule(scene, rule(OPAQUE))
    assert scene.tier_of([one]) is Tier.HIGH_VALUE
    take_back(scene)
    assert scene.tier_of([one]) is Tier.CUSTODY


def test_opaque__calls_of_another_function_or_target__stay_custody(scene: Scene) -> None:
    set_rule(scene, rule(OPAQUE))
    for other in (
        call(to=STRANGER, data=PLACE),
        call(to=DESK, data=PLACE[::-1]),
        call(to=DESK, data=PLACE[:3]),
        call(to=DESK, data=PLACE[:1]),
    ):
        assert scene.tier_of([other]) is Tier.CUSTODY
    assert scene.tier_of([call(to=DESK, data=PLACE)]) is Tier.HIGH_VALUE


def test_opaque__for_the_selector_of_zeros__is_not_for_data_that_is_too_short(scene: Scene) -> None:
    set_rule(scene, rule(OPAQUE), selector=bytes(4))
    found = [scene.tier_of([call(to=DESK, data=bytes(length))]) for length in (1, 2, 3, 4, 5)]
    assert found == [Tier.CUSTODY] * 3 + [Tier.HIGH_VALUE] * 2


# ------------------------------------------------------------------------------------------------------------ Measured


@pytest.mark.parametrize(
    ("words", "amount_at", "counterparty_at"),
    [(2, 0, 1), (2, 1, 0), (3, 2, 0), (5, 1, 3), (32, 31, 0), (32, 0, 31), (32, 30, 31)],
)
def test_measured__an_amount_at_any_place__goes_by_the_limits_of_its_asset(
    scene: Scene, token: bytes, words: int, amount_at: int, counterparty_at: int
) -> None:
    measured = rule(
        asset=token, amount_at=amount_at, counterparty_at=counterparty_at, words=words, uses=RECIPIENT_USE
    )
    set_rule(scene, measured)

    def saying(amount: int, account: bytes) -> list[Call]:
        # What else it says does not matter.
        said: list[int | bytes] = [ANY_WORD] * words
        said[amount_at], said[counterparty_at] = amount, account
        return [place(said)]

    assert {amount: scene.tier_of(saying(amount, PAYEE)) for amount in LIMITS} == LIMITS
    # To anybody else it is HIGH_VALUE, and were it nothing.
    found = {scene.tier_of(saying(amount, STRANGER)) for amount in LIMITS}
    assert found == {Tier.HIGH_VALUE}


@pytest.mark.parametrize("uses", [RECIPIENT_USE, SPENDER_USE])
def test_measured__to_a_counterparty__goes_by_the_use_that_the_rule_names(
    scene: Scene, token: bytes, uses: int
) -> None:
    set_rule(scene, paying(token, uses=uses))
    allowed, other = (PAYEE, SPENDER) if uses == RECIPIENT_USE else (SPENDER, PAYEE)
    assert scene.tier_of([place([allowed, 1])]) is Tier.ROUTINE
    assert scene.tier_of([place([other, 1])]) is Tier.HIGH_VALUE
    scene.must_change("setCounterparty", other, RECIPIENT_USE + SPENDER_USE)
    assert scene.tier_of([place([other, 1])]) is Tier.ROUTINE
    scene.must_change("setCounterparty", other, 0)
    assert scene.tier_of([place([other, 1])]) is Tier.HIGH_VALUE


@pytest.mark.parametrize("bit", [160, 168, 255])
def test_measured__a_dirty_counterparty__is_custody(scene: Scene, token: bytes, bit: int) -> None:
    set_rule(scene, paying(token))
    payee = int.from_bytes(PAYEE, "big")
    assert scene.tier_of([place([payee | 1 << bit, 1])]) is Tier.CUSTODY
    assert scene.tier_of([place([payee, 1])]) is Tier.ROUTINE
    # A bit of the address makes it another one.
    assert scene.tier_of([place([payee ^ 1 << 159, 1])]) is Tier.HIGH_VALUE


def test_measured__calldata_of_another_length__is_custody(scene: Scene, token: bytes) -> None:
    set_rule(scene, paying(token))
    good = data([PAYEE, 1])
    assert scene.tier_of([call(to=DESK, data=good)]) is Tier.ROUTINE
    for length in (1, 3, 4, 5, 35, 36, 37, 67):
        assert scene.tier_of([call(to=DESK, data=good[:length])]) is Tier.CUSTODY, length
    for tail in (b"\x00", bytes(31), bytes(32), b"\x01"):
        assert scene.tier_of([call(to=DESK, data=good + tail)]) is Tier.CUSTODY, tail


def test_measured__calldata_cut_short_before_other_bytes__does_not_read_them(
    scene: Scene, token: bytes
) -> None:
    set_rule(scene, paying(token))
    short = call(to=DESK, data=data([PAYEE, 1])[:36])
    assert scene.tier_of([short, place([PAYEE, 1])]) is Tier.CUSTODY


def test_measured__in_an_asset_that_is_not_listed__is_custody(scene: Scene) -> None:
    token = compiled.deploy(scene.chain, "Token", 6)
    set_rule(scene, paying(token))
    for account in (PAYEE, STRANGER):
        assert scene.tier_of([place([account, 0])]) is Tier.CUSTODY
    scene.must_change("setAsset", token, FULL_TERMS)
    assert scene.tier_of([place([PAYEE, 0])]) is Tier.ROUTINE
    scene.must_change("setAsset", token, 0)
    assert scene.tier_of([place([PAYEE, 0])]) is Tier.CUSTODY


def test_measured__beside_other_moves_of_its_asset__adds_up_with_them(scene: Scene, token: bytes) -> None:
    set_rule(scene, paying(token))
    transfer = call(to=token, data=compiled.data_of("Token", "transfer", PAYEE, 600))
    assert scene.tier_of([transfer, place([PAYEE, 400])]) is Tier.ROUTINE
    assert scene.tier_of([place([PAYEE, 400]), transfer]) is Tier.ROUTINE
    assert scene.tier_of([transfer, place([PAYEE, 401])]) is Tier.STANDARD
    assert scene.tier_of([place([PAYEE, 500])] * 2) is Tier.ROUTINE
    assert scene.tier_of([place([PAYEE, 500])] * 3) is Tier.STANDARD
    assert scene.tier_of([place([PAYEE, 49_999]), transfer]) is Tier.HIGH_VALUE


def test_measured__of_a_quorum__fills_the_bucket_of_its_asset(scene: Scene, token: bytes) -> None:
    set_rule(scene, paying(token))
    scene.waiting("ann", [place([PAYEE, 700]), place([PAYEE, 0])], "bob", "cat")
    found = AssetTerms.unpack(scene.asset_word(token))
    assert found is not None
    assert (found.level, found.filled_at) == (700, scene.chain.now())
    assert scene.asset_word(NATIVE) == ETHER_TERMS


# ------------------------------------------------------------------------------------------------ Value that goes along


def test_value_along__to_a_target_that_may_not_receive__is_high_value(scene: Scene, token: bytes) -> None:
    set_rule(scene, paying(token))
    assert scene.tier_of([place([PAYEE, 1])]) is Tier.ROUTINE
    assert scene.tier_of([place([PAYEE, 1], value=1)]) is Tier.HIGH_VALUE
    scene.must_change("setCounterparty", DESK, SPENDER_USE)
    assert scene.tier_of([place([PAYEE, 1], value=1)]) is Tier.HIGH_VALUE
    scene.must_change("setCounterparty", DESK, RECIPIENT_USE)
    assert scene.tier_of([place([PAYEE, 1], value=1)]) is Tier.ROUTINE


def test_value_along__with_a_measured_call__the_higher_of_both_counts(scene: Scene, token: bytes) -> None:
    set_rule(scene, paying(token))
    scene.must_change("setCounterparty", DESK, RECIPIENT_USE)
    by_value = {ETHER: Tier.ROUTINE, ETHER + 1: Tier.STANDARD, 100 * ETHER: Tier.HIGH_VALUE}
    for amount, measured in LIMITS.items():
        found = {value: scene.tier_of([place([PAYEE, amount], value=value)]) for value in by_value}
        assert found == {value: max(tier, measured) for value, tier in by_value.items()}


def test_value_along__with_an_opaque_call__is_high_value_at_the_least(scene: Scene) -> None:
    set_rule(scene, rule(OPAQUE))
    for uses in (0, RECIPIENT_USE):
        scene.must_change("setCounterparty", DESK, uses)
        for value in (1, ETHER, 100 * ETHER):
            assert scene.tier_of([place([], value=value)]) is Tier.HIGH_VALUE


def test_value_along__where_the_coin_is_not_listed__is_custody(scene: Scene, token: bytes) -> None:
    set_rule(scene, paying(token))
    scene.must_change("setCounterparty", DESK, RECIPIENT_USE)
    scene.must_change("setAsset", NATIVE, 0)
    assert scene.tier_of([place([PAYEE, 1], value=1)]) is Tier.CUSTODY
    assert scene.tier_of([place([PAYEE, 1])]) is Tier.ROUTINE


def test_value_along__with_an_amount_of_the_coin__adds_up_with_it(scene: Scene) -> None:
    set_rule(scene, paying(NATIVE))
    scene.must_change("setCounterparty", DESK, RECIPIENT_USE)
    most = 4 * ETHER // 10
    assert scene.tier_of([place([PAYEE, 6 * ETHER // 10], value=most)]) is Tier.ROUTINE
    assert scene.tier_of([place([PAYEE, 6 * ETHER // 10], value=most + 1)]) is Tier.STANDARD
    assert scene.tier_of([place([PAYEE, 60 * ETHER], value=40 * ETHER)]) is Tier.HIGH_VALUE
    scene.waiting("ann", [place([PAYEE, 6 * ETHER // 10], value=most)], "bob", "cat")
    found = AssetTerms.unpack(scene.asset_word(NATIVE))
    assert found is not None
    assert found.level == 1_000_000


# ---------------------------------------------------------------------------------------------- What comes before rules


@pytest.mark.parametrize(
    ("word", "alone"),
    [
        (rule(OPAQUE), Tier.HIGH_VALUE),
        (paying(NATIVE), Tier.ROUTINE),
        (paying(NATIVE, uses=SPENDER_USE), Tier.HIGH_VALUE),
    ],
)
def test_rule__about_the_movers_of_a_listed_token__says_nothing(
    scene: Scene, token: bytes, word: int, alone: Tier
) -> None:
    functions = ("transfer", "approve", "increaseAllowance")
    calls = {name: compiled.data_of("Token", name, PAYEE, 2_000) for name in functions}
    calls["transferFrom"] = compiled.data_of("Token", "transferFrom", scene.vault, PAYEE, 2_000)

    def tiers(value: int = 0) -> dict[str, Tier]:
        return {n: scene.tier_of([call(to=token, value=value, data=d)]) for n, d in calls.items()}

    before = tiers()
    assert before == {
        "transfer": Tier.STANDARD,
        "transferFrom": Tier.STANDARD,
        "approve": Tier.HIGH_VALUE,
        "increaseAllowance": Tier.HIGH_VALUE,
    }
    for calldata in calls.values():
        set_rule(scene, word, target=token, selector=calldata[:4])
    assert tiers() == before
    assert set(tiers(value=1).values()) == {Tier.CUSTODY}
    # Where the token is not listed, there is nothing else to go by.
    scene.must_change("setAsset", token, 0)
    assert tiers()["transfer"] is alone


def test_rule__about_a_mover_of_a_listed_token__does_not_make_dirty_calldata_clean(
    scene: Scene, token: bytes
) -> None:
    dirty = compiled.data_of("Token", "transfer", PAYEE, 1) + bytes(32)
    wide = rule(asset=NATIVE, amount_at=2, counterparty_at=0, words=3, uses=RECIPIENT_USE)
    set_rule(scene, wide, target=token, selector=dirty[:4])
    assert scene.tier_of([call(to=token, data=dirty)]) is Tier.CUSTODY
    # It says what it says about another contract.
    set_rule(scene, wide, selector=dirty[:4])
    assert scene.tier_of([call(to=DESK, data=dirty)]) is Tier.ROUTINE


def test_rule__about_another_function_of_a_listed_token__is_what_it_is_judged_by(
    scene: Scene, token: bytes
) -> None:
    mint = compiled.data_of("Token", "mint", PAYEE, 1_000)
    assert scene.tier_of([call(to=token, data=mint)]) is Tier.CUSTODY
    set_rule(scene, paying(token), target=token, selector=mint[:4])
    assert scene.tier_of([call(to=token, data=mint)]) is Tier.ROUTINE


@pytest.mark.parametrize("word", [rule(OPAQUE), paying(NATIVE)])
def test_rule__about_the_checks__says_nothing(scene: Scene, word: int) -> None:
    checks = companion("checks")
    set_rule(scene, word, target=checks)
    assert scene.tier_of([call(to=checks, data=PLACE)]) is Tier.ROUTINE
    assert scene.tier_of([call(to=checks, data=PLACE, value=1)]) is Tier.CUSTODY


@pytest.mark.parametrize("word", [rule(OPAQUE), paying(NATIVE)])
@pytest.mark.parametrize("name", ["duty_registry", "strategy_limits", "bypass_ledger"])
def test_rule__about_what_keeps_something_for_the_vault__makes_it_no_less_than_custody(
    scene: Scene, name: str, word: int
) -> None:
    set_rule(scene, word, target=companion(name))
    set_rule(scene, word)
    calldata = data([PAYEE, 1])
    assert scene.tier_of([call(to=companion(name), data=calldata)]) is Tier.CUSTODY
    assert scene.tier_of([call(to=DESK, data=calldata)]) < Tier.CUSTODY


@pytest.mark.parametrize("word", [rule(OPAQUE), paying(NATIVE)])
def test_rule__about_the_registry__counts_only_while_it_is_not_the_vaults(scene: Scene, word: int) -> None:
    other = compiled.deploy(scene.chain, "Token", 6)
    set_rule(scene, word, target=other)
    asked = [call(to=other, data=data([PAYEE, 1]))]
    before = scene.tier_of(asked)
    assert before < Tier.CUSTODY
    # A registry that answers zero to every question: PUSH1 32, PUSH0, RETURN.
    scene.chain.set_code(other, bytes.fromhex("60205ff3"))
    scene.must_change("setRegistry", other)
    assert scene.tier_of(asked) is Tier.CUSTODY
    scene.must_change("setRegistry", NOBODY)
    assert scene.tier_of(asked) is before


@pytest.mark.parametrize("word", [rule(OPAQUE), paying(NATIVE)])
def test_rule__about_a_member__makes_it_no_less_than_custody(scene: Scene, word: int) -> None:
    """Active, suspended, or removed."""
    calldata = data([PAYEE, 1])
    for who in ("ann", "gus", "amy"):
        account = scene.address(who)
        set_rule(scene, word, target=account)
        assert scene.tier_of([call(to=account, data=calldata)]) is Tier.CUSTODY
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    set_rule(scene, word, target=scene.address("dan"))
    assert scene.tier_of([call(to=scene.address("dan"), data=calldata)]) is Tier.CUSTODY
    scene.must_change("removeMember", scene.address("amy"))
    assert scene.tier_of([call(to=scene.address("amy"), data=calldata)]) is Tier.CUSTODY


@pytest.mark.parametrize("word", [rule(OPAQUE), paying(NATIVE)])
def test_rule__about_whoever_becomes_a_member__counts_no_more(scene: Scene, word: int) -> None:
    set_rule(scene, word)
    asked = [place([PAYEE, 1])]
    assert scene.tier_of(asked) < Tier.CUSTODY
    eve = scene.member("eve")
    scene.must_change("addMember", DESK, 9, 2, eve.attributes.pack())
    assert scene.tier_of(asked) is Tier.CUSTODY


# ----------------------------------------------------------------------------------- A rule that changes meanwhile


def risen(scene: Scene, operation_id: bytes, waited_for: Tier, actual: Tier) -> OperationTierRisen:
    return OperationTierRisen(id=operation_id, waited_for=waited_for, actual=actual)


def test_take_back__of_an_opaque_rule_under_a_waiting_operation__makes_it_wait_as_custody(
    scene: Scene,
) -> None:
    set_rule(scene, rule(OPAQUE))
    scene.chain.set_code(DESK, b"\0")
    operation = scene.ready("ann", [place([])])
    with scene.chain.isolate():
        scene.must(scene.execute("ann", operation))
    take_back(scene)
    refusal = risen(scene, scene.id_of(operation), Tier.HIGH_VALUE, Tier.CUSTODY)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    with scene.chain.isolate():
        set_rule(scene, rule(OPAQUE))
        scene.must(scene.execute("ann", operation))
    moment = scene.next_time() + 5
    scene.at(moment, lambda: scene.approve(operation, []))
    _, lane, status = scene.lane(0)
    assert (status, lane.tier, lane.moment) == (Status.WAITING, Tier.CUSTODY, moment + 72 * HOUR)
    assert lane.approvals == {1, 2, 3}


@pytest.mark.parametrize(
    ("change", "tier"),
    [
        (("setRule", DESK, number(PLACE), 0), Tier.CUSTODY),
        (("setRule", DESK, number(PLACE), rule(OPAQUE)), Tier.HIGH_VALUE),
        (("setCounterparty", PAYEE, 0), Tier.HIGH_VALUE),
        (("setAsset", NATIVE, 0), Tier.CUSTODY),
    ],
    ids=["taken back", "opaque", "counterparty gone", "asset gone"],
)
def test_change__under_a_measured_operation_that_waits__drops_its_approvals(
    scene: Scene, change: tuple[str, bytes, int], tier: Tier
) -> None:
    set_rule(scene, paying(NATIVE))
    scene.chain.set_code(DESK, b"\0")
    operation = scene.ready("ann", [place([PAYEE, ETHER])], "bob", "cat")
    assert scene.lane(0)[1].tier is Tier.ROUTINE
    with scene.chain.isolate():
        # A change that makes nothing of it more.
        scene.must_change("setRule", DESK, 0, rule(OPAQUE))
        scene.must(scene.execute("ann", operation))
    scene.must_change(*change)
    refusal = risen(scene, scene.id_of(operation), Tier.ROUTINE, tier)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    scene.must(scene.approve(operation, []))
    _, lane, status = scene.lane(0)
    assert (status, lane.tier, lane.approvals) == (Status.PROPOSED, tier, frozenset())
    scene.give(operation, "bob", "cat", "dan")
    scene.pass_to_ready(operation)
    scene.must(scene.execute("ann", operation))


def test_change__of_the_places_that_a_rule_names__is_what_a_waiting_operation_is_judged_by(
    scene: Scene,
) -> None:
    """The same bytes say another amount."""
    set_rule(scene, rule(amount_at=1, counterparty_at=0, words=3, uses=RECIPIENT_USE))
    operation = scene.ready("ann", [place([PAYEE, 1, 2 * ETHER])], "bob", "cat")
    set_rule(scene, rule(amount_at=2, counterparty_at=0, words=3, uses=RECIPIENT_USE))
    refusal = risen(scene, scene.id_of(operation), Tier.ROUTINE, Tier.STANDARD)
    scene.refuses(refusal, lambda: scene.execute("ann", operation))
    scene.must(scene.approve(operation, []))
    _, lane, status = scene.lane(0)
    assert (status, lane.tier) == (Status.PROPOSED, Tier.STANDARD)
    assert lane.approvals == {1, 2}


def test_set_rule__for_what_waits_as_custody__changes_nothing_for_it(scene: Scene) -> None:
    operation = scene.waiting("ann", [place([PAYEE, 1])])
    assert scene.lane(0)[1].tier is Tier.CUSTODY
    set_rule(scene, paying(NATIVE))
    assert scene.tier_of([place([PAYEE, 1])]) is Tier.ROUTINE
    scene.must(scene.approve(operation, []))
    assert (scene.lane(0)[1].tier, scene.status(operation)) == (Tier.CUSTODY, Status.WAITING)


def test_take_back__before_the_quorum__is_what_the_operation_is_judged_by(scene: Scene) -> None:
    set_rule(scene, paying(NATIVE))
    operation = scene.published("ann", [place([PAYEE, 1])])
    scene.must(scene.approve(operation, [scene.sign("bob", operation)]))
    assert scene.lane(0)[1].tier is Tier.ROUTINE
    take_back(scene)
    scene.give(operation, "cat", "dan")
    _, lane, status = scene.lane(0)
    assert (status, lane.tier) == (Status.PROPOSED, Tier.CUSTODY)
    assert lane.approvals == {2, 3}


# ------------------------------------------------------------------------------------------------------------ Execution


def test_execute__of_a_ruled_call__makes_it(scene: Scene, token: bytes) -> None:
    mint = compiled.data_of("Token", "mint", PAYEE, 1_000)
    set_rule(scene, paying(token), target=token, selector=mint[:4])
    operation = scene.ready("ann", [call(to=token, data=mint)], "bob", "cat")
    scene.must(scene.execute("ann", operation))
    assert compiled.read(scene.chain, "Token", token, "balanceOf", PAYEE) == 1_000
