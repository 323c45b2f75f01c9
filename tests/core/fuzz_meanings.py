"""Hostile calldata of functions whose meaning is known, for `scripts/fuzz decode`: what is said, and what is rung."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from typing import Final

from tests.core.rules.cases import case_of
from verifier.assess.rules.table import judge_case
from verifier.decode.encode import encode
from verifier.decode.meaning.table import standards
from verifier.decode.signatures import Function, interface
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.model.address import Address
from verifier.model.call import AbiValue
from verifier.model.operation import Call
from verifier.model.units import Wei

BARE: Final = Address.parse("0x4e59b44847b379578588920cA78FbF26c0B4956C")
"""A factory that takes bare code: any bytes mean something there."""
TARGET: Final = Address(b"\x22" * 20)
MEANT: Final = 1_024
"""So many honest calls are made once each; an input begins with the number of one."""
_PRINTABLE: Final = re.compile(r"[ -~]+")
# So often a number is one that counts items, so that it means one of them.
_FEW: Final = 0.5
# So often bytes are a step of a list of steps, or a call to another function.
_NESTED: Final = 0.5


def judge_call(data: bytes, target: Address = TARGET) -> None:
    """Assert all that must hold of a call, whatever its bytes are, and that every rule can judge it."""
    case = case_of(Call(target=target, value=Wei(len(data) % 2), data=data))
    for outer in case.calls:
        for _, call in outer.walk():
            size = len(call.call.data)
            assert _PRINTABLE.fullmatch(call.sentence)
            assert call.unopened >= 0
            assert len(call.effects) <= size + 16
            for fault in call.faults:
                assert 0 <= fault.where.start <= fault.where.stop <= size
            for effect in call.effects:
                where = getattr(effect, "where", None)
                assert where is None or 0 <= where.start < where.stop <= size
    for finding in judge_case(case):
        assert _PRINTABLE.fullmatch(finding.sentence)


@lru_cache(maxsize=MEANT)
def meant(number: int) -> tuple[Address, bytes]:
    """Return an honest call of a function that is known, always the same one for a number."""
    dice = random.Random(number)  # noqa: S311  (that it can be repeated is the point)
    functions = _functions()
    if number % 32 == 0:
        return BARE, dice.randbytes(32 + dice.randrange(80))
    function = functions[number % len(functions)]
    return TARGET, function.selector + encode(function.inputs, _tuple(dice, function.inputs, 2))


@lru_cache(maxsize=1)
def _functions() -> tuple[Function, ...]:
    return tuple(one.function for same in standards().values() for one in same)


@lru_cache(maxsize=1)
def _steps() -> tuple[Function, ...]:
    return interface("settler_actions").functions


def _tuple(dice: random.Random, type_: Tuple, depth: int) -> tuple[AbiValue, ...]:
    return tuple(_value(dice, member, depth) for member in type_.members)


def _value(dice: random.Random, type_: AbiType, depth: int) -> AbiValue:
    match type_:
        case Leaf(kind="uint"):
            if dice.random() < _FEW:
                return dice.randrange(4)
            return dice.getrandbits(type_.width)
        case Leaf(kind="int"):
            return dice.getrandbits(type_.width) - (1 << type_.width - 1)
        case Leaf(kind="bool"):
            return dice.random() < _FEW
        case Leaf(kind="string"):
            return "".join(dice.choices("abcd é€😀\u202e", k=dice.randrange(20)))
        case Leaf(kind="bytes"):
            return _bytes(dice, depth)
        case Leaf():
            return dice.choice((bytes(20), TARGET, dice.randbytes(20)))[: type_.width or 20].ljust(
                type_.width or 20, b"\x01"
            )
        case Array():
            length = dice.randrange(4) if type_.length is None else type_.length
            return tuple(_value(dice, type_.of, depth) for _ in range(length))
        case Tuple():
            return _tuple(dice, type_, depth)


def _bytes(dice: random.Random, depth: int) -> bytes:
    if depth and dice.random() < _NESTED:
        function = dice.choice(_steps() if dice.random() < _FEW else _functions())
        return function.selector + encode(function.inputs, _tuple(dice, function.inputs, depth - 1))
    return dice.randbytes(dice.randrange(70))
