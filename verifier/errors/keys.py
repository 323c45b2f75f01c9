"""What goes wrong between this client and whatever holds a member's key. No error here ever carries a secret."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.errors.text import sanitise, show_address
from verifier.errors.tree import KeyHolderError

NAME_THE_MEMBER: Final = (
    "Name the member whose key it is: `fourth-signer init ADDRESS --seat N` pins a vault with your seat."
)
"""What helps where nothing says whose key is meant."""


@dataclass(kw_only=True, eq=False)
class KeyFileUnusable(KeyHolderError):
    path: str
    why: str
    # What to do.
    advice: str

    def sentence(self) -> str:
        return f"The key file {sanitise(self.path)} cannot be used: {sanitise(self.why)}. {sanitise(self.advice)}"


@dataclass(kw_only=True, eq=False)
class PassphraseWrong(KeyHolderError):
    # What holds the key, and what it is opened with: passphrase or PIN.
    holder: str
    what: str = "passphrase"

    def sentence(self) -> str:
        mind = ", and mind that it counts the tries" if self.what == "PIN" else ""
        return f"This is not the {sanitise(self.what)} of {sanitise(self.holder)}; nothing was signed. Try again{mind}."


@dataclass(kw_only=True, eq=False)
class KeyOfOther(KeyHolderError):
    """The key is there, and it is not the member's."""

    holder: str
    expected: bytes
    actual: bytes

    def sentence(self) -> str:
        return (
            f"{sanitise(self.holder)} holds the key of {show_address(self.actual)}, and that of "
            f"{show_address(self.expected)} is needed; nothing was signed. Choose the key of that address."
        )


@dataclass(kw_only=True, eq=False)
class KeyUnreachable(KeyHolderError):
    """It is not there, or went away in the middle."""

    holder: str
    why: str
    # What to do.
    advice: str

    def sentence(self) -> str:
        return (
            f"{sanitise(self.holder)} cannot be reached: {sanitise(self.why)}; nothing was signed. "
            f"{sanitise(self.advice)}"
        )


@dataclass(kw_only=True, eq=False)
class KeyRefused(KeyHolderError):
    """It is there, and does not sign this."""

    holder: str
    why: str
    # What became of it.
    did: str = "did not sign"

    def sentence(self) -> str:
        return f"{sanitise(self.holder)} {sanitise(self.did)}: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class KeyAnswerMalformed(KeyHolderError):
    holder: str
    why: str

    def sentence(self) -> str:
        return (
            f"What came back from {sanitise(self.holder)} makes no sense: {sanitise(self.why)}; nothing of it is used. "
            "Let it sign again."
        )


@dataclass(kw_only=True, eq=False)
class SignatureOfOther(KeyHolderError):
    """What a holder gave back is no signature of what was asked for. It may be lying, or was shown something else."""

    expected: bytes
    actual: bytes

    def sentence(self) -> str:
        return (
            f"The signature that came back should be by {show_address(self.expected)}, and for what was to be signed "
            f"it is by {show_address(self.actual)}: something else was signed, or with another key. Nothing of it is "
            "used. Stop, and find out what the device signed."
        )


@dataclass(kw_only=True, eq=False)
class MessageUnwritable(KeyHolderError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"The message for the other device cannot be written to {sanitise(self.path)}: {sanitise(self.why)}."
