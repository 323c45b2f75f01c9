"""What could not be looked for, since what it takes is not there. Silence is no all-clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.assess.case import Case
from verifier.assess.gains import accounts_of, allowances_of, gains_of
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.simulation import Outcome
from verifier.model.text import sanitise

_MOST_NAMES: Final = 3


def rule_over(rules: Sequence[FindingRule]) -> FindingRule:
    """Return the rule that says which of these rules could not be judged, and why."""

    def judge(case: Case) -> Iterator[Remark]:
        for source, why in missing_from(case):
            silent = ", ".join(rule.id for rule in rules if source in rule.needs)
            said = f"{why} So these rules looked for nothing, and that they are silent is no all-clear: {silent}."
            yield Remark(said=said, evidence=Evidence.CLAIMED)

    return FindingRule(
        id="not-judged",
        severity=Severity.NOTICE,
        rests_on="what was asked for, and what came back",
        meaning="Something that a rule looks at could not be had, so the rule said nothing. It does not mean that all "
        "is well. Find out why it is missing; ask other endpoints.",
        judge=judge,
    )


def missing_from(case: Case) -> Iterator[tuple[Source, str]]:
    """Yield what is missing of what this operation would be judged by, each with a sentence."""
    # Without bytes there is nothing to judge, and another finding says so.
    if case.operation is None:
        return
    yield from _missing_accounts(case)
    yield from _missing_tokens(case)
    yield from _missing_simulation(case)
    if not case.remembers and any(True for _ in gains_of(case)):
        yield Source.MEMORY, "This client remembers no operation of this vault."
    if case.approvals is None and case.lane.state.approvals:
        yield Source.APPROVALS, "Nobody held the co-signers' signatures against this client's own digest."


def _missing_accounts(case: Case) -> Iterator[tuple[Source, str]]:
    accounts = [address for _, address in accounts_of(case)]
    unread = [address for address in accounts if address not in case.accounts]
    if unread:
        yield Source.CODE, f"Nobody read what is at {_show(case, unread)}."
    ageless = [
        address
        for address in accounts
        if (account := case.accounts.get(address)) and account.code and account.had_code is None
    ]
    if ageless:
        yield Source.AGE, f"Nobody knows since when there is code at {_show(case, ageless)}."


def _missing_tokens(case: Case) -> Iterator[tuple[Source, str]]:
    tokens = dict.fromkeys(allowance.token for _, allowance in allowances_of(case))
    silent = [token for token in tokens if not _tells(case, token)]
    if silent:
        yield Source.TOKEN, f"Supply and balance are not known of {_show(case, silent)}."


def _tells(case: Case, token: Address) -> bool:
    account = case.accounts.get(token)
    reading = account.token if account else None
    return reading is not None and reading.supply is not None and reading.balance is not None


def _missing_simulation(case: Case) -> Iterator[tuple[Source, str]]:
    simulation = case.simulation
    if simulation is None:
        yield Source.SIMULATION, "Nobody played the operation."
        return
    by = sanitise(simulation.endpoint, most=60)
    if simulation.outcome is Outcome.UNKNOWN:
        yield Source.SIMULATION, f"{by} could not play the operation: {simulation.why}"
    elif simulation.outcome is Outcome.DONE:
        untold = [
            what
            for what, told in (
                ("who has more or less", simulation.deltas),
                ("who may spend", simulation.allowances),
                ("what it touches", simulation.touched),
            )
            if told is None
        ]
        if untold:
            yield (
                Source.SIMULATION,
                f"{simulation.endpoint} played the operation, and cannot tell {' nor '.join(untold)}.",
            )


def _show(case: Case, addresses: Sequence[Address]) -> str:
    shown = ", ".join(case.name(address) for address in addresses[:_MOST_NAMES])
    more = len(addresses) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
