"""What is wrong with a group that shares a key, or with what its holders got. No error here ever carries a secret."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import ConfigurationError, InputError, KeyHolderError


@dataclass(kw_only=True, eq=False)
class CurveMissing(ConfigurationError):
    """No library is there that may touch a share."""

    def sentence(self) -> str:
        return (
            "Shares of a key need libsecp256k1, and neither coincurve nor the system has it: install "
            "fourth-signer[frost], or Debian's libsecp256k1."
        )


@dataclass(kw_only=True, eq=False)
class FrostMalformed(InputError):
    """What should be part of a group's words, or of its key, is not."""


@dataclass(kw_only=True, eq=False)
class CharterMalformed(FrostMalformed):
    why: str

    def sentence(self) -> str:
        return f"This group cannot share a key: {sanitise(self.why)}. Correct the group, and try again."


@dataclass(kw_only=True, eq=False)
class BodyMalformed(FrostMalformed):
    """Bytes of a group's message, or of a stored share, are not what they should be."""

    why: str

    def sentence(self) -> str:
        return f"These bytes of a group's message cannot be read: {sanitise(self.why)}. Ask for them again."


@dataclass(kw_only=True, eq=False)
class PointMalformed(FrostMalformed):
    what: str

    def sentence(self) -> str:
        return f"{sanitise(self.what)} is no point of the curve, or not written as one. Ask for it again."


@dataclass(kw_only=True, eq=False)
class ScalarMalformed(FrostMalformed):
    """A number is zero, or not below the order of the curve. The number itself is not said: it may be secret."""

    what: str

    def sentence(self) -> str:
        return f"{sanitise(self.what)} is zero, or not below the order of the curve. Make it anew."


@dataclass(kw_only=True, eq=False)
class SignersUnfit(FrostMalformed):
    """A list of those who are to sign is not one that this key can be signed with."""

    why: str

    def sentence(self) -> str:
        return f"These holders cannot sign together: {sanitise(self.why)}. Choose others."


@dataclass(kw_only=True, eq=False)
class VerdictUnproven(FrostMalformed):
    """What was given as evidence of a lie does not show it."""

    why: str

    def sentence(self) -> str:
        return (
            f"Nobody is shown to have lied: {sanitise(self.why)}. Ask for the messages as they were signed."
        )


@dataclass(kw_only=True, eq=False)
class NonceSpent(KeyHolderError):
    """Signing twice with one nonce gives the share away. Nothing was signed."""

    def sentence(self) -> str:
        return "This nonce has been used, or its session is over; nothing was signed. Begin a new session."


@dataclass(kw_only=True, eq=False)
class DiceStuck(KeyHolderError):
    """Dice fell as they did before, so that a nonce would come twice. Nothing was signed."""

    def sentence(self) -> str:
        return (
            "The dice of this machine fell as they did before: a nonce would come twice, and give the share away; "
            "nothing was signed. Stop this holder, and find out why its machine has no chance left."
        )


@dataclass(kw_only=True, eq=False)
class CertificateUnfit(KeyHolderError):
    """What should show that a new epoch can sign does not. The share of the old one stays in use."""

    why: str

    def sentence(self) -> str:
        return (
            f"Nothing shows that the new shares can sign: {sanitise(self.why)}; the old ones stay in use. "
            "Let the coordinator send the certificate again, or begin anew."
        )
