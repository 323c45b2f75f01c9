"""The texts of ABI types, and values that they cannot hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.decode.encode import encode
from verifier.decode.types import parse_type
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
