"""The instructions of compiled code, without what the compiler only keeps beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

JUMPDEST: Final = 0x5B
# STOP, JUMP, RETURN, REVERT, INVALID, SELFDESTRUCT: what follows does not run after them.
ENDS: Final = {0x00, 0x56, 0xF3, 0xFD, 0xFE, 0xFF}


def disassemble(code: bytes) -> Iterator[tuple[int, int]]:
    """Yield offset and opcode of every instruction that can run.

    What a PUSH carries is no instruction. Behind one that goes elsewhere or nowhere, nothing runs before the next
    JUMPDEST: the compiler puts constants there.
    """
    offset, runs = 0, True
    while offset < len(code):
        opcode = code[offset]
        runs = runs or opcode == JUMPDEST
        if runs:
            yield offset, opcode
        runs = runs and opcode not in ENDS
        offset += 1 + (opcode - 0x5F if 0x60 <= opcode <= 0x7F else 0)
