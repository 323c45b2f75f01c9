"""A holder's rules in words: what is signed without asking, and what becomes of all else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.model.asset import NATIVE
from verifier.model.holder_rules import HolderRules, Otherwise
from verifier.model.text import Shown
from verifier.model.tier import EVERY_DAY

_DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def rule_sentences(rules: HolderRules) -> tuple[Shown, ...]:
    """Return what a holder's rules say, a sentence each."""
    return tuple(map(Shown, _sentences(rules)))


def _sentences(rules: HolderRules) -> Iterator[str]:
    if rules.tiers:
        named = ", ".join(tier.name for tier in sorted(rules.tiers))
        yield f"Approves operations of {named} without asking, if all of the following holds:"
        yield f"- no finding is worse than {rules.most_severe.name.lower()};"
        yield "- all that it does is understood, and is to move amounts that are known;"
        yield from _limits(rules)
        if rules.counterparties is None:
            yield "- whoever gets them;"
        else:
            who = ", ".join(map(str, sorted(rules.counterparties))) or "nobody"
            yield f"- they go to nobody but {who};"
        yield f"- {_hours(rules)}."
    else:
        yield "Approves nothing without asking."
    if rules.stops:
        yield "Vetoes, takes back its approval and suspends the group without asking."
    else:
        yield "Does not veto, take back its approval or suspend the group without asking."
    if rules.repairs:
        named = ", ".join(map(str, sorted(rules.repairs)))
        yield f"Helps to make the lost shares of these holders anew without asking: {named}."
    else:
        yield "Helps to make no lost share anew without asking."
    is_asked = rules.otherwise is Otherwise.ASK
    yield "You are asked about all else." if is_asked else "Refuses to sign all else."


def _limits(rules: HolderRules) -> Iterator[str]:
    for asset, most in sorted(rules.most.items()):
        what = "the native coin, in wei" if asset == NATIVE else f"{asset}, in base units"
        yield f"- one operation moves at most {most} of {what};"
    yield "- no other asset moves;" if rules.most else "- nothing moves at all;"


def _hours(rules: HolderRules) -> str:
    days = [name for bit, name in enumerate(_DAYS) if rules.weekdays >> bit & 1]
    when = "on every day" if rules.weekdays == EVERY_DAY else f"only on {', '.join(days)}"
    hours = rules.hours
    if hours is None or hours.first == hours.last:
        return f"it is {when.removeprefix('only ')}, at any hour" if not hours else f"{when}, at any hour"
    clock = [f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.first, hours.last)]
    return f"{when}, from {clock[0]} to {clock[1]} in {hours.zone}"
