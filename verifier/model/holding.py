"""What a holder's process says of itself: who it is, where it is reached, what ceremonies ran, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from verifier.model.ceremony import Ceremony
from verifier.model.text import Shown
from verifier.model.units import Timestamp

_NOTHING: Final = Shown("")
LEFT: Final = Shown(
    "This holder has left the group: its share is destroyed, nothing is asked of it any more, and it may be stopped."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderSelf:
    """Who a holder is, and what opens its share. It stays so for as long as the process runs."""

    # Of the group, as people call it.
    group: Shown
    index: int
    name: Shown
    threshold: int
    holders: int
    # Such as `passphrase and token`, or `ONE FACTOR ONLY: a passphrase`.
    opened_by: Shown
    is_one_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that was refused, or that went wrong."""

    at: Timestamp
    said: Shown
    # By which line it came, such as `the coordinator's connection`.
    line: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSession:
    """A ceremony that a holder was asked to take part in, as it sees it from its place."""

    ceremony: Ceremony
    # What this holder said, and why; empty before it said anything.
    mine: Shown = _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How a holder stands now."""

    # Of the share in use; None where there is none.
    epoch: int | None
    # Where it listens, or looks for parcels; empty before it does.
    where: Shown
    # When its coordinator was heard last; None where it never was.
    called_at: Timestamp | None
    # The newest first, and not all that there ever were.
    sessions: Sequence[HeldSession]
    remarks: Sequence[Remark]
    # Whether the group went on without this holder since it was started.
    has_left: bool = False
    # What the holder's rules say, a sentence each.
    rules: Sequence[Shown] = ()
    # What its person was warned of before there were screens, which cover it.
    warned: Sequence[Shown] = ()

    @property
    def running(self) -> Sequence[HeldSession]:
        """Those that have not ended."""
        return [each for each in self.sessions if not each.ceremony.is_over]
