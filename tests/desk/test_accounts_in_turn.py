"""In which order the accounts of operations are looked at, since not all of a huge one's are."""

from __future__ import annotations

from tests.core.rules.cases import ALICE, MALLORY, ROUTER, TOKEN, approve, call, transfer
from tests.desk.fakes import VAULT, operation
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.desk.gathering import in_turn
from verifier.desk.review import addresses_in
from verifier.model.address import Address
from verifier.model.operation import Operation

MANY = [Address(((1 << 150) + i).to_bytes(20, "big")) for i in range(300)]


def named_in(operation: Operation) -> list[Address]:
    return list(addresses_in(decode_operation(operation, Lexicon(vault=VAULT))))


def test_addresses_in__long_list_in_front__after_what_matters() -> None:
    swap = "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)"
    padding = call(ROUTER, swap, 5, 10**18, MANY, VAULT, 1_900_000_000)
    named = named_in(operation(padding, approve(MALLORY)))
    first = set(named[:10])
    assert {ROUTER, TOKEN, MALLORY} <= first
    assert set(MANY) <= set(named)


def test_in_turn__long_list_of_one_operation__does_not_crowd_out_the_other() -> None:
    honest = named_in(operation(transfer(ALICE)))
    together = list(in_turn([MANY, honest]))
    assert set(honest) <= set(together[: 2 * len(honest)])
    assert set(together) == {*MANY, *honest}
