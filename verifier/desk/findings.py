"""What follows for a signer from the bytes of an operation and from where it stands. One function per rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verifier.assess.movements import moves_of
from verifier.assess.policy import Judgement
from verifier.assess.quorum import Count
from verifier.assess.segregated_quorum import show_clash
from verifier.assess.segregation import Shortfall
from verifier.assess.standing import Quorum
from verifier.model.address import NOBODY, Address
from verifier.model.asset import Use
from verifier.model.call import DecodedCall, Naming
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.life import Status
from verifier.model.operation import Operation
from verifier.model.reading import LaneReading, PolicyReading, VaultReading
from verifier.model.text import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an operation is judged by."""

    reading: VaultReading
    lane: LaneReading
    # None where the bytes were not found; the calls are empty then, and there is no judgement.
    operation: Operation | None
    calls: tuple[DecodedCall, ...]
    # What the vault says of the accounts that the calls name, and what this signer calls them.
    policy: PolicyReading
    labels: Mapping[Address, str]
    # What today's policy makes of the calls.
    judgement: Judgement | None
    quorum: Quorum

    @property
    def count(self) -> Count:
        return self.quorum.count

    @property
    def is_recounted(self) -> bool:
        """Whether members, tiers or policy have changed since approvals were counted, so that execution recounts."""
        return self.lane.state.epoch != self.reading.roster.value.epoch


def judge_case(case: Case) -> tuple[Finding, ...]:
    """Return all findings about an operation, the worst first."""
    found = (finding for rule in _RULES for finding in rule(case))
    return tuple(sorted(found, key=lambda finding: -finding.severity))


def _encoding(case: Case) -> Iterator[Finding]:
    for i, call in enumerate(case.calls):
        for fault in call.faults:
            said = f"Call {i + 1}: {fault.kind.value}."
            if fault.severity is Severity.DANGER:
                said += " No honest encoder writes this, and other programs may show something else; veto it."
            rule = f"encoding-{fault.kind.name.lower()}"
            yield Finding(
                rule=rule,
                severity=fault.severity,
                sentence=Shown(said),
                evidence=Evidence.PROVEN,
                call=i,
                where=fault.where,
            )


def _unnamed(case: Case) -> Iterator[Finding]:
    for i, call in enumerate(case.calls):
        if call.call.data and (call.naming is Naming.NONE or not call.function):
            said = (
                f"Call {i + 1}: nothing here knows this function, so what it does is unknown. Approve only if you can "
                "find out from its contract."
            )
            yield Finding(
                rule="function-unknown",
                severity=Severity.WARNING,
                sentence=Shown(said),
                evidence=Evidence.PROVEN,
                call=i,
            )


def _own(case: Case) -> Iterator[Finding]:
    governed = {*case.reading.companions.keepers, case.reading.registry.value} - {NOBODY}
    for i, call in enumerate(case.calls):
        if call.call.target == case.reading.vault:
            said = f"Call {i + 1} changes the vault itself: who decides, or what it takes to decide."
            yield Finding(
                rule="changes-vault",
                severity=Severity.WARNING,
                sentence=Shown(said),
                evidence=Evidence.PROVEN,
                call=i,
            )
        elif call.call.target in governed:
            said = (
                f"Call {i + 1} changes what the vault relies on: duties, limits, or the terms of break-glass."
            )
            yield Finding(
                rule="changes-governed",
                severity=Severity.WARNING,
                sentence=Shown(said),
                evidence=Evidence.PROVEN,
                call=i,
            )


def _counterparty(case: Case) -> Iterator[Finding]:
    for i, call in enumerate(case.calls):
        by_rule = [(move.account, move.use) for move in moves_of(call.call, case.policy) if move.amount]
        for account, use in dict.fromkeys([*_gainers(call), *by_rule]):
            uses = case.policy.counterparties.get(account)
            if account in case.labels or (uses and uses.value & use):
                continue
            said = (
                f"Call {i + 1}: {account} gains by this, and neither the vault nor your own labels know it. Do not "
                "take anybody's word for whose it is: ask over another channel."
            )
            yield Finding(
                rule="counterparty-unknown",
                severity=Severity.WARNING,
                sentence=Shown(said),
                evidence=case.reading.lanes.evidence,
                call=i,
            )


def _gainers(call: DecodedCall) -> Iterator[tuple[Address, Use]]:
    """Yield who receives an asset by a call, or may spend it from then on."""
    if call.call.value:
        yield call.call.target, Use.RECIPIENT
    if call.naming is not Naming.STANDARD:
        return
    values = {argument.name: argument.value for argument in call.arguments}
    for name, use in (("to", Use.RECIPIENT), ("spender", Use.SPENDER)):
        account = values.get(name)
        if isinstance(account, Address) and values.get("amount"):
            yield account, use


def _quorum(case: Case) -> Iterator[Finding]:
    is_running = case.lane.state.status is Status.WAITING
    if is_running and case.is_recounted and not case.count.is_standing:
        said = (
            "Members, tiers or policy changed since this was approved, and by today's it has no quorum: execution will "
            "be refused until more approvals come, and the delay begins anew then."
        )
        if not case.count.publisher_counts:
            said = "Whoever published this may not publish it any more, so its execution will be refused."
        yield _about_state(case, "quorum-broken", Severity.NOTICE, said)


def _segregation(case: Case) -> Iterator[Finding]:
    segregation = case.quorum.segregation
    if segregation is None or not isinstance(segregation.possible, Shortfall):
        return
    said = (
        f"It needs {segregation.quorum} approvals by members who are apart from each other, and not so many of those "
        f"who approved or may are: {' '.join(map(show_clash, segregation.clashes)) or 'there are too few of them.'}"
    )
    yield _about_state(case, "segregation-impossible", Severity.NOTICE, said)


def _tier(case: Case) -> Iterator[Finding]:
    if case.judgement and case.judgement.tier > case.lane.state.tier:
        said = (
            f"It was taken as {case.lane.state.tier.name}, and today's policy makes it {case.judgement.tier.name}: it "
            "will need approvals, and its delay, as that."
        )
        yield _about_state(case, "tier-risen", Severity.NOTICE, said)


def _objection(case: Case) -> Iterator[Finding]:
    if case.lane.state.objected:
        said = (
            f"A member objected: it needs {case.count.needed} approvals now, the supermajority. Ask who objected, and "
            "why, before you approve."
        )
        yield _about_state(case, "objected", Severity.WARNING, said)


def _about_state(case: Case, rule: str, severity: Severity, said: str) -> Finding:
    evidence = case.reading.lanes.evidence
    return Finding(rule=rule, severity=severity, sentence=Shown(said), evidence=evidence)


_RULES = (_encoding, _unnamed, _counterparty, _own, _quorum, _segregation, _tier, _objection)
