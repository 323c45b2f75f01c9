"""The two readers behind the decoder: the quick one says nothing, or what the exact one says."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.decoder import Encoded, arguments, encoded, hostile, judge
from verifier.decode.encode import encode
from verifier.decode.quick import DOUBTS, quick_reader, source_of
from verifier.decode.types import Tuple, parse_members
from verifier.model.call import AbiValue

MANY = settings(max_examples=600)


@MANY
@given(hostile(), st.binary(max_size=5))
def test_decode__honest_bytes_spoilt__both_readers_agree(case: tuple[Tuple, bytes], prefix: bytes) -> None:
    type_, data = case
    judge(type_, prefix + data, len(prefix))


@MANY
@given(arguments, st.binary(max_size=600), st.integers(0, 40))
def test_decode__any_bytes_from_any_place__both_readers_agree(type_: Tuple, data: bytes, at: int) -> None:
    judge(type_, data, at)


EVERY_WORD = "uint8,uint24,uint64,uint256,int8,int128,int256,address,bool,bytes1,bytes31,bytes32,function"
EVERY_VALUE = (
    *(7, 8, 9, 10, -1, 2, -3, bytes(range(20)), True),
    *(b"a", b"b" * 31, b"c" * 32, b"d" * 24),
)


@pytest.mark.parametrize(
    ("types", "values"),
    [
        (
            f"({EVERY_WORD})[],uint16[2],int16[1][]",
            ((EVERY_VALUE,) * 2, (5, 6), ((-7,),)),
        ),
        ("bytes,string[],(bool,string)[],bytes", (b"abc", ("d", "", "e" * 32), ((False, "f"), (True, "g")), bytes(33))),
        ("bytes[2][],(string,(bytes,uint8))", (((b"h", b"i" * 40),), ("j", (b"", 3)))),
    ],
)  # fmt: skip
def test_decode__each_byte_changed_by_itself__canonical_only_if_it_encodes_to_them(
    types: str, values: tuple[AbiValue, ...]
) -> None:
    type_ = parse_members(types)
    honest = encode(type_, values)
    assert judge(type_, honest).is_canonical
    for at in range(len(honest)):
        for change in (1, 2, 0x80, 0xFF):
            judge(type_, honest[:at] + bytes([honest[at] ^ change]) + honest[at + 1 :])


@given(encoded())
def test_quick_reader__honest_bytes__reads_them(case: Encoded) -> None:
    type_, value, data = case
    read = quick_reader(type_, ranged=False)
    assume(read is not None)
    assert read is not None
    for at in (0, 7):
        assert read(bytes(at) + data, at) == value


@given(encoded(), st.sampled_from([-1, 1, 32]))
def test_quick_reader__a_little_less_or_more__says_nothing(case: Encoded, more: int) -> None:
    type_, _, data = case
    assume(data or more > 0)
    read = quick_reader(type_, ranged=False)
    assume(read is not None)
    assert read is not None
    try:
        found = read(data[:more] if more < 0 else data + bytes(more), 0)
    except DOUBTS:
        return
    assert found is None


@pytest.mark.parametrize(
    "types",
    [
        ",".join(["uint256"] * 257),  # longer than it is worth
        "uint8[1000][1000][1000]",
        "bytes[300]",
        "uint8[1][1][1]",  # more tuples and arrays than words: the exact reader may stop
        "(((bool)))",
    ],
)
def test_quick_reader__type_that_is_not_for_it__none(types: str) -> None:
    assert quick_reader(parse_members(types), ranged=False) is None
    judge(parse_members(types), bytes(257 * 32))


def test_quick_reader__aggregate3__this_source() -> None:
    source = source_of(parse_members("(address target, bool allowFailure, bytes callData)[] calls"))
    expected = """\
def read(data, p):
    c1, v2 = u3(data, p)
    if c1 != k4: return None
    p += 64
    b5 = p
    p += 32 * v2
    a6 = []
    for c7, v8 in offsets(data[b5:p]):
        if v8 + b5 != p or c7 != zeros: return None
        c9, v10, c11, v12, c13, v14 = u15(data, p)
        if c9 != k16 or c11 != k17 or c13 != k18 or v12 > 1: return None
        p += 128
        b19 = p
        e20 = p + v14
        p = e20 + (-v14 & 31)
        if data[e20:p] != paddings[v14 & 31]: return None
        v21 = data[b19:e20]
        a6.append((address(Address, v10), v12 == 1, v21))
    if p != len(data): return None
    return (tuple(a6),)"""
    assert source == expected


@given(arguments)
def test_source__of_a_type_with_hostile_names__has_none_of_them(type_: Tuple) -> None:
    evil = Tuple(
        members=type_.members, names=("__import__('os')\n",) * len(type_.members), word="\n    evil()"
    )
    for ranged in (False, True):
        source = source_of(evil, ranged=ranged) or ""
        assert "import" not in source
        assert "evil" not in source
