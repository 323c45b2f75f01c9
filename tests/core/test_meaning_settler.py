"""0x's Settler: what goes in, the least that comes out, and who gets a share on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.meaning import (
    ANN,
    BOB,
    EVE,
    HALF_A_MILLION,
    IT,
    LATER,
    NAMES,
    NOBODY,
    RAW,
    USDC,
    VAULT,
    allowance,
    bare,
    data,
    decode,
    decoded,
    move,
)
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.call import DecodedCall, FaultKind
from verifier.model.effect import Effect
from verifier.model.evidence import Evidence, Fact
from verifier.model.units import Units

COIN = Address(b"\x77" * 20)
NATIVE = Address(b"\xee" * 20)
EXECUTE = "execute((address,address,uint256),bytes[],bytes32)"
PERMIT = "((address,uint256),uint256,uint256)"
PAID = ((USDC, HALF_A_MILLION), 0, LATER)
LEAST = 10**18
KEY = bytes(32)
ALL = (1 << 256) - 1


def pull(recipient: Address = IT, permit: Any = PAID) -> bytes:
    return data(f"TRANSFER_FROM(address,{PERMIT},bytes)", recipient, permit, b"")


def basic(pool: Address, given: bytes, *, token: Address = USDC, offset: int = 36) -> bytes:
    return data("BASIC(address,uint256,address,uint256,bytes)", token, 10_000, pool, offset, given)


def swap(recipient: Address = IT, least: int = 0) -> bytes:
    return data("UNISWAPV3(address,uint256,bytes,uint256)", recipient, 10_000, b"\x01" * 44, least)


def settled(*steps: bytes, least: int = LEAST, token: Address = COIN) -> DecodedCall:
    return decode(EXECUTE, (VAULT, token, least), list(steps), KEY)


def got(least: int = LEAST, token: Address = COIN) -> dict[str, Any]:
    return move(VAULT, None, token=token, sender=IT, least=least)


def test_settler__known_selectors__as_published() -> None:
    assert pull()[:4].hex() == "c1fb425e"
    assert basic(IT, b"")[:4].hex() == "38c9c147"
    assert data(EXECUTE, (VAULT, COIN, 1), [], KEY)[:4].hex() == "1fff991f"


def test_settler__price_asked_for_in_the_end__the_way_is_told_and_moves_nothing() -> None:
    """What is paid first is the price; whoever gets it on the way gains nothing, since the least comes out."""
    found = settled(pull(EVE), swap(BOB), basic(ANN, b"\x01\x02\x03\x04"), b"\xff" * 4)
    assert bare(found.effects) == [move(IT, HALF_A_MILLION), got()]
    assert found.unopened == 0
    assert found.sentence == (
        f"At {IT}, exchanges for at least {LEAST} base units of {COIN}, which go to {VAULT} (this vault), in 4 steps: "
        f"(1) TRANSFER_FROM takes {RAW} of {VAULT} (this vault) for {EVE}; (2) UNISWAPV3 for {BOB} (Bob); (3) calls "
        f"{ANN} (Ann) with 4 bytes; (4) a step that nothing here can read."
    )


@pytest.mark.parametrize(("least", "token"), [(0, NOBODY), (1_000, COIN), (LEAST, NOBODY)])
def test_settler__no_price_asked_for__every_step_counts(least: int, token: Address) -> None:
    found = settled(
        pull(EVE), swap(BOB, 9), basic(ANN, b"\x01\x02\x03\x04"), b"\xff" * 4, least=least, token=token
    )
    assert bare(found.effects) == [
        move(EVE, HALF_A_MILLION),
        move(BOB, None, token=IT, sender=IT, least=9),
        got(least, token),
    ]
    assert found.unopened == 2


def test_settler__more_than_the_price_leaves__told_as_it_goes() -> None:
    more = ((COIN, 5), 0, LATER)
    found = settled(pull(), pull(EVE, more))
    assert bare(found.effects) == [move(IT, HALF_A_MILLION), move(EVE, 5, token=COIN), got()]


def test_settler__shares_on_the_way__who_gets_them() -> None:
    surplus = data("POSITIVE_SLIPPAGE(address,address,uint256,uint256)", EVE, NATIVE, 7, 10_000)
    fee = basic(USDC, data("transfer(address,uint256)", BOB, 0))
    found = settled(pull(), fee, surplus, token=NATIVE)
    assert bare(found.effects) == [
        move(IT, HALF_A_MILLION),
        # The amount in it is put in its place by the contract.
        move(BOB, None, sender=IT),
        move(EVE, None, token=NOBODY, sender=IT),
        got(token=NOBODY),
    ]
    assert "sends a share of what it has" in found.sentence
    assert "gives what is there above 7 wei" in found.sentence


@pytest.mark.parametrize(
    ("token", "offset", "given", "effects", "unopened"),
    [
        # Nobody's token stands for a call that goes on as it is.
        (NOBODY, 0, data("transferFrom(address,address,uint256)", VAULT, EVE, 9), [move(EVE, 9, token=COIN)], 0),
        (USDC, 68, data("transferFrom(address,address,uint256)", ANN, EVE, 9),
         [move(EVE, None, token=COIN, sender=ANN)], 0),
        # A share in the place of who gets it.
        (USDC, 4, data("transfer(address,uint256)", EVE, 9), [move(EVE, None, token=COIN, sender=IT)], 1),
        (NOBODY, 0, data("transfer(address,uint256)", EVE, 9)[:67], [], 0),
    ],
)  # fmt: skip
def test_settler__call_that_pays_somebody__told_whatever_the_price(
    token: Address, offset: int, given: bytes, effects: list[dict[str, Any]], unopened: int
) -> None:
    found = settled(pull(), basic(COIN, given, token=token, offset=offset))
    assert bare(found.effects) == [move(IT, HALF_A_MILLION), *effects, got()]
    assert found.unopened == unopened


def test_settler__part_of_all_there_is__no_amount() -> None:
    found = settled(pull(permit=((USDC, ALL - 10_000), 0, LATER)))
    assert bare(found.effects)[0] == move(IT, None)
    assert "a part of all that there is" in found.sentence


def test_settler__behind_an_allowance_for_one_call__who_called_pays() -> None:
    inner = data(EXECUTE, (VAULT, COIN, LEAST), [pull()], KEY)
    signature = "exec(address,address,uint256,address,bytes)"
    found = decode(signature, BOB, USDC, HALF_A_MILLION, BOB, inner)
    assert bare(found.effects) == [allowance(BOB, HALF_A_MILLION)]
    (child,) = found.children
    assert child.caller == VAULT
    assert bare(child.effects) == [
        move(BOB, HALF_A_MILLION),
        move(VAULT, None, token=COIN, sender=BOB, least=LEAST),
    ]
    # What is no Settler's is called in the name of who holds the allowances.
    other = decode(signature, BOB, USDC, 5, USDC, data("transfer(address,uint256)", EVE, 5))
    assert other.children[0].caller == IT


def test_settler__signed_by_somebody_else__they_pay() -> None:
    step = data(f"METATXN_TRANSFER_FROM(address,{PERMIT})", IT, PAID)
    signature = "executeMetaTxn((address,address,uint256),bytes[],bytes32,address,bytes)"
    found = decode(signature, (EVE, COIN, LEAST), [step], KEY, EVE, b"")
    assert bare(found.effects)[0] == move(IT, HALF_A_MILLION, sender=EVE)


def where_of(effect: Effect) -> tuple[int, int]:
    where = getattr(effect, "where", None)
    assert where is not None
    return where.start, where.stop


def test_settler__effects__stand_in_the_calls_data() -> None:
    given = ((COIN, 987_654_321), 0, LATER)
    found = settled(pull(), pull(EVE, given))
    start, stop = where_of(found.effects[1])
    assert found.call.data[start:stop].startswith(bytes(12) + COIN)
    assert (987_654_321).to_bytes(32, "big") in found.call.data[start:stop]


@pytest.mark.parametrize(
    ("step", "kinds"),
    [
        (pull() + b"\x00" * 32, {FaultKind.TRAILING}),
        (pull()[:-32], {FaultKind.TRUNCATED}),
        (pull()[:4] + b"\xff" + pull()[5:], {FaultKind.DIRTY}),
        (pull()[:4], {FaultKind.TRUNCATED}),
    ],
)
def test_settler__hostile_step__its_faults_are_the_calls(step: bytes, kinds: set[FaultKind]) -> None:
    found = decoded(data(EXECUTE, (VAULT, COIN, 0), [step], KEY))
    assert {fault.kind for fault in found.faults} == kinds
    for fault in found.faults:
        assert 4 <= fault.where.start <= fault.where.stop <= len(found.call.data)


def test_settler__more_steps_than_are_read__said() -> None:
    found = settled(*[swap()] * 70)
    assert found.unopened == 6


def test_settler__share_of_coins_on_the_way__who_gets_it() -> None:
    found = settled(pull(), basic(EVE, b"", token=NATIVE, offset=0))
    assert bare(found.effects) == [
        move(IT, HALF_A_MILLION),
        move(EVE, None, token=NOBODY, sender=IT),
        got(),
    ]
    # With data they are a part of the way, as where they are wrapped.
    wrapped = settled(pull(), basic(BOB, b"\xd0\xe3\x0d\xb0" + bytes(32), token=NATIVE, offset=4))
    assert bare(wrapped.effects) == [move(IT, HALF_A_MILLION), got()]


def select(*ways: list[bytes]) -> bytes:
    return data("SELECT(uint256,address,uint256[],bytes[][])", 0, COIN, [0] * len(ways), list(ways))


def test_settler__choice_of_ways__what_any_of_them_gives_to_somebody() -> None:
    fee = basic(COIN, data("transfer(address,uint256)", EVE, 9), token=NOBODY, offset=0)
    found = settled(pull(), select([swap()], [swap(), select([fee])]))
    assert bare(found.effects) == [move(IT, HALF_A_MILLION), move(EVE, 9, token=COIN, sender=IT), got()]
    assert (found.unopened, found.faults) == (0, ())
    assert settled(select([b"\xff" * 4]), least=0).unopened == 1


def test_settler__choices_in_choices__end_somewhere() -> None:
    nested = pull(EVE, ((COIN, 5), 0, LATER))
    for _ in range(6):
        nested = select([nested])
    assert settled(pull(), nested).unopened == 1
    assert settled(*[select([b"\xff" * 4] * 60)] * 60).unopened > 0


def test_settler__deal_with_one_who_signed__who_pays_and_who_is_paid() -> None:
    theirs = ((COIN, LEAST), 0, LATER)
    signature = f"RFQ_VIP(address,{PERMIT},{PERMIT},address,bytes,bytes)"
    deal = data(signature, IT, PAID, theirs, EVE, b"", b"")
    assert bare(settled(deal).effects) == [move(IT, HALF_A_MILLION), got()]
    assert bare(settled(deal, least=0).effects)[0] == move(EVE, HALF_A_MILLION)
    assert settled(deal, least=0).unopened == 0


def test_settler__dust_by_the_tokens_own_decimals__is_no_price() -> None:
    """A thousand and one base units are a price of a token with few decimals, and none of one with many."""
    terms = AssetTerms(routine_limit=Units(1), high_value_from=Units(2), decimals=18)
    names = replace(NAMES, assets={**NAMES.assets, COIN: Fact(value=terms, evidence=Evidence.PROVEN)})
    for token, least, unopened in (
        (USDC, 1_001, 0),
        (USDC, 1_000, 1),
        (COIN, 10**13, 0),
        (COIN, 10**13 - 1, 1),
    ):
        found = decode(EXECUTE, (VAULT, token, least), [b"\xff" * 4], KEY, names=names)
        assert found.unopened == unopened
