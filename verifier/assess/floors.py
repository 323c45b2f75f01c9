"""How few members a vault may come down to. Members of one class are alike, so counting them is enough."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.settings import FloorBroken
from verifier.model.roster import Roster
from verifier.model.tier import TierTerms
from verifier.model.word import SeatSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """How many active members of each class there are."""

    approvers: int
    # Of the approvers.
    security: int
    # Of the approvers, groups left out: whoever can send a transaction can publish a seat operation.
    publishers: int
    # Of the publishers.
    security_publishers: int
    # Proposers who are no approvers: publishing costs no approval then.
    others: int

    def __sub__(self, lost: Heads) -> Heads:
        return Heads(
            approvers=self.approvers - lost.approvers,
            security=self.security - lost.security,
            publishers=self.publishers - lost.publishers,
            security_publishers=self.security_publishers - lost.security_publishers,
            others=self.others - lost.others,
        )


def heads_of(roster: Roster, groups: SeatSet) -> Heads:
    """:param groups: the seats that groups sit in, suspended ones included"""
    return Heads(
        approvers=len(roster.approvers),
        security=len(roster.security),
        publishers=len(roster.approvers - groups),
        security_publishers=len(roster.security - groups),
        others=len(roster.proposers - roster.approvers),
    )


def is_bare_floor(heads: Heads, custody: TierTerms) -> bool:
    """Whether someone can publish a seat operation, and there is a CUSTODY quorum without them."""
    approvers, security = heads.approvers, heads.security
    if heads.others == 0:
        if heads.publishers == 0:
            return False
        # Whoever publishes does not approve: best one outside the security team.
        security -= heads.publishers == heads.security_publishers
        approvers -= 1
    return approvers >= custody.quorum and security >= custody.security_approvals


def is_full_floor(heads: Heads, custody: TierTerms) -> bool:
    """Whether the bare floor stands without any one member."""
    return heads.approvers != 0 and all(is_bare_floor(heads - one, custody) for one in _one_of_each(heads))


def _one_of_each(heads: Heads) -> list[Heads]:
    """Return one member of each class that there is."""
    security_groups = heads.security - heads.security_publishers
    classes = (
        (heads.security_publishers, _one(security=True, publishes=True)),
        (heads.publishers - heads.security_publishers, _one(security=False, publishes=True)),
        (security_groups, _one(security=True, publishes=False)),
        (heads.approvers - heads.publishers - security_groups, _one(security=False, publishes=False)),
        (heads.others, Heads(approvers=0, security=0, publishers=0, security_publishers=0, others=1)),
    )
    return [one for count, one in classes if count]


def _one(*, security: bool, publishes: bool) -> Heads:
    return Heads(
        approvers=1,
        security=int(security),
        publishers=int(publishes),
        security_publishers=int(security and publishes),
        others=0,
    )


def require_bare_floor(roster: Roster, groups: SeatSet, custody: TierTerms) -> None:
    """:raises FloorBroken: the members left could not govern the vault."""
    if not is_bare_floor(heads_of(roster, groups), custody):
        raise _broken(roster, custody)


def require_full_floor(roster: Roster, groups: SeatSet, custody: TierTerms) -> None:
    """:raises FloorBroken: one member alone could keep the others from governing the vault."""
    if not is_full_floor(heads_of(roster, groups), custody):
        raise _broken(roster, custody)


def _broken(roster: Roster, custody: TierTerms) -> FloorBroken:
    return FloorBroken(approvers=len(roster.approvers), security=len(roster.security), custody=custody.pack())
