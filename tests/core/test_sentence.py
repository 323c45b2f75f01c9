"""One sentence for a whole operation."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given

from tests.core import strategies
from tests.core.meaning import ANN, BOB, EVE, IT, NAMES, UNLIMITED, USDC, VAULT, data
from verifier.decode.calls import MOST_CALLS, decode_operation
from verifier.decode.sentence import say_operation
from verifier.model.address import Address
from verifier.model.operation import Call, Operation
from verifier.model.units import LaneIndex, Sequence, Timestamp, Wei

FORTY_MILLION = 40_000_000 * 10**6


def transfer(amount: int, recipient: Address = ANN) -> bytes:
    return data("transfer(address,uint256)", recipient, amount)


def said(*calls: tuple[Address, bytes] | tuple[Address, bytes, int]) -> str:
    """Return the sentence of an operation of these calls: target, data, value."""
    made = tuple(Call(target=to, data=call_data, value=Wei(sum(value))) for to, call_data, *value in calls)
    operation = Operation(calls=made, lane=LaneIndex(1), sequence=Sequence(1), approve_by=Timestamp(1))
    return say_operation(decode_operation(operation, NAMES), NAMES)


def aggregate(*calls: tuple[Address, bytes]) -> tuple[Address, bytes]:
    return IT, data("aggregate((address,bytes)[])", list(calls))


def recipients(count: int) -> list[Address]:
    return [Address(i.to_bytes(20, "big")) for i in range(1, count + 1)]


def test_say_operation__one_call__its_own_words() -> None:
    assert (
        said((USDC, transfer(FORTY_MILLION, EVE)))
        == f"Sends 40,000,000.000000 USDC (40000000000000) to {EVE}."
    )


def test_say_operation__no_call__said() -> None:
    assert said() == "Makes no call at all."


def test_say_operation__a_few__each_by_its_number() -> None:
    assert said((USDC, transfer(1)), (BOB, b"", 2)) == (
        f"Makes 2 calls, all or none. (1) Sends 0.000001 USDC (1) to {ANN} (Ann). (2) Sends 2 wei to {BOB} (Bob)."
    )


def test_say_operation__calls_inside__by_their_numbers() -> None:
    assert said(aggregate((USDC, transfer(1)))) == (
        f"Through {IT}, makes 1 call in its name. (1) Sends 0.000001 USDC (1) of {IT} to {ANN} (Ann)."
    )
    both = said(aggregate((USDC, transfer(1))), (USDC, transfer(2)))
    assert "(1.1) Sends" in both
    assert "(2) Sends" in both


def test_say_operation__fifty_transfers__total_recipients_and_the_largest() -> None:
    fifty = [(USDC, transfer(i * 10**6, to)) for i, to in enumerate(recipients(50), start=1)]
    assert said(*fifty) == (
        "Makes 50 calls, all or none. Moves 1,275.000000 USDC (1275000000) in all to 50 recipients, the largest "
        f"50.000000 USDC (50000000) to {recipients(50)[-1]}. See the tree for each of them."
    )
    inside = said(aggregate(*fifty))
    assert inside.startswith(f"Makes 1 call, and 50 inside of it, through {IT}. Moves 1,275.000000 USDC")
    assert f"in all of {IT} to 50 recipients" in inside


def test_say_operation__many_to_one__named() -> None:
    sentence = said(*[(USDC, transfer(1))] * 9)
    assert f"Moves 0.000009 USDC (9) in all to {ANN} (Ann)." in sentence


def test_say_operation__what_must_not_be_missed__among_fifty_transfers() -> None:
    fifty = [(USDC, transfer(1, to)) for to in recipients(50)]
    packed = b"\x01" + EVE + bytes(32) + bytes(32)
    cases: list[tuple[tuple[Address, bytes], str]] = [
        (
            (BOB, b"\xde\xad\xbe\xef"),
            f"Makes 1 call of functions that nothing here can name, at {BOB} (Bob).",
        ),
        ((IT, data("multiSend(bytes)", packed)), f"Runs the code of {EVE} as that of {VAULT} (this vault)"),
        ((IT, data("transferOwnership(address)", EVE)), f"Changes who or what decides about {IT}: owner."),
        ((USDC, data("approve(address,uint256)", EVE, UNLIMITED)), f"without limit to {EVE}."),
        ((USDC, data("approve(address,uint256)", EVE, 5)), f"up to a limit to {EVE}."),
        ((IT, data("approve(address,uint256)", EVE, 5)), "Has 1 call that can be read in more than one way."),
        ((USDC, transfer(1)[:-1]), "Has 1 call that no honest encoder would have written so."),
        ((IT, data("multicall(bytes[])", [b""] * MOST_CALLS)), "inside that nobody opened"),
        ((IT, data("cancel(bytes32)", bytes(32))), "Besides, makes 1 call not known to move anything"),
    ]
    plain = said(*fifty)
    for call, part in cases:
        assert part in said(*fifty, call)
        assert part not in plain
        # And where it is inside of another call; what runs as another's own code is that one's then.
        if "as that of" not in part:
            assert part in said(aggregate(*fifty, call))


def test_say_operation__taken_back_allowances__allow_nothing() -> None:
    sentence = said(*[(USDC, data("approve(address,uint256)", to, 0)) for to in recipients(9)])
    assert "Allows" not in sentence


def test_say_operation__amounts_that_the_bytes_do_not_fix_and_single_things__told_apart() -> None:
    thing = (IT, data("safeTransferFrom(address,address,uint256)", VAULT, ANN, 7))
    sweep = (IT, data("sweepToken(address,uint256,address)", USDC, 1, ANN))
    sentence = said(*[thing] * 4, *[sweep] * 4)
    assert f"Moves 4 things of the collection {IT} to {ANN} (Ann)." in sentence
    assert f"Moves 4 amounts of {USDC} (USDC) that the bytes do not fix of {IT} to {ANN} (Ann)." in sentence


def test_say_operation__very_many_kinds__cut_and_counted() -> None:
    many = [(to, data("transferOwnership(address)", EVE)) for to in recipients(30)]
    sentence = said(*many)
    assert "26 more contracts are changed so too." in sentence
    tokens = [(to, transfer(1)) for to in recipients(30)]
    assert "22 more" in said(*tokens)


def test_say_operation__length__bounded_whatever_is_inside() -> None:
    calls: list[tuple[Any, ...]] = []
    for i, to in enumerate(recipients(32)):
        inner = [
            (to, data("approve(address,uint256)", Address(bytes([i]) * 20), UNLIMITED)),
            (to, b"\xde\xad\xbe\xef"),
        ]
        calls += [aggregate(*inner), (to, transfer(i)), (to, data("transferOwnership(address)", EVE))]
    assert len(said(*calls)) < 4_000


@given(strategies.operations)
def test_say_operation__any_operation__printable(operation: Operation) -> None:
    assert re.fullmatch(r"[ -~]+", say_operation(decode_operation(operation, NAMES), NAMES))


MANY = [Address(bytes([0xA0 + i]) * 20) for i in range(12)]


def test_say_operation__dust_in_front__what_the_vault_pays_of_a_listed_asset_is_told_first() -> None:
    """Many small things must not push the one that matters behind `and 5 more`."""
    dust = [(token, transfer(1)) for token in MANY]
    told = said(*dust, (USDC, transfer(FORTY_MILLION, EVE)))
    assert f"40,000,000.000000 USDC (40000000000000) in all to {EVE}." in told
    assert "5 more senders and assets." in told


def test_say_operation__settings_in_front__power_that_is_given_away_is_told_first() -> None:
    paused = [(contract, data("pause()")) for contract in MANY]
    assert f"decides about {IT}: owner." in said(*paused, (IT, data("transferOwnership(address)", EVE)))


def test_say_operation__allowances_in_front__one_without_limit_is_told_first() -> None:
    def approve(spender: Address, amount: int) -> bytes:
        return data("approve(address,uint256)", spender, amount)

    small = [(token, approve(ANN, 5)) for token in MANY]
    told = said(*small, (USDC, approve(EVE, UNLIMITED)))
    assert f"Allows spending of {USDC} (USDC) without limit to {EVE}." in told
