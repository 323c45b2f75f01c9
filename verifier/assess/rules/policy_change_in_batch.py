"""A change of the vault hidden among other calls."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case, Site
from verifier.assess.rules.changes_vault import governed_by
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity


def _judge(case: Case) -> Iterator[Remark]:
    own = governed_by(case) | {case.vault}
    # What only asserts something hides nothing.
    calls = [
        Site(call=call, index=i)
        for i, call in enumerate(case.calls)
        if call.call.target != case.reading.companions.checks
    ]
    changes = [site for site in calls if site.call.call.target in own]
    if len(changes) == len(calls):
        return
    for site in changes:
        said = (
            f"{site.name} changes the vault, or what it relies on, in one batch with calls that do something else. "
            "Such a change belongs into an operation of its own, where nobody overlooks it: veto it."
        )
        yield Remark(said=said, evidence=case.evidence, site=site)


RULES = (
    FindingRule(
        id="policy-change-in-batch",
        severity=Severity.DANGER,
        rests_on="the targets of all calls",
        meaning="A change of members, tiers, policy or duties stands in one batch with other business, where it is "
        "easily overlooked. Honest changes come alone. Veto it, and ask for them in an operation of their own.",
        judge=_judge,
    ),
)
