"""Tokens that move another amount than they were asked to."""

from __future__ import annotations

from typing import Final

import pytest

from tests.attacks import mocks
from tests.attacks.insiders import DOLLAR, DOLLAR_TERMS, refuses_blank, takes_blank
from tests.companions import deployed
from tests.contracts.scene import PAYEE, QUORUM, Scene
from tests.stage import Call, call
from verifier.errors.checks import CheckTokenBalanceTooLow
from verifier.errors.operations import CallFailed
from verifier.model.asset import AssetTerms

FUNDS: Final = 10**6 * DOLLAR
HUNDRED: Final = 100 * DOLLAR


def fee_token(scene: Scene, *, on_top: bool) -> bytes:
    token = mocks.deploy(scene.chain, "FeeToken", on_top)
    scene.must(scene.chain.send(PAYEE, token, mocks.data_of("FeeToken", "mint", scene.vault, FUNDS)))
    scene.must_change("setAsset", token, DOLLAR_TERMS.pack())
    return token


def balance(scene: Scene, token: bytes, of: bytes) -> int:
    return int(mocks.read(scene.chain, "FeeToken", token, "balanceOf", of))


def pay(token: bytes, amount: int = HUNDRED) -> Call:
    return call(to=token, data=mocks.data_of("FeeToken", "transfer", PAYEE, amount))


def keep(scene: Scene, token: bytes, least: int) -> Call:
    """Return the check that the vault still has so much."""
    checks = deployed(scene.chain, "checks")
    return call(
        to=checks.address, data=checks.data_of("requireTokenBalanceAtLeast", token, scene.vault, least)
    )


def test_execute__fee_out_of_the_amount__costs_the_recipient_and_no_more_of_the_bucket(scene: Scene) -> None:
    """The bucket takes what leaves the vault. Who counts on what arrives has to look."""
    token = fee_token(scene, on_top=False)
    operation = takes_blank(scene, "ann", [pay(token)], *QUORUM)
    scene.pass_to_ready(operation)
    scene.must(scene.execute("bob", operation))
    assert balance(scene, token, scene.vault) == FUNDS - HUNDRED
    assert balance(scene, token, PAYEE) == HUNDRED - DOLLAR
    terms = AssetTerms.unpack(scene.asset_word(token))
    assert terms is not None
    assert terms.level == HUNDRED


def test_execute__fee_on_top_of_the_amount__is_refused_by_a_check_behind_it(scene: Scene) -> None:
    """The policy cannot know. A check in the batch sees it in the very block, and everything is undone."""
    token = fee_token(scene, on_top=True)
    guarded = scene.waiting("ann", [pay(token), keep(scene, token, FUNDS - HUNDRED)])
    enough = scene.waiting("ann", [pay(token), keep(scene, token, FUNDS - HUNDRED - DOLLAR)], nth=1)
    scene.pass_to_ready(enough)
    low = CheckTokenBalanceTooLow(
        token=token, account=scene.vault, minimum=FUNDS - HUNDRED, actual=FUNDS - HUNDRED - DOLLAR
    )
    reason = deployed(scene.chain, "checks").data_of_error(low)
    scene.refuses(CallFailed(index=1, reason=reason), lambda: scene.execute("bob", guarded))
    assert balance(scene, token, scene.vault) == FUNDS
    scene.must(scene.execute("bob", enough))


@pytest.mark.parametrize("on_top", [False, True], ids=["out of it", "on top"])
def test_propose__large_amount_of_such_a_token__is_high_value_by_what_was_asked(
    scene: Scene, on_top: bool
) -> None:
    token = fee_token(scene, on_top=on_top)
    refuses_blank(scene, "ann", [pay(token, DOLLAR_TERMS.high_value_from)], *QUORUM)
    takes_blank(scene, "ann", [pay(token, DOLLAR_TERMS.high_value_from - 1)], *QUORUM)
