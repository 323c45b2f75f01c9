"""Functions that nothing names, and words that rest on one source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.rules.cases import (
    PROTOCOL,
    TOKEN,
    account,
    call,
    case_of,
    findings,
    severities,
    token,
    transfer,
)
from tests.desk.fakes import VAULT
from verifier.model.call import Naming
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity


@pytest.mark.parametrize("naming", [Naming.NONE, Naming.RECOVERED])
def test_function__named_by_nothing_or_a_guess__warned(naming: Naming) -> None:
    case = case_of(transfer())
    (named,) = case.calls
    guessed = replace(case, calls=(replace(named, naming=naming, function=""),))
    assert severities(guessed, "function-unknown") == [Severity.WARNING]
    typed = replace(case, calls=(replace(named, naming=Naming.RECOVERED),))
    assert severities(typed, "function-unknown") == [Severity.WARNING]
    assert severities(case, "function-unknown") == []


def test_function__of_the_vault_itself_and_unknown__warned() -> None:
    assert severities(case_of(call(VAULT, "nonsense()")), "function-unknown") == [Severity.WARNING]
    assert severities(case_of(call(PROTOCOL, value=1)), "function-unknown") == []


@pytest.mark.parametrize(("evidence", "is_found"), [(Evidence.CLAIMED, True), (Evidence.AGREED, False)])
def test_words__rest_on_one_source__noticed(evidence: Evidence, is_found: bool) -> None:
    told = account(TOKEN, token=replace(token(), evidence=evidence))
    found = severities(case_of(transfer(), accounts=[told]), "evidence-claimed")
    assert found == ([Severity.NOTICE] if is_found else [])


def test_words__all_is_claimed__said_of_the_reading_and_not_of_each_call() -> None:
    told = account(TOKEN, token=replace(token(), evidence=Evidence.CLAIMED))
    case = case_of(transfer(), accounts=[told], evidence=Evidence.CLAIMED)
    assert findings(case, "evidence-claimed") == []
