"""Calldata that no honest encoder writes: offsets that overlap or point back, dirty bits, huge lengths.

Solidity's decoder takes some of it. So whatever is taken must mean one thing: the operation in the event, the id that
is stored, and the calls that are made must be the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from eth_abi.abi import decode, encode
from eth_hash.auto import keccak
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.anvil import Outcome
from tests.attacks.forgery import number, word
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, QUORUM, Scene
from tests.stage import STRANGER, Call, Operation, call, data_of
from verifier.model.lane import Lane
from verifier.model.life import Status

WORD: Final = 32
HEAD: Final = 4
PROPOSED: Final = keccak(b"Proposed(bytes32,uint256,uint256,uint256,(address,uint256,bytes)[])")
PROPOSE: Final = data_of("propose", ([], 0, 1, 0), [])[:HEAD]


def published_by(outcome: Outcome) -> tuple[bytes, Operation]:
    """Return id and operation as the event of a publication tells them."""
    (log,) = outcome.receipt["logs"]
    topic, id_ = (bytes.fromhex(text[2:]) for text in log["topics"])
    assert topic == PROPOSED
    types = ["uint256", "uint256", "uint256", "(address,uint256,bytes)[]"]
    state, lane, approve_by, calls = decode(types, bytes.fromhex(log["data"][2:]))
    told: list[Call] = [(bytes.fromhex(target[2:]), value, data) for target, value, data in calls]
    return id_, (told, lane, Lane.unpack(state).sequence, approve_by)


def assert_one_meaning(scene: Scene, outcome: Outcome) -> Operation:
    """Fail unless the event's operation is the one whose id is in storage."""
    id_, operation = published_by(outcome)
    assert scene.id_of(operation) == id_ == scene.lane(operation[1])[0]
    assert scene.status(operation) is Status.PROPOSED
    return operation


def words_of(data: bytes) -> list[int]:
    return [number(data[at : at + WORD]) for at in range(HEAD, len(data), WORD)]


def propose_words(words: list[int]) -> bytes:
    return PROPOSE + b"".join(word(value % 2**256) for value in words)


def raw_propose(scene: Scene, calls: list[int], *, lane: int | None = None, tail: bytes = b"") -> Outcome:
    """Send `propose` with these words for the array of calls: its length, offsets from behind it, and what follows."""
    lane = 8 * scene.seat("ann") if lane is None else lane
    # Operation at 0x40: offset of calls, lane, sequence, approveBy; approvals come first, so that calls end the data.
    words = [0x60, 0x40, 0, 0x80, lane, 1, scene.chain.now() + 1000, *calls]
    return scene.chain.send(scene.address("ann"), scene.vault, propose_words(words) + tail)


ONE_CALL = [number(PAYEE), 5, 0x60, 0]
"""A call's own words: target, value, offset of its data from its beginning, length of the data."""


def test_propose__calls_that_share_their_words__are_as_many_as_the_array_says(scene: Scene) -> None:
    """32 offsets to one call: a short calldata for a long operation."""
    outcome = scene.must(raw_propose(scene, [32, *([32 * WORD] * 32), *ONE_CALL]))
    operation = assert_one_meaning(scene, outcome)
    assert operation[0] == [call(to=PAYEE, value=5)] * 32


def test_propose__33_calls_that_share_their_words__are_too_many(scene: Scene) -> None:
    before = scene.lane(8 * scene.seat("ann"))
    assert not raw_propose(scene, [33, *([33 * WORD] * 33), *ONE_CALL]).succeeded
    assert scene.lane(8 * scene.seat("ann")) == before


def test_propose__calls_that_share_their_data__are_counted_by_what_they_say(scene: Scene) -> None:
    """24 KiB in all; two calls that point to the same 13 KiB say 26, and the event would carry 26."""
    long = [number(PAYEE), 0, 0x60, 13 * 1024, *([7] * (13 * 32))]
    assert not raw_propose(scene, [2, 2 * WORD, 2 * WORD, *long]).succeeded
    outcome = scene.must(raw_propose(scene, [1, WORD, *long]))
    assert len(assert_one_meaning(scene, outcome)[0][0][2]) == 13 * 1024


def test_propose__data_that_is_the_array_itself__is_taken_as_what_it_reads(scene: Scene) -> None:
    """A call whose data begins at the array's own length word: bytes that describe themselves."""
    back = -2 * WORD  # from the call, which stands two words behind the array's length
    outcome = scene.must(raw_propose(scene, [1, WORD, number(PAYEE), 0, back, 0]))
    ((target, value, data),) = assert_one_meaning(scene, outcome)[0]
    assert (target, value, data) == (PAYEE, 0, word(WORD)[:1])


def test_propose__call_that_is_the_operation_itself__is_taken_as_what_it_reads(scene: Scene) -> None:
    """A call offset that points back to the head: target = 0x80, value = lane, data at the sequence's word."""
    outcome = raw_propose(scene, [1, -5 * WORD])
    if outcome.succeeded:
        assert_one_meaning(scene, outcome)
    else:
        assert scene.lane(8 * scene.seat("ann"))[2] is Status.UNKNOWN


def test_propose__bytes_between_and_behind__change_nothing(scene: Scene) -> None:
    canonical = scene.operation("ann", [call(to=PAYEE, value=5)], approve_by=scene.chain.now() + 1000)
    for calls, tail in (
        ([1, WORD, *ONE_CALL], b""),
        ([1, 4 * WORD, 1, 2, 3, *ONE_CALL], b""),
        ([1, WORD, *ONE_CALL], b"behind" * 100),
        # The length of the data begins five bytes into a word.
        ([1, WORD, number(PAYEE), 5, 0x65, (2**40 - 1) << 216, 1], b""),
    ):
        with scene.chain.isolate():
            outcome = scene.must(raw_propose(scene, calls, tail=tail))
            assert assert_one_meaning(scene, outcome) == canonical


DIRTY: dict[str, Callable[[list[int]], None]] = {
    "lane": lambda words: words.__setitem__(4, words[4] | 1 << 16),
    "lane's highest bit": lambda words: words.__setitem__(4, words[4] | 1 << 255),
    "sequence": lambda words: words.__setitem__(5, words[5] | 1 << 32),
    "approveBy": lambda words: words.__setitem__(6, words[6] | 1 << 40),
    "target": lambda words: words.__setitem__(9, words[9] | 1 << 160),
    "target's highest bit": lambda words: words.__setitem__(9, words[9] | 1 << 255),
    "offset of the operation": lambda words: words.__setitem__(0, words[0] | 1 << 64),
    "offset of the calls": lambda words: words.__setitem__(3, words[3] | 1 << 64),
    "offset of a call": lambda words: words.__setitem__(8, words[8] | 1 << 64),
    "offset of data": lambda words: words.__setitem__(11, words[11] | 1 << 64),
    "length of the calls": lambda words: words.__setitem__(7, 2**64),
    "length of the calls, all ones": lambda words: words.__setitem__(7, 2**256 - 1),
    "length that overflows in words": lambda words: words.__setitem__(7, 2**251 + 1),
    "length of data": lambda words: words.__setitem__(12, 2**64 - 1),
    "length of data, beyond the end": lambda words: words.__setitem__(12, 1),
    "length of data, all ones": lambda words: words.__setitem__(12, 2**256 - 1),
    "length of approvals": lambda words: words.__setitem__(2, 2**64 - 1),
    "length of approvals that overflows": lambda words: words.__setitem__(2, 2**256 // 96 + 1),
}


@pytest.mark.parametrize("what", DIRTY)
def test_propose__dirty_bits_or_giant_lengths__are_refused(scene: Scene, what: str) -> None:
    lane = 8 * scene.seat("ann")
    words = [0x60, 0x40, 0, 0x80, lane, 1, scene.chain.now() + 1000, 1, WORD, *ONE_CALL]
    clean = propose_words(words)
    DIRTY[what](words)
    before = (scene.lane(lane), scene.roster())
    outcome = scene.chain.send(scene.address("ann"), scene.vault, propose_words(words))
    assert not outcome.succeeded
    assert (scene.lane(lane), scene.roster()) == before
    assert_one_meaning(scene, scene.must(scene.chain.send(scene.address("ann"), scene.vault, clean)))


def test_approve__approvals_that_are_the_operations_words__approve_nothing(scene: Scene) -> None:
    """The list of approvals points into the operation: its words would have to be somebody's signature."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    canonical = data_of("approve", operation, [])
    words = words_of(canonical)
    before = scene.lane(operation[1])
    for offset in range(0, len(canonical) - HEAD, WORD):
        words[1] = offset
        data = canonical[:HEAD] + b"".join(word(value) for value in words)
        scene.chain.send(STRANGER, scene.vault, data)
        assert scene.lane(operation[1]) == before


def aliased(operation: Operation) -> bytes:
    """Return the arguments of an operation whose two equal calls share their words."""
    calls, lane, sequence, approve_by = operation
    target, value, data = calls[0]
    assert calls == [calls[0]] * 2
    one = b"".join([target.rjust(WORD, b"\0"), word(value), word(0x60), encode(["bytes"], [data])[WORD:]])
    head = [0x80, lane, sequence, approve_by, 2, 2 * WORD, 2 * WORD]
    return b"".join(word(value) for value in head) + one


def test_execute__other_encoding_of_the_same_operation__makes_the_same_calls(scene: Scene) -> None:
    """The id is of the meaning and not of the bytes: whoever executes may choose the bytes, and nothing else."""
    operation = scene.published("ann", [call(to=PAYEE, value=5)] * 2)
    strange = aliased(operation)
    selector = data_of("idOf", operation)[:HEAD]
    answer = scene.chain.call(scene.vault, selector + word(WORD) + strange)
    assert (answer.succeeded, answer.data) == (True, scene.id_of(operation))
    approve = data_of("approve", operation, [])[:HEAD]
    approvals = encode(
        ["(uint256,bytes32,bytes32)[]"],
        [[as_entry(scene, name, operation) for name in QUORUM]],
    )[WORD:]
    data = approve + word(2 * WORD) + word(2 * WORD + len(strange)) + strange + approvals
    scene.must(scene.chain.send(STRANGER, scene.vault, data))
    scene.pass_to_ready(operation)
    execute = data_of("execute", operation)[:HEAD]
    scene.must(scene.chain.send(scene.address("bob"), scene.vault, execute + word(WORD) + strange))
    assert scene.chain.balance(PAYEE) == 10
    assert scene.status(operation) is Status.EXECUTED


def as_entry(scene: Scene, name: str, operation: Operation) -> tuple[int, bytes, bytes]:
    seat, publication, (r, s, v) = scene.sign_published(name, operation)
    return (publication << 16 | seat << 8 | number(v), r, s)


BENDS: Final = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=24),
        st.one_of(
            st.integers(min_value=-10, max_value=30).map(lambda words: words * WORD),
            st.sampled_from(
                [1, 2, 31, 33, 2**16, 2**40, 2**64 - 1, 2**64, 2**255, 2**256 - 1, number(PAYEE)]
            ),
            st.integers(min_value=0, max_value=2**256 - 1),
        ),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bends=BENDS, cut=st.sampled_from([0, 0, 0, 1, 32]))
def test_propose__any_bent_calldata__is_refused_or_means_one_thing(
    scene: Scene, bends: list[tuple[int, int]], cut: int
) -> None:
    with scene.chain.isolate():
        calls = [call(to=PAYEE, value=5), call(to=PAYEE, value=7, data=b"\1\2\3\4" * 9)]
        words = words_of(data_of("propose", scene.operation("ann", calls), []))
        for at, value in bends:
            words[at % len(words)] = value
        data = propose_words(words)
        outcome = scene.chain.send(scene.address("ann"), scene.vault, data[: len(data) - cut])
        event("taken" if outcome.succeeded else "refused")
        if outcome.succeeded:
            assert_one_meaning(scene, outcome)
        else:
            lanes = range(8 * scene.seat("ann"), 8 * scene.seat("ann") + 8)
            assert {scene.lane(lane)[2] for lane in lanes} == {Status.UNKNOWN}


SMALL: Final = st.one_of(
    st.integers(min_value=-4, max_value=12).map(lambda n: n * WORD), st.sampled_from([0, 1, 97])
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offsets=st.lists(SMALL, min_size=1, max_size=3), body=st.lists(SMALL, min_size=4, max_size=14))
def test_propose__calls_that_overlap_in_any_way__are_refused_or_mean_one_thing(
    scene: Scene, offsets: list[int], body: list[int]
) -> None:
    """Words that are small enough to be an offset, a length, a target and a value at the same time."""
    with scene.chain.isolate():
        outcome = raw_propose(scene, [len(offsets), *offsets, *body], tail=bytes(1_000))
        event("taken" if outcome.succeeded else "refused")
        if outcome.succeeded:
            assert_one_meaning(scene, outcome)
        else:
            assert scene.lane(8 * scene.seat("ann"))[2] is Status.UNKNOWN
