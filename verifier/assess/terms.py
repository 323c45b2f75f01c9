"""Which terms, rules, roles, attributes and holders there may be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from verifier.errors import NumberOutOfRange
from verifier.errors.members import GroupHoldersInvalid, MemberAttributesInvalid, MemberRolesInvalid
from verifier.errors.settings import RuleInvalid, SupermajorityOutOfRange, TierLessStrict, TierTermsInvalid
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.group import pack_holders, unpack_holders
from verifier.model.limits import (
    MAX_DELAY,
    MAX_GRACE_HOURS,
    MAX_HOLDERS,
    MAX_QUORUM,
    MAX_SEGREGATED_QUORUM,
    MIN_DELAY,
    MIN_GRACE_HOURS,
    MIN_HIGH_DELAY,
    MIN_HIGH_EXPEDITED_DELAY,
    MIN_HOLDERS,
    MIN_QUORUM,
)
from verifier.model.member import ATTRIBUTES, UNIT, Attributes, Role
from verifier.model.rule import MAX_WORDS, Rule
from verifier.model.tier import EVERY_DAY, QUARTER_HOURS, Tier, TierBook, TierTerms
from verifier.model.units import Hours

_MOST_DECIMALS = 36
# The square of a place's length may be off by so much: about one unit in the length.
_UNIT_TOLERANCE = 2 * UNIT
# Above limits and decimals.
_ASSET_LISTED_AT = 136
_OF_GROUPS = Role.APPROVER | Role.SECURITY


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


def require_valid_roles(roles: int, *, is_group: bool = False) -> None:
    """A group approves, and nothing else, since it sends no transactions.

    :raises MemberRolesInvalid: they do not go together, or are not a group's.
    """
    if not are_valid_roles(roles) or (is_group and roles & ~_OF_GROUPS):
        raise MemberRolesInvalid(roles=roles)


def are_valid_attributes(word: int) -> bool:
    """Nothing above the 120 bits, an offset that exists on Earth, and a place on its surface."""
    attributes = Attributes.unpack(word)
    off = sum(axis * axis for axis in attributes.place) - UNIT * UNIT
    return (
        word >> ATTRIBUTES.width == 0 and -720 <= attributes.utc_offset <= 840 and abs(off) <= _UNIT_TOLERANCE
    )


def require_valid_attributes(member: Address, word: int, *, is_group: bool = False) -> None:
    """A group has none, since its holders are in several places.

    :raises MemberAttributesInvalid: they are not on Earth, or a group's.
    """
    if word != 0 if is_group else not are_valid_attributes(word):
        raise MemberAttributesInvalid(member=member, attributes=word)


def require_valid_member(member: Address, *, is_group: bool, roles: int, attributes: int) -> None:
    """Return if roles and attributes are those of a member of this kind; roles come first, as for the vault."""
    require_valid_roles(roles, is_group=is_group)
    require_valid_attributes(member, attributes, is_group=is_group)


def require_valid_holders(group: Address, words: Sequence[int]) -> None:
    """:raises GroupHoldersInvalid: not 2 to 20 persons, growing, and zero behind the last one."""
    persons = unpack_holders(words)
    are_growing = all(a < b for a, b in pairwise(persons))
    is_rest_empty = pack_holders(persons) == tuple(words)
    if not (is_rest_empty and are_growing and MIN_HOLDERS <= len(persons) <= MAX_HOLDERS):
        first, second, third = words
        raise GroupHoldersInvalid(group=group, first=first, second=second, third=third)


def are_valid_asset_terms(word: int) -> bool:
    """Listed, nothing above, limits in order, and decimals that a unit can be made from. Settings carry no level."""
    terms = AssetTerms.unpack(word)
    return (
        terms is not None
        and word >> _ASSET_LISTED_AT == 1
        and terms.routine_limit < terms.high_value_from
        and terms.decimals <= _MOST_DECIMALS
    )


def is_valid_rule(word: int) -> bool:
    """Nothing but its kind where it is opaque; where it measures, two different words of the calldata, and one use."""
    try:
        rule = Rule.unpack(word)
    except NumberOutOfRange:
        return False
    # Of what stands above the fields, or beside an opaque one's kind, the rule knows nothing.
    if rule is None or rule.pack() != word:
        return False
    measure = rule.measure
    return measure is None or (
        measure.words <= MAX_WORDS
        and measure.amount_at < measure.words
        and measure.counterparty_at < measure.words
        and measure.amount_at != measure.counterparty_at
        and measure.uses in (Use.RECIPIENT, Use.SPENDER)
    )


def require_valid_rule(target: Address, selector: int, word: int, *, vault: Address) -> None:
    """Return if the vault would take this rule; a word of zero takes one back.

    :param selector: the number that four bytes are
    :raises RuleInvalid: about the vault itself, about no selector, or no rule.
    """
    if target == vault or selector >> 32 or (word != 0 and not is_valid_rule(word)):
        raise RuleInvalid(target=target, selector=selector, rule=word)


def are_valid_tier_terms(tier: Tier, terms: TierTerms) -> bool:
    """Within the limits, with a window that opens, and a grace in which it does."""
    is_high = tier >= Tier.HIGH_VALUE
    return (
        MIN_QUORUM <= terms.quorum <= (MAX_SEGREGATED_QUORUM if terms.segregated else MAX_QUORUM)
        and terms.segregated <= 1
        and terms.security_approvals <= terms.quorum
        and (MIN_HIGH_DELAY if is_high else MIN_DELAY) <= terms.delay <= MAX_DELAY
        and (MIN_HIGH_EXPEDITED_DELAY if is_high else MIN_DELAY) <= terms.least_delay <= terms.delay
        # What is of CUSTODY waits its whole delay.
        and (tier < Tier.CUSTODY or terms.least_delay == terms.delay)
        and terms.opens_at < terms.closes_at <= QUARTER_HOURS
        and 0 < terms.weekdays <= EVERY_DAY
        and least_grace_hours(terms) <= terms.grace_hours <= MAX_GRACE_HOURS
    )


def _is_less_strict(terms: TierTerms, below: TierTerms) -> bool:
    return (
        below.quorum > terms.quorum
        or below.security_approvals > terms.security_approvals
        or below.delay > terms.delay
        or below.least_delay > terms.least_delay
        or below.segregated > terms.segregated
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
