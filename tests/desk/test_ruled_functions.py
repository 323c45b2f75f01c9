"""Which rules are read for an operation that sets some: the present ones, to say what becomes of them."""

from __future__ import annotations

from tests.core.rules.cases import PROTOCOL, call, transfer
from tests.desk.fakes import VAULT, operation
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.decode.operations import encode_call
from verifier.desk.gathering import ruled_by
from verifier.model.address import Address
from verifier.model.operation import Call
from verifier.model.rule import Rule
from verifier.model.units import Wei

PLAIN = Lexicon(vault=VAULT)


def setting(selector: int, *, at: Address = VAULT) -> Call:
    data = encode_call("setRule", PROTOCOL, selector, Rule().pack())
    return Call(target=at, value=Wei(0), data=data)


def test_ruled_by__an_operation_that_sets_rules__their_functions() -> None:
    calls = decode_operation(operation(setting(0x01020304), transfer(), setting(5)), PLAIN)
    assert list(ruled_by(calls, VAULT)) == [
        (PROTOCOL, bytes.fromhex("01020304")),
        (PROTOCOL, bytes.fromhex("00000005")),
    ]


def test_ruled_by__calls_that_set_none_here__nothing() -> None:
    cut = Call(target=VAULT, value=Wei(0), data=setting(1).data[:40])
    counterparty = call(VAULT, "setCounterparty(address,uint8)", PROTOCOL, 1)
    calls = decode_operation(operation(setting(1, at=PROTOCOL), transfer(), cut, counterparty), PLAIN)
    assert list(ruled_by(calls, VAULT)) == []
