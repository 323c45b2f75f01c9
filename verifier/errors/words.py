"""The types of a contract error's arguments, and how they are read from revert data.

`Annotated` carries the Solidity type, so that a twin's fields are all there is to say about its arguments.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Final, get_args, get_type_hints

Number = Annotated[int, "uint256"]
"""A count, an index or a bit set."""
Moment = Annotated[int, "uint256", "Timestamp"]
"""Seconds since 1970-01-01 UTC."""
SeatIndex = Annotated[int, "uint256", "MemberIndex"]
StatusNumber = Annotated[int, "uint256", "Status"]
MemberStatusNumber = Annotated[int, "uint256", "MemberStatus"]
TierNumber = Annotated[int, "uint256", "Tier"]
SeatSetWord = Annotated[int, "uint256", "SeatSet"]
LaneStateWord = Annotated[int, "uint256", "LaneState"]
RosterWord = Annotated[int, "uint256", "Roster"]
TierTermsWord = Annotated[int, "uint256", "TierTerms"]
AssetTermsWord = Annotated[int, "uint256", "AssetTerms"]
RuleWord = Annotated[int, "uint256", "Rule"]
AttributesWord = Annotated[int, "uint256", "Attributes"]
AddressBytes = Annotated[bytes, "address"]
SelectorBytes = Annotated[bytes, "bytes4"]
IdBytes = Annotated[bytes, "bytes32", "OperationId"]
Blob = Annotated[bytes, "bytes"]

# The names of the model's enumerations, which stand above the errors; a test holds them to be the same.
STATUSES: Final = (
    "UNKNOWN", "PROPOSED", "WAITING", "READY", "EXECUTED", "VETOED", "CANCELLED", "EXPIRED",
)  # fmt: skip
MEMBER_STATUSES: Final = (
    "STRANGER", "ACTIVE", "RETURNED", "SUSPENDED", "CONFIRMED", "SELF_SUSPENDED", "REMOVED",
)  # fmt: skip
TIERS: Final = ("ROUTINE", "STANDARD", "HIGH_VALUE", "CUSTODY")
ROLES: Final = ("PROPOSER", "APPROVER", "SECURITY", "BREAK_GLASS", "GUARDIAN", "AUDITOR")


SEATS: Final = (1 << 64) - 1
"""Where LaneState has its approvals, and Roster the active approvers."""
SEAT_OPERATION: Final = 1 << 253
"""Where LaneState says that it is one."""


def name_of(names: tuple[str, ...], number: int) -> str:
    """Return the name of an enumeration's value, or the bare number where it has none."""
    return names[number] if number < len(names) else f"number {number}"


def names_in(names: tuple[str, ...], bits: int) -> str:
    """Return the names of a bit set, such as `PROPOSED or WAITING`."""
    known = [name for i, name in enumerate(names) if bits >> i & 1]
    rest = bits >> len(names) << len(names)
    if rest:
        known.append(f"bits {rest:#x}")
    return " or ".join(known) or "none"


class _UnreadableError(Exception):
    """These bytes are not the arguments; it never leaves this module."""


def type_of(hint: Any) -> str:
    """Return the Solidity type of a field's annotation, as it stands in a signature."""
    return str(get_args(hint)[1])


def word_of(hint: Any) -> str:
    """Return the contract's own name of a field's type, or the plain one where it has none."""
    return str(get_args(hint)[-1])


def hints_of(error: type) -> dict[str, Any]:
    """Return a twin's own fields and their annotations, in their order."""
    hints = get_type_hints(error, include_extras=True)
    return {field.name: hints[field.name] for field in fields(error)}


def read_arguments(hints: dict[str, Any], data: bytes) -> dict[str, Any] | None:
    """Return the arguments behind a selector, or None where these bytes are no honest encoding of them."""
    values: dict[str, Any] = {}
    end = 32 * len(hints)
    try:
        for index, (name, hint) in enumerate(hints.items()):
            word = data[32 * index : 32 * index + 32]
            if type_of(hint) == "bytes":
                values[name], end = _read_blob(data, word, end)
            else:
                values[name] = _read_word(type_of(hint), word)
    except _UnreadableError:
        return None
    return values if end == len(data) else None


def _read_word(solidity: str, word: bytes) -> int | bytes:
    number = int.from_bytes(word, "big")
    match solidity:
        case "uint256" if len(word) == 32:
            return number
        case "bytes32" if len(word) == 32:
            return word
        case "bytes4" if len(word) == 32 and not any(word[4:]):
            return word[:4]
        case "address" if len(word) == 32 and number >> 160 == 0:
            return word[12:]
        case _:
            raise _UnreadableError


def _read_blob(data: bytes, offset: bytes, expected: int) -> tuple[bytes, int]:
    start = expected + 32
    if int.from_bytes(offset, "big") != expected or len(data) < start:
        raise _UnreadableError
    length = int.from_bytes(data[expected:start], "big")
    end = start + length
    padded = start + (length + 31) // 32 * 32
    if len(data) < padded or any(data[end:padded]):
        raise _UnreadableError
    return data[start:end], padded
