"""Who is told what, and when: routes to channels, quiet hours, escalation, and what is said once a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.units import ChainId, Duration, Timestamp
from verifier.model.watching import Kind

DAY: Final = 86_400
WATCHER: Final = ChainId(0)
"""Where a happening is about the watcher itself and no chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A stretch of every day, by the clocks of a place. It may go over midnight; equal ends are a whole day."""

    # Minutes since midnight; the first is in it, the last is not.
    first: int
    last: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one channel is told."""

    channel: str
    # What is less grave is not sent there, unless it has to fetch a person.
    least: Severity = Severity.NOTICE
    # None: all of them. What is about a chain and no vault goes everywhere.
    vaults: frozenset[tuple[ChainId, Address]] | None = None
    kinds: frozenset[Kind] | None = None
    # Only what has to fetch a person.
    is_pager: bool = False
    # Only when nobody acknowledged.
    is_last_resort: bool = False
    # What follows on something that was told here.
    updates: bool = True
    # When everything but danger waits.
    quiet: Hours | None = None
    # How many messages an hour, danger not counted; None: as many as there are.
    most_an_hour: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who else is told what nobody acknowledged."""

    after: Duration
    channels: tuple[str, ...]
    least: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Something that is said once a day."""

    # Minutes since midnight, by the clocks of the place.
    minute: int
    zone: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Everything about who is told what."""

    routes: tuple[Route, ...] = ()
    # By how long they wait, the soonest first.
    escalations: tuple[Escalation, ...] = ()
    digest: Daily | None = None
    # The hash of the audit log's newest record.
    head: Daily | None = None
    # The synthetic alert, through the whole path.
    test: Daily | None = None


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of one channel's deliveries since the watcher started."""

    delivered: int = 0
    failed: int = 0
    # In a row, up to now.
    failing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How the watcher is, for whoever watches the watcher."""

    at: Timestamp
    # By chain: seconds since the newest block, and its number.
    lag: dict[ChainId, int] = field(default_factory=dict)
    block: dict[ChainId, int] = field(default_factory=dict)
    pending: int = 0
    # Seconds since the oldest delivery that is due was made.
    oldest_undelivered: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    # Whether the store answered; all else is empty where it did not.
    has_store: bool = True
    # By channel that is configured no more: how many deliveries wait for it.
    orphaned: dict[str, int] = field(default_factory=dict)
    # By chain that this watcher follows: seconds since it looked last. One that hangs does not look.
    silent: dict[ChainId, int] = field(default_factory=dict)
