"""JSON ABIs as compilers write them: the same interfaces as from our own format, or one reason why not."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.release import read_release
from verifier.decode.content import UnfitError
from verifier.decode.json_abi import MOST_ENTRIES, parse_json_abi
from verifier.decode.signatures import interface, parse_interface

WORD = {"type": "uint256", "name": "n"}


def function(*inputs: Any, **more: Any) -> dict[str, Any]:
    return {"type": "function", "name": "f", "inputs": list(inputs), "outputs": []} | more


@pytest.mark.parametrize("name", ["vault", "checks", "duty_registry", "strategy_limits"])
def test_parse_json_abi__compiled_contract__the_same_as_our_own_file_about_it(name: str) -> None:
    compiled, own = parse_json_abi(read_release(f"{name}.abi.json")), interface(name)
    assert set(compiled.by_selector) == set(own.by_selector)
    for selector, known in own.by_selector.items():
        found = compiled.by_selector[selector]
        assert (found.signature, found.outputs.text) == (known.signature, known.outputs.text)
        assert len(found.inputs.names) == len(known.inputs.names)
    assert {event.topic for event in own.events.values()} <= {
        event.topic for event in compiled.events.values()
    }


def test_parse_json_abi__tuples_in_arrays__as_in_a_signature() -> None:
    pair = {"type": "tuple[2][]", "name": "pairs", "components": [WORD, {"type": "bytes", "name": "b"}]}
    ours = parse_interface("function f((uint256 n, bytes b)[2][] pairs)").functions[0]
    contents: list[Any] = [[function(pair)], {"abi": [function(pair)], "bytecode": "0x"}]
    for content in contents:
        (found,) = parse_json_abi(content).functions
        assert found.signature == ours.signature == "f((uint256,bytes)[2][])"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "a list of functions"),
        ({}, "a list of functions"),
        ({"abi": {}}, "a list of functions"),
        ([1], "entry 0 should be a table"),
        (["function f()"], "a file that ends in .abi"),
        ([function(name="")], "is no name"),
        ([function(name="f(g)")], "is no name"),
        ([function({"type": "uint256", "name": "a b"})], "is no name"),
        ([function({"name": "n"})], "a type in the inputs of entry 0 should be text"),
        ([function({"type": "uint7"})], "steps of 8"),
        ([function({"type": "fixed"})], "fixed-point"),
        ([function({"type": "tuple"})], "components"),
        ([function({"type": "tuple", "components": []})], "holds nothing"),
        ([function({"type": "tuple[0]", "components": [WORD]})], "length 0"),
        ([function({"type": "tuple" + "[]" * 17, "components": [WORD]})], "nested deeper than 16"),
        ([function(WORD), function(WORD)], "have one selector"),
        ([function(type="procedure")], "`procedure`, which there is not"),
        ([{"type": "event", "name": "E", "inputs": [WORD | {"indexed": 1}]}], "true or false"),
        ([function()] * (MOST_ENTRIES + 1), "more than 5000 entries"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_parse_json_abi__something_wrong__refused_with_what_it_is(content: Any, said: str) -> None:
    with pytest.raises(UnfitError) as refused:
        parse_json_abi(content)
    assert said in str(refused.value)


def test_parse_json_abi__tuples_within_tuples_without_end__refused() -> None:
    part: Any = WORD
    for _ in range(20):
        part = {"type": "tuple", "name": "t", "components": [part]}
    with pytest.raises(UnfitError, match="nested deeper than 16"):
        parse_json_abi([function(part)])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["tuple[]", "uint256"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "name", "inputs", "outputs", "components", "abi"]), inner)
    ),
    max_leaves=20,
)


@given(json_values)
def test_parse_json_abi__any_json__an_interface_or_one_reason(content: Any) -> None:
    candidates: list[Any] = [content, [content], [function(content)]]
    for candidate in candidates:
        with suppress(UnfitError):
            assert parse_json_abi(candidate).types == {}
