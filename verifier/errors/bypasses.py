"""What the ledger of bypasses refuses."""

# ruff: noqa: N818 - the names are the contract's.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import show_address, show_moment
from verifier.errors.tree import VaultError
from verifier.errors.words import AddressBytes, Moment, Number


@dataclass(kw_only=True, eq=False)
class BypassTermsInvalid(VaultError):
    limit: Number
    review_hours: Number

    def sentence(self) -> str:
        return (
            f"{self.limit} bypasses and {self.review_hours} hours to review them are refused: 1 to 255 bypasses, and 1 "
            "to 720 hours."
        )


@dataclass(kw_only=True, eq=False)
class BypassReviewOverdue(VaultError):
    bypass: Number
    due_by: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"Bypass {self.bypass} was to be reviewed by {show_moment(self.due_by)}, and it is "
            f"{show_moment(self.now_)}; an auditor who took no part reviews it first."
        )


@dataclass(kw_only=True, eq=False)
class BypassLimitReached(VaultError):
    limit: Number
    allowed_from: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"{self.limit} bypasses happened within 30 days and not all are reviewed, so there is no further one "
            f"before {show_moment(self.allowed_from)}; it is {show_moment(self.now_)}. Have them reviewed."
        )


@dataclass(kw_only=True, eq=False)
class BypassNotReviewable(VaultError):
    bypass: Number

    def sentence(self) -> str:
        return f"There is no bypass {self.bypass} that waits for a review; read the ledger again."


@dataclass(kw_only=True, eq=False)
class BypassParticipant(VaultError):
    bypass: Number
    person: Number

    def sentence(self) -> str:
        return f"Person {self.person} took part in bypass {self.bypass}; an auditor who did not has to review it."


@dataclass(kw_only=True, eq=False)
class BypassReviewerUnfit(VaultError):
    vault: AddressBytes
    reviewer: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.reviewer)} is no active auditor of the vault {show_address(self.vault)}, or approves "
            "or publishes operations there; an auditor who does neither has to review it."
        )
