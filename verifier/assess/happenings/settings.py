"""Tiers, supermajority and registry: what it takes to decide, and whether it became less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.happenings.pen import ALARM, NOTED, RUNG, Pen, Ring
from verifier.assess.happenings.said import account_in, number_in, numbers_in
from verifier.assess.happenings.texts import address_in, terms_in, terms_text
from verifier.assess.happenings.texts import number_in as number_of
from verifier.model.address import NOBODY, Address
from verifier.model.event import VaultEvent
from verifier.model.reading import VaultReading
from verifier.model.text import Shown, show_duration
from verifier.model.tier import Tier, TierTerms
from verifier.model.watching import Kind

SETTING_EVENTS: Final = frozenset({"TiersSet", "RegistrySet"})

_ASK: Final = "Make sure over another channel that just this was agreed on."
_TO_LESS: Final = "Whoever prepares a theft begins here"


def hear_setting(pen: Pen, event: VaultEvent) -> None:
    """Take an event about settings.

    :raises UnreadableError: it does not say what its name promises.
    """
    if event.name == "RegistrySet":
        _put_registry(pen, account_in(event, "registry"), is_first=False)
        return
    words = numbers_in(event, "tiers", len(Tier))
    supermajority = number_in(event, "supermajority")
    for tier, word in zip(Tier, words, strict=True):
        _put_tier(pen, tier, TierTerms.unpack(word), is_first=False)
    _put_supermajority(pen, supermajority, is_first=False)


def see_settings(pen: Pen, reading: VaultReading, *, is_first: bool) -> None:
    """Take the settings that storage holds."""
    for tier, terms in zip(Tier, reading.tiers.value, strict=True):
        _put_tier(pen, tier, terms, is_first=is_first)
    _put_supermajority(pen, reading.roster.value.supermajority, is_first=is_first)
    _put_registry(pen, reading.registry.value, is_first=is_first)


def setting_facts(reading: VaultReading) -> Iterator[tuple[str, str]]:
    """Yield the facts about settings."""
    for tier, terms in zip(Tier, reading.tiers.value, strict=True):
        yield f"tier/{tier.value}", terms_text(terms)
    yield "supermajority", f"{reading.roster.value.supermajority:x}"
    yield "registry", f"{reading.registry.value}"


def _put_tier(pen: Pen, tier: Tier, terms: TierTerms, *, is_first: bool) -> None:
    subject = f"tier/{tier.value}"
    former = terms_in(pen.value(subject))
    nth = pen.put(subject, terms_text(terms))
    if nth is None or is_first or former is None:
        return
    graver, looser, tighter = (
        list(_graver(former, terms)),
        list(_looser(former, terms)),
        list(_tighter(former, terms)),
    )
    if not (graver or looser or tighter):
        return
    lines = tuple(Shown(line) for line in (*graver, *looser, *tighter))
    if graver or looser:
        ring: Ring = ALARM if graver else RUNG
        said = f"{tier.name} is easier to decide now: {'; '.join((*graver, *looser))}. {_TO_LESS}. {_ASK}"
    else:
        ring, said = NOTED, f"{tier.name} is harder to decide now: {'; '.join(tighter)}. {_ASK}"
    pen.tell(Kind.TIER, subject, said, ring, occasion=nth, lines=lines)


def _graver(was: TierTerms, now: TierTerms) -> Iterator[str]:
    """Yield where fewer people are enough."""
    for what, before, after in (
        ("approvals", was.quorum, now.quorum),
        ("approvals of the security team", was.security_approvals, now.security_approvals),
    ):
        if after < before:
            yield f"{after} {what} instead of {before}"
    if now.segregated == 0 < was.segregated:
        yield "no segregated quorum any more"


def _looser(was: TierTerms, now: TierTerms) -> Iterator[str]:
    """Yield where less time is enough."""
    for what, before, after in (
        ("a delay", was.delay, now.delay),
        ("what break-glass leaves of it", was.least_delay, now.least_delay),
    ):
        if after < before:
            yield f"{what} of {show_duration(after)} instead of {show_duration(before)}"
    if now.grace_hours > was.grace_hours:
        yield f"{now.grace_hours} hours to execute instead of {was.grace_hours}"
    if now.opens_at < was.opens_at or now.closes_at > was.closes_at or now.weekdays & ~was.weekdays:
        yield "more times of the week to execute"


def _tighter(was: TierTerms, now: TierTerms) -> Iterator[str]:
    """Yield where it takes more: what is looser the other way round."""
    for side in (_graver, _looser):
        for what in side(now, was):
            yield f"before: {what}"


def _put_supermajority(pen: Pen, supermajority: int, *, is_first: bool) -> None:
    former = number_of(pen.value("supermajority"))
    nth = pen.put("supermajority", f"{supermajority:x}")
    if nth is None or is_first or former is None:
        return
    is_less = supermajority < former
    said = (
        f"The supermajority is {supermajority} approvals now, and was {former}: "
        f"{'a contested change of a seat takes fewer' if is_less else 'a contested change of a seat takes more'}. "
        f"{_ASK}"
    )
    pen.tell(Kind.TIER, "supermajority", said, ALARM if is_less else NOTED, occasion=nth)


def _put_registry(pen: Pen, registry: Address, *, is_first: bool) -> None:
    former = address_in(pen.value("registry") or "")
    nth = pen.put("registry", f"{registry}")
    if nth is None or is_first or former is None:
        return
    if registry == NOBODY:
        said = "The vault asks no register of duties any more: an approver may have any custody duty now."
    else:
        said = f"The vault asks another register of duties: {pen.name(registry)}, and {pen.name(former)} no more."
    pen.tell(Kind.POLICY, "registry", f"{said} {_ASK}", RUNG, occasion=nth)
