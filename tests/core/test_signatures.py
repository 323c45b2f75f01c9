"""Interfaces as data files."""

from __future__ import annotations

import re
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.core.release import abi_entries, read_release, read_source, signature_type
from verifier.decode.signatures import interface, parse_interface
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.errors import AbiMalformed


def words_of(type_: AbiType) -> list[str]:
    """Return the names of a type and of what it is made of, as the compiler's `internalType` has them."""
    match type_:
        case Leaf():
            return [type_.word or type_.text]
        case Array():
            suffix = "[]" if type_.length is None else f"[{type_.length}]"
            first, *rest = words_of(type_.of)
            return [first + suffix, *rest]
        case Tuple():
            inner = [word for member in type_.members for word in words_of(member)]
            return [f"struct {type_.word}", *inner]


def compiled_words(parameter: dict[str, Any]) -> list[str]:
    inner = [word for part in parameter.get("components", ()) for word in compiled_words(part)]
    return [parameter["internalType"], *inner]


def described(names: tuple[str, ...], members: tuple[AbiType, ...]) -> list[tuple[str, str, list[str]]]:
    return [(name, member.text, words_of(member)) for name, member in zip(names, members, strict=True)]


def compiled(parameters: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
    return [(p["name"], signature_type(p), compiled_words(p)) for p in parameters]


def nameless(parameters: list[tuple[str, str, list[str]]]) -> list[tuple[str, list[str]]]:
    return [(type_, words) for _, type_, words in parameters]


def test_vault__functions__those_of_the_compiled_vault() -> None:
    ours = {
        f.name: [nameless(described(part.names, part.members)) for part in (f.inputs, f.outputs)]
        for f in interface("vault").functions
    }
    theirs = {
        e["name"]: [nameless(compiled(e[part])) for part in ("inputs", "outputs")]
        for e in abi_entries("function")
    }
    assert ours == theirs


@pytest.mark.parametrize("contract", ["bypass_ledger", "checks", "duty_registry", "strategy_limits"])
def test_companion__functions__those_of_the_compiled_contract(contract: str) -> None:
    ours = {
        f.name: [nameless(described(part.names, part.members)) for part in (f.inputs, f.outputs)]
        for f in interface(contract).functions
    }
    theirs = {
        e["name"]: [nameless(compiled(e[part])) for part in ("inputs", "outputs")]
        for e in read_release(f"{contract}.abi.json")
        if e["type"] == "function"
    }
    assert ours == theirs


@pytest.mark.parametrize(
    ("contract", "source"),
    [
        ("bypass_ledger", "IBypassLedger"),
        ("checks", "IChecks"),
        ("duty_registry", "IDutyRegistry"),
        ("strategy_limits", "IStrategyLimits"),
    ],
)
def test_companion__names_of_arguments__those_of_the_interface(contract: str, source: str) -> None:
    text = read_source(f"interfaces/{source}.sol")
    if source != "IChecks":
        # What a vault asks of those that keep something.
        text += read_source("interfaces/ICompanion.sol")
    written = re.findall(r"function (\w+)\(([^)]*)\)", text)
    names = {
        name: tuple(part.split()[-1] for part in inputs.split(",") if part.strip())
        for name, inputs in written
    }
    assert {f.name: f.inputs.names for f in interface(contract).functions} == names


def test_vault__names_of_arguments__those_of_the_interface() -> None:
    written = re.findall(r"function (\w+)\(([^)]*)\)", read_source("interfaces/IVault.sol"))
    names = {
        name: tuple(part.split()[-1] for part in inputs.split(",") if part.strip())
        for name, inputs in written
    }
    ours = {f.name: f.inputs.names for f in interface("vault").functions if f.name != "supportsInterface"}
    assert ours == names


def test_vault__events__those_of_the_compiled_interface() -> None:
    ours = {
        name: (described(event.arguments.names, event.arguments.members), event.indexed)
        for name, event in interface("vault").events.items()
    }
    theirs = {
        e["name"]: (compiled(e["inputs"]), tuple(p["indexed"] for p in e["inputs"]))
        for e in abi_entries("event")
    }
    assert ours == theirs


def test_vault__configuration__what_the_constructor_takes() -> None:
    (constructor,) = abi_entries("constructor")
    (parameter,) = constructor["inputs"]
    assert interface("vault").types["Configuration"].text == signature_type(parameter)


@pytest.mark.parametrize(
    ("name", "selector"),
    # https://eips.ethereum.org/EIPS/eip-20; the last one is of OpenZeppelin's ERC20
    [
        ("transfer", "a9059cbb"),
        ("transferFrom", "23b872dd"),
        ("approve", "095ea7b3"),
        ("increaseAllowance", "39509351"),
    ],
)
def test_erc20__known_selectors__the_same(name: str, selector: str) -> None:
    assert interface("erc20").function(name).selector.hex() == selector


def test_event__topic__hash_of_its_signature() -> None:
    transfer = parse_interface("event Transfer(address indexed from, address indexed to, uint256 value)")
    assert transfer.events["Transfer"].topic == keccak(b"Transfer(address,address,uint256)")
    assert transfer.events["Transfer"].data.text == "(uint256)"


@pytest.mark.parametrize(
    "text",
    [
        "function transfer(address to",
        "function transfer(addres to)",
        "function f(uint8)\nfunction f(uint8 again)",
        "type A is B",
        "type A is uint8\ntype A is uint8",
        "contract Vault",
        "event E((uint8,uint8) indexed pair)",
        "function f(fixed128x18 price)",
    ],
)
def test_parse_interface__line_that_makes_no_sense__refused(text: str) -> None:
    with pytest.raises(AbiMalformed):
        parse_interface(text)


def test_parse_interface__remarks_and_overloads__read() -> None:
    found = parse_interface("# remark\n\nfunction f(uint8 a) # one\nfunction f(bytes a)\n")
    assert [function.signature for function in found.functions] == ["f(uint8)", "f(bytes)"]
    assert len(found.by_selector) == 2
