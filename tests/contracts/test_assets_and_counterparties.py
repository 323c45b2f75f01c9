"""setAsset and setCounterparty: what may be listed, and how limits count with any number of decimals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.scene import HERE, PAYEE, Scene
from tests.stage import NATIVE, NOBODY, STRANGER, call, companion
from tests.tokens import compiled
from verifier.errors.settings import AssetTermsInvalid, CounterpartyInvalid
from verifier.model.asset import AssetTerms
from verifier.model.tier import Tier
from verifier.model.units import Units

LARGEST = 2**64 - 1


def terms(routine: int = 10, high: int = 1_000, decimals: int = 6) -> int:
    return AssetTerms(routine_limit=Units(routine), high_value_from=Units(high), decimals=decimals).pack()


@pytest.fixture
def token(scene: Scene) -> bytes:
    return compiled.deploy(scene.chain, "Token", 6)


def tier_of(scene: Scene, token: bytes, amount: int) -> Tier:
    data = compiled.data_of("Token", "transfer", PAYEE, amount)
    return scene.tier_of([call(to=token, data=data)])


# ---------------------------------------------------------------------------------------------------------- Decimals


@pytest.mark.parametrize("decimals", [0, 1, 5, 6])
def test_limits__with_up_to_six_decimals__count_base_units(scene: Scene, token: bytes, decimals: int) -> None:
    scene.must_change("setAsset", token, terms(10, 1_000, decimals))
    found = {amount: tier_of(scene, token, amount) for amount in (0, 10, 11, 999, 1_000, 2**256 - 1)}
    assert found == {
        0: Tier.ROUTINE,
        10: Tier.ROUTINE,
        11: Tier.STANDARD,
        999: Tier.STANDARD,
        1_000: Tier.HIGH_VALUE,
        2**256 - 1: Tier.HIGH_VALUE,
    }


@pytest.mark.parametrize("decimals", [7, 8, 18, 35, 36])
def test_limits__with_more_decimals__count_millionths_rounded_up(
    scene: Scene, token: bytes, decimals: int
) -> None:
    scene.must_change("setAsset", token, terms(10, 1_000, decimals))
    unit = 10 ** (decimals - 6)
    amounts = {
        0: Tier.ROUTINE,
        1: Tier.ROUTINE,
        10 * unit: Tier.ROUTINE,
        10 * unit + 1: Tier.STANDARD,
        999 * unit: Tier.STANDARD,
        # A part of a unit is never free: this is the thousandth.
        999 * unit + 1: Tier.HIGH_VALUE,
        1_000 * unit - 1: Tier.HIGH_VALUE,
        1_000 * unit: Tier.HIGH_VALUE,
        2**256 - 1: Tier.HIGH_VALUE,
    }
    assert {amount: tier_of(scene, token, amount) for amount in amounts} == amounts


@pytest.mark.parametrize("decimals", [6, 18, 36])
def test_limits__of_nothing__let_only_nothing_pass_as_routine(
    scene: Scene, token: bytes, decimals: int
) -> None:
    scene.must_change("setAsset", token, terms(0, 1, decimals))
    assert tier_of(scene, token, 0) is Tier.ROUTINE
    assert tier_of(scene, token, 1) is Tier.HIGH_VALUE


def test_limits__at_their_largest__are_compared_in_full(scene: Scene, token: bytes) -> None:
    scene.must_change("setAsset", token, terms(LARGEST - 1, LARGEST, 6))
    assert tier_of(scene, token, LARGEST - 1) is Tier.ROUTINE
    assert tier_of(scene, token, LARGEST) is Tier.HIGH_VALUE
    assert tier_of(scene, token, 2**64 + 1) is Tier.HIGH_VALUE


# ------------------------------------------------------------------------------------------------------------- Listing

WORDS = {
    "limits that are equal": (terms(10, 10), terms(9, 10)),
    "limits in the wrong order": (terms(11, 10), terms(0, 1)),
    "no limits": (terms(0, 0), terms(0, 1)),
    "too many decimals": (terms(decimals=37), terms(decimals=36)),
    "the most decimals of all": (terms(decimals=255), terms(decimals=0)),
    "not said to be listed": (terms() & ~(1 << 136), terms()),
    "a bit above": (terms() | 1 << 137, terms()),
    "the highest bit": (terms() | 1 << 255, terms()),
    "a number that means nothing": (1, terms()),
}


@pytest.mark.parametrize("why", WORDS)
@pytest.mark.parametrize("native", [True, False], ids=["coin", "token"])
def test_set_asset__with_terms_that_mean_nothing__is_refused(
    scene: Scene, token: bytes, why: str, native: bool
) -> None:
    asset = NATIVE if native else token
    bad, good = WORDS[why]
    refusal = AssetTermsInvalid(asset=asset, terms=bad)
    scene.refuses(refusal, lambda: scene.change("setAsset", asset, bad))
    scene.must_change("setAsset", asset, good)


def test_set_asset__without_code__is_refused(scene: Scene, token: bytes) -> None:
    refusal = AssetTermsInvalid(asset=STRANGER, terms=terms())
    scene.refuses(refusal, lambda: scene.change("setAsset", STRANGER, terms()))
    scene.must_change("setAsset", token, terms())


@pytest.mark.parametrize("left", [False, True])
def test_set_asset__that_is_a_member__is_refused_even_with_code(
    scene: Scene, token: bytes, left: bool
) -> None:
    eve = scene.address("eve")
    if left:
        scene.must_change("removeMember", eve)
    scene.chain.set_code(eve, bytes.fromhex("ef0100") + token)
    refusal = AssetTermsInvalid(asset=eve, terms=terms())
    scene.refuses(refusal, lambda: scene.change("setAsset", eve, terms()))
    scene.must_change("setAsset", token, terms())


@pytest.mark.parametrize("name", ["duty_registry", "strategy_limits", "bypass_ledger"])
def test_set_asset__that_keeps_something_for_the_vault__is_refused(
    scene: Scene, token: bytes, name: str
) -> None:
    """Calls of a token's four functions would be less than CUSTODY."""
    refusal = AssetTermsInvalid(asset=companion(name), terms=terms())
    scene.refuses(refusal, lambda: scene.change("setAsset", companion(name), terms()))
    scene.must_change("setAsset", token, terms())


def test_set_asset__that_is_the_registry__is_refused_until_it_is_not(scene: Scene) -> None:
    # It answers zero to every question: PUSH1 32, PUSH0, RETURN.
    registry = b"\x7e" * 20
    scene.chain.set_code(registry, bytes.fromhex("60205ff3"))
    scene.must_change("setRegistry", registry)
    refusal = AssetTermsInvalid(asset=registry, terms=terms())
    scene.refuses(refusal, lambda: scene.change("setAsset", registry, terms()))
    scene.must_change("setRegistry", NOBODY)
    scene.must_change("setAsset", registry, terms())


@pytest.mark.parametrize("function", ["addMember", "replaceMember"])
def test_enter__of_an_address_that_is_listed_as_an_asset__is_refused(scene: Scene, function: str) -> None:
    """An account that delegates (EIP-7702) has code for as long as it likes."""
    account = b"\x77" * 20
    scene.chain.set_code(account, bytes.fromhex("ef0100") + PAYEE)
    scene.must_change("setAsset", account, terms())
    scene.chain.set_code(account, b"")
    about: tuple[Any, ...] = (account, 9, 2, HERE.pack())
    if function == "replaceMember":
        about = (scene.address("eve"), account, 9, HERE.pack())
    refusal = CounterpartyInvalid(account=account, uses=0)
    scene.refuses(refusal, lambda: scene.change(function, *about))
    scene.must_change("setAsset", account, 0)
    scene.must_change(function, *about)


def test_set_asset__to_zero__takes_it_off_the_list(scene: Scene, token: bytes) -> None:
    scene.must_change("setAsset", token, terms())
    assert tier_of(scene, token, 1) is Tier.ROUTINE
    scene.must_change("setAsset", token, 0)
    assert tier_of(scene, token, 1) is Tier.CUSTODY
    # Also what is not there, or could not be listed.
    scene.must_change("setAsset", STRANGER, 0)
    scene.must_change("setAsset", scene.address("eve"), 0)


# ------------------------------------------------------------------------------------------------------ Counterparties


@pytest.mark.parametrize("uses", [0, 1, 2, 3])
def test_set_counterparty__to_any_sum_of_uses__is_what_moves_are_judged_by(
    scene: Scene, token: bytes, uses: int
) -> None:
    scene.must_change("setAsset", token, terms())
    scene.must_change("setCounterparty", STRANGER, uses)
    sending = scene.tier_of([call(to=token, data=compiled.data_of("Token", "transfer", STRANGER, 1))])
    allowing = scene.tier_of([call(to=token, data=compiled.data_of("Token", "approve", STRANGER, 1))])
    paying = scene.tier_of([call(to=STRANGER, value=1)])
    assert sending is paying is (Tier.ROUTINE if uses & 1 else Tier.HIGH_VALUE)
    assert allowing is (Tier.ROUTINE if uses & 2 else Tier.HIGH_VALUE)


@pytest.mark.parametrize("uses", [4, 7, 256, 2**256 - 1])
def test_set_counterparty__to_uses_that_there_are_not__is_refused(scene: Scene, uses: int) -> None:
    refusal = CounterpartyInvalid(account=STRANGER, uses=uses)
    scene.refuses(refusal, lambda: scene.change("setCounterparty", STRANGER, uses))
    scene.must_change("setCounterparty", STRANGER, 3)


@pytest.mark.parametrize("account", ["vault", "member", "guardian", "suspended", "removed"])
@pytest.mark.parametrize("uses", [0, 1])
def test_set_counterparty__that_is_the_vault_or_a_member__is_refused(
    scene: Scene, account: str, uses: int
) -> None:
    scene.must(scene.send("dan", "suspend", scene.address("dan")))
    scene.must_change("removeMember", scene.address("amy"))
    members = {"member": "ann", "guardian": "gus", "suspended": "dan", "removed": "amy"}
    address = scene.vault if account == "vault" else scene.address(members[account])
    refusal = CounterpartyInvalid(account=address, uses=uses)
    scene.refuses(refusal, lambda: scene.change("setCounterparty", address, uses))
    scene.must_change("setCounterparty", STRANGER, uses)
