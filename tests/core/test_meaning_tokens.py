"""Tokens: what moves, and who may move it from then on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.meaning import (
    ANN,
    BOB,
    HALF_A_MILLION,
    IT,
    LATER,
    NAMES,
    NOBODY,
    RAW,
    UNLIMITED,
    USDC,
    VAULT,
    account,
    allowance,
    bare,
    decode,
    move,
)
from verifier.model.account import TokenReading
from verifier.model.effect import Allowance, Move
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange

SIGNATURE = (27, bytes(32), bytes(32))
# `ownerOf(uint256)` and no `decimals()`, and the other way round.
COLLECTION_CODE = b"\x63" + bytes.fromhex("6352211e")
COIN_CODE = b"\x63" + bytes.fromhex("313ce567")


@pytest.mark.parametrize(
    ("signature", "values", "sentence", "effect"),
    [
        (
            "transfer(address,uint256)",
            (ANN, HALF_A_MILLION),
            f"Sends {RAW} to {ANN} (Ann).",
            move(ANN, HALF_A_MILLION),
        ),
        (
            "transferFrom(address,address,uint256)",
            (BOB, ANN, HALF_A_MILLION),
            f"Moves {RAW} from {BOB} (Bob) to {ANN} (Ann).",
            move(ANN, HALF_A_MILLION, sender=BOB),
        ),
        (
            "decreaseAllowance(address,uint256)",
            (ANN, HALF_A_MILLION),
            f"Allows {ANN} (Ann) to spend {RAW} less than before.",
            None,
        ),
        (
            "increaseAllowance(address,uint256)",
            (ANN, 1),
            (
                f"Allows {ANN} (Ann) to spend 0.000001 USDC (1) more than before, at any time and without another "
                "operation."
            ),
            allowance(ANN, 1, is_increase=True),
        ),
        (
            "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
            (BOB, ANN, UNLIMITED, LATER, *SIGNATURE),
            (
                f"Shows a signature of {BOB} (Bob), good until Fri 2027-01-15 08:00:00 UTC, that allows {ANN} (Ann) to "
                f"spend without limit of its {USDC} (USDC), at any time and without another operation."
            ),
            allowance(ANN, None, owner=BOB),
        ),
        (
            "permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)",
            (BOB, ANN, 0, LATER, True, *SIGNATURE),
            (
                f"Shows a signature of {BOB} (Bob), good until Fri 2027-01-15 08:00:00 UTC, that allows {ANN} (Ann) to "
                f"spend without limit of its {USDC} (USDC), at any time and without another operation."
            ),
            allowance(ANN, None, owner=BOB),
        ),
        (
            "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)",
            (BOB, ANN, HALF_A_MILLION, 0, LATER, bytes(32), *SIGNATURE),
            f"Shows a signature of {BOB} (Bob) that sends {RAW} to {ANN} (Ann).",
            move(ANN, HALF_A_MILLION, sender=BOB),
        ),
        (
            "transferAndCall(address,uint256,bytes)",
            (ANN, HALF_A_MILLION, b"\x01"),
            f"Sends {RAW} to {ANN} (Ann). The recipient's code is called with it.",
            move(ANN, HALF_A_MILLION),
        ),
        (
            "mint(address,uint256)",
            (ANN, HALF_A_MILLION),
            f"Makes {RAW} out of nothing for {ANN} (Ann).",
            move(ANN, HALF_A_MILLION, sender=NOBODY),
        ),
        (
            "burn(uint256)",
            (HALF_A_MILLION,),
            f"Destroys {RAW} of {VAULT} (this vault).",
            move(NOBODY, HALF_A_MILLION),
        ),
    ],
)
def test_erc20__listed_token__sentence_and_effect(
    signature: str, values: tuple[Any, ...], sentence: str, effect: dict[str, Any] | None
) -> None:
    found = decode(signature, *values, to=USDC)
    assert found.sentence == sentence
    assert bare(found.effects) == ([effect] if effect else [])
    assert found.candidates == (signature,)


def test_transfer__where__its_arguments_in_the_data() -> None:
    (effect,) = decode("transfer(address,uint256)", ANN, 5, to=USDC).effects
    assert isinstance(effect, Move)
    assert effect.where == ByteRange(start=4, stop=68)


def test_call_with_value_and_data__both_move() -> None:
    found = decode("transfer(address,uint256)", ANN, 5, to=USDC, value=7)
    assert bare(found.effects) == [move(USDC, 7, token=NOBODY), move(ANN, 5)]
    assert found.effects[0] == Move(token=NOBODY, sender=VAULT, recipient=USDC, amount=7)  # type: ignore[arg-type]


@pytest.mark.parametrize(("amount", "limit"), [(UNLIMITED, None), (UNLIMITED - 1, UNLIMITED - 1), (0, 0)])
def test_approve__listed_token__limit_is_none_for_the_largest_number_only(
    amount: int, limit: int | None
) -> None:
    found = decode("approve(address,uint256)", ANN, amount, to=USDC)
    (effect,) = found.effects
    assert isinstance(effect, Allowance)
    assert effect.amount == limit
    assert ("without limit" in found.sentence) is (limit is None)


BOTH = ("approve(address,uint256) of ERC-20", "approve(address,uint256) of ERC-721")


def test_approve__unknown_token__both_readings_and_the_worse_effect() -> None:
    some = decode("approve(address,uint256)", ANN, 5)
    assert some.candidates == BOTH
    assert bare(some.effects) == [allowance(ANN, 5, token=IT)]
    assert (
        "If that is a collection of single things, it allows to move number 5 of the vault's" in some.sentence
    )
    # Nothing of coins is number 0 of a collection.
    none = decode("approve(address,uint256)", ANN, 0)
    assert none.candidates == BOTH
    assert bare(none.effects) == [allowance(ANN, 1, token=IT, token_id=0)]


def test_transfer_from__unknown_token__both_readings_and_the_worse_effect() -> None:
    some = decode("transferFrom(address,address,uint256)", VAULT, ANN, 5)
    assert len(some.candidates) == 2
    assert bare(some.effects) == [move(ANN, 5, token=IT)]
    none = decode("transferFrom(address,address,uint256)", VAULT, ANN, 0)
    assert bare(none.effects) == [move(ANN, 1, token=IT, token_id=0)]


@pytest.mark.parametrize(
    ("code", "claims", "is_coin"),
    [(COIN_CODE, False, True), (COLLECTION_CODE, False, False), (b"\x00", True, True)],
)
def test_approve__something_tells_which_kind__one_reading(code: bytes, claims: bool, is_coin: bool) -> None:
    token = TokenReading(decimals=0, symbol=None, supply=None, balance=None, evidence=Evidence.AGREED)
    selectors = bytes.fromhex("095ea7b3") + bytes.fromhex("23b872dd")
    reading = account(IT, code=code + selectors, token=token if claims else None)
    names = replace(NAMES, accounts={IT: reading})
    approved = decode("approve(address,uint256)", ANN, 5, names=names)
    moved = decode("transferFrom(address,address,uint256)", VAULT, ANN, 5, names=names)
    assert (len(approved.candidates), len(moved.candidates)) == (1, 1)
    if is_coin:
        assert bare(approved.effects + moved.effects) == [allowance(ANN, 5, token=IT), move(ANN, 5, token=IT)]
    else:
        things = [allowance(ANN, 1, token=IT, token_id=5), move(ANN, 1, token=IT, token_id=5)]
        assert bare(approved.effects + moved.effects) == things
        # A collection takes an approval back by approving nobody.
        taken = decode("approve(address,uint256)", NOBODY, 5, names=names)
        assert bare(taken.effects) == [allowance(NOBODY, 0, token=IT, token_id=5)]


def test_code_that_has_both_functions__tells_nothing() -> None:
    names = replace(NAMES, accounts={IT: account(IT, code=COIN_CODE + COLLECTION_CODE)})
    assert len(decode("approve(address,uint256)", ANN, 5, names=names).candidates) == 2


@pytest.mark.parametrize(
    ("signature", "values", "effects"),
    [
        (
            "safeTransferFrom(address,address,uint256)",
            (VAULT, ANN, 9),
            [move(ANN, 1, token=IT, token_id=9)],
        ),
        (
            "safeTransferFrom(address,address,uint256,bytes)",
            (VAULT, ANN, 9, b"x"),
            [move(ANN, 1, token=IT, token_id=9)],
        ),
        (
            "safeTransferFrom(address,address,uint256,uint256,bytes)",
            (VAULT, ANN, 9, 50, b""),
            [move(ANN, 50, token=IT, token_id=9)],
        ),
        (
            "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
            (VAULT, ANN, [9, 8], [50, 60], b""),
            [move(ANN, 50, token=IT, token_id=9), move(ANN, 60, token=IT, token_id=8)],
        ),
        ("setApprovalForAll(address,bool)", (ANN, True), [allowance(ANN, None, token=IT)]),
        ("setApprovalForAll(address,bool)", (ANN, False), [allowance(ANN, 0, token=IT)]),
    ],
)
def test_collections__effects(signature: str, values: tuple[Any, ...], effects: list[dict[str, Any]]) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == effects
    assert f"the collection {IT}" in found.sentence


def test_batch_of_things__lists_of_different_length__is_said() -> None:
    signature = "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)"
    assert "differ in length" in decode(signature, VAULT, ANN, [1, 2], [5], b"").sentence
    assert "differ in length" not in decode(signature, VAULT, ANN, [1, 2], [5, 6], b"").sentence


@pytest.mark.parametrize(
    ("signature", "values", "effect"),
    [
        # Shares stand for the asset, which the bytes do not name: what goes to somebody else is theirs.
        ("deposit(uint256,address)", (5, ANN), move(ANN, None, token=IT)),
        ("deposit(uint256,address)", (5, VAULT), move(VAULT, None, token=IT, sender=IT)),
        ("mint(uint256,address)", (5, ANN), move(ANN, 5, token=IT)),
        ("withdraw(uint256,address,address)", (5, ANN, VAULT), move(ANN, None, token=IT)),
        ("redeem(uint256,address,address)", (5, ANN, VAULT), move(ANN, 5, token=IT)),
        ("redeem(uint256,address,address)", (5, VAULT, VAULT), move(VAULT, 5, token=IT, sender=IT)),
        ("withdraw(uint256)", (5,), move(VAULT, 5, token=NOBODY, sender=IT)),
    ],
)
def test_shares_and_wrapped_coins__effect(
    signature: str, values: tuple[Any, ...], effect: dict[str, Any]
) -> None:
    assert bare(decode(signature, *values).effects) == [effect]


def test_deposit_of_coins__is_the_value_that_is_sent_along() -> None:
    found = decode("deposit()", value=7)
    assert bare(found.effects) == [move(IT, 7, token=NOBODY)]
    assert found.sentence == (
        f"Sends 7 wei along. Puts the coins that are sent along into {IT}, for the caller."
    )


def test_approve__all_of_a_token_that_nobody_knows__is_no_single_thing() -> None:
    """No collection has a thing of the largest number, so nothing is said of one, and nothing is ambiguous."""
    found = decode("approve(address,uint256)", ANN, UNLIMITED)
    assert found.sentence == (
        f"Allows {ANN} (Ann) to spend without limit (2^256 - 1) of the vault's token {IT}, at any time and without "
        "another operation. The vault does not list this contract as an asset; it does so only if it is an honest "
        "token."
    )
    assert bare(found.effects) == [allowance(ANN, None, token=IT)]
    assert len(found.candidates) == 1
    assert "single things" in decode("approve(address,uint256)", ANN, UNLIMITED - 1).sentence


def test_token_kind__decimals_and_owners__may_be_either() -> None:
    """A collection that claims decimals must not turn number 0 into a harmless nothing."""
    told = TokenReading(decimals=0, symbol="AXIE", supply=None, balance=None, evidence=Evidence.AGREED)
    for code, effects in (
        (COLLECTION_CODE + COIN_CODE, [allowance(ANN, 1, token=IT, token_id=0)]),
        (COIN_CODE, [allowance(ANN, 0, token=IT)]),
    ):
        names = replace(NAMES, accounts={IT: account(IT, code=code, token=told)})
        assert bare(decode("approve(address,uint256)", ANN, 0, names=names).effects) == effects
