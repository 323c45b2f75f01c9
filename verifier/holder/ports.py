"""What a holder's process, and whoever convenes holders, are handed from outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from verifier.desk.group_asking import Asked
from verifier.errors.text import Foreign
from verifier.frost.assembly import Assembly
from verifier.frost.charter import Index
from verifier.frost.envelope import Envelope
from verifier.frost.pending import PendingShare
from verifier.frost.repair_assembly import RepairAssembly
from verifier.frost.shares import GroupKey, Share
from verifier.model.text import Shown

Dice = Callable[[int], bytes]
"""Returns so many bytes that nobody can foretell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningQuestion:
    """Whether to sign: the invitation has the digest, and the whole request."""

    invitation: Envelope
    key: GroupKey

    @property
    def session(self) -> bytes:
        return self.invitation.session


@dataclass(frozen=True, slots=True, kw_only=True)
class DealingQuestion:
    """Whether to take part in making a key, or new shares of it."""

    assembly: Assembly

    @property
    def session(self) -> bytes:
        return self.assembly.envelope.session


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairQuestion:
    """Whether to take part in making a lost share anew."""

    assembly: RepairAssembly

    @property
    def session(self) -> bytes:
        return self.assembly.envelope.session


Question = SigningQuestion | DealingQuestion | RepairQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a holder answers, and on what grounds: in its own words."""

    is_yes: bool
    because: Shown


SAID_NO: Final = Shown("the holder's person said no")


class Decider(Protocol):
    """A holder's own reading, and its rules. It never raises what the chain is to blame for: whatever keeps it from yes
    is no. It may be asked about the same question again, and from another thread.
    """

    def decide(self, question: Question) -> Decision | Asked:
        """Return the answer, or what the rules leave to the person."""
        ...


class OpenQuestion(Protocol):
    """A question that was put to the person. Any thread may call it."""

    @property
    def asked(self) -> Asked:
        """As it was read last."""
        ...

    @property
    def session(self) -> bytes: ...

    def agree(self, typed: Collection[str]) -> Asked | Shown:
        """Answer yes, and return what became of it; or the question as it is now, where yes was for another one.

        :param typed: what was typed for its dangers
        :raises DangerUnread: for one of them nothing fitting was typed. Nothing is answered then.
        """
        ...

    def decline(self, because: Shown = SAID_NO) -> Shown:
        """Answer no, and return what became of it."""
        ...


class Person(Protocol):
    """Whoever is in front of the process. What it does returns at once: nothing waits for a person."""

    def ask(self, opened: OpenQuestion) -> None:
        """Put a question to them."""
        ...

    def over(self, opened: OpenQuestion, why: Shown) -> None:
        """Take a question away: nobody waits for its answer any more."""
        ...


class Keeper(Protocol):
    """A holder's disk. What a method says is stored is on the disk when it returns."""

    def key(self) -> GroupKey | None:
        """Return the group's key as this holder knows it; None before there is one."""
        ...

    def share(self) -> Share | None:
        """Return the share in use; None where there is none yet, or it is lost."""
        ...

    def pending(self) -> Collection[PendingShare]:
        """Return the shares that wait for their certificates."""
        ...

    def sessions(self) -> frozenset[bytes]:
        """Return the names of all sessions that this holder ever answered in."""
        ...

    def highest_epoch(self) -> int:
        """Return the highest epoch that shares were ever confirmed of; 0 where none were."""
        ...

    def aside(self) -> frozenset[int]:
        """Return the epochs of shares that the person put aside while they waited for their certificates."""
        ...

    def note_session(self, session: bytes) -> None:
        """Store a session's name, once, before anything that is said in it leaves, and once it was called off."""
        ...

    def keep_pending(self, pending: PendingShare) -> None:
        """Store a share beside the one in use, before it is confirmed."""
        ...

    def take_into_use(self, pending: PendingShare) -> None:
        """Store a share as the one in use, and only then destroy those of lower epochs."""
        ...

    def keep_repaired(self, share: Share) -> None:
        """Store a share that was lost."""
        ...


class Recorder(Protocol):
    """Writes down what was asked and answered, each record with the hash of the one before it."""

    def note(self, kind: str, body: Mapping[str, object]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came from a holder: an envelope, or that it cannot be reached, and why."""

    sender: Index
    raw: bytes | None
    trouble: Foreign = ""


class Courier(Protocol):
    """Carries envelopes between whoever convenes the holders and each of them."""

    def post(self, to: Index, raw: bytes) -> None:
        """Send an envelope on its way. Whether it arrives shows by what comes back."""
        ...

    def collect(self, seconds: float) -> Arrival | None:
        """Return what came next, or None where nothing did within so many seconds."""
        ...
