"""What the code of a contract can never do, read from its instructions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_PUSH1: Final = 0x60
_PUSH32: Final = 0x7F

_CREATE: Final = 0xF0
_CALL: Final = 0xF1
_CALLCODE: Final = 0xF2
_DELEGATECALL: Final = 0xF4
_CREATE2: Final = 0xF5
_SELFDESTRUCT: Final = 0xFF

CALLS: Final = frozenset({_CALL, _CALLCODE, _DELEGATECALL})
"""Without one of these no other contract is ever asked to do anything: tokens stay where they are."""

SENDERS: Final = CALLS | {_CREATE, _CREATE2, _SELFDESTRUCT}
"""Without one of these the native coin stays where it is."""

_NO_CODE: Final = 0xEF
"""What other formats begin with (EIP-3541): EOF, and accounts that a key acts for (EIP-7702)."""


def instructions_of(code: bytes) -> Iterator[int]:
    """Yield every instruction that an execution could come to, in their order.

    The chain itself reads code in this way: from the first byte on, passing over what PUSH takes. A jump goes only to
    where that reading finds an instruction, so nothing else is ever executed. Data behind the code is read along: what
    is yielded may be too much, and never too little.
    """
    at = 0
    while at < len(code):
        instruction = code[at]
        yield instruction
        at += 1
        if _PUSH1 <= instruction <= _PUSH32:
            at += instruction - _PUSH1 + 1


def keeps_for_ever(code: bytes, ways_out: frozenset[int]) -> bool:
    """Whether code has none of these instructions. No code is a person's account, and can do everything."""
    if not code or code[0] == _NO_CODE:
        return False
    return ways_out.isdisjoint(instructions_of(code))
