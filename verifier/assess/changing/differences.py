"""What differs between a vault on a chain and its file: every difference, each as a sentence of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from verifier.assess.changing.member_differences import members_between
from verifier.assess.changing.names import (
    Names,
    show_function,
    show_limits,
    show_rule,
    show_uses,
    show_window,
)
from verifier.errors.duties import show_duties
from verifier.model.arrangement import NO_STRATEGY, Arrangement, Strategy
from verifier.model.difference import Difference, Side
from verifier.model.text import Shown, sanitise, show_bytes, show_count, show_duration
from verifier.model.tier import Tier, TierTerms

K = TypeVar("K", bound=Any)
V = TypeVar("V")


def differences_between(present: Arrangement, wanted: Arrangement, names: Names) -> tuple[Difference, ...]:
    """Return everything in which a chain is not as a file says; none where both are alike.

    :param present: as the chain has it
    :param wanted: as the file says it
    """
    return (
        *members_between(present, wanted, names),
        *_tiers(present, wanted),
        *_registry(present, wanted, names),
        *_policy(present, wanted, names),
        *_duties(present, wanted, names),
        *_bypass(present, wanted),
        *_strategies(present, wanted, names),
    )


def _differ(rule: str, subject: str, chain: object, file: object, remark: str = "") -> Difference:
    said = f"the chain has {chain}, the file says {file}{remark}."
    return Difference(rule=rule, side=Side.OTHER, subject=Shown(subject), sentence=Shown(said))


def _tiers(present: Arrangement, wanted: Arrangement) -> Iterator[Difference]:
    for tier in Tier:
        yield from _tier(tier, present.tiers[tier], wanted.tiers[tier])
    if present.supermajority != wanted.supermajority:
        yield _differ("supermajority", "supermajority", present.supermajority, wanted.supermajority)


def _tier(tier: Tier, chain: TierTerms, file: TierTerms) -> Iterator[Difference]:
    shown: tuple[tuple[str, Callable[[TierTerms], object]], ...] = (
        ("quorum", lambda terms: f"a quorum of {terms.quorum}"),
        ("security", lambda terms: f"{terms.security_approvals} approvals of the security team"),
        ("delay", lambda terms: f"a delay of {show_duration(terms.delay)}"),
        ("grace", lambda terms: f"a grace of {terms.grace_hours} hours"),
        ("expedited", _show_expedited),
        ("segregated", lambda terms: ("no segregation", "segregation")[bool(terms.segregated)]),
        ("window", show_window),
    )
    for field, show in shown:
        on_chain, in_file = show(chain), show(file)
        if on_chain != in_file:
            yield _differ(f"tier-{field}", tier.name, on_chain, in_file)


def _show_expedited(terms: TierTerms) -> str:
    if terms.expedited_delay is None:
        return "no break-glass"
    return f"{show_duration(terms.expedited_delay)} left by break-glass"


def _registry(present: Arrangement, wanted: Arrangement, names: Names) -> Iterator[Difference]:
    if present.registry != wanted.registry:
        chain, file = names.registry(present.registry), names.registry(wanted.registry)
        yield _differ("registry", "register of duties", chain, file)


def _pairs(chain: Mapping[K, V], file: Mapping[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    for key in sorted({*chain, *file}):
        if chain.get(key) != file.get(key):
            yield key, chain.get(key), file.get(key)


def _listed(
    rule: str, subject: str, chain: V | None, file: V | None, show: Callable[[V], object], what: str
) -> Difference:
    """Return how something differs that a list may hold, or not."""
    if chain is None and file is not None:
        side, said = Side.LACKING, f"the chain has no such {what}, the file says {show(file)}."
    elif chain is not None and file is None:
        side, said = Side.BEYOND, f"the chain has {show(chain)}, the file has no such {what}."
    elif chain is not None and file is not None:
        return _differ(rule, subject, show(chain), show(file))
    else:
        raise AssertionError
    return Difference(rule=rule, side=side, subject=Shown(subject), sentence=Shown(said))


def _policy(present: Arrangement, wanted: Arrangement, names: Names) -> Iterator[Difference]:
    for asset, chain_terms, terms in _pairs(present.assets, wanted.assets):
        yield _listed("asset", names.asset(asset), chain_terms, terms, show_limits, "asset")
    for account, chain_uses, uses in _pairs(present.counterparties, wanted.counterparties):
        yield _listed("counterparty", names.account(account), chain_uses, uses, show_uses, "counterparty")
    for (target, selector), chain_rule, rule in _pairs(present.rules, wanted.rules):
        subject = show_function(target, selector, names)
        yield _listed("rule", subject, chain_rule, rule, lambda each: show_rule(each, names), "rule")


def _duties(present: Arrangement, wanted: Arrangement, names: Names) -> Iterator[Difference]:
    for person, chain_duties, duties in _pairs(present.duties, wanted.duties):
        yield _listed("duties", names.person(person), chain_duties, duties, show_duties, "duty")
    told: set[tuple[int, int]] = set()
    for duty, chain_mask, mask in _pairs(present.exclusions, wanted.exclusions):
        for other in (1 << i for i in range(16) if ((chain_mask or 0) ^ (mask or 0)) >> i & 1):
            if (other, duty) not in told:
                told.add((duty, other))
                yield _exclusion(duty, other, is_on_chain=bool((chain_mask or 0) & other))


def _exclusion(duty: int, other: int, *, is_on_chain: bool) -> Difference:
    both = f"{show_duties(duty)} and {show_duties(other)}"
    chain, file = ("exclude each other", "do not") if is_on_chain else ("do not exclude each other", "do")
    return Difference(
        rule="exclusion",
        side=Side.BEYOND if is_on_chain else Side.LACKING,
        subject=Shown(both),
        sentence=Shown(f"on the chain they {chain}, in the file they {file}."),
    )


def _bypass(present: Arrangement, wanted: Arrangement) -> Iterator[Difference]:
    chain, file = present.bypass, wanted.bypass
    if chain.limit != file.limit:
        yield _differ("bypass-limit", "break-glass", f"a limit of {chain.limit} uses", file.limit)
    if chain.review_hours != file.review_hours:
        shown = f"{chain.review_hours} hours to review a use"
        yield _differ("bypass-review", "break-glass", shown, file.review_hours)


def _strategies(present: Arrangement, wanted: Arrangement, names: Names) -> Iterator[Difference]:
    for key in sorted({*present.strategies, *wanted.strategies}):
        chain = present.strategies.get(key, NO_STRATEGY)
        file = wanted.strategies.get(key, NO_STRATEGY)
        subject = f"strategy {show_strategy(key)}"
        if chain.is_nothing or file.is_nothing:
            if not (chain.is_nothing and file.is_nothing):
                pair = (None if chain.is_nothing else chain, None if file.is_nothing else file)
                yield _listed("strategy", subject, *pair, _show_strategy, "strategy that may do anything")
        else:
            yield from _strategy(subject, chain, file, names)
        if chain.is_suspended and not file.is_nothing:
            yield Difference(
                rule="strategy-suspended",
                side=Side.OTHER,
                subject=Shown(subject),
                sentence=Shown("on the chain it is stopped; the file knows nothing of it."),
            )


def _strategy(subject: str, chain: Strategy, file: Strategy, names: Names) -> Iterator[Difference]:
    for field in ("position", "order", "risk"):
        on_chain, in_file = getattr(chain, field), getattr(file, field)
        if on_chain != in_file:
            yield _differ("strategy-limits", subject, f"a limit of {on_chain} for the {field}", in_file)
    for venue in sorted(chain.venues ^ file.venues):
        what = f"the venue {show_strategy(venue)}"
        yield _one_sided("strategy-venue", subject, what, is_on_chain=venue in chain.venues)
    for guard in sorted(chain.guards ^ file.guards):
        what = f"the guard {names.account(guard)}"
        yield _one_sided("strategy-guard", subject, what, is_on_chain=guard in chain.guards)


def _one_sided(rule: str, subject: str, what: str, *, is_on_chain: bool) -> Difference:
    said = (
        f"the chain has {what}, the file has not."
        if is_on_chain
        else f"the file has {what}, the chain has not."
    )
    side = Side.BEYOND if is_on_chain else Side.LACKING
    return Difference(rule=rule, side=side, subject=Shown(subject), sentence=Shown(said))


def _show_strategy(strategy: Strategy) -> str:
    venues = f"{show_count(len(strategy.venues), 'venue')}, {show_count(len(strategy.guards), 'guard')}"
    return f"position {strategy.position}, order {strategy.order}, risk {strategy.risk}, {venues}"


def show_strategy(name: bytes) -> Shown:
    """Return the name of a strategy or a venue: as text where it is some, with zeros behind it."""
    text = name.rstrip(b"\0")
    return (
        sanitise(text, most=40) if text.isascii() and text.decode("ascii").isprintable() else show_bytes(name)
    )
