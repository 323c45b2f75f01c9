"""What the operators make of a few lines of Solidity."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mutation.conftest import HEAD
from tests.mutation.mutant import Mutant

Mutate = Callable[[str], list[Mutant]]

# A line, and for each operator what becomes of it.
LINES: dict[str, dict[str, set[str]]] = {
    "if (a < b) c = a;": {
        "relation": {"if (a <= b) c = a;", "if (a >= b) c = a;"},
        "condition": {"if (true) c = a;", "if (false) c = a;"},
    },
    "if (a == b && c != a) revert();": {
        "relation": {"if (a != b && c != a) revert();", "if (a == b && c == a) revert();"},
        "logic": {
            "if (a == b || c != a) revert();",
            "if (a == b) revert();",
            "if (c != a) revert();",
        },
        "condition": {"if (true) revert();", "if (false) revert();"},
    },
    "c = a + b * 10;": {
        "arithmetic": {"c = a - b * 10;", "c = a + b / 10;"},
        "constant": {"c = a + b * 11;", "c = a + b * 9;"},
        "statement": {"{}"},
    },
    "c |= (a & 0x0f) << b;": {
        "bits": {"c &= (a & 0x0f) << b;", "c = (a & 0x0f) << b;", "c |= (a | 0x0f) << b;"},
        "shift": {"c |= (a & 0x0f) >> b;"},
        "field": {"c |= (a & 0x10) << b;", "c |= (a & 0x0e) << b;"},
        "statement": {"{}"},
    },
    "d = !d;": {"logic": {"d = d;"}, "statement": {"{}"}},
    "d = true;": {"boolean": {"d = false;"}, "statement": {"{}"}},
    "c = a > 3 days ? a : 0;": {
        "relation": {"c = a >= 3 days ? a : 0;", "c = a <= 3 days ? a : 0;"},
        "constant": {"c = a > 4 days ? a : 0;", "c = a > 2 days ? a : 0;", "c = a > 3 days ? a : 1;"},
        "condition": {"c = true ? a : 0;", "c = false ? a : 0;"},
        "statement": {"{}"},
    },
    "c = a & type(uint64).max;": {
        "bits": {"c = a | type(uint64).max;"},
        "field": {"c = a & type(uint56).max;", "c = a & type(uint72).max;"},
        "statement": {"{}"},
    },
    "for (uint256 i = 0; i < a; ++i) c += i;": {
        "loop": {
            "for (uint256 i = 1; i < a; ++i) c += i;",
            "for (uint256 i = 0; i <= a; ++i) c += i;",
            "for (uint256 i = 0; i >= a; ++i) c += i;",
            "for (uint256 i = 0; false; ++i) c += i;",
            "for (uint256 i = 0; i < a; --i) c += i;",
        },
        "arithmetic": {
            "for (uint256 i = 0; i < a; ++i) c -= i;",
            "for (uint256 i = 0; i < a; ++i) c = i;",
        },
        "statement": {"for (uint256 i = 0; i < a; ++i) {}"},
    },
    "c = g(a, b, d);": {"arguments": {"c = g(b, a, d);"}, "statement": {"{}"}},
    "emit E(a, b);": {"arguments": {"emit E(b, a);"}, "statement": {"{}"}},
    "revert();": {"statement": {"{}"}},
    "return 7;": {"return": {"return 0;"}, "constant": {"return 8;", "return 6;"}},
    "assembly { mstore(0x20, add(a, 1)) }": {
        "assembly": {
            "assembly { mstore8(0x20, add(a, 1)) }",
            "assembly { mstore(0x21, add(a, 1)) }",
            "assembly { mstore(0x1f, add(a, 1)) }",
            "assembly { mstore(0x20, sub(a, 1)) }",
            "assembly { mstore(0x20, add(a, 2)) }",
            "assembly { mstore(0x20, add(a, 0)) }",
            "assembly { {} }",
        },
    },
}


def contract(line: str, modifier: str = "") -> str:
    return (
        "contract C { event E(uint256 a, uint256 b); modifier m() { _; }\n"
        "function g(uint256, uint256, bool) internal pure returns (uint256) {}\n"
        f"function f(uint256 a, uint256 b, uint256 c, bool d) external {modifier} returns (uint256) {{\n"
        f"{line}\n}} }}\n"
    )


@pytest.mark.parametrize("line", LINES)
def test_mutants__of_a_line__are_these(mutate: Mutate, line: str) -> None:
    found: dict[str, set[str]] = {}
    for mutant in mutate(contract(line)):
        assert (mutant.before, mutant.change.place) == (line, "f")
        found.setdefault(mutant.change.operator, set()).add(mutant.after)
    assert found == LINES[line]


def test_mutants__of_a_modified_function__lose_the_modifier(mutate: Mutate) -> None:
    (mutant,) = (m for m in mutate(contract("", "m")) if m.change.operator == "modifier")
    assert "external returns" in mutant.after
    assert "external m returns" in mutant.before


def test_mutants__of_comments_types_and_names__are_none(mutate: Mutate) -> None:
    text = "/// 1 < 2\ntype T is uint256; // a + b\nerror E(uint256 a);\n"
    text += "interface I { function f(uint8[4] memory) external; }\n"
    assert mutate(text) == []


def test_applied__to_the_source__changes_nothing_else(mutate: Mutate) -> None:
    # What is counted in bytes must not slip behind letters of two.
    source = "// é\nuint256 constant A = 5;\nuint256 constant B = A;\n"
    mutants = mutate(source)
    assert {m.applied_to(HEAD + source) for m in mutants} == {
        HEAD + source.replace("= 5", "= 6"),
        HEAD + source.replace("= 5", "= 4"),
    }
    assert {m.change.place for m in mutants} == {"A"}


def test_key__when_lines_move__stays(mutate: Mutate) -> None:
    before = [m.key for m in mutate(contract("c = a + b;"))]
    after = [m.key for m in mutate("\n// more\n\n" + contract("c = a + b;"))]
    assert before == after


def test_key__of_equal_lines__tells_them_apart(mutate: Mutate) -> None:
    keys = [m.key for m in mutate(contract("c = a + b;\nc = a + b;"))]
    assert len(keys) == len(set(keys)) == 4
