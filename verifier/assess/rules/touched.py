"""What has changed between the first look at an operation and now."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.simulation import Touched
from verifier.model.text import show_bytes


def _changed(case: Case) -> Iterator[Remark]:
    for when, before, now in _pairs(case):
        if before.code_hash != now.code_hash:
            what = f"its code was {show_bytes(before.code_hash)} and is {show_bytes(now.code_hash)}"
        elif before.implementation != now.implementation:
            what = f"it ran the code of {_whose(case, before)} and runs that of {_whose(case, now)}"
        else:
            continue
        said = (
            f"{case.name(now.address)} is another one than when you {when} this: {what}. What you read is not what "
            "will run. Veto it, or review it anew from the beginning."
        )
        yield Remark(said=said, evidence=min(before.evidence, now.evidence))


def _others(case: Case) -> Iterator[Remark]:
    history, one = case.history, case.lane.operation_id
    memories = history.touched, history.touched_at_review, history.touched_at_signing
    before = {touched.address for memory in memories for touched in memory.get(one, ())}
    new = [touched.address for touched in _now(case) if touched.address not in before] if before else []
    if new:
        shown = ", ".join(case.name(address) for address in new[:5]) + (" and others" if len(new) > 5 else "")
        said = (
            f"It reaches {len(new)} accounts that it did not reach when you looked at this: {shown}. Find out why it "
            "goes another way now."
        )
        yield Remark(said=said, evidence=Evidence.CLAIMED)


def _pairs(case: Case) -> Iterator[tuple[str, Touched, Touched]]:
    """Yield what was touched before and is touched now, and when that was: each difference once."""
    history, one = case.history, case.lane.operation_id
    now = {touched.address: touched for touched in _now(case)}
    seen = set()
    for when, earlier in (
        ("reviewed", history.touched_at_review),
        ("signed", history.touched_at_signing),
        ("looked at", history.touched),
    ):
        for before in earlier.get(one, ()):
            if before.address in now and before not in seen:
                seen.add(before)
                yield when, before, now[before.address]


def _now(case: Case) -> tuple[Touched, ...]:
    return (case.simulation.touched or ()) if case.simulation else ()


def _whose(case: Case, touched: Touched) -> str:
    address: Address | None = touched.implementation
    return case.name(address) if address else "nobody else"


RULES = (
    FindingRule(
        id="code-changed",
        severity=Severity.DANGER,
        rests_on="the simulation now, and what this client kept of the one at your review",
        meaning="A contract that takes part has other code, or runs another one's, than when you reviewed this: a swap "
        "between review and execution. Veto it, or review it anew.",
        judge=_changed,
        needs=frozenset({Source.SIMULATION}),
    ),
    FindingRule(
        id="path-changed",
        severity=Severity.NOTICE,
        rests_on="the simulation now, and what this client kept of the one at your review",
        meaning="The operation reaches contracts that it did not reach at your review. Markets take other ways from "
        "day to day; so does a contract whose settings were exchanged.",
        judge=_others,
        needs=frozenset({Source.SIMULATION}),
    ),
)
