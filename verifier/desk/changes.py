"""What is not as it was when somebody read it: a signature is for what was read, and for nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from verifier.desk.briefing import Briefing
from verifier.desk.review import Review
from verifier.model.address import Address
from verifier.model.finding import Finding, Severity
from verifier.model.simulation import Simulation, Touched
from verifier.model.text import Shown, show_bytes

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}\b")

Key = tuple[object, ...]


def changes_between(before: Briefing, after: Briefing) -> tuple[Shown, ...]:
    """Return what changed from one briefing of a lane to another, each as one sentence; nothing where all is the same.

    That time passes is no change, nor are amounts that others may influence, such as what an exchange gives: what the
    vault loses is compared to the last unit, and of all else whether it is more or less.
    """
    return tuple(map(Shown, dict.fromkeys(_changes(before, after))))


def _changes(before: Briefing, after: Briefing) -> Iterator[str]:
    (old,), (new,) = before.reviews, after.reviews
    if (before.reading.head.chain_id, before.reading.vault) != (
        after.reading.head.chain_id,
        after.reading.vault,
    ):
        yield "It is another vault."
    if old.lane.operation_id != new.lane.operation_id:
        now = show_bytes(new.lane.operation_id)
        yield f"Another operation stands in the lane now: {now}, and it was {show_bytes(old.lane.operation_id)}."
        return
    if old.operation != new.operation:
        yield "Its bytes were not found both times."
    yield from _changes_of_state(before, after, old, new)
    yield from _changes_of_findings(old.findings, new.findings, Severity.INFO)
    # What is said about the endpoints comes and goes with them: only what is grave stops a signer.
    yield from _changes_of_findings(before.findings, after.findings, Severity.WARNING)
    yield from _changes_of_simulation(old.simulation, new.simulation, after.reading.vault)


def _changes_of_state(before: Briefing, after: Briefing, old: Review, new: Review) -> Iterator[str]:
    was, now = old.lane.state, new.lane.state
    if was.publication != now.publication:
        yield f"It is published at {now.publication}, and was at {was.publication}: the chain was rewritten."
    if old.status != new.status:
        yield f"It is {new.status.name}, and was {old.status.name}."
    if was.tier != now.tier:
        yield f"Its tier is {now.tier.name}, and was {was.tier.name}."
    if was.objected != now.objected:
        yield "Somebody objected to it."
    if was.moment != now.moment and old.status == new.status:
        yield "Its clock was moved."
    for seat in sorted(now.approvals - was.approvals):
        yield f"Seat {seat} approved it."
    for seat in sorted(was.approvals - now.approvals):
        yield f"The approval of seat {seat} is gone."
    if before.reading.roster.value.epoch != after.reading.roster.value.epoch:
        yield "Members, tiers or policy have changed."
    if before.reading.head.evidence > after.reading.head.evidence:
        yield f"The block is only {after.reading.head.evidence.name.lower()} now."
    if before.reading.lanes.evidence > after.reading.lanes.evidence:
        yield f"What storage says is only {after.reading.lanes.evidence.name.lower()} now."


def _changes_of_findings(
    before: tuple[Finding, ...], after: tuple[Finding, ...], least: Severity
) -> Iterator[str]:
    was, now = _by_key(before, least), _by_key(after, least)
    for key, finding in now.items():
        if key not in was:
            yield f"New ({finding.severity.name.lower()}): {finding.sentence}"
    for key, finding in was.items():
        if key not in now:
            yield f"Gone ({finding.severity.name.lower()}): {finding.sentence}"


def _by_key(findings: tuple[Finding, ...], least: Severity) -> Mapping[Key, Finding]:
    """Return findings by what they are about. Their sentences hold times, which pass."""
    return {
        (each.rule, each.severity, each.call, each.path, each.where, *_ADDRESS.findall(each.sentence)): each
        for each in findings
        if each.severity >= least
    }


def _changes_of_simulation(old: Simulation | None, new: Simulation | None, vault: Address) -> Iterator[str]:
    if old is None or new is None:
        if old is not new:
            yield "It was not played both times."
        return
    if old.outcome != new.outcome:
        yield f"Played again it is {new.outcome.value}, and was {old.outcome.value}. {new.why}".rstrip()
        return
    if _movements(old, vault) != _movements(new, vault):
        yield "Played again, it moves something else."
    if set(old.allowances or ()) != set(new.allowances or ()):
        yield "Played again, it allows something else."
    yield from _changes_of_code(old.touched, new.touched)


def _movements(played: Simulation, vault: Address) -> frozenset[Key]:
    return frozenset(
        (
            delta.token,
            delta.account,
            delta.token_id,
            delta.amount if delta.account == vault and delta.amount < 0 else delta.amount > 0,
        )
        for delta in played.deltas or ()
    )


def _changes_of_code(old: tuple[Touched, ...] | None, new: tuple[Touched, ...] | None) -> Iterator[str]:
    if old is None or new is None:
        if old is not new:
            yield "Which code it runs is not known both times."
        return
    was, now = {one.address: one for one in old}, {one.address: one for one in new}
    for address, one in now.items():
        if address not in was:
            yield f"It runs the code of {address}, and did not before."
        elif was[address] != one:
            yield f"The code of {address} is another one than before."
    for address in was.keys() - now.keys():
        yield f"It does not run the code of {address} any more."
