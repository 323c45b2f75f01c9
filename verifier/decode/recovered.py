"""What a contract's code gives away of its functions, where nothing else names them: their selectors and their types.

The types are guesses (about four in five are right), so they count only if the data decodes canonically as them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import evmole

from verifier.decode.types import Tuple, parse_members
from verifier.errors import AbiMalformed

# Code with more selectors is not looked into: hostile code makes each of them cost milliseconds.
_MOST_FUNCTIONS: Final = 256

_NOTHING: Final[Mapping[bytes, Tuple]] = MappingProxyType({})

_PUSH4: Final = 0x63
_DELEGATECALL: Final = 0xF4


@lru_cache(maxsize=64)
def recover(code: bytes) -> Mapping[bytes, Tuple]:
    """Return the types of the arguments of each function in some runtime code, by selector. It never raises."""
    if sum(1 for _ in _pushed_selectors(code)) > _MOST_FUNCTIONS:
        return _NOTHING
    try:
        functions = evmole.contract_info(code, selectors=True, arguments=True).functions or []
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  # a panic of the library's is no Exception; whatever it is, nothing was found
        return _NOTHING
    found = {}
    for function in functions:
        try:
            found[bytes.fromhex(function.selector)] = parse_members(function.arguments or "")
        except AbiMalformed:
            continue
    return MappingProxyType(found)


def may_have(code: bytes, selector: bytes) -> bool:
    """Return whether some code may answer to a selector: it holds these bytes, or hands calls on to other code.

    A compiler that computes a selector instead of writing it down is not known; leading zeros are not written.
    """
    return selector.lstrip(b"\0") in code or _hands_on(code)


@lru_cache(maxsize=256)
def _hands_on(code: bytes) -> bool:
    return any(opcode == _DELEGATECALL for opcode, _ in _instructions(_without_metadata(code)))


def _without_metadata(code: bytes) -> bytes:
    """Return the code without what compilers write behind it, whose length is in the last two bytes."""
    length = int.from_bytes(code[-2:], "big") + 2
    # It is a CBOR map of a few entries.
    return code[:-length] if 2 < length < len(code) and code[-length] & 0xF0 == 0xA0 else code


def _pushed_selectors(code: bytes) -> set[bytes]:
    return {code[at + 1 : at + 5] for opcode, at in _instructions(code) if opcode == _PUSH4}


def _instructions(code: bytes) -> list[tuple[int, int]]:
    """Return each opcode and where it stands; what is pushed is not taken for opcodes."""
    found, at = [], 0
    while at < len(code):
        opcode = code[at]
        found.append((opcode, at))
        at += opcode - 0x5E if 0x60 <= opcode <= 0x7F else 1
    return found
