"""Intermediate code taken apart and put together: three mutants in one contract, on a chain."""

from __future__ import annotations

import pytest

from tests.anvil import FUNDED, start_anvil
from tests.mutation.compiler import Compiler, errors_of
from tests.mutation.yul import NUMBER, Object, UnlikeError, code_of_mutant, merge, read_object


def program(body: str, *, head: str = "answer_1()", name: str = "C_1") -> str:
    return f"""
    /// @use-src 0:"contracts/A.sol"
    object "{name}" {{
        code {{ datacopy(0, dataoffset("D"), datasize("D")) return(0, datasize("D")) }}
        object "D" {{
            code {{
                {head}
                function answer_1() {{ let found := twice(4) /* what else */ mstore(0, found) return(0, 32) }}
                function twice(value) -> result {{ {body} }}
                function once(value) -> result {{ result := value }}
            }}
            data ".metadata" hex"00ff"
        }}
    }}
    """


ORIGINAL = program("let two := 2 result := mul(value, two)")
TRIPLE = program("let three := 3 result := mul(value, three)")
ELSE = program("result := once(value)")


def merged(compiler: Compiler, *mutants: Object) -> bytes:
    text = merge(read_object(ORIGINAL), dict(enumerate(mutants, start=1)))
    output = compiler.compile(
        {
            "language": "Yul",
            "settings": {"outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
            "sources": {"a.yul": {"content": text}},
        }
    )
    assert errors_of(output) == []
    return bytes.fromhex(output["contracts"]["a.yul"]["C_1"]["evm"]["bytecode"]["object"])


def test_object__with_other_spaces_comments_and_variables__is_the_same() -> None:
    other = program("let zwei:=2\n// two\nresult  :=  mul ( value , zwei )")
    assert read_object(ORIGINAL) == read_object(other)
    assert read_object(ORIGINAL) != read_object(TRIPLE)


def test_merge__of_three__is_each_of_them_and_the_original(compiler: Compiler) -> None:
    code = merged(compiler, read_object(TRIPLE), read_object(ELSE), read_object(TRIPLE))
    assert code.count(NUMBER) == 1
    with start_anvil() as chain:
        for number, answer in {0: 8, 1: 12, 2: 4, 3: 12, 4: 8}.items():
            place = chain.deploy(code_of_mutant(code, number))
            assert int.from_bytes(chain.call(place, b"", sender=FUNDED[0]).data) == answer


def test_merge__of_what_differs_around_the_functions__is_refused() -> None:
    other = read_object(program("result := 1", head="pop(1) answer_1()"))
    with pytest.raises(UnlikeError):
        merge(read_object(ORIGINAL), {1: other})


def test_merge__of_a_function_that_takes_more__is_refused() -> None:
    text = ORIGINAL.replace("twice(4)", "twice(4, 5)").replace("twice(value)", "twice(value, more)")
    with pytest.raises(UnlikeError):
        merge(read_object(ORIGINAL), {1: read_object(text)})


def test_code_of_mutant__in_which_nothing_asks__is_refused() -> None:
    with pytest.raises(UnlikeError):
        code_of_mutant(b"\x00" * 40, 1)


def test_names__of_the_mutants__become_the_originals() -> None:
    other = ORIGINAL.replace("answer_1", "answer_9").replace("C_1", "C_9")
    renamed = read_object(other, lambda name: name.replace("_9", "_1"))
    assert renamed == read_object(ORIGINAL)
    assert read_object(other) != read_object(ORIGINAL)
