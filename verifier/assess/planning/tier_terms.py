"""What the contract would refuse about the terms of tiers, number by number."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.planning.remarks import refused
from verifier.assess.terms import are_valid_tier_terms, least_grace_hours
from verifier.model.limits import (
    MAX_DELAY,
    MAX_GRACE_HOURS,
    MAX_QUORUM,
    MAX_SEGREGATED_QUORUM,
    MIN_DELAY,
    MIN_HIGH_DELAY,
    MIN_HIGH_EXPEDITED_DELAY,
    MIN_QUORUM,
)
from verifier.model.plan import PlanRemark
from verifier.model.text import show_duration
from verifier.model.tier import QUARTER_HOURS, Tier, TierBook, TierTerms


def refusals_of_tiers(tiers: TierBook) -> Iterator[PlanRemark]:
    """Yield what is out of its range, and where a tier is less strict than the one below it."""
    for tier in Tier:
        remarks = [refused("tier-terms", tier.name, why) for why in _out_of_range(tier, tiers[tier])]
        yield from remarks
        if not remarks and not are_valid_tier_terms(tier, tiers[tier]):
            yield refused("tier-terms", tier.name, "The contract does not take these terms.")
        if tier > Tier.ROUTINE:
            below = Tier(tier - 1)
            for why in _less_strict(tiers[tier], tiers[below], below.name):
                yield refused("tier-less-strict", tier.name, why)


def _out_of_range(tier: Tier, terms: TierTerms) -> Iterator[str]:
    is_high = tier >= Tier.HIGH_VALUE
    most = MAX_SEGREGATED_QUORUM if terms.segregated else MAX_QUORUM
    if not MIN_QUORUM <= terms.quorum <= most:
        why = ": the day has no room for more people over three hours apart" if terms.segregated else ""
        yield f"The quorum is {MIN_QUORUM} to {most}{why}, and not {terms.quorum}."
    if terms.security_approvals > terms.quorum:
        yield f"It asks for {terms.security_approvals} of the security team among {terms.quorum}; lower `security`."
    least = MIN_HIGH_DELAY if is_high else MIN_DELAY
    if not least <= terms.delay <= MAX_DELAY:
        yield (
            f"The delay is {show_duration(least)} to {show_duration(MAX_DELAY)}, and not {show_duration(terms.delay)}."
        )
    yield from _expedited(tier, terms)
    if terms.opens_at >= terms.closes_at:
        yield "The window closes before it opens; a window over midnight is not possible."
    elif terms.closes_at <= QUARTER_HOURS and terms.weekdays:
        grace = least_grace_hours(terms)
        if not grace <= terms.grace_hours <= MAX_GRACE_HOURS:
            yield (
                f"The grace is {grace} to {MAX_GRACE_HOURS} hours, a day more than the window's longest closing, and "
                f"not {terms.grace_hours}."
            )


def _expedited(tier: Tier, terms: TierTerms) -> Iterator[str]:
    if tier is Tier.CUSTODY:
        if terms.least_delay != terms.delay:
            yield "What is of CUSTODY is never expedited; leave out `expedited`."
        return
    least = MIN_HIGH_EXPEDITED_DELAY if tier is Tier.HIGH_VALUE else MIN_DELAY
    if terms.least_delay < least:
        left = show_duration(terms.least_delay)
        yield f"Break-glass leaves at least {show_duration(least)}, and `expedited` is {left}."
    if terms.least_delay > terms.delay:
        yield "`expedited` is longer than the delay; lower it, or leave it out where nothing is to be expedited."


def _less_strict(terms: TierTerms, below: TierTerms, name: str) -> Iterator[str]:
    for what, key, here, there in (
        ("quorum", "quorum", terms.quorum, below.quorum),
        ("number of security approvals", "security", terms.security_approvals, below.security_approvals),
        ("delay", "delay", terms.delay, below.delay),
        ("delay that break-glass leaves", "expedited", terms.least_delay, below.least_delay),
    ):
        if here < there:
            yield f"Its {what} is smaller than that of {name}, the tier below; raise `{key}` here, or lower it there."
    if below.segregated > terms.segregated:
        yield f"{name} is segregated, and this is not; write `segregated = true`."
    is_wider = below.opens_at > terms.opens_at or terms.closes_at > below.closes_at
    if is_wider or terms.weekdays & ~below.weekdays:
        yield f"Its window is open when that of {name} is closed; narrow it, or widen that one."
