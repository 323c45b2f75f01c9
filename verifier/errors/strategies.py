"""What the limits of trading strategies refuse, to order management and to guards."""

# ruff: noqa: N818 - the names are the contract\'s.

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from verifier.errors.text import show_address, show_bytes, show_moment
from verifier.errors.tree import VaultError
from verifier.errors.words import AddressBytes, Moment, Number

StrategyBytes = Annotated[bytes, "bytes32"]
"""The name that a vault gave to a strategy."""
VenueBytes = Annotated[bytes, "bytes32"]
"""The name that a vault gave to a place where it trades."""

UNTIL_RESUMED: Final = (1 << 40) - 1
"""The end of a suspension that does not end by itself."""
_PERSONS: Final = 1 << 32


def show_guard(guard: int) -> str:
    """Return who suspends: a guardian's person, or the account that was appointed."""
    if guard < _PERSONS:
        return f"the guardian (person {guard})"
    if guard >> 160:
        return f"guard {guard:#x}"
    return f"guard {show_address(guard.to_bytes(20, 'big'))}"


def show_end(until: int) -> str:
    return "the vault resumes it" if until == UNTIL_RESUMED else str(show_moment(until))


@dataclass(kw_only=True, eq=False)
class StrategyUnknown(VaultError):
    vault: AddressBytes
    strategy: StrategyBytes

    def sentence(self) -> str:
        return (
            f"Vault {show_address(self.vault)} has no strategy {show_bytes(self.strategy)}; "
            "an operation has to give it limits first."
        )


@dataclass(kw_only=True, eq=False)
class StrategySuspended(VaultError):
    vault: AddressBytes
    strategy: StrategyBytes
    until: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"Strategy {show_bytes(self.strategy)} of vault {show_address(self.vault)} is suspended until "
            f"{show_end(self.until)}, and it is {show_moment(self.now_)}; send no order before that."
        )


@dataclass(kw_only=True, eq=False)
class StrategyNotTightened(VaultError):
    vault: AddressBytes
    strategy: StrategyBytes

    def sentence(self) -> str:
        return (
            f"None of these limits is below today's of strategy {show_bytes(self.strategy)} of vault "
            f"{show_address(self.vault)}; name a lower one, and let an operation raise them."
        )


@dataclass(kw_only=True, eq=False)
class StrategyCallerUnfit(VaultError):
    vault: AddressBytes
    strategy: StrategyBytes
    caller: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.caller)} may not stop or tighten strategy {show_bytes(self.strategy)} of vault "
            f"{show_address(self.vault)}; one of its guards may, an active guardian, or an operation."
        )


@dataclass(kw_only=True, eq=False)
class StrategyHeld(VaultError):
    guard: Number
    strategy: StrategyBytes
    until: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"It is {show_moment(self.now_)}, and until {show_end(self.until)} {show_guard(self.guard)} holds strategy "
            f"{show_bytes(self.strategy)} suspended and may hold one; that has to be confirmed, resumed or lapse first."
        )


@dataclass(kw_only=True, eq=False)
class StrategySuspendedTooSoon(VaultError):
    guard: Number
    strategy: StrategyBytes
    not_before: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"It is {show_moment(self.now_)}, and {show_guard(self.guard)} may suspend strategy "
            f"{show_bytes(self.strategy)} again from {show_moment(self.not_before)} on; ask another guard."
        )


@dataclass(kw_only=True, eq=False)
class StrategyGuardInvalid(VaultError):
    guard: AddressBytes

    def sentence(self) -> str:
        return f"{show_address(self.guard)} cannot be a guard: nobody has an account there; choose another."


@dataclass(kw_only=True, eq=False)
class StrategyGuardsFull(VaultError):
    strategy: StrategyBytes

    def sentence(self) -> str:
        return f"Strategy {show_bytes(self.strategy)} has 16 guards, which is the most; dismiss one first."


@dataclass(kw_only=True, eq=False)
class StrategyVenuesFull(VaultError):
    strategy: StrategyBytes

    def sentence(self) -> str:
        return f"Strategy {show_bytes(self.strategy)} has 64 venues, which is the most; drop one first."


@dataclass(kw_only=True, eq=False)
class VenueNotAllowed(VaultError):
    strategy: StrategyBytes
    venue: VenueBytes

    def sentence(self) -> str:
        return (
            f"Strategy {show_bytes(self.strategy)} may not trade at venue {show_bytes(self.venue)}; "
            "choose one that is allowed, or let an operation allow it."
        )


@dataclass(kw_only=True, eq=False)
class OrderTooLarge(VaultError):
    strategy: StrategyBytes
    maximum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"An order of strategy {show_bytes(self.strategy)} is {self.maximum} at the most, and this one is "
            f"{self.actual}; make it smaller."
        )


@dataclass(kw_only=True, eq=False)
class OrderPositionTooLarge(VaultError):
    strategy: StrategyBytes
    maximum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"The position of strategy {show_bytes(self.strategy)} is {self.maximum} at the most, and this order makes "
            f"it {self.actual}; make it smaller."
        )


@dataclass(kw_only=True, eq=False)
class OrderRiskTooHigh(VaultError):
    strategy: StrategyBytes
    maximum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"Strategy {show_bytes(self.strategy)} sends orders at a risk of {self.maximum} at the most, and it is "
            f"{self.actual}; wait until it is lower."
        )
