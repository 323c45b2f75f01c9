"""How an operation stands: its quorum, its tier, and who objected."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.assess.segregated_quorum import show_clash
from verifier.assess.segregation import Shortfall
from verifier.model.finding import Severity
from verifier.model.life import Status


def _broken(case: Case) -> Iterator[Remark]:
    is_running = case.lane.state.status is Status.WAITING
    if is_running and case.is_recounted and not case.count.is_standing:
        said = (
            "Members, tiers or policy changed since this was approved, and by today's it has no quorum: execution will "
            "be refused until more approvals come, and the delay begins anew then."
        )
        if not case.count.publisher_counts:
            said = "Whoever published this may not publish it any more, so its execution will be refused."
        yield Remark(said=said, evidence=case.evidence)


def _segregation(case: Case) -> Iterator[Remark]:
    segregation = case.quorum.segregation
    if segregation is None or not isinstance(segregation.possible, Shortfall):
        return
    said = (
        f"It needs {segregation.quorum} approvals by members who are apart from each other, and not so many of those "
        f"who approved or may are: {' '.join(map(show_clash, segregation.clashes)) or 'there are too few of them.'}"
    )
    yield Remark(said=said, evidence=case.evidence)


def _risen(case: Case) -> Iterator[Remark]:
    if case.judgement and case.judgement.tier > case.lane.state.tier:
        said = (
            f"It was taken as {case.lane.state.tier.name}, and today's policy makes it {case.judgement.tier.name}: it "
            "will need approvals, and its delay, as that."
        )
        yield Remark(said=said, evidence=case.evidence)


def _objected(case: Case) -> Iterator[Remark]:
    if case.lane.state.objected:
        said = (
            f"A member objected: it needs {case.count.needed} approvals now, the supermajority. Ask who objected, and "
            "why, before you approve."
        )
        yield Remark(said=said, evidence=case.evidence)


RULES = (
    FindingRule(
        id="quorum-broken",
        severity=Severity.NOTICE,
        rests_on="the lane's approvals, and the roster",
        meaning="Its clock runs, and since then members, tiers or policy have changed, so that its quorum is none by "
        "today's. It cannot be executed until further approvals make one, and its delay begins anew then.",
        judge=_broken,
    ),
    FindingRule(
        id="segregation-impossible",
        severity=Severity.NOTICE,
        rests_on="the lane's approvals, and the members' claims about employer, time and place",
        meaning="Its tier wants members who are apart from each other, and those who approved, or may, are not. It "
        "cannot reach its quorum as things are; find out who else could approve.",
        judge=_segregation,
    ),
    FindingRule(
        id="tier-risen",
        severity=Severity.NOTICE,
        rests_on="the call's bytes, and the vault's policy and buckets",
        meaning="By today's policy it is of a higher tier than the one in its lane. It will need that one's approvals "
        "and delay.",
        judge=_risen,
    ),
    FindingRule(
        id="objected",
        severity=Severity.WARNING,
        rests_on="the lane's state",
        meaning="A member objected to this seat operation, so that it takes the supermajority. Somebody thinks it is "
        "wrong: ask who and why before you approve.",
        judge=_objected,
    ),
)
