"""What the client itself finds wrong: with what it was given, and with what is, or is not, on the chain.

Text that comes from outside is sanitised where a sentence is made from it.
"""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise, show_address, show_bytes
from verifier.errors.tree import AbsenceError, ConfigurationError, InputError, PinError

# ------------------------------------------------------------------------------------------------------------- Input


@dataclass(kw_only=True, eq=False)
class AddressMalformed(InputError):
    text: str
    why: str

    def sentence(self) -> str:
        return (
            f"`{sanitise(self.text)}` is no address: {sanitise(self.why)}; copy it again from where it is known to be "
            "right."
        )


@dataclass(kw_only=True, eq=False)
class HexMalformed(InputError):
    text: str
    what: str

    def sentence(self) -> str:
        return f"`{sanitise(self.text, most=80)}` is no {sanitise(self.what)}: expected 0x and pairs of hex digits."


@dataclass(kw_only=True, eq=False)
class NumberOutOfRange(InputError):
    what: str
    minimum: int
    maximum: int
    actual: int

    def sentence(self) -> str:
        return f"{sanitise(self.what)} should be {self.minimum} to {self.maximum}, and is {self.actual}."


@dataclass(kw_only=True, eq=False)
class SignatureMalformed(InputError):
    why: str

    def sentence(self) -> str:
        return f"This is no signature that the vault takes: {sanitise(self.why)}; let the signer sign again."


@dataclass(kw_only=True, eq=False)
class ApprovalOfOther(InputError):
    """A co-signer's approval that is not for what is on the screen. An incident, not a warning."""

    seat: int
    expected: bytes
    # Empty where a signature does not tell: those by FROST only fit a key or do not.
    actual: bytes

    def sentence(self) -> str:
        found = f"it is by {show_address(self.actual)}" if self.actual else "it does not fit that group's key"
        return (
            f"The approval for seat {self.seat} should be by {show_address(self.expected)}, and for these bytes "
            f"{found}: it was made for something else, or by another key. Stop, and ask "
            "that signer over another channel what they signed."
        )


@dataclass(kw_only=True, eq=False)
class AbiMalformed(InputError):
    text: str
    why: str

    def sentence(self) -> str:
        return (
            f"`{sanitise(self.text, most=80)}` is no description of a type or function: {sanitise(self.why)}."
        )


@dataclass(kw_only=True, eq=False)
class ValueUnfit(InputError):
    """A value that its ABI type cannot hold: a mistake in what is to be encoded."""

    type: str
    value: str

    def sentence(self) -> str:
        return f"`{sanitise(self.value, most=80)}` is no value of the type {sanitise(self.type)}."


@dataclass(kw_only=True, eq=False)
class PathHomeless(InputError):
    """A path that begins in somebody's home, and nobody knows where that is."""

    path: str

    def sentence(self) -> str:
        return (
            f"{sanitise(self.path)} should be a path, and begins in the home of somebody who has none here: write it "
            "out, or with ./ before the ~ where that is its name."
        )


# ----------------------------------------------------------------------------------------------------- Configuration


@dataclass(kw_only=True, eq=False)
class ConfigurationMissing(ConfigurationError):
    path: str

    def sentence(self) -> str:
        return f"There is no configuration at {sanitise(self.path)}; run `fourth-signer init` first."


@dataclass(kw_only=True, eq=False)
class ConfigurationMalformed(ConfigurationError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"The configuration at {sanitise(self.path)} cannot be used: {sanitise(self.why)}."


# -------------------------------------------------------------------------------------------------------------- Pins


@dataclass(kw_only=True, eq=False)
class WrongChain(PinError):
    endpoint: str
    expected: int
    actual: int

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} serves chain {self.actual}, and the vault is pinned on chain "
            f"{self.expected}; use an endpoint of that chain."
        )


@dataclass(kw_only=True, eq=False)
class VaultMissing(PinError):
    vault: bytes
    chain_id: int

    def sentence(self) -> str:
        return f"There is no contract at {show_address(self.vault)} on chain {self.chain_id}; check address and chain."


@dataclass(kw_only=True, eq=False)
class CodeHashUnexpected(PinError):
    vault: bytes
    expected: bytes
    actual: bytes

    def sentence(self) -> str:
        return (
            f"The code at {show_address(self.vault)} hashes to {show_bytes(self.actual)}, and a vault of this release "
            f"to {show_bytes(self.expected)}; it is no such vault. Sign nothing for it."
        )


@dataclass(kw_only=True, eq=False)
class FoundingUnexpected(PinError):
    vault: bytes
    expected: bytes
    actual: bytes

    def sentence(self) -> str:
        return (
            f"The vault at {show_address(self.vault)} was founded with configuration {show_bytes(self.actual)}, and "
            f"{show_bytes(self.expected)} is pinned; it is another vault with the same code. Sign nothing for it."
        )


@dataclass(kw_only=True, eq=False)
class CompanionMissing(PinError):
    """A part of every vault of this release is not on this chain."""

    # As the release calls it.
    name: str
    companion: bytes
    chain_id: int

    def sentence(self) -> str:
        return (
            f"There is no contract at {show_address(self.companion)} on chain {self.chain_id}, where this release has "
            f"its {sanitise(self.name)}; have it deployed there, by anyone, before the vault is relied on."
        )


@dataclass(kw_only=True, eq=False)
class CompanionUnexpected(PinError):
    name: str
    companion: bytes
    expected: bytes
    actual: bytes

    def sentence(self) -> str:
        return (
            f"The code at {show_address(self.companion)} hashes to {show_bytes(self.actual)}, and the "
            f"{sanitise(self.name)} of this release to {show_bytes(self.expected)}; it is another contract, or the "
            "endpoint lies. Sign nothing."
        )


# ----------------------------------------------------------------------------------------------------------- Absence


@dataclass(kw_only=True, eq=False)
class LaneUnknown(AbsenceError):
    lane: int
    lanes: int

    def sentence(self) -> str:
        return f"There is no lane {self.lane}: lanes are 0 to {self.lanes - 1}; `fourth-signer queue` lists open ones."


@dataclass(kw_only=True, eq=False)
class LaneEmpty(AbsenceError):
    lane: int

    def sentence(self) -> str:
        return f"Lane {self.lane} holds no operation; `fourth-signer queue` lists open ones."


@dataclass(kw_only=True, eq=False)
class MemberUnknown(AbsenceError):
    member: bytes

    def sentence(self) -> str:
        return f"{show_address(self.member)} has no seat in this vault; check the address."
