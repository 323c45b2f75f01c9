"""What the contract refuses about tiers, floors, assets and counterparties."""

# ruff: noqa: N818 - the names are the contract\'s.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import show_address
from verifier.errors.tree import VaultError
from verifier.errors.words import (
    TIERS,
    AddressBytes,
    AssetTermsWord,
    Number,
    RuleWord,
    TierNumber,
    TierTermsWord,
    name_of,
)


@dataclass(kw_only=True, eq=False)
class TierTermsInvalid(VaultError):
    tier: TierNumber
    terms: TierTermsWord

    def sentence(self) -> str:
        return (
            f"The terms {self.terms:#x} of {name_of(TIERS, self.tier)} are refused: a quorum of 2 to 63, no more "
            "security approvals than that, a delay of 10 minutes (HIGH_VALUE and CUSTODY: 24 hours) to 60 days, a "
            "window that opens, and a grace of 30 days at most, which is a day longer than the window is ever closed."
        )


@dataclass(kw_only=True, eq=False)
class TierLessStrict(VaultError):
    tier: TierNumber
    terms: TierTermsWord
    below: TierTermsWord

    def sentence(self) -> str:
        return (
            f"{name_of(TIERS, self.tier)} ({self.terms:#x}) would be less strict than the tier below it "
            f"({self.below:#x}); make quorum, security approvals and delay no smaller there, and the window no larger."
        )


@dataclass(kw_only=True, eq=False)
class SupermajorityOutOfRange(VaultError):
    minimum: Number
    maximum: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"The supermajority should be {self.minimum} (the quorum of CUSTODY) to {self.maximum} (the approvers) and "
            f"is {self.actual}; choose another, or change the members first."
        )


@dataclass(kw_only=True, eq=False)
class FloorBroken(VaultError):
    approvers: Number
    security: Number
    custody: TierTermsWord

    def sentence(self) -> str:
        return (
            f"{self.approvers} approvers, {self.security} of them of the security team, are too few for a CUSTODY "
            f"quorum of {self.custody & 0xFF} with {self.custody >> 8 & 0xFF} security approvals: somebody has to be "
            "able to publish, and the others to approve. Add a proposer or an approver."
        )


@dataclass(kw_only=True, eq=False)
class AssetTermsInvalid(VaultError):
    asset: AddressBytes
    terms: AssetTermsWord

    def sentence(self) -> str:
        return (
            f"The terms {self.terms:#x} of asset {show_address(self.asset)} are refused: a token has code and no "
            "seat, and is nothing that the vault governs; the routine limit is below the high value; and decimals are "
            "36 at most."
        )


@dataclass(kw_only=True, eq=False)
class CounterpartyInvalid(VaultError):
    account: AddressBytes
    uses: Number

    def sentence(self) -> str:
        if self.uses > 3:
            return f"The uses of a counterparty are a sum of RECIPIENT 1 and SPENDER 2, and {self.uses} was named."
        return (
            f"{show_address(self.account)} cannot be a member, and a counterparty or a listed asset as well; choose "
            "another account."
        )


@dataclass(kw_only=True, eq=False)
class RuleInvalid(VaultError):
    target: AddressBytes
    selector: Number
    rule: RuleWord

    def sentence(self) -> str:
        return (
            f"The rule {self.rule:#x} for function {self.selector:#010x} of {show_address(self.target)} is refused: it "
            "is opaque and says nothing else, or measures two different words of at most 32 for one use; the vault "
            "itself has no rules."
        )


@dataclass(kw_only=True, eq=False)
class RegistryInvalid(VaultError):
    registry: AddressBytes

    def sentence(self) -> str:
        return f"{show_address(self.registry)} has no code, and so is no registry of duties; deploy it first."


@dataclass(kw_only=True, eq=False)
class CompanionUsed(VaultError):
    companion: AddressBytes

    def sentence(self) -> str:
        return (
            f"The companion {show_address(self.companion)} keeps something for this address from before the vault was "
            "there; deploy the vault to another address."
        )
