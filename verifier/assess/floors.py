"""How few members a vault may come down to. Members of one class are alike, so counting them is enough."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.settings import FloorBroken
from verifier.model.roster import Roster
from verifier.model.tier import TierTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """How many members of each class there are."""

    approvers: int
    # Of the approvers.
    security: int
    # Proposers who are no approvers: publishing costs no approval then.
    others: int


def heads_of(roster: Roster) -> Heads:
    return Heads(
        approvers=len(roster.approvers),
        security=len(roster.security),
        others=len(roster.proposers - roster.approvers),
    )


def is_bare_floor(heads: Heads, custody: TierTerms) -> bool:
    """Whether someone can publish a seat operation, and there is a CUSTODY quorum without them."""
    approvers, security = heads.approvers, heads.security
    if heads.others == 0:
        if approvers == 0:
            return False
        # Whoever publishes does not approve: best one outside the security team.
        security -= approvers == security
        approvers -= 1
    return approvers >= custody.quorum and security >= custody.security_approvals


def is_full_floor(heads: Heads, custody: TierTerms) -> bool:
    """Whether the bare floor stands without any one member."""
    if heads.approvers == 0:
        return False
    # One of the security team is the worst approver to lose, if there is one.
    without_approver = Heads(
        approvers=heads.approvers - 1,
        security=heads.security - min(heads.security, 1),
        others=heads.others,
    )
    without_other = Heads(approvers=heads.approvers, security=heads.security, others=max(heads.others - 1, 0))
    return is_bare_floor(without_approver, custody) and is_bare_floor(without_other, custody)


def require_bare_floor(roster: Roster, custody: TierTerms) -> None:
    """:raises FloorBroken: the members left could not govern the vault."""
    if not is_bare_floor(heads_of(roster), custody):
        raise _broken(roster, custody)


def require_full_floor(roster: Roster, custody: TierTerms) -> None:
    """:raises FloorBroken: one member alone could keep the others from governing the vault."""
    if not is_full_floor(heads_of(roster), custody):
        raise _broken(roster, custody)


def _broken(roster: Roster, custody: TierTerms) -> FloorBroken:
    return FloorBroken(approvers=len(roster.approvers), security=len(roster.security), custody=custody.pack())
