"""What comes of a vault's file, before anything is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.model.finding import Severity
from verifier.model.member import Role
from verifier.model.operation import Call
from verifier.model.text import Shown
from verifier.model.tier import Tier, TierTerms

NOTHING: Final = Shown("")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRemark:
    """One thing that is wrong with a plan, or good to know. DANGER: it is not deployed so."""

    # Names the check, such as `floor-broken`; stable, for scripts.
    rule: str
    severity: Severity
    subject: Shown
    # What is, and what to change.
    sentence: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPower:
    """A row of the table of who can do what."""

    name: Shown
    # Those behind it.
    persons: tuple[int, ...]
    roles: Role
    # Whether it comes by an operation after the founding.
    is_later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPower:
    """Who moves operations of a tier."""

    tier: Tier
    terms: TierTerms
    # How many sets of approvers are a quorum of just the size that it takes; None where there are too many to count.
    quorums: int | None
    # The first of them, by name; empty where there is none.
    example: tuple[Shown, ...]
    # Without any of these alone there is none.
    indispensable: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coalitions:
    """How many persons it takes, everybody else being honest and watching; None: more than were looked at."""

    looked_at: int
    # To stop every transfer until the others take their seats.
    blocks: int | None
    # To stop every transfer for good.
    blocks_for_good: int | None
    # To take everything.
    steals: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the vault would be."""

    remarks: tuple[PlanRemark, ...]
    members: tuple[MemberPower, ...]
    tiers: tuple[TierPower, ...]
    coalitions: Coalitions

    @property
    def refusals(self) -> tuple[PlanRemark, ...]:
        """Why it is not deployed."""
        return tuple(remark for remark in self.remarks if remark.severity is Severity.DANGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """An operation that brings what no founding can: of CUSTODY, by the vault's own people."""

    # Names its file, such as `assets`; stable, for scripts.
    key: str
    title: Shown
    calls: tuple[Call, ...]
    # What is missing for its calls; empty where they are all there.
    awaits: Shown = NOTHING
