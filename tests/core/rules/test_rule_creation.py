"""Contracts that an operation makes: asked about, and where coins go there, who gains."""

from __future__ import annotations

from eth_hash.auto import keccak

from tests.core.rules.cases import PROTOCOL, call, case_of, findings, severities
from tests.core.rules.test_rules_from_bytes import loud
from verifier.decode.meaning.made_at import create2
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.operation import Call
from verifier.model.units import Wei

FACTORY = Address.parse("0x4e59b44847b379578588920cA78FbF26c0B4956C")
LABELS = {FACTORY: "Factory", PROTOCOL: "CreateX"}
SALT, CODE = bytes(31) + b"\x01", b"\x60\x80"


def test_contract__made_by_bytes_or_by_function__warned_with_address_and_hash() -> None:
    bare = case_of(Call(target=FACTORY, value=Wei(0), data=SALT + CODE), labels=LABELS)
    named = case_of(call(PROTOCOL, "safeCreate2(bytes32,bytes)", SALT, CODE), labels=LABELS)
    for one, factory in ((bare, FACTORY), (named, PROTOCOL)):
        assert severities(one, "contract-made") == [Severity.WARNING]
        assert loud(one) == {"contract-made"}
        said = findings(one, "contract-made")[0].sentence
        assert f"0x{keccak(CODE).hex()}" in said
        assert str(create2(factory, SALT, keccak(CODE))) in said


def test_contract__gets_coins_as_it_is_made__is_who_gains() -> None:
    one = case_of(Call(target=FACTORY, value=Wei(5), data=SALT + CODE), labels=LABELS)
    assert loud(one) == {"contract-made", "counterparty-unknown"}


def test_factory__handed_too_little_for_a_salt__danger() -> None:
    one = case_of(Call(target=FACTORY, value=Wei(0), data=SALT[:31]), labels=LABELS)
    assert severities(one, "encoding-truncated") == [Severity.DANGER]
    assert severities(one, "contract-made") == []


def test_safe__made_by_its_factory__warned_with_whose_code_it_runs() -> None:
    one = case_of(
        call(PROTOCOL, "createProxyWithNonce(address,bytes,uint256)", FACTORY, b"", 1), labels=LABELS
    )
    assert loud(one) == {"contract-made"}
    assert f"that runs the code of {FACTORY} (Factory)" in findings(one, "contract-made")[0].sentence
