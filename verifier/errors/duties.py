"""What the register of duties refuses."""

# ruff: noqa: N818 - the names are the contract\'s.

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.errors.text import show_address
from verifier.errors.tree import VaultError
from verifier.errors.words import AddressBytes, Number, names_in

# The bits of contracts/types/Duties.sol, lowest first.
DUTIES: Final = (
    "KEY_MATERIAL", "DECRYPTION_KEY", "SIGNING_SERVER", "TRANSACTION_APPROVAL", "TRADE_AUTHORISATION",
    "ANOMALY_RULES",
)  # fmt: skip


def show_duties(duties: int) -> str:
    """Return the names of a sum of duties, such as `KEY_MATERIAL, SIGNING_SERVER`."""
    return names_in(DUTIES, duties).replace(" or ", ", ")


@dataclass(kw_only=True, eq=False)
class DutyUnknown(VaultError):
    duty: Number

    def sentence(self) -> str:
        return f"A duty is exactly one of 16 bits, and {self.duty:#x} was named; name one."


@dataclass(kw_only=True, eq=False)
class DutyIsRole(VaultError):
    duty: Number

    def sentence(self) -> str:
        return (
            f"{show_duties(self.duty)} is a role of the vault and not kept in the register; change the member's roles "
            "there."
        )


@dataclass(kw_only=True, eq=False)
class DutyHeld(VaultError):
    person: Number
    duty: Number

    def sentence(self) -> str:
        return f"Person {self.person} holds {show_duties(self.duty)} already; there is nothing to grant."


@dataclass(kw_only=True, eq=False)
class DutyNotHeld(VaultError):
    person: Number
    duty: Number

    def sentence(self) -> str:
        return f"Person {self.person} does not hold {show_duties(self.duty)}; there is nothing to revoke."


@dataclass(kw_only=True, eq=False)
class DutyConflict(VaultError):
    person: Number
    duty: Number
    conflicting: Number

    def sentence(self) -> str:
        return (
            f"Person {self.person} would hold {show_duties(self.duty)} together with {show_duties(self.conflicting)}, "
            "and one excludes the other; revoke one first, or choose another person."
        )


@dataclass(kw_only=True, eq=False)
class DutyPersonInvalid(VaultError):
    person: Number

    def sentence(self) -> str:
        return f"A person's number is 1 to 4294967295, and {self.person} was named; choose another."


@dataclass(kw_only=True, eq=False)
class DutyPersonsFull(VaultError):
    def sentence(self) -> str:
        return "64 persons hold duties, and there is room for no more; revoke all that somebody holds first."


@dataclass(kw_only=True, eq=False)
class DutyConflictsInvalid(VaultError):
    duty: Number
    mask: Number

    def sentence(self) -> str:
        return (
            f"{show_duties(self.duty)} cannot exclude {show_duties(self.mask)}: a duty excludes others of the 16, "
            "and not itself; name those."
        )


@dataclass(kw_only=True, eq=False)
class DutyCallerUnfit(VaultError):
    vault: AddressBytes
    person: Number
    caller: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.caller)} may not revoke duties of person {self.person} in vault "
            f"{show_address(self.vault)}; that person's own account may, an active guardian, or an operation."
        )
