"""What owners told an automatic guard: its rules, how often it may act, and in which order it does.

A rule is a tree of clauses over one operation. A clause is about what is proven or agreed: the bytes of the operation,
the lane's own words, the vault's policy, findings, and the block in which it was published.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Duration, Wei

GWEI: Final = 10**9
OF_ENDPOINTS: Final = frozenset({"operation-bytes-missing", "operation-bytes-altered", "event-dropped"})
"""Findings that say what single endpoints did, or did not: a guard acts on none of them."""
DAY: Final = 86_400
HOUR: Final = 3_600
USUAL_FEE: Final = Wei(500 * GWEI)
USUAL_BALANCE: Final = Wei(10**16)
USUAL_WAIT: Final = Duration(300)
USUAL_MARGIN: Final = Duration(900)
USUAL_LEAST_WAIT: Final = Duration(20)
USUAL_PACE: Final = Duration(12)
USUAL_PATIENCE: Final = Duration(60)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingClause:
    """A finding of one of these rules, or of any, is at least so severe."""

    # Empty: of any rule.
    rules: frozenset[str] = frozenset()
    least: Severity = Severity.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class TierClause:
    """The vault has it in this tier, or in a stricter one."""

    least: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An amount as a person wrote it, in whole ones: 250000.5 is 2500005 with 1 place."""

    digits: int
    places: int

    def base(self, decimals: int) -> int | None:
        """Return it in base units; None where it has more places than the asset."""
        return self.digits * 10 ** (decimals - self.places) if self.places <= decimals else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountClause:
    """An account loses more of an asset than this: by moving it, or by letting somebody spend it."""

    # The zero address is the native coin.
    asset: Address
    over: Quantity
    # None: as the vault's own policy has them.
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartyClause:
    """Somebody gains an asset, or may spend one, who is in a list, or who is not."""

    accounts: frozenset[Address]
    is_listed: bool
    # Whether it has to be so of everybody who gains. Exceptions ask that: else a thief pays somebody of it a cent.
    of_all: bool = False
    # As the owners call the list.
    called: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClause:
    """One call, or one inside of it, goes to such a target with such a function. None: any."""

    targets: frozenset[Address] | None = None
    # Whether the targets are those that it has to go to, or those that it has not.
    is_listed: bool = True
    selector: bytes | None = None
    # Whether it has to be so of every call, as in exceptions.
    of_all: bool = False
    # As the owners wrote target and function.
    called: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeClause:
    """It was published in such a part of the day or week, by UTC."""

    # Minutes since midnight; the first is in it, the last is not. It may go over midnight.
    hours: tuple[int, int] | None = None
    # 0 is Monday.
    weekdays: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultClause:
    """It changes the vault itself: a call goes to the vault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueClause:
    """A call carries data that is not understood, or that was not opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingClause:
    """Nobody gave its bytes for so long: at least two endpoints say that they have none."""

    after: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """All of these hold."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """One of these holds."""

    clauses: tuple[Clause, ...]


Clause = (
    FindingClause
    | TierClause
    | AmountClause
    | CounterpartyClause
    | CallClause
    | TimeClause
    | VaultClause
    | OpaqueClause
    | MissingClause
    | AllOf
    | AnyOf
)
"""One thing that holds of an operation, or does not, or cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRule:
    """One rule of the owners."""

    name: Shown
    # Whether it vetoes; else it only rings.
    is_veto: bool
    # Whether it objects to a seat operation, which knows no veto; else it rings about these.
    objects: bool = False
    # None: all that are guarded.
    vaults: frozenset[tuple[ChainId, Address]] | None = None
    clause: Clause
    # Where one of these holds, the rule does not.
    exceptions: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often it may act, over all vaults, and what that may cost."""

    an_hour: int = 2
    a_day: int = 4
    # Units of gas of one transaction.
    gas: int = 500_000
    # For a unit of gas.
    fee: Wei = USUAL_FEE
    # With less in its account it rings.
    balance: Wei = USUAL_BALANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Explained first, then vetoed: how long it waits until somebody was told."""

    wait: Duration = USUAL_WAIT
    # With less than this until it is executable, only `least_wait` is left of it.
    margin: Duration = USUAL_MARGIN
    least_wait: Duration = USUAL_LEAST_WAIT
    # Never veto what nobody was told of.
    is_strict: bool = False
    # Channels that count as somebody; empty: any.
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardTerms:
    """All that the owners told a guard."""

    rules: tuple[GuardRule, ...]
    limits: Limits = field(default_factory=Limits)
    order: Order = field(default_factory=Order)
    # Seconds between two looks at a vault.
    every: Duration = USUAL_PACE
    # Endpoints that fail are given so long before anyone is told.
    patience: Duration = USUAL_PATIENCE
