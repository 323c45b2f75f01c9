"""How near a vault is to where nobody can govern it any more, and who alone keeps it from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from verifier.assess.floors import heads_of, is_bare_floor, is_full_floor
from verifier.assess.happenings.pen import ALARM, NOTED, QUIET, RUNG, Pen
from verifier.model.reading import VaultReading
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import MemberIndex
from verifier.model.watching import Kind

_SUBJECT: Final = "floor"
_MOST_NAMES: Final = 8


def tell_floor(pen: Pen, reading: VaultReading) -> None:
    """Say that one more loss would stop everything, or that everything stopped; once, until it changes."""
    roster, groups = reading.roster.value, reading.groups.value
    custody = reading.tiers.value[Tier.CUSTODY]
    heads = heads_of(roster, groups)
    level = "full" if is_full_floor(heads, custody) else "bare" if is_bare_floor(heads, custody) else "broken"
    sole = min(roster.proposers) if len(roster.proposers) == 1 else None
    former = pen.value(_SUBJECT)
    nth = pen.put(_SUBJECT, f"{level} {'-' if sole is None else sole}")
    if nth is None:
        return
    was = (former or "full -").split(" ")
    if level == "broken":
        said = (
            "The members who are left cannot change a member or a setting any more: too few count for a CUSTODY "
            "quorum beside whoever publishes. Call those who suspended themselves or were suspended, today."
        )
        pen.tell(Kind.FLOOR_NEAR, _SUBJECT, said, ALARM, occasion=nth)
    elif level == "bare" and was[0] != "bare":
        critical = list(_critical(reading))
        named = ", ".join(pen.who(seat) for seat in critical[:_MOST_NAMES])
        said = (
            "One more loss and nobody can change a member or a setting any more. Nothing goes without "
            f"{named or 'one of them'}: add a member before one is away."
        )
        lines = tuple(Shown(f"Needed: {pen.who(seat)}.") for seat in critical[:_MOST_NAMES])
        pen.tell(Kind.FLOOR_NEAR, _SUBJECT, said, RUNG, occasion=nth, lines=lines)
    elif level == "full" and was[0] in ("bare", "broken"):
        said = "The vault has members enough again: it stands without any one of them."
        pen.tell(Kind.FLOOR_NEAR, _SUBJECT, said, QUIET, occasion=nth)
    elif sole is not None and was[-1] != str(sole):
        said = f"Only {pen.who(sole)} can publish operations, seats aside: nothing moves while that member is away."
        pen.tell(Kind.FLOOR_NEAR, _SUBJECT, said, NOTED, occasion=nth)


def _critical(reading: VaultReading) -> Iterator[MemberIndex]:
    """Yield the seats without whose member the bare floor breaks."""
    roster = reading.roster.value
    for seat in sorted(roster.approvers | roster.proposers):
        without = replace(
            roster,
            approvers=roster.approvers - {seat},
            security=roster.security - {seat},
            proposers=roster.proposers - {seat},
        )
        heads = heads_of(without, reading.groups.value)
        if not is_bare_floor(heads, reading.tiers.value[Tier.CUSTODY]):
            yield seat
