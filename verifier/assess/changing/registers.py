"""What the registry of duties and the limits of strategies make of changes, in words of an arrangement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from verifier.assess.changing.roster import APPROVAL
from verifier.errors.duties import (
    DutyConflict,
    DutyConflictsInvalid,
    DutyHeld,
    DutyIsRole,
    DutyPersonInvalid,
    DutyPersonsFull,
    DutyUnknown,
)
from verifier.errors.strategies import (
    StrategyGuardInvalid,
    StrategyGuardsFull,
    StrategyVenuesFull,
)
from verifier.model.arrangement import NO_STRATEGY, Arrangement, Strategy
from verifier.model.member import Role
from verifier.model.units import Person

_ROWS: Final = 16
_ALL: Final = (1 << _ROWS) - 1
_MOST_PERSONS: Final = 64
_MOST_VENUES: Final = 64
_MOST_GUARDS: Final = 16
_MOST_PERSON: Final = (1 << 32) - 1


def apply_to_duties(now: Arrangement, function: str, arguments: tuple[Any, ...]) -> Arrangement:
    """Return the arrangement after a call of the registry by the vault.

    :raises VaultError: the registry refuses it.
    """
    match function, arguments:
        case "grant", (person, duty):
            return _grant(now, person, duty)
        case "revoke", (person, duty):
            _require_stored(duty)
            return _keep(now, person, now.duties.get(person, 0) & ~duty)
        case "setConflicts", (duty, mask):
            return _exclude(now, duty, mask)
        case _:
            raise NotImplementedError(function)


def _grant(now: Arrangement, person: Person, duty: int) -> Arrangement:
    _require_stored(duty)
    if not 0 < person <= _MOST_PERSON:
        raise DutyPersonInvalid(person=person)
    held = now.duties.get(person, 0)
    if held & duty:
        raise DutyHeld(person=person, duty=duty)
    if conflicting := _held(now, person) & now.exclusions.get(duty, 0):
        raise DutyConflict(person=person, duty=duty, conflicting=conflicting)
    if not held and len(now.duties) == _MOST_PERSONS:
        raise DutyPersonsFull
    return _keep(now, person, held | duty)


def _exclude(now: Arrangement, duty: int, mask: int) -> Arrangement:
    _require_known(duty)
    if mask > _ALL or mask & duty:
        raise DutyConflictsInvalid(duty=duty, mask=mask)
    for person in now.duties:
        held = _held(now, person)
        if held & duty and held & mask:
            raise DutyConflict(person=person, duty=duty, conflicting=held & mask)
    return replace(now, exclusions=with_exclusion(now.exclusions, duty, mask))


def with_exclusion(exclusions: Mapping[int, int], duty: int, mask: int) -> dict[int, int]:
    """Return the exclusions where a duty excludes exactly these, and each of them excludes it."""
    rows = {}
    for each in (1 << i for i in range(_ROWS)):
        row = exclusions.get(each, 0)
        if each == duty:
            row = mask
        elif mask & each:
            row |= duty
        else:
            row &= ~duty
        if row:
            rows[each] = row
    return rows


def _held(now: Arrangement, person: Person) -> int:
    """Return what a person has, with the duty that being an approver is, suspended or not."""
    duties = now.duties.get(person, 0)
    for sitting in now.members.values():
        if sitting.roles & Role.APPROVER and person in sitting.persons:
            return duties | APPROVAL
    return duties


def _keep(now: Arrangement, person: Person, duties: int) -> Arrangement:
    rest = {each: held for each, held in now.duties.items() if each != person}
    return replace(now, duties={**rest, person: duties} if duties else rest)


def _require_known(duty: int) -> None:
    if not 0 < duty <= _ALL or duty & (duty - 1):
        raise DutyUnknown(duty=duty)


def _require_stored(duty: int) -> None:
    _require_known(duty)
    if duty == APPROVAL:
        raise DutyIsRole(duty=duty)


def apply_to_strategies(now: Arrangement, function: str, arguments: tuple[Any, ...]) -> Arrangement:
    """Return the arrangement after a call of the limits of strategies by the vault.

    A strategy that nobody began is not known here from one that lets nothing pass; whoever plans begins with its terms.

    :raises VaultError: it is refused.
    """
    name: bytes = arguments[0]
    found = now.strategies.get(name, NO_STRATEGY)
    match function, arguments[1:]:
        case "setTerms", ((position, order, risk),):
            changed = replace(found, position=position, order=order, risk=risk)
        case "setVenue", (venue, is_allowed):
            changed = replace(found, venues=found.venues | {venue} if is_allowed else found.venues - {venue})
            if len(changed.venues) > _MOST_VENUES:
                raise StrategyVenuesFull(strategy=name)
        case "setGuard", (guard, is_appointed):
            if int.from_bytes(guard, "big") <= _MOST_PERSON:
                raise StrategyGuardInvalid(guard=guard)
            changed = replace(
                found, guards=found.guards | {guard} if is_appointed else found.guards - {guard}
            )
            if len(changed.guards) > _MOST_GUARDS:
                raise StrategyGuardsFull(strategy=name)
        case _:
            changed = replace(found, is_suspended=False)
    return replace(now, strategies=_with_strategy(now.strategies, name, changed))


def _with_strategy(
    strategies: Mapping[bytes, Strategy], name: bytes, changed: Strategy
) -> dict[bytes, Strategy]:
    rest = {each: strategy for each, strategy in strategies.items() if each != name}
    return rest if changed == NO_STRATEGY else {**rest, name: changed}
