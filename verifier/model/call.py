"""A call as it was read from its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from verifier.model.address import Address
from verifier.model.effect import Effect
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange, Severity
from verifier.model.operation import Call
from verifier.model.text import Shown

AbiValue = int | bool | bytes | str | tuple["AbiValue", ...]
"""A decoded value: bytes for addresses, bytesN, bytes, and strings that are no UTF-8; tuples for tuples and arrays.

A `str` is foreign text as it came: only `sanitise` makes it fit to be shown."""


class FaultKind(Enum):
    """What an honest encoder would not have written."""

    DIRTY = "bits are set where the type has none"
    OFFSET = "a part does not stand where the one before it ends"
    PADDING = "the bytes after the end of a value are not zero, or missing"
    TRUNCATED = "the data ends, or a length points, beyond its end"
    ENDLESS = "the same bytes are used over and over"
    TRAILING = "bytes follow after the end of the arguments"
    TEXT = "a string is not UTF-8"


_NOTICES: Final = frozenset({FaultKind.TRAILING, FaultKind.TEXT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A place where the bytes are not canonical."""

    kind: FaultKind
    # Of the call's data.
    where: ByteRange

    @property
    def severity(self) -> Severity:
        """Honest calldata has trailing bytes at times, and nothing else of this."""
        return Severity.NOTICE if self.kind in _NOTICES else Severity.DANGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A decoded value with its name and the bytes that it came from."""

    name: str
    # As in a signature, such as `uint256`.
    type: str
    # The word of the domain that this type stands for, such as `Timestamp`; empty where there is none.
    word: str
    value: AbiValue
    # Of the call's data. A tuple's or array's range is that of its frame.
    where: ByteRange
    # Of a tuple or array.
    children: tuple[Argument, ...] = ()


class Naming(Enum):
    """Where the name of a function comes from, most trusted first."""

    OWN = "this release's own ABI of the vault and its companions"
    BOOK = "an ABI that this signer trusts for this address"
    DESCRIPTOR = "a descriptor bound to this address or its implementation"
    STANDARD = "a standard, by its selector"
    TARGET = "who is called, by its address or its proven code: it has no functions"
    RECOVERED = "the contract's own code, as far as it gives its types away"
    NONE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedCall:
    """What a call is, made from its bytes only."""

    call: Call
    naming: Naming
    # Such as `transfer(address,uint256)`; empty where nothing names it, or it carries no data.
    function: str
    # Empty where the data cannot be read as the function's arguments: `words` shows them then.
    arguments: tuple[Argument, ...]
    faults: tuple[Fault, ...]
    # What it does, in one sentence.
    sentence: Shown
    # Of the weakest fact beside the bytes that the sentence uses, such as an asset's decimals.
    evidence: Evidence
    # Who makes the call: the vault, or an account that a call around this one makes act. None where it is not known.
    caller: Address | None = None
    # Whether the caller runs the target's code as its own.
    is_delegate: bool = False
    # Of the data of the call around this one; None for a call of the operation itself.
    where: ByteRange | None = None
    # What it does by itself; calls inside of it have their own.
    effects: tuple[Effect, ...] = ()
    # Every signature that fits the bytes as well, the one that was taken included: one, where nothing is ambiguous.
    candidates: tuple[str, ...] = ()
    # Whether more is known of its function than names and types, so that effects are all that it is known to do.
    is_understood: bool = True
    # Calls that are made inside of this one.
    children: tuple[DecodedCall, ...] = ()
    # How many more there are that were not opened: too many, too deep, too long, or unknown. Nothing is known of these.
    unopened: int = 0

    def walk(self, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], DecodedCall]]:
        """Yield this call and all inside of it, each with the numbers of the way to it, outermost first."""
        yield path, self
        for i, child in enumerate(self.children):
            yield from child.walk((*path, i))

    @property
    def selector(self) -> bytes:
        return self.call.data[:4]

    @property
    def words(self) -> tuple[bytes, ...]:
        """The data after the selector, in words of 32 bytes; the last one may be shorter."""
        data = self.call.data
        return tuple(data[i : i + 32] for i in range(4, len(data), 32))

    @property
    def severity(self) -> Severity:
        """The worst of the faults."""
        return max((fault.severity for fault in self.faults), default=Severity.INFO)
