"""The changes of settings between two arrangements: whatever may stand in one batch.

In an order that mostly holds as it is: what takes away comes first, what gives comes last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from verifier.assess.changing.change import Change, Keeper
from verifier.assess.changing.registers import with_exclusion
from verifier.model.address import NOBODY
from verifier.model.arrangement import NO_STRATEGY, Arrangement, Strategy
from verifier.model.units import Person

_DUTIES = tuple(1 << i for i in range(16))
K = TypeVar("K", bound=Any)
V = TypeVar("V")


def settings_between(
    present: Arrangement, wanted: Arrangement, *, resumes: bool = False
) -> tuple[Change, ...]:
    """Return what brings the settings of one to those of the other; members are another matter.

    :param resumes: whether a strategy that is stopped, and that is wanted, is let go on
    """
    taken, given = _policy(present, wanted)
    revoked, granted = _duties(present, wanted)
    tiers = []
    if (present.tiers, present.supermajority) != (wanted.tiers, wanted.supermajority):
        tiers = [tiers_of(wanted)]
    registry = []
    if present.registry != wanted.registry:
        registry = [_vault("setRegistry", wanted.registry)]
    return (
        *(registry if wanted.registry == NOBODY else ()),
        *revoked,
        *_exclusions(present, wanted),
        *taken,
        *tiers,
        *given,
        *granted,
        *(registry if wanted.registry != NOBODY else ()),
        *_ledger(present, wanted),
        *_strategies(present, wanted, resumes=resumes),
    )


def tiers_of(arrangement: Arrangement) -> Change:
    words = tuple(terms.pack() for terms in arrangement.tiers)
    return _vault("setTiers", words, arrangement.supermajority)


def _vault(function: str, *arguments: Any) -> Change:
    return Change(keeper=Keeper.VAULT, function=function, arguments=arguments)


def _differing(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[tuple[K, V | None]]:
    """Yield what has another value afterwards, sorted by its key; None where it is gone."""
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            yield key, after.get(key)


def _policy(present: Arrangement, wanted: Arrangement) -> tuple[list[Change], list[Change]]:
    """Return what is taken off the lists, and what is put on them or changed there."""
    taken: list[Change] = []
    given: list[Change] = []
    for asset, terms in _differing(present.assets, wanted.assets):
        change = _vault("setAsset", asset, terms.pack() if terms else 0)
        (given if terms else taken).append(change)
    for account, uses in _differing(present.counterparties, wanted.counterparties):
        (given if uses else taken).append(_vault("setCounterparty", account, int(uses or 0)))
    for (target, selector), rule in _differing(present.rules, wanted.rules):
        number = int.from_bytes(selector, "big")
        (given if rule else taken).append(_vault("setRule", target, number, rule.pack() if rule else 0))
    return taken, given


def _duties(present: Arrangement, wanted: Arrangement) -> tuple[list[Change], list[Change]]:
    revoked: list[Change] = []
    granted: list[Change] = []
    for person in sorted({*present.duties, *wanted.duties}):
        before, after = present.duties.get(person, 0), wanted.duties.get(person, 0)
        revoked += _each("revoke", person, before & ~after)
        granted += _each("grant", person, after & ~before)
    return revoked, granted


def _each(function: str, person: Person, duties: int) -> Iterator[Change]:
    for duty in _DUTIES:
        if duties & duty:
            yield Change(keeper=Keeper.DUTIES, function=function, arguments=(int(person), duty))


def _exclusions(present: Arrangement, wanted: Arrangement) -> Iterator[Change]:
    """Yield a call for each duty whose row is not right yet: each call sets the others' rows as well."""
    rows = dict(present.exclusions)
    for duty in _DUTIES:
        mask = wanted.exclusions.get(duty, 0)
        if rows.get(duty, 0) != mask:
            rows = with_exclusion(rows, duty, mask)
            yield Change(keeper=Keeper.DUTIES, function="setConflicts", arguments=(duty, mask))


def _ledger(present: Arrangement, wanted: Arrangement) -> Iterator[Change]:
    if present.bypass != wanted.bypass:
        terms = (wanted.bypass.limit, int(wanted.bypass.review_hours))
        yield Change(keeper=Keeper.LEDGER, function="setTerms", arguments=terms)


def _strategies(present: Arrangement, wanted: Arrangement, *, resumes: bool) -> Iterator[Change]:
    for name in sorted({*present.strategies, *wanted.strategies}):
        before = present.strategies.get(name, NO_STRATEGY)
        after = wanted.strategies.get(name, NO_STRATEGY)
        yield from _strategy(name, before, after)
        if resumes and before.is_suspended and not after.is_nothing:
            yield _limits("resume", name)


def _limits(function: str, *arguments: Any) -> Change:
    return Change(keeper=Keeper.STRATEGIES, function=function, arguments=arguments)


def _strategy(name: bytes, before: Strategy, after: Strategy) -> Iterator[Change]:
    terms = (after.position, after.order, after.risk)
    # A strategy begins with its terms, even where they are nothing.
    if before.is_nothing is not after.is_nothing or terms != (before.position, before.order, before.risk):
        yield _limits("setTerms", name, terms)
    for venue in sorted(before.venues - after.venues):
        yield _limits("setVenue", name, venue, False)
    for venue in sorted(after.venues - before.venues):
        yield _limits("setVenue", name, venue, True)
    for guard in sorted(before.guards - after.guards):
        yield _limits("setGuard", name, guard, False)
    for guard in sorted(after.guards - before.guards):
        yield _limits("setGuard", name, guard, True)
