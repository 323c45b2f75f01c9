"""What one look at a vault found, as plain values: what happenings are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.model.address import Address
from verifier.model.event import VaultEvent
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.reading import BypassReading, PolicyReading, VaultReading
from verifier.model.simulation import Touched
from verifier.model.text import Foreign, Shown
from verifier.model.units import BlockNumber, Duration, OperationId, Timestamp
from verifier.model.watching import Happening, WatchedFact

DOES: Final = "What it does: "
"""Stands in the sentence of a happening before what the operation does."""
READ: Final = "Read it with `fourth-signer show"
"""Begins what is said after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """What a signer's terminal would show of an operation; of its review, what a happening repeats."""

    operation_id: OperationId
    # What it does, in one sentence made from its bytes.
    sentence: Shown
    # The worst first.
    findings: tuple[Finding, ...] = ()
    # Of the weakest fact that the sentence rests on.
    evidence: Evidence = Evidence.CLAIMED
    # Whose code takes part, by a simulation now; empty where nobody played it.
    touched: tuple[Touched, ...] = ()
    # The same when it was first looked at, where somebody else than the journal remembers that.
    touched_before: tuple[Touched, ...] = ()

    @property
    def severity(self) -> Severity:
        """The worst of the findings."""
        return max((finding.severity for finding in self.findings), default=Severity.INFO)


_FIVE_MINUTES: Final = Duration(300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What counts as soon, as hasty and as night. Every default is written down in `docs/watching.md`."""

    # READY_SOON comes this long before: None for a quarter of the tier's delay, at most six hours.
    lead: Duration | None = None
    # An approval that comes so soon after the publication was not for reading.
    haste: Duration = _FIVE_MINUTES
    # Nobody signs then who is at home: from this hour to that one, by the signer's own offset from UTC.
    night_from: int = 22
    night_to: int = 6
    # Before so many approvals of a signer are known, no hour is unusual for them.
    habit: int = 20
    # So often an approver follows a proposer within a minute until it is told.
    pace: int = 3
    # So many bypasses in 30 days are told.
    bypasses: int = 3


USUAL: Final = Manner()
"""What holds where nobody said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one vault."""

    # The vault today: storage at an agreed block is the truth, and events say who and when.
    reading: VaultReading
    # None where it was not read: nothing is said about them then.
    bypasses: BypassReading | None = None
    # Read of everything that `asked_of` names; what is missing in it is not listed. None where it was not read.
    policy: PolicyReading | None = None
    # The latest value of each subject, as the store gives it. Empty: nobody looked at this vault before, so that only
    # what waits today is told.
    journal: Mapping[str, WatchedFact] = field(default_factory=dict)
    # Those that no earlier look, and no `learn`, was given; in any order.
    events: tuple[VaultEvent, ...] = ()
    # Of the blocks of the events. One that is missing here counts as the block of the reading.
    times: Mapping[BlockNumber, Timestamp] = field(default_factory=dict)
    # By the clock that decides what is ready: the time of the block, or later.
    now: Timestamp
    # Of open operations, and of those that ended since.
    views: Mapping[OperationId, OperationView] = field(default_factory=dict)
    # What the reader calls addresses.
    labels: Mapping[Address, Foreign] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a look changes: both go into the same step."""

    # Only what differs from the journal, in the order in which it came about.
    facts: tuple[WatchedFact, ...]
    # Each key once; what happened first comes first.
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What `ChainReader.read_policy` has to be asked about."""

    assets: frozenset[Address]
    accounts: frozenset[Address]
    # By target and selector.
    functions: frozenset[tuple[Address, bytes]]
