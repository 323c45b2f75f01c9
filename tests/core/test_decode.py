"""The strict decoder: values, verdict and byte ranges, for honest bytes and for hostile ones."""

from __future__ import annotations

import time
from typing import Any

import pytest
from eth_abi.abi import decode as eth_decode
from eth_abi.abi import encode as eth_encode
from eth_abi.exceptions import DecodingError
from hypothesis import given
from hypothesis import strategies as st

from tests.core.decoder import arguments, encoded, texts, word
from verifier.decode.encode import encode
from verifier.decode.plan import plan_of
from verifier.decode.types import AbiType, Array, Leaf, Tuple, parse_members
from verifier.model.address import Address
from verifier.model.call import AbiValue, Argument, FaultKind
from verifier.model.finding import Severity

# --------------------------------------------------------------------------------------------------------- Honest bytes


@given(encoded())
def test_encode__any_value__as_eth_abi_says(case: tuple[Tuple, tuple[AbiValue, ...], bytes]) -> None:
    type_, value, data = case
    assert data == eth_encode(texts(type_), value)


def ours(type_: AbiType, theirs: Any) -> AbiValue:
    """Return a value as we have it, of one that eth-abi gave: it has addresses as text."""
    match type_:
        case Leaf(kind="address"):
            return Address.parse(theirs)
        case Leaf():
            value: AbiValue = theirs
            return value
        case Array():
            return tuple(ours(type_.of, item) for item in theirs)
        case Tuple():
            return tuple(ours(member, item) for member, item in zip(type_.members, theirs, strict=True))


@given(encoded())
def test_encode__any_value__eth_abi_decodes_it(case: tuple[Tuple, tuple[AbiValue, ...], bytes]) -> None:
    type_, value, data = case
    assert ours(type_, eth_decode(texts(type_), data, strict=True)) == value


@given(encoded())
def test_decode__what_eth_abi_encoded__the_value_and_canonical(
    case: tuple[Tuple, tuple[AbiValue, ...], bytes],
) -> None:
    type_, value, _ = case
    decoded = plan_of(type_).decode(eth_encode(texts(type_), value))
    assert decoded.values == value
    assert decoded.is_canonical


@given(encoded(), st.binary(max_size=4))
def test_decode__what_encode_gave__the_value_and_canonical(
    case: tuple[Tuple, tuple[AbiValue, ...], bytes], prefix: bytes
) -> None:
    type_, value, data = case
    decoded = plan_of(type_).decode(prefix + data, len(prefix))
    assert decoded.values == value
    assert decoded.faults == ()
    assert decoded.is_canonical


def leaves_of(found: tuple[Argument, ...]) -> list[Argument]:
    return [leaf for one in found for leaf in (leaves_of(one.children) if one.children else [one])]


@given(encoded())
def test_arguments_of__what_encode_gave__same_values_with_their_own_bytes(
    case: tuple[Tuple, tuple[AbiValue, ...], bytes],
) -> None:
    type_, value, data = case
    found = plan_of(type_).arguments_of(b"\xaa" * 4 + data, 4)
    assert tuple(argument.value for argument in found) == value
    assert [argument.name for argument in found] == list(type_.names)
    assert [argument.type for argument in found] == texts(type_)
    for leaf in leaves_of(found):
        own = leaf.where.of(b"\xaa" * 4 + data)
        match leaf.value:
            case bool() | int():
                assert int.from_bytes(own, "big", signed=leaf.type.startswith("int")) == leaf.value
            case str():
                assert own == leaf.value.encode()
            case bytes() if leaf.type == "address":
                assert own == leaf.value.rjust(32, b"\0")
            case bytes():
                assert own == (leaf.value if leaf.type == "bytes" else leaf.value.ljust(32, b"\0"))
            case tuple():
                assert leaf.value == ()  # an empty array has no leaves


# -------------------------------------------------------------------------------------------------------- Hostile bytes


@given(encoded(), st.data())
def test_decode__some_bytes_changed__canonical_only_if_it_encodes_to_them(
    case: tuple[Tuple, tuple[AbiValue, ...], bytes], data: st.DataObject
) -> None:
    type_, _, honest = case
    raw = bytearray(honest)
    for _ in range(data.draw(st.integers(0, 3))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    hostile = bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
    hostile += data.draw(st.binary(max_size=3))
    decoded = plan_of(type_).decode(hostile)
    found = plan_of(type_).arguments_of(hostile)
    if decoded.values is None:
        assert decoded.faults
        assert found == ()
        return
    assert tuple(argument.value for argument in found) == decoded.values
    is_text = any(fault.kind is FaultKind.TEXT for fault in decoded.faults)
    assert decoded.is_canonical == (not is_text and encode(type_, decoded.values) == hostile)


@given(encoded(), st.data())
def test_decode__eth_abi_refuses__so_do_we_or_find_a_fault(
    case: tuple[Tuple, tuple[AbiValue, ...], bytes], data: st.DataObject
) -> None:
    type_, _, honest = case
    raw = bytearray(honest)
    if raw:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    decoded = plan_of(type_).decode(bytes(raw))
    try:
        theirs = eth_decode(texts(type_), bytes(raw), strict=True)
    except (DecodingError, OverflowError, UnicodeDecodeError):
        assert not decoded.is_canonical
        return
    if decoded.is_canonical:
        assert encode(type_, decoded.values or ()) == eth_encode(texts(type_), theirs)


@given(arguments, st.binary(max_size=600))
def test_decode__any_bytes__a_verdict_and_no_exception(type_: Tuple, data: bytes) -> None:
    decoded = plan_of(type_).decode(data)
    assert decoded.values is not None or decoded.faults
    for fault in decoded.faults:
        assert 0 <= fault.where.start <= fault.where.stop <= len(data)


TRANSFER = parse_members("address to, uint256 amount")
TO = bytes(range(1, 21))
BYTES = parse_members("bytes data")
TWO = parse_members("bytes a, bytes b")
ONE_A = word(1) + b"a".ljust(32, b"\0")


@pytest.mark.parametrize(
    ("types", "data", "values", "kind", "where"),
    [
        # Dirty high bytes of an address: shown, and danger.
        (TRANSFER, b"\x01" + bytes(11) + TO + word(5), (TO, 5), FaultKind.DIRTY, (0, 12)),
        # As the EVM reads them.
        (parse_members("bool"), word(2), (True,), FaultKind.DIRTY, (0, 32)),
        (parse_members("uint8"), word(256), (0,), FaultKind.DIRTY, (0, 31)),
        (parse_members("int8"), word(0x80), (-128,), FaultKind.DIRTY, (0, 31)),
        (parse_members("bytes4"), b"abcde".ljust(32, b"\0"), (b"abcd",), FaultKind.DIRTY, (4, 32)),
        # Padding that is dirty, or missing.
        (BYTES, word(32) + word(1) + b"ab".ljust(32, b"\0"), (b"a",), FaultKind.PADDING, (65, 96)),
        (BYTES, word(32) + word(1) + b"a", (b"a",), FaultKind.PADDING, (65, 65)),
        # Trailing bytes are information.
        (TRANSFER, bytes(12) + TO + word(5) + b"\x99", (TO, 5), FaultKind.TRAILING, (64, 65)),
        # Overlap, order, gap, and an offset into the head.
        (TWO, word(64) + word(64) + ONE_A, (b"a", b"a"), FaultKind.OFFSET, (32, 64)),
        (TWO, word(128) + word(64) + ONE_A + word(1) + b"b".ljust(32, b"\0"), (b"b", b"a"), FaultKind.OFFSET, (0, 32)),
        (BYTES, word(64) + bytes(32) + ONE_A, (b"a",), FaultKind.OFFSET, (0, 32)),
        (BYTES, bytes(32), (b"",), FaultKind.OFFSET, (0, 32)),
        # A string that is no UTF-8 stays bytes.
        (parse_members("string"), word(32) + word(1) + b"\xff".ljust(32, b"\0"), (b"\xff",), FaultKind.TEXT, (64, 65)),
        # What cannot be read.
        (TRANSFER, bytes(12) + TO + word(5)[:-1], None, FaultKind.TRUNCATED, (0, 63)),
        (BYTES, word(32) + word(2) + b"a", None, FaultKind.TRUNCATED, (64, 65)),
        (BYTES, word(32) + word((1 << 256) - 1), None, FaultKind.TRUNCATED, (64, 64)),
        (BYTES, word((1 << 256) - 1) + ONE_A, None, FaultKind.OFFSET, (0, 32)),
        (parse_members("uint256[]"), word(32) + word(1 << 200), None, FaultKind.TRUNCATED, (64, 64)),
    ],
)  # fmt: skip
def test_decode__hostile_table__value_and_fault(
    types: Tuple,
    data: bytes,
    values: tuple[AbiValue, ...] | None,
    kind: FaultKind,
    where: tuple[int, int],
) -> None:
    decoded = plan_of(types).decode(data)
    assert decoded.values == values
    fault = decoded.faults[0]
    assert fault.kind is kind
    assert (fault.where.start, fault.where.stop) == where
    is_notice = kind in (FaultKind.TRAILING, FaultKind.TEXT)
    assert fault.severity is (Severity.NOTICE if is_notice else Severity.DANGER)


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (word(5) + b"abc", FaultKind.TRUNCATED),
        (word(0) + b"abc", FaultKind.TRAILING),
        (word(1) + b"\xff" + bytes(31), FaultKind.TEXT),
    ],
)
def test_decode__more_faults_than_are_kept__each_kind_is(tail: bytes, kind: FaultKind) -> None:
    data = word(32) + word(100) + word(32 * 100) * 100 + tail
    faults = plan_of(parse_members("string[]")).decode(data).faults
    assert len(faults) <= 64
    assert kind in {fault.kind for fault in faults}


def nested_arrays(depth: int, width: int) -> bytes:
    """Arrays of arrays, each of whose items is the next array: width to the power of depth leaves in a few words."""
    level = word(width) + b"".join(word(32 * width) for _ in range(width))
    return word(32) + level * depth + word(0)


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("uint256[][][][][][][][][][]", nested_arrays(9, 50)),
        ("bytes[][][]", word(32) + word(3) + word(0) * 4_000),
        ("uint256[][]", word(32) + word(4_000) + word(0) * 4_092),
        ("(bytes,bytes)[]", word(32) + word(2_000) + word(0) * 2_100),
        ("bytes[]", word(32) + word(4_000) + word(32 * 4_000) * 4_000 + word(64) + bytes(64)),
        ("uint8[1000][1000][1000]", bytes(131_072)),
        ("string[]", word(32) + word(1) * 4_094),
    ],
)
def test_decode__bombs_of_128_kib__bounded_and_danger(type_: str, data: bytes) -> None:
    plan = plan_of(parse_members(type_))
    begin = time.thread_time()
    decoded = plan.decode(data)
    # Of the processor, whatever else the machine does: it takes milliseconds.
    assert time.thread_time() - begin < 1
    assert not decoded.is_canonical
    assert len(decoded.faults) <= 64
    assert any(fault.severity is Severity.DANGER for fault in decoded.faults)
