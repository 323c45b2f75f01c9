"""Real transactions, as if the vault made them: how loud the rules are where nothing is wrong."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.core.rules.cases import case_of
from tests.desk.fakes import COMPANIONS, operation
from tests.vectors import read_vectors
from verifier.assess.rules.table import judge_case
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.desk.review import addresses_in
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.operation import Call
from verifier.model.units import Wei

TRANSACTIONS = read_vectors("calldata.json")["transactions"]


def loudness(transaction: dict[str, Any], *, is_known: bool) -> set[tuple[str, Severity]]:
    """Return what is found with a warning or more.

    :param is_known: whether the signer has a label for every account that the bytes name
    """
    made = Call(
        target=Address.parse(transaction["to"]),
        value=Wei(int(transaction["value"], 16)),
        data=bytes.fromhex(transaction["data"][2:]),
    )
    vault = Address.parse(transaction["sender"])
    calls = decode_operation(operation(made), Lexicon(vault=vault, companions=COMPANIONS))
    named = addresses_in(calls)
    labels = dict.fromkeys(named, "known") if is_known else {}
    found = judge_case(case_of(made, vault=vault, labels=labels))
    return {(one.rule, one.severity) for one in found if one.severity >= Severity.WARNING}


@pytest.mark.parametrize("is_known", [True, False])
def test_real_transactions__any_signer__no_danger(is_known: bool) -> None:
    found = [each for one in TRANSACTIONS for each in loudness(one, is_known=is_known)]
    assert [rule for rule, severity in found if severity is Severity.DANGER] == []


def test_real_transactions__counterparties_known__nothing_but_functions_that_nobody_names() -> None:
    found = Counter(rule for one in TRANSACTIONS for rule, _ in loudness(one, is_known=True))
    unnamed = [one for one in TRANSACTIONS if "custodian's wallet" in one["what"]]
    assert found == {"function-unknown": len(unnamed)}
    assert len(unnamed) < len(TRANSACTIONS) / 4


def test_real_transactions__counterparties_unknown__one_warning_at_most() -> None:
    """That the check above is not quiet by itself: without labels whoever gains is asked about."""
    found = [loudness(one, is_known=False) for one in TRANSACTIONS]
    assert max(map(len, found)) == 1
    assert Counter(rule for each in found for rule, _ in each)["counterparty-unknown"] == 8
