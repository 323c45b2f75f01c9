"""When a holder of a share signs without being asked. What its rules leave open is asked of the person, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.routes import Hours
from verifier.model.tier import EVERY_DAY, Tier


class Otherwise(Enum):
    """What becomes of what the rules leave open."""

    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRules:
    """All of it has to fit for an approval to be signed without asking. Nothing else ever is."""

    otherwise: Otherwise = Otherwise.ASK
    # Empty: nothing is signed without asking.
    tiers: frozenset[Tier] = frozenset()
    # The worst finding that is passed over. DANGER never is.
    most_severe: Severity = Severity.NOTICE
    # Who may be given something; None: nobody is asked about.
    counterparties: frozenset[Address] | None = None
    # How much of each asset one operation may move, in its base units; the native coin is the zero address.
    most: Mapping[Address, int] = field(default_factory=dict)
    # When, and on which weekdays, by bits as in TierTerms; None: at any time.
    hours: Hours | None = None
    weekdays: int = EVERY_DAY
    # Whether what only stops is signed without asking: vetoes, taking back an approval, suspending the group.
    stops: bool = False
    # Whether shares of others are helped to be repaired without asking, by their holders' indexes.
    repairs: frozenset[int] = frozenset()
    # Seconds for which a yes holds, while the others are waited for; None: as usual.
    consent: int | None = None


NO_RULES = HolderRules()
"""Everything is asked."""
