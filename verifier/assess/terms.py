"""Which terms, roles and attributes there may be."""

from __future__ import annotations

from verifier.errors.members import MemberAttributesInvalid, MemberRolesInvalid
from verifier.errors.settings import SupermajorityOutOfRange, TierLessStrict, TierTermsInvalid
from verifier.model.address import Address
from verifier.model.asset import ASSET_TERMS, AssetTerms
from verifier.model.limits import (
    MAX_DELAY,
    MAX_GRACE_HOURS,
    MAX_QUORUM,
    MIN_DELAY,
    MIN_GRACE_HOURS,
    MIN_HIGH_DELAY,
    MIN_QUORUM,
)
from verifier.model.member import ATTRIBUTES, UNIT, Attributes, Role
from verifier.model.tier import EVERY_DAY, QUARTER_HOURS, Tier, TierBook, TierTerms
from verifier.model.units import Hours

_MOST_DECIMALS = 36
# The square of a place's length may be off by so much: about one unit in the length.
_UNIT_TOLERANCE = 2 * UNIT


def require_valid_tiers(tiers: TierBook) -> None:
    """Every tier within the limits, and none less strict than the one below it. Grace is not compared.

    :raises TierTermsInvalid: some number of a tier.
    :raises TierLessStrict: a tier that is less strict than the one below.
    """
    for tier in Tier:
        terms = tiers[tier]
        if not are_valid_tier_terms(tier, terms):
            raise TierTermsInvalid(tier=tier, terms=terms.pack())
        if tier > Tier.ROUTINE and _is_less_strict(terms, tiers[tier - 1]):
            raise TierLessStrict(tier=tier, terms=terms.pack(), below=tiers[tier - 1].pack())


def require_supermajority(supermajority: int, *, custody: TierTerms, approvers: int) -> None:
    """:raises SupermajorityOutOfRange: below the CUSTODY quorum, or above the approvers."""
    if not custody.quorum <= supermajority <= approvers:
        raise SupermajorityOutOfRange(minimum=custody.quorum, maximum=approvers, actual=supermajority)


def are_valid_roles(roles: int) -> bool:
    """At least one, the kinds of approver only with APPROVER, and a guardian moves nothing."""
    if not 0 < roles <= sum(Role):
        return False
    if roles & (Role.SECURITY | Role.BREAK_GLASS) and not roles & Role.APPROVER:
        return False
    return not (roles & Role.GUARDIAN and roles & (Role.PROPOSER | Role.APPROVER))


def require_valid_roles(roles: int) -> None:
    """:raises MemberRolesInvalid: they do not go together."""
    if not are_valid_roles(roles):
        raise MemberRolesInvalid(roles=roles)


def are_valid_attributes(word: int) -> bool:
    """Nothing above the 120 bits, an offset that exists on Earth, and a place on its surface."""
    attributes = Attributes.unpack(word)
    off = sum(axis * axis for axis in attributes.place) - UNIT * UNIT
    return (
        word >> ATTRIBUTES.width == 0 and -720 <= attributes.utc_offset <= 840 and abs(off) <= _UNIT_TOLERANCE
    )


def require_valid_attributes(member: Address, word: int) -> None:
    """:raises MemberAttributesInvalid: they are not on Earth."""
    if not are_valid_attributes(word):
        raise MemberAttributesInvalid(member=member, attributes=word)


def are_valid_asset_terms(word: int) -> bool:
    """Listed, nothing above, limits in order, and decimals that a unit can be made from."""
    terms = AssetTerms.unpack(word)
    return (
        terms is not None
        and word >> (ASSET_TERMS.width - 1) == 1
        and terms.routine_limit < terms.high_value_from
        and terms.decimals <= _MOST_DECIMALS
    )


def are_valid_tier_terms(tier: Tier, terms: TierTerms) -> bool:
    """Within the limits, with a window that opens, and a grace in which it does."""
    shortest = MIN_HIGH_DELAY if tier >= Tier.HIGH_VALUE else MIN_DELAY
    return (
        MIN_QUORUM <= terms.quorum <= MAX_QUORUM
        and terms.security_approvals <= terms.quorum
        and shortest <= terms.delay <= MAX_DELAY
        and terms.opens_at < terms.closes_at <= QUARTER_HOURS
        and 0 < terms.weekdays <= EVERY_DAY
        and least_grace_hours(terms) <= terms.grace_hours <= MAX_GRACE_HOURS
    )


def _is_less_strict(terms: TierTerms, below: TierTerms) -> bool:
    return (
        below.quorum > terms.quorum
        or below.security_approvals > terms.security_approvals
        or below.delay > terms.delay
        or below.opens_at > terms.opens_at
        or terms.closes_at > below.closes_at
        or terms.weekdays & ~below.weekdays != 0
    )


def least_grace_hours(terms: TierTerms) -> Hours:
    """Return a day more than the longest closing: the closed weekdays, and the closed part of the days around them."""
    longest = run = 0
    # Twice around the week, so that a run over its end is seen whole.
    for day in range(14):
        run = 0 if terms.weekdays >> (day % 7) & 1 else run + 1
        longest = max(longest, run)
    closed_quarters = QUARTER_HOURS - (terms.closes_at - terms.opens_at)
    return Hours(MIN_GRACE_HOURS + longest * 24 + (closed_quarters + 3) // 4)
