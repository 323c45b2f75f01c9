"""What the picture is drawn from. Facts only, and nothing about how they look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from verifier.model.units import Duration, Timestamp


class Deed(Enum):
    """What somebody did. The value says it in the description for those who cannot see the picture."""

    PUBLISHED = "published"
    SIGNED = "signed"
    REFUSED = "was refused"
    READ = "read"
    VETOED = "vetoed"
    EXECUTED = "executed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One deed on the time line."""

    moment: Timestamp
    who: str
    deed: Deed
    # A few words beside the mark.
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The vault's delay, as it ran."""

    begins: Timestamp
    # When the operation would have become executable.
    ends: Timestamp
    # None where nothing stopped it.
    stopped: Timestamp | None

    @property
    def left(self) -> Duration:
        """What had not run when it was stopped."""
        return Duration(0 if self.stopped is None else max(0, self.ends - self.stopped))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Enough had approved, and the vault's delay did not begin."""

    moment: Timestamp
    # When the operation would have become executable.
    would_end: Timestamp
    # Why it did not, in a few words.
    words: str


class Stance(Enum):
    """What somebody's approval came to. The value says it in the description."""

    COUNTED = "in the quorum"
    LEFT_OUT = "signed, and is not in the quorum"
    OTHER = "did not sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, and where they are."""

    name: str
    where: str
    # Minutes east of UTC.
    offset: int
    stance: Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Some approvals, and why they are a quorum or are not."""

    title: str
    is_quorum: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some bytes of a call, and what they mean."""

    data: bytes
    name: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """The whole picture."""

    title: str
    # Where all of it can be read again, line by line.
    source: tuple[str, ...]
    # What colleagues heard over chat, and from whom.
    heard: str
    heard_from: str
    # What the bytes say: a sentence, and the bytes of it.
    said: str
    parts: tuple[Part, ...]
    # None where no quorum was reached, so that no clock ran.
    clock: Clock | None
    # None where approvals were never in vain.
    stall: Stall | None
    # Where everyone on the time line is, and which approvals made a quorum; empty where nobody asks for that.
    people: tuple[Person, ...]
    rounds: tuple[Round, ...]
    marks: tuple[Mark, ...]
    # What people are beside their names, such as "proposer".
    roles: dict[str, str]
