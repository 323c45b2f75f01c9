"""What Solidity itself returned, with the values: the test cases of the npm package @ethersproject/testcases."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.core.decoder import ranges_of, walk
from verifier.decode.encode import encode
from verifier.decode.plan import plan_of
from verifier.decode.types import parse_members
from verifier.model.call import AbiValue

CASES: Final = Path(__file__).parents[2] / "scripts/node/node_modules/@ethersproject/testcases/testcases"


def value_of(found: Any) -> AbiValue:
    """Return a value as we have it, of one as the file has it."""
    match found:
        case list():
            return tuple(value_of(item) for item in found)
        case {"type": "tuple", "value": list(items)}:
            return tuple(value_of(item) for item in items)
        case {"type": "number", "value": str(number)}:
            return int(number)
        case {"type": "buffer", "value": str(text)}:
            return bytes.fromhex(text[2:])
        case {"type": "string", "value": str(text)} if len(text) == 42 and text.startswith("0x"):
            return bytes.fromhex(text[2:])  # the only strings of this form are addresses
        case {"type": "string" | "boolean", "value": str() | bool() as plain}:
            return plain
        case _:
            raise AssertionError(found)


@pytest.mark.parametrize(
    ("name", "count"), [("contract-interface", 2_045), ("contract-interface-abi2", 1_880)]
)
def test_decode__what_solidity_returned__these_values_and_canonical(name: str, count: int) -> None:
    cases = json.loads(gzip.decompress((CASES / f"{name}.json.gz").read_bytes()))
    assert len(cases) == count
    for case in cases:
        type_ = parse_members(",".join(json.loads(case["types"])).replace("tuple(", "("))
        expected = value_of(json.loads(case.get("normalizedValues", case["values"])))
        data = bytes.fromhex(case["result"][2:])
        decoded = plan_of(type_).decode(data)
        assert (decoded.values, decoded.faults) == (expected, ()), case["name"]
        assert encode(type_, expected) == data, case["name"]
        found = plan_of(type_).arguments_of(data)
        assert tuple(argument.value for argument in found) == expected
        assert [*ranges_of(found)] == [*walk(type_, data, 0)]
