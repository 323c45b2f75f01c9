"""Decimals that the vault and a token do not agree on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.rules.cases import (
    PROTOCOL,
    TOKEN,
    account,
    approve,
    call,
    case_of,
    findings,
    policy,
    token,
    transfer,
)
from tests.core.rules.test_rule_vault_changes import LISTED, setting
from tests.desk.fakes import COMPANIONS, VAULT, operation
from verifier.assess.case import Case
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.desk.gathering import tokens_of
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.operation import Call

WRONG = replace(LISTED, decimals=18)


def moving(made: Call, *, listed: int, claimed: int | None) -> Case:
    terms = replace(LISTED, decimals=listed)
    told = account(TOKEN, token=token(decimals=claimed))
    return case_of(made, policy=policy(assets={TOKEN: terms}), accounts=[told])


@pytest.mark.parametrize("made", [transfer(), approve()])
def test_decimals__listed_with_others_than_the_token_has__warned(made: Call) -> None:
    """Forty million are shown as a few cents by a listing with 18 decimals."""
    (found,) = findings(moving(made, listed=18, claimed=6), "decimals-differ")
    assert (found.severity, found.evidence) == (Severity.WARNING, Evidence.AGREED)
    assert findings(moving(made, listed=6, claimed=6), "decimals-differ") == []
    assert findings(moving(made, listed=18, claimed=None), "decimals-differ") == []


def test_decimals__about_to_be_listed_so__warned() -> None:
    told = account(TOKEN, token=token(decimals=6))
    for terms, count in ((WRONG, 1), (LISTED, 0)):
        listing = case_of(setting("setAsset", TOKEN, terms.pack()), accounts=[told])
        assert len(findings(listing, "decimals-differ")) == count
    # Taken off the list, or at another contract, it counts nothing.
    for other in (
        setting("setAsset", TOKEN, 0),
        call(PROTOCOL, "setAsset(address,uint256)", TOKEN, WRONG.pack()),
    ):
        assert findings(case_of(other, accounts=[told]), "decimals-differ") == []


def test_tokens_of__what_is_about_to_be_listed__is_asked_as_a_token() -> None:
    names = Lexicon(vault=VAULT, companions=COMPANIONS)
    listing = decode_operation(operation(setting("setAsset", TOKEN, WRONG.pack())), names)
    assert list(tokens_of(listing, VAULT)) == [TOKEN]
    allowing = decode_operation(operation(setting("setCounterparty", TOKEN, 1)), names)
    assert list(tokens_of(allowing, VAULT)) == []
