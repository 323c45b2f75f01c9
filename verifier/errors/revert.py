"""From revert data to an error: the one place where selectors meet the twins. It never raises."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from verifier.errors import approvals, bypasses, checks, duties, members, operations, settings, strategies
from verifier.errors.text import sanitise, show_bytes
from verifier.errors.tree import VaultError
from verifier.errors.words import Blob, Number, hints_of, read_arguments, type_of

_PANICS: Final = {
    0x01: "an assertion that does not hold",
    0x11: "an arithmetic overflow",
    0x12: "a division by zero",
    0x21: "a value that its enumeration does not have",
    0x22: "broken storage",
    0x31: "taking from an empty list",
    0x32: "an index out of range",
    0x41: "too much memory",
    0x51: "a call of no function",
}


@dataclass(kw_only=True, eq=False)
class Panicked(VaultError):
    """`Panic(uint256)`: the compiler's own check failed."""

    code: Number

    def sentence(self) -> str:
        what = _PANICS.get(self.code, "unknown")
        return f"The contract stopped at a check of the compiler: {what} (panic {self.code:#x})."


@dataclass(kw_only=True, eq=False)
class RevertedWithText(VaultError):
    """`Error(string)`: the words of whichever contract was called."""

    text: Blob

    def sentence(self) -> str:
        return f'The contract refused with the words "{sanitise(self.text)}".'


@dataclass(kw_only=True, eq=False)
class RevertedSilently(VaultError):
    """No revert data at all: out of gas, an ABI that does not fit, or a contract that gives no reason."""

    def sentence(self) -> str:
        return "The contract refused without a reason; out of gas, or no such function, are the usual ones."


@dataclass(kw_only=True, eq=False)
class UnknownRevert(VaultError):
    """Revert data that no error known here encodes to."""

    data: bytes

    def sentence(self) -> str:
        return f"The contract refused with data that names no known error: {show_bytes(self.data)}."


def signature_of(error: type[VaultError], name: str | None = None) -> str:
    """Return the Solidity signature of a twin, such as `Busy()`."""
    types = ",".join(type_of(hint) for hint in hints_of(error).values())
    return f"{name or error.__name__}({types})"


def _twins() -> dict[str, type[VaultError]]:
    found: dict[str, type[VaultError]] = {}
    for module in (approvals, members, operations, settings, bypasses, checks, duties, strategies):
        for name, thing in vars(module).items():
            is_own = isinstance(thing, type) and thing.__module__ == module.__name__
            if is_own and issubclass(thing, VaultError):
                found[name] = thing
    return found


# Every error that the vault and its companions know, by its name.
TWINS: Final = MappingProxyType(_twins())


@cache
def _by_selector() -> MappingProxyType[bytes, tuple[type[VaultError], dict[str, Any]]]:
    """Return every known error by its selector. Made when first asked: who only wants help waits for no hash."""
    from eth_hash.auto import keccak

    found = {
        keccak(signature_of(error, name).encode("ascii"))[:4]: (error, hints_of(error))
        for name, error in {**TWINS, "Panic": Panicked}.items()
    }
    found[keccak(b"Error(string)")[:4]] = (RevertedWithText, hints_of(RevertedWithText))
    return MappingProxyType(found)


def from_revert(data: bytes) -> VaultError:
    """Return what revert data says. Data that is no honest encoding of a known error is an UnknownRevert."""
    if not data:
        return RevertedSilently()
    known = _by_selector().get(bytes(data[:4]))
    if known is not None:
        error, hints = known
        arguments = read_arguments(hints, data[4:])
        if arguments is not None:
            return error(**arguments)
    return UnknownRevert(data=bytes(data))
