"""Calls inside of calls: batches, contracts that wait, and the budget that keeps hostile ones from costing time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.meaning import ANN, BOB, IT, NAMES, NOBODY, USDC, VAULT, bare, data, decode, decoded
from verifier.decode.calls import MOST_CALLS, MOST_DEPTH, decode_operation
from verifier.model.call import DecodedCall
from verifier.model.operation import Call, Operation
from verifier.model.units import LaneIndex, Sequence, Timestamp, Wei

TRANSFER = data("transfer(address,uint256)", ANN, 5)
MULTICALL = "multicall(bytes[])"


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def shared(inner: bytes, times: int) -> bytes:
    """Return a multicall whose offsets all lead to the same bytes."""
    head = data(MULTICALL, [])[:4] + word(32) + word(times)
    return head + word(32 * times) * times + word(len(inner)) + inner + bytes(-len(inner) % 32)


def count(call: DecodedCall) -> int:
    return sum(1 for _ in call.walk())


@pytest.mark.parametrize(
    ("signature", "values"),
    [
        ("aggregate((address,bytes)[])", ([(USDC, TRANSFER), (BOB, b"")],)),
        ("tryAggregate(bool,(address,bytes)[])", (True, [(USDC, TRANSFER), (BOB, b"")])),
        ("tryBlockAndAggregate(bool,(address,bytes)[])", (True, [(USDC, TRANSFER), (BOB, b"")])),
        ("blockAndAggregate((address,bytes)[])", ([(USDC, TRANSFER), (BOB, b"")],)),
        ("aggregate3((address,bool,bytes)[])", ([(USDC, False, TRANSFER), (BOB, False, b"")],)),
        (
            "aggregate3Value((address,bool,uint256,bytes)[])",
            ([(USDC, False, 0, TRANSFER), (BOB, False, 0, b"")],),
        ),
        (
            "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
            ([USDC, BOB], [0, 0], [TRANSFER, b""], bytes(32), bytes(32), 86_400),
        ),
        (
            "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)",
            ([USDC, BOB], [0, 0], [TRANSFER, b""], bytes(32), bytes(32)),
        ),
    ],
)
def test_batch__calls_of_the_contract_that_makes_them__each_in_its_bytes(
    signature: str, values: tuple[Any, ...]
) -> None:
    found = decode(signature, *values)
    first, second = found.children
    assert (first.call.target, first.caller, first.is_delegate) == (USDC, IT, False)
    assert first.where is not None
    assert first.where.of(found.call.data) == TRANSFER
    assert bare(first.effects) == [{"is": "Move", "token": USDC, "sender": IT, "recipient": ANN, "amount": 5}]
    assert (second.call.target, second.call.data) == (BOB, b"")
    assert found.unopened == 0
    assert "may fail" not in found.sentence


def test_aggregate__calls_with_value_and_calls_that_may_fail__said() -> None:
    calls = [(USDC, True, 7, TRANSFER), (BOB, False, 8, b"")]
    found = decode("aggregate3Value((address,bool,uint256,bytes)[])", calls)
    assert [child.call.value for child in found.children] == [7, 8]
    assert "1 of them may fail" in found.sentence
    tried = decode("tryAggregate(bool,(address,bytes)[])", False, [(USDC, TRANSFER), (BOB, b"")])
    assert "2 of them may fail" in tried.sentence


@pytest.mark.parametrize(
    ("signature", "values", "part"),
    [
        (MULTICALL, (), ""),
        ("multicall(uint256,bytes[])", (1_800_000_000,), ", not after Fri 2027-01-15 08:00:00 UTC"),
        ("multicall(bytes32,bytes[])", (b"\xab" * 32,), f", only on top of block 0x{'ab' * 32}"),
    ],
)
def test_multicall__calls_to_itself__in_the_callers_name_and_the_value_once(
    signature: str, values: tuple[Any, ...], part: str
) -> None:
    found = decode(signature, *values, [TRANSFER, TRANSFER], value=9)
    assert found.sentence == f"Sends 9 wei along. Makes 2 calls to {IT} in one{part}."
    for child in found.children:
        assert (child.call.target, child.caller, child.call.value) == (IT, VAULT, 0)
        assert bare(child.effects)[0]["sender"] == VAULT
    assert bare(found.effects) == [
        {"is": "Move", "token": NOBODY, "sender": VAULT, "recipient": IT, "amount": 9}
    ]


def test_timelock__schedule__says_how_long_and_execute_that_it_waited() -> None:
    tail = (bytes(32), bytes(32))
    later = decode(
        "schedule(address,uint256,bytes,bytes32,bytes32,uint256)", USDC, 3, TRANSFER, *tail, 90_000
    )
    assert "wait at least 1 day 1 hour" in later.sentence
    now = decode("execute(address,uint256,bytes,bytes32,bytes32)", USDC, 3, TRANSFER, *tail)
    assert "make the call that waited" in now.sentence
    for found in (later, now):
        (child,) = found.children
        assert (child.caller, child.call.value, child.call.data) == (IT, 3, TRANSFER)


def test_timelock__lists_that_differ_in_length__said() -> None:
    signature = "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)"
    found = decode(signature, [USDC, BOB], [0], [TRANSFER, b""], bytes(32), bytes(32))
    assert "differ in length" in found.sentence
    assert [child.call.value for child in found.children] == [0, 0]


def test_compounds_timelock__signature_as_text__is_the_selector() -> None:
    text = "transfer(address,uint256)"
    found = decode(
        "queueTransaction(address,uint256,string,bytes,uint256)", USDC, 0, text, TRANSFER[4:], 1_800_000_000
    )
    (child,) = found.children
    assert child.call.data == TRANSFER
    assert bare(child.effects)[0]["recipient"] == ANN
    # Without it, the data has its own.
    bare_call = decode("executeTransaction(address,uint256,string,bytes,uint256)", USDC, 0, "", TRANSFER, 5)
    assert bare_call.children[0].call.data == TRANSFER
    hostile = decode("cancelTransaction(address,uint256,string,bytes,uint256)", USDC, 0, "f\u202e", b"", 5)
    assert 'of "f\\u{202e}"' in hostile.sentence
    assert hostile.children == ()


def test_manager_or_proxy_account__one_selector__both_are_told_and_the_worse_one_counts() -> None:
    found = decode("execute(address,bytes)", USDC, TRANSFER)
    assert found.candidates == (
        "execute(address,bytes) of an AccessManager",
        "execute(address,bytes) of a DSProxy",
    )
    assert bare(found.effects) == [{"is": "Delegation", "account": IT, "code": USDC}]
    assert bare(found.children[0].effects)[0]["recipient"] == ANN


def nested(levels: int) -> bytes:
    inner = TRANSFER
    for _ in range(levels):
        inner = data(MULTICALL, [inner])
    return inner


def test_depth__as_deep_as_is_opened__and_one_deeper_is_counted() -> None:
    found = decoded(nested(MOST_DEPTH - 1))
    assert count(found) == MOST_DEPTH
    assert not any(call.unopened for _, call in found.walk())
    deeper = decoded(nested(MOST_DEPTH))
    *_, (path, last) = deeper.walk()
    assert len(path) == MOST_DEPTH - 1
    assert (last.unopened, last.children) == (1, ())
    assert "Nobody opened 1 call inside of it" in last.sentence


def test_number__more_than_are_opened__the_rest_is_counted() -> None:
    size = MOST_CALLS + 88
    found = decoded(data(MULTICALL, [b""] * size))
    assert count(found) == MOST_CALLS
    assert found.unopened == size - (MOST_CALLS - 1)
    all_of_them = decoded(data(MULTICALL, [b""] * (MOST_CALLS - 1)))
    assert (count(all_of_them), all_of_them.unopened) == (MOST_CALLS, 0)


def test_shared_tails__each_level_twice_as_many__bounded_in_number_and_length() -> None:
    bomb = data("lockdown((address,address)[])", [(USDC, BOB)] * 400)
    for _ in range(7):
        bomb = shared(bomb, 2)
    found = decoded(bomb)
    opened = [call for _, call in found.walk()]
    assert len(opened) < MOST_CALLS
    assert sum(len(call.call.data) for call in opened) < 512 * 1024
    assert any(call.unopened for call in opened)
    # Nobody honest lets two offsets lead to the same bytes.
    assert found.faults


def test_operation__one_call_that_uses_up_the_budget__the_others_are_still_read() -> None:
    bomb = Call(target=IT, value=Wei(0), data=data(MULTICALL, [b""] * (MOST_CALLS + 1)))
    plain = Call(target=USDC, value=Wei(0), data=TRANSFER)
    operation = Operation(
        calls=(bomb, plain, plain), lane=LaneIndex(1), sequence=Sequence(1), approve_by=Timestamp(1)
    )
    first, second, third = decode_operation(operation, NAMES)
    assert first.unopened
    assert bare(second.effects) == bare(third.effects) != []


def test_walk__paths__are_the_numbers_of_the_way() -> None:
    found = decoded(data(MULTICALL, [TRANSFER, data(MULTICALL, [TRANSFER])]))
    assert [path for path, _ in found.walk()] == [(), (0,), (1,), (1, 0)]


def test_inner_call_that_is_not_honest__its_own_fault_and_not_the_outer_ones() -> None:
    dirty = TRANSFER[:4] + b"\x01" + TRANSFER[5:]
    found = decoded(data(MULTICALL, [dirty]))
    assert found.faults == ()
    (child,) = found.children
    assert [(fault.where.start, fault.where.stop) for fault in child.faults] == [(4, 16)]
    # The EVM would still move it.
    assert bare(child.effects)[0]["recipient"] == ANN
