"""The texts of ABI types, and values that they cannot hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.decode.encode import encode
from verifier.decode.signatures import parse_interface
from verifier.decode.types import AbiType, Array, Leaf, Tuple, parse_type
from verifier.errors import AbiMalformed, ValueUnfit


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("uint", "uint256"),
        ("int", "int256"),
        ("function", "function"),
        ("uint8[2][]", "uint8[2][]"),
        ("(address,(bool,string)[])[3]", "(address,(bool,string)[])[3]"),
        (" ( address to , uint256 amount ) ", "(address,uint256)"),
    ],
)
def test_parse_type__what_solidity_writes__the_type(text: str, parsed: str) -> None:
    assert parse_type(text).text == parsed


@pytest.mark.parametrize(
    "text",
    [
        "uint7", "uint264", "uint0", "int08", "bytes33", "bytes0", "fixed128x18", "ufixed", "addres", "", "()",
        "uint8[0]", "(uint8", "uint8)", "(uint8))", "[]", "uint8[-1]", "(address,)", "bytes[", "a" * 10_000,
        "uint256" + "[]" * 17, "(" * 17 + "uint256" + ")" * 17, "uint8[99999999999]", "uint" + "9" * 5_000,
    ],
)  # fmt: skip
def test_parse_type__no_type__refused(text: str) -> None:
    with pytest.raises(AbiMalformed):
        parse_type(text)


@pytest.mark.parametrize("text", ["fixed", "ufixed", "fixed128x18", "ufixed8x80"])
def test_parse_type__fixed_point__refused_by_name(text: str) -> None:
    with pytest.raises(AbiMalformed) as refused:
        parse_type(text)
    assert refused.value.text == text
    assert "fixed-point" in str(refused.value)


@pytest.mark.parametrize(("nesting", "is_read"), [(16, True), (17, False)])
def test_parse_type__as_deep_as_is_read__and_one_deeper(nesting: int, is_read: bool) -> None:
    for text in ("uint256" + "[]" * nesting, "(" * nesting + "uint256" + ")" * nesting):
        if is_read:
            assert parse_type(text).nesting == nesting
        else:
            with pytest.raises(AbiMalformed):
                parse_type(text)


def grow(words: dict[str, AbiType], line: str) -> None:
    """Give names to types that are made of the ones before, line by line, as a data file may."""
    for i in range(200):
        words[f"n{i + 1}"] = parse_type(line.format(last=f"n{i}"), words)


@pytest.mark.parametrize("line", ["({last}, {last})", "{last}[]", "({last})"])
def test_parse_type__names_for_a_tree_without_end__refused(line: str) -> None:
    words: dict[str, AbiType] = {"n0": parse_type("uint8")}
    with pytest.raises(AbiMalformed):
        grow(words, line)
    assert len(words) < 20


def test_selector__of_a_function_type__as_solidity_has_it() -> None:
    # From solc 0.8.37: methodIdentifiers of f(function(uint256) external returns (bool) x, bytes24 y).
    function = parse_interface("function f(function x, bytes24 y)").function("f")
    assert function.signature == "f(function,bytes24)"
    assert function.selector == bytes.fromhex("4d0930d2")


def test_array__of_nothing__refused() -> None:
    nothing = Tuple(members=(), names=())
    for length in (None, 2):
        with pytest.raises(AbiMalformed):
            Array(of=nothing, length=length)
    with pytest.raises(AbiMalformed):
        Array(of=Leaf(kind="bool"), length=0)


@given(st.text(alphabet="uintbyesad[](),0128 ", max_size=40))
def test_parse_type__any_text__a_type_or_refused(text: str) -> None:
    try:
        parsed = parse_type(text)
    except AbiMalformed:
        return
    assert parse_type(parsed.text).text == parsed.text


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("uint8", 256), ("uint8", -1), ("int8", 128), ("bool", 1), ("uint8", True), ("address", b"\0" * 19),
        ("bytes4", b"abc"), ("string", b"abc"), ("bytes", "abc"), ("uint8[2]", (1,)), ("uint8[]", 1),
        ("(uint8,uint8)", (1,)),
    ],
)  # fmt: skip
def test_encode__value_that_does_not_fit__refused(type_: str, value: Any) -> None:
    with pytest.raises(ValueUnfit):
        encode(parse_type(type_), value)
