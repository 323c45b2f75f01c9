"""Calldata that nobody said whose it is: no vault, and at times no target either."""

from __future__ import annotations

import pytest

from tests.core.meaning import ANN, IT, UNLIMITED, USDC, data
from verifier.decode.calls import decode_call
from verifier.decode.lexicon import SOMEBODY, SOMEWHERE, Lexicon
from verifier.decode.sentence import say_operation
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.call import DecodedCall, Naming
from verifier.model.operation import Call
from verifier.model.units import Wei

NAMES = Lexicon(vault=None)


def decode(call_data: bytes, to: Address = SOMEWHERE) -> DecodedCall:
    return decode_call(Call(target=to, value=Wei(0), data=call_data), NAMES)


@pytest.mark.parametrize("to", [NOBODY, SOMEWHERE, IT])
def test_decode__any_target_and_no_vault__is_read_by_the_standards(to: Address) -> None:
    """The zero address is no vault, whose own functions alone would count."""
    found = decode(data("transfer(address,uint256)", ANN, 5), to)
    assert (found.naming, found.function) == (Naming.STANDARD, "transfer(address,uint256)")


def test_decode__no_vault__nothing_is_called_this_vault() -> None:
    found = decode(data("transferFrom(address,address,uint256)", NOBODY, ANN, 5), IT)
    assert f"from {NOBODY} to {ANN}" in found.sentence
    assert "vault" not in found.sentence


def test_decode__no_vault__whose_it_is_is_not_made_up() -> None:
    found = decode(data("approve(address,uint256)", ANN, UNLIMITED), USDC)
    assert found.sentence == (
        f"Allows {ANN} to spend without limit (2^256 - 1) of the caller's token {USDC}, at any time and without "
        "another operation. It does so only if that is an honest token."
    )
    assert found.caller is None
    taken = decode(data("acceptOwnership()"), IT)
    assert taken.sentence == f"Makes whoever makes the call the owner of {IT}, as was offered."


def test_decode__no_target__is_no_native_coin() -> None:
    found = decode(data("transfer(address,uint256)", ANN, 5))
    assert found.sentence.startswith(f"Sends 5 base units of the contract that is called to {ANN}.")
    (effect,) = found.effects
    assert effect.token != NATIVE  # type: ignore[union-attr]  # a transfer is a movement


def test_decode__an_inner_call__its_caller_is_named() -> None:
    inner = (USDC, data("transfer(address,uint256)", ANN, 5))
    found = decode(data("aggregate((address,bytes)[])", [inner]), IT)
    said = say_operation((found,), NAMES)
    assert f"Sends 5 base units of {USDC} of {IT} to {ANN}." in said
    assert found.children[0].caller == IT


def test_placeholders__are_nobodys_address() -> None:
    assert [NAMES.is_known(each) for each in (SOMEBODY, SOMEWHERE, NOBODY, IT)] == [False, False, True, True]
