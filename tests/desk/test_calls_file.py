"""Files of calls: read strictly, encoded canonically, and with no place for words that nobody can check."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from verifier.decode.content import UnfitError
from verifier.errors import CallsMalformed, CallsUnwritable
from verifier.model.address import Address
from verifier.model.operation import Call
from verifier.model.units import Wei
from verifier.model.written_call import WrittenCall
from verifier.store.calls_file import encode_written, parse_calls, read_calls, read_written, write_calls

TARGET = Address(bytes.fromhex("70ce" * 10))
OTHER = Address(bytes.fromhex("beef" * 10))


def written(*calls: dict[str, Any], version: Any = 1) -> bytes:
    return json.dumps({"version": version, "calls": list(calls)}).encode()


def test_read__toml_and_json__the_same_calls(tmp_path: Path) -> None:
    toml, as_json = tmp_path / "a.toml", tmp_path / "a.json"
    toml.write_text(
        f'version = 1\n[[calls]]\ntarget = "{TARGET}"\nfunction = "transfer(address to, uint256 amount)"\n'
        f'arguments = ["{OTHER}", 40]\n[[calls]]\ntarget = "{OTHER}"\nvalue = "1000000000000000000"\n'
    )
    transfer = {
        "target": str(TARGET),
        "function": "transfer(address,uint256)",
        "arguments": [str(OTHER), "40"],
    }
    as_json.write_bytes(b"\n" + written(transfer, {"target": str(OTHER), "value": 10**18}))
    data = keccak(b"transfer(address,uint256)")[:4] + encode(["address", "uint256"], [OTHER, 40])
    expected = (Call(target=TARGET, value=Wei(0), data=data), Call(target=OTHER, value=Wei(10**18), data=b""))
    assert read_calls(toml) == read_calls(as_json) == expected


def test_parse__every_kind_of_argument__as_eth_abi_encodes_it() -> None:
    signature = "f(int8,bool,bytes4,bytes,string,uint256[],(address,bytes32)[2])"
    pair = [str(OTHER), "0x" + "11" * 32]
    arguments = [-5, True, "0xdeadbeef", "0x01", "hé", ["1", 2, "0x03"], [pair, pair]]
    (call,) = parse_calls(written({"target": str(TARGET), "function": signature, "arguments": arguments}))
    types = ["int8", "bool", "bytes4", "bytes", "string", "uint256[]", "(address,bytes32)[2]"]
    values = [-5, True, bytes.fromhex("deadbeef"), b"\x01", "hé", [1, 2, 3], [(OTHER, b"\x11" * 32)] * 2]
    assert call.data == keccak(signature.encode())[:4] + encode(types, values)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({}, "call 1 has no `target`"),
        ({"target": "0x70cE"}, "is no address"),
        ({"target": str(TARGET).swapcase().replace("0X", "0x")}, "checksum"),
        ({"target": str(TARGET), "title": "routine"}, "`title` is not understood"),
        ({"target": str(TARGET), "value": -1}, "0 to"),
        ({"target": str(TARGET), "value": 1.5}, "with a fraction"),
        ({"target": str(TARGET), "value": True}, "whole number"),
        ({"target": str(TARGET), "value": str(1 << 256)}, "0 to"),
        ({"target": str(TARGET), "data": "deadbeef"}, "hex digits"),
        ({"target": str(TARGET), "data": "0xabc"}, "hex digits"),
        ({"target": str(TARGET), "data": "0x", "function": "f()"}, "both `data` and a `function`"),
        ({"target": str(TARGET), "arguments": []}, "no `function`"),
        ({"target": str(TARGET), "function": "f()"}, "should be a list"),
        ({"target": str(TARGET), "function": "f(uint8)", "arguments": []}, "1 arguments are expected, and 0"),
        ({"target": str(TARGET), "function": "f(uint8)", "arguments": [256]}, "no value of the type uint8"),
        ({"target": str(TARGET), "function": "f(bool)", "arguments": [1]}, "true or false"),
        (
            {"target": str(TARGET), "function": "f(bytes4)", "arguments": ["0x00"]},
            "no value of the type bytes4",
        ),
        ({"target": str(TARGET), "function": "f(uint8[2])", "arguments": [[1]]}, "no value"),
        ({"target": str(TARGET), "function": "f(string)", "arguments": ["\ud800"]}, "half a character"),
        ({"target": str(TARGET), "function": "f(wei)", "arguments": [1]}, "wei"),
        ({"target": str(TARGET), "function": "f()\nfunction g()", "arguments": []}, "one signature"),
        ({"target": str(TARGET), "function": "f() # g", "arguments": []}, "one signature"),
    ],
)
def test_parse__call_that_is_wrong_in_one_thing__refused_with_why(call: dict[str, Any], said: str) -> None:
    with pytest.raises(UnfitError) as refused:
        parse_calls(written(call))
    assert said in str(refused.value)


@pytest.mark.parametrize("version", [None, 2, True, "1"])
def test_parse__other_version__refused(version: Any) -> None:
    with pytest.raises(UnfitError, match="version = 1"):
        parse_calls(written({"target": str(TARGET)}, version=version))


def test_parse__words_beside_the_calls__refused() -> None:
    with pytest.raises(UnfitError, match="`memo` is not understood"):
        parse_calls(b'{"version":1,"calls":[],"memo":"routine maintenance"}')


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"version = ", b"{", b"version = 1\ncalls = " + b"[" * 5_000, b"[]"]
)
def test_read__no_list_of_calls__one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(CallsMalformed, match="is no list of calls"):
        read_calls(path)
    with pytest.raises(CallsMalformed, match="is no list of calls"):
        read_calls(tmp_path)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_parse__anything__calls_or_a_reason(content: bytes) -> None:
    with suppress(UnfitError):
        parse_calls(content)


def test_write__calls_that_a_person_wrote__read_again_as_the_same(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    wrote = (
        WrittenCall(goes_to=str(OTHER), wei="1000000000000000000"),
        WrittenCall(goes_to=str(TARGET), prototype="transfer(address,uint256)", listed=f'["{OTHER}", "40"]'),
        WrittenCall(goes_to=str(TARGET), data="0xdeadbeef"),
    )
    write_calls(path, wrote)
    assert read_written(path) == wrote
    assert read_calls(path) == encode_written(wrote)
    assert encode_written(wrote)[1].data == keccak(b"transfer(address,uint256)")[:4] + encode(
        ["address", "uint256"], [str(OTHER), 40]
    )
    with pytest.raises(CallsUnwritable, match="nothing is written over"):
        write_calls(path, wrote)
    assert [each.name for each in tmp_path.iterdir()] == ["calls.json"]


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (WrittenCall(goes_to="Payroll"), "call 1: `target`"),
        (WrittenCall(goes_to=str(TARGET), wei="1.5"), "call 1: `value`"),
        (WrittenCall(goes_to=str(TARGET), prototype="transfer"), "call 1"),
        (WrittenCall(goes_to=str(TARGET), prototype="f(bool)", listed="true"), "call 1: `arguments`"),
        (WrittenCall(goes_to=str(TARGET), prototype="f(bool)", listed="[yes]"), "call 1: its arguments"),
        (WrittenCall(goes_to=str(TARGET), prototype="f()", data="0x"), "call 1 has both"),
        (WrittenCall(goes_to=str(TARGET), data="zz"), "call 1: `data`"),
    ],
)
def test_write__what_is_not_understood__says_what_and_writes_nothing(
    tmp_path: Path, call: WrittenCall, why: str
) -> None:
    with pytest.raises(CallsMalformed, match=why):
        write_calls(tmp_path / "calls.json", [call])
    assert list(tmp_path.iterdir()) == []
