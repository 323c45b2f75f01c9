"""What the checks at the head of a batch refuse: the world is not as the operation takes for granted."""

# ruff: noqa: N818 - the names are the contract\'s.

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from verifier.errors.text import show_address, show_bytes, show_moment
from verifier.errors.tree import VaultError
from verifier.errors.words import AddressBytes, Moment, Number, SelectorBytes

HashBytes = Annotated[bytes, "bytes32"]
"""A keccak-256 hash."""


@dataclass(kw_only=True, eq=False)
class CheckCodeHashUnexpected(VaultError):
    account: AddressBytes
    expected: HashBytes
    actual: HashBytes

    def sentence(self) -> str:
        return (
            f"The code of {show_address(self.account)} should hash to {show_bytes(self.expected)} and hashes to "
            f"{show_bytes(self.actual)}: it is not what was looked at; find out what changed before anything else."
        )


@dataclass(kw_only=True, eq=False)
class CheckImplementationUnexpected(VaultError):
    proxy: AddressBytes
    expected: AddressBytes
    actual: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.proxy)} should be run by {show_address(self.expected)} and says it is by "
            f"{show_address(self.actual)}; find out who changed it before anything else."
        )


@dataclass(kw_only=True, eq=False)
class CheckBalanceTooLow(VaultError):
    account: AddressBytes
    minimum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"{show_address(self.account)} should hold at least {self.minimum} wei and holds {self.actual}; "
            "look where they went, or publish with another minimum."
        )


@dataclass(kw_only=True, eq=False)
class CheckBalanceTooHigh(VaultError):
    account: AddressBytes
    maximum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"{show_address(self.account)} should hold at most {self.maximum} wei and holds {self.actual}; "
            "look where they came from, or publish with another maximum."
        )


@dataclass(kw_only=True, eq=False)
class CheckTokenBalanceTooLow(VaultError):
    token: AddressBytes
    account: AddressBytes
    minimum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"{show_address(self.account)} should hold at least {self.minimum} base units of token "
            f"{show_address(self.token)} and holds {self.actual}; look where they went, or publish with another "
            "minimum."
        )


@dataclass(kw_only=True, eq=False)
class CheckTokenBalanceTooHigh(VaultError):
    token: AddressBytes
    account: AddressBytes
    maximum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"{show_address(self.account)} should hold at most {self.maximum} base units of token "
            f"{show_address(self.token)} and holds {self.actual}; look where they came from, or publish with another "
            "maximum."
        )


@dataclass(kw_only=True, eq=False)
class CheckAllowanceUnexpected(VaultError):
    token: AddressBytes
    owner: AddressBytes
    spender: AddressBytes
    expected: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"{show_address(self.spender)} should be allowed exactly {self.expected} base units of token "
            f"{show_address(self.token)} from {show_address(self.owner)} and is allowed {self.actual}; look who "
            "changed it, or publish with what it is."
        )


@dataclass(kw_only=True, eq=False)
class CheckAllowanceTooHigh(VaultError):
    token: AddressBytes
    owner: AddressBytes
    spender: AddressBytes
    maximum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"{show_address(self.spender)} should be allowed at most {self.maximum} base units of token "
            f"{show_address(self.token)} from {show_address(self.owner)} and is allowed {self.actual}; look who raised "
            "it, and have it lowered."
        )


@dataclass(kw_only=True, eq=False)
class CheckTooLate(VaultError):
    not_after: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"The batch was meant to be executed until {show_moment(self.not_after)}, and it is "
            f"{show_moment(self.now_)}; it has to be published anew."
        )


@dataclass(kw_only=True, eq=False)
class CheckTooEarly(VaultError):
    not_before: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"The batch is meant to be executed from {show_moment(self.not_before)} on, and it is "
            f"{show_moment(self.now_)}; wait until then."
        )


@dataclass(kw_only=True, eq=False)
class CheckChainUnexpected(VaultError):
    expected: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"The batch is meant for chain {self.expected}, and this is chain {self.actual}; "
            "publish it where it belongs."
        )


@dataclass(kw_only=True, eq=False)
class CheckAnswerUnexpected(VaultError):
    target: AddressBytes
    selector: SelectorBytes
    expected: HashBytes
    actual: HashBytes

    def sentence(self) -> str:
        return (
            f"What {show_address(self.target)} answers to {show_bytes(self.selector)} should hash to "
            f"{show_bytes(self.expected)} and hashes to {show_bytes(self.actual)}; ask it yourself, and see what "
            "changed."
        )


@dataclass(kw_only=True, eq=False)
class CheckUnanswered(VaultError):
    target: AddressBytes
    selector: SelectorBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.target)} gave no proper answer to {show_bytes(self.selector)}: it has no code, "
            "refused, or answered in another shape; the check cannot be made there."
        )
