"""What events say, and what becomes of it beside balances: any bytes may stand in an event."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from verifier.chain.answer import Answer
from verifier.chain.simulation_deltas import Measured, changes_of
from verifier.chain.simulation_events import Grant, Holding, Log, Said, read_logs, what_logs_say
from verifier.chain.simulation_probes import MOST_CONTRACTS, probes_for
from verifier.errors import EndpointAnswerMalformed
from verifier.model.address import NOBODY, Address
from verifier.model.operation import Call, Operation
from verifier.model.units import LaneIndex, Sequence, Timestamp, Wei

TOKEN, VAULT, ANN, BOB = (Address(bytes([i]) * 20) for i in (1, 2, 3, 4))
SIGNATURES = (
    "Transfer(address,address,uint256)",
    "TransferSingle(address,address,address,uint256,uint256)",
    "TransferBatch(address,address,address,uint256[],uint256[])",
    "Approval(address,address,uint256)",
    "ApprovalForAll(address,address,bool)",
    "Approval(address,address,address,uint160,uint48)",
    "Permit(address,address,address,uint160,uint48,uint48)",
    "Lockdown(address,address,address)",
    "Something(else)",
)


def log(signature: str, *parties: Address | int, data: bytes = b"", emitter: Address = TOKEN) -> Log:
    words = [one.to_bytes(32, "big") if isinstance(one, int) else one.rjust(32, b"\0") for one in parties]
    return Log(emitter=emitter, topics=(keccak(signature.encode()), *words), data=data)


def uint(number: int) -> bytes:
    return number.to_bytes(32, "big")


def operation_to(*calls: tuple[Address, bytes]) -> Operation:
    return Operation(
        calls=tuple(Call(target=to, value=Wei(0), data=data) for to, data in calls),
        lane=LaneIndex(0),
        sequence=Sequence(1),
        approve_by=Timestamp(0),
    )


topics = st.lists(st.sampled_from([*map(Address, (TOKEN, VAULT, NOBODY)), 0, 1, (1 << 256) - 1]), max_size=3)
logs = st.builds(
    lambda signature, parties, data: log(signature, *parties, data=data),
    st.sampled_from(SIGNATURES),
    topics,
    st.one_of(st.binary(max_size=300), st.lists(st.integers(0, 70).map(uint), max_size=9).map(b"".join)),
)


@given(st.lists(logs, max_size=8))
def test_what_logs_say__any_bytes__no_exception_and_nothing_comes_from_nowhere(several: list[Log]) -> None:
    said = what_logs_say(several)
    sums: Counter[Any] = Counter()
    for holding, amount in said.moves.items():
        sums[holding.token, holding.token_id, holding.is_single] += amount
        assert holding.account != NOBODY or holding.token == NOBODY
    named = {party for one in several for party in one.topics[1:]}
    if uint(0) not in named:
        assert not any(sums.values())
    changes_of(VAULT, said)


@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=5), st.just("0x" + keccak(b"x").hex())),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["topics", "address", "data"]), inner, max_size=3),
        ),
        max_leaves=12,
    )
)
def test_read_logs__any_json__events_or_one_of_our_errors(value: Any) -> None:
    with suppress(EndpointAnswerMalformed):
        assert all(one.topics and len(one.emitter) == 20 for one in read_logs(Answer("bad", "a call", value)))


def test_what_logs_say__batch__as_the_standard_encodes_it() -> None:
    data = encode(["uint256[]", "uint256[]"], [[7, 8, 7], [1, 2, 3]])
    said = what_logs_say([log(SIGNATURES[2], BOB, VAULT, ANN, data=data)])
    assert {(h.account, h.token_id): amount for h, amount in said.moves.items()} == {
        (VAULT, 7): -4, (VAULT, 8): -2, (ANN, 7): 4, (ANN, 8): 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b"",
        encode(["uint256[]", "uint256[]"], [[7, 8], [1]]),
        encode(["uint256[]", "uint256[]"], [[7], [1]])[:-1],
        encode(["uint256[]", "uint256[]"], [[7], [1]]) + bytes(32),
        uint(64) + uint(128) + uint(1 << 200) + uint(0),
        uint(0) + uint(0) + uint(0) + uint(0),
    ],
)
def test_what_logs_say__batch_that_is_none__nothing(data: bytes) -> None:
    assert what_logs_say([log(SIGNATURES[2], BOB, VAULT, ANN, data=data)]) == Said()


def test_what_logs_say__native_coin__by_either_address() -> None:
    both = [
        log(SIGNATURES[0], VAULT, ANN, data=uint(5), emitter=emitter)
        for emitter in (NOBODY, Address(b"\xee" * 20))
    ]
    native = {Holding(token=NOBODY, account=VAULT): -10, Holding(token=NOBODY, account=ANN): 10}
    assert what_logs_say(both).moves == native


def test_what_logs_say__permit2_locked_down__nothing_is_allowed() -> None:
    pair = uint(int.from_bytes(TOKEN, "big")) + uint(int.from_bytes(BOB, "big"))
    keeper = Address(b"\x09" * 20)
    allowed = log(SIGNATURES[5], VAULT, TOKEN, BOB, data=uint(5) + uint(99), emitter=keeper)
    locked = log(SIGNATURES[7], VAULT, data=pair, emitter=keeper)
    grant = Grant(token=TOKEN, owner=VAULT, spender=BOB, through=keeper)
    assert what_logs_say([allowed]).grants == {grant: (5, 99)}
    assert what_logs_say([allowed, locked]).grants == {grant: (0, 0)}


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(-1000, 1000))
def test_changes_of__event_and_balances__balances_are_believed(before: int, after: int, said: int) -> None:
    holding = Holding(token=TOKEN, account=VAULT)
    (probe,) = (
        one
        for one in probes_for(VAULT, operation_to((TOKEN, b"\1\2\3\4")), Said(), ())
        if one.about == holding
    )
    measured = Measured(probe=probe, before=uint(before), after=uint(after))
    changes = changes_of(VAULT, Said(moves={holding: said}), [measured])
    if before == after and not said:
        assert changes.deltas == ()
        return
    (delta,) = changes.deltas
    assert (delta.amount, delta.is_measured) == (after - before, True)
    assert delta.said == (said if said != after - before else None)
    assert bool(changes.remarks) == (abs(after - before - said) > 2)
    # Without an answer there is only the event.
    only = changes_of(
        VAULT, Said(moves={holding: said}), [Measured(probe=probe, before=None, after=uint(after))]
    )
    assert [(d.amount, d.is_measured) for d in only.deltas] == ([(said, False)] if said else [])


def test_probes_for__many_contracts__bounded_and_the_targets_first() -> None:
    crowd = [Address(i.to_bytes(20, "big")) for i in range(1, 5_000)]
    data = b"\1\2\3\4" + b"".join(uint(int.from_bytes(ANN, "big") + i) for i in range(100))
    said = Said(
        moves={Holding(token=one, account=BOB): 1 for one in crowd},
        grants={Grant(token=one, owner=VAULT, spender=BOB): (1, 0) for one in crowd},
    )
    probes = probes_for(VAULT, operation_to((TOKEN, data), (VAULT, data)), said, crowd)
    assert len(probes) <= 256
    assert probes[1].about == Holding(token=TOKEN, account=VAULT)
    holdings = [one.about for one in probes if isinstance(one.about, Holding) and one.about.account == VAULT]
    assert len(holdings) == MOST_CONTRACTS
    assert any(isinstance(one.about, Grant) for one in probes)
    assert len({one.about for one in probes}) == len(probes)
