"""What keeps a signer from signing, submitting or proposing: each time nothing was signed, and nothing was sent."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise, show_bytes
from verifier.errors.tree import AbsenceError, EvidenceError, InputError, PinError


@dataclass(kw_only=True, eq=False)
class ActionImpossible(AbsenceError):
    """The vault would refuse it, or this signer has no part in it."""

    # As the contract names it.
    action: str
    # What it would be done to, such as `lane 3`.
    subject: str
    why: str

    def sentence(self) -> str:
        return (
            f"`{sanitise(self.action)}` of {sanitise(self.subject)} is impossible now: "
            f"{sanitise(self.why, most=400).rstrip('.')}."
        )


@dataclass(kw_only=True, eq=False)
class EvidenceDisputed(EvidenceError):
    """Endpoints contradict each other. Nothing is signed on such ground, whoever is in the majority."""

    endpoints: tuple[str, ...]

    def sentence(self) -> str:
        names = ", ".join(map(sanitise, self.endpoints))
        return (
            f"Nothing is signed while endpoints contradict each other: {names} should say what the others say, and "
            "does not. Find out who is wrong; then take that one out of the configuration."
        )


@dataclass(kw_only=True, eq=False)
class ReviewChanged(EvidenceError):
    """What was read before is not what is there now."""

    lane: int
    changes: tuple[str, ...]

    def sentence(self) -> str:
        changes = "; ".join(change.rstrip(".") for change in self.changes)
        return (
            f"What was read of lane {self.lane} has changed, and nothing was signed: {sanitise(changes, most=1_000)}. "
            "Read it again."
        )


@dataclass(kw_only=True, eq=False)
class DangerUnread(InputError):
    """A finding of danger that nobody has acknowledged by typing what it is about."""

    rule: str
    said: str

    def sentence(self) -> str:
        return (
            f"A danger is not acknowledged, and nothing was signed: {sanitise(self.said, most=600).rstrip('.')}. "
            f"Whoever wants it all the same types what it is about, or says --i-read {sanitise(self.rule)}."
        )


@dataclass(kw_only=True, eq=False)
class NotConfirmed(InputError):
    """The answer was No, or nobody was there to be asked."""

    what: str
    # Whether somebody was asked.
    was_asked: bool

    def sentence(self) -> str:
        if self.was_asked:
            return f"Nothing was sent: {sanitise(self.what)} was not confirmed."
        return f"Nothing was sent: nobody is at a terminal to confirm {sanitise(self.what)}; give --yes to do without."


@dataclass(kw_only=True, eq=False)
class ApprovalFileMalformed(InputError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"{sanitise(self.path)} is no approval file that can be read here: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class ApprovalFileUnwritable(InputError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"The approval cannot be written to {sanitise(self.path)}: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class ApprovalFileRefused(PinError):
    """A well-made file that is not what it says, or not for what is there."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"{sanitise(self.path)} is refused, and nothing was sent: {sanitise(self.why, most=600).rstrip('.')}."


@dataclass(kw_only=True, eq=False)
class CallsMalformed(InputError):
    """A file of calls from which an operation is to be made."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"{sanitise(self.path)} is no list of calls: {sanitise(self.why, most=400)}."


@dataclass(kw_only=True, eq=False)
class CallsUnwritable(InputError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"The calls cannot be written to {sanitise(self.path)}: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class SentUnseen(EvidenceError):
    """An endpoint says that a block took a transaction in, and the vault does not show what it should have done."""

    # What was sent, such as `the veto of lane 3`.
    what: str
    transaction: bytes
    # The block that is said to hold it, and the one that was read.
    claimed: int
    read: int

    def sentence(self) -> str:
        return (
            f"{sanitise(self.what)} was sent as {show_bytes(self.transaction)}, an endpoint says that block "
            f"{self.claimed} holds it, and the vault does not show it at block {self.read}: take it as not done, and "
            "send it again through another endpoint (--rpc)."
        )
