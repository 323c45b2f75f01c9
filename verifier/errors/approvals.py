"""What the contract refuses about approvals."""

# ruff: noqa: N818 - the names are the contract\'s.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import show_address, show_bytes, show_moment
from verifier.errors.tree import VaultError
from verifier.errors.words import (
    AddressBytes,
    IdBytes,
    Moment,
    Number,
    SeatIndex,
    SeatSetWord,
    TierTermsWord,
)


@dataclass(kw_only=True, eq=False)
class ApprovalDuplicate(VaultError):
    seat: SeatIndex

    def sentence(self) -> str:
        return f"Seat {self.seat} is in the list of approvals twice; send each approval once."


@dataclass(kw_only=True, eq=False)
class ApprovalNotEligible(VaultError):
    seat: SeatIndex
    eligible: SeatSetWord

    def sentence(self) -> str:
        seats = ", ".join(str(seat) for seat in range(64) if self.eligible >> seat & 1) or "none"
        return (
            f"Seat {self.seat} does not count here: it is no active approver's, or it published this operation, or "
            f"it is about it. Seats that count: {seats}. Leave this approval out."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalSignerUnexpected(VaultError):
    seat: SeatIndex
    expected: AddressBytes
    actual: AddressBytes

    def sentence(self) -> str:
        found = "is nobody's" if not any(self.actual) else f"is by {show_address(self.actual)}"
        return (
            f"The approval for seat {self.seat} should be by {show_address(self.expected)} and {found}; "
            "it was made for other bytes or by another key. Find out which, before anything else is signed."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalPublicationUnexpected(VaultError):
    seat: SeatIndex
    expected: Number
    actual: Number

    def sentence(self) -> str:
        return (
            f"The approval of seat {self.seat} names publication {self.actual:#018x}, and the operation was published "
            f"as {self.expected:#018x}; it has to be signed after publication, for the one on the chain."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalBeforeSeat(VaultError):
    seat: SeatIndex
    seated_in_block: Number
    published_in_block: Number

    def sentence(self) -> str:
        return (
            f"Seat {self.seat} was taken in block {self.seated_in_block}, and approves only what is published later; "
            f"this was published in block {self.published_in_block}. Publish it anew."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalTooEarly(VaultError):
    seat: SeatIndex
    published_in_block: Number

    def sentence(self) -> str:
        return (
            f"The approval of seat {self.seat} came in block {self.published_in_block}, in which the operation was "
            "published; from HIGH_VALUE on approvals count from the next block on. Send it again."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalUnseasoned(VaultError):
    seat: SeatIndex
    seasoned_at: Moment
    now_: Moment

    def sentence(self) -> str:
        return (
            f"The member in seat {self.seat} counts for HIGH_VALUE and CUSTODY from {show_moment(self.seasoned_at)} "
            f"on, and it is {show_moment(self.now_)}; ask another approver."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalWithdrawn(VaultError):
    seat: SeatIndex

    def sentence(self) -> str:
        return (
            f"Seat {self.seat} took its approval back, so its signature is spent; the member can only give it again "
            "by a transaction of its own."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalMissing(VaultError):
    id: IdBytes
    member: AddressBytes

    def sentence(self) -> str:
        return (
            f"{show_address(self.member)} has no approval of operation {show_bytes(self.id)} to take back; "
            "read the lane again."
        )


@dataclass(kw_only=True, eq=False)
class ApprovalUnsigned(VaultError):
    seat: SeatIndex

    def sentence(self) -> str:
        return f"Seat {self.seat} consents to hurry without a signature; it has to sign for the moment it agrees to."


@dataclass(kw_only=True, eq=False)
class ConsentsTooFew(VaultError):
    id: IdBytes
    consents: SeatSetWord
    needed: Number
    terms: TierTermsWord

    def sentence(self) -> str:
        return (
            f"{self.consents.bit_count()} members consent to hurry operation {show_bytes(self.id)}, and it takes "
            f"{self.needed}, one of them with BREAK_GLASS, {self.terms >> 8 & 0xFF} of the security team, and, where "
            "the tier is segregated, a segregated quorum at the head of the list."
        )
