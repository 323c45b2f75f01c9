"""Signatures that are not what they claim, and a second operation in the place of the first: incidents."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.text import show_bytes


def _forged(case: Case) -> Iterator[Remark]:
    for approval in case.approvals or ():
        if approval.actual == approval.expected:
            continue
        by = (
            f"it was made by {case.name(approval.actual)}"
            if approval.actual
            else "it fits no key that is known"
        )
        said = (
            f"The signature for seat {approval.seat}, from {approval.source}, is not that of "
            f"{case.name(approval.expected)} for these bytes: {by}, or for other bytes. Somebody was shown another "
            "operation, or passes off signatures. Do not sign; veto, and call that member over another channel now."
        )
        yield Remark(said=said, evidence=approval.evidence)


def _doubled(case: Case) -> Iterator[Remark]:
    lane = case.lane
    seen = case.history.identities.get((int(lane.lane), int(lane.state.sequence)), frozenset())
    others = sorted(seen - {lane.operation_id})
    if others:
        shown = ", ".join(show_bytes(other) for other in others[:3])
        said = (
            f"This client saw another operation as number {lane.state.sequence} of lane {lane.lane}: {shown}. The "
            "vault gives every number once, so one of them was a lie, or the chain was rewritten. Do not sign; ask "
            "the others over another channel which one they see."
        )
        known = case.history.identity_evidence
        evidence = max(known.get(other, Evidence.CLAIMED) for other in others)
        yield Remark(said=said, evidence=min(case.evidence, evidence))


RULES = (
    FindingRule(
        id="approval-forged",
        severity=Severity.DANGER,
        rests_on="a co-signer's signature, held against this client's own digest",
        meaning="An incident, not a warning. A co-signer's signature does not belong to these bytes: the co-signer was "
        "shown something else, or somebody passes off signatures. Stop, veto, and call that member.",
        judge=_forged,
        needs=frozenset({Source.APPROVALS}),
    ),
    FindingRule(
        id="identity-doubled",
        severity=Severity.DANGER,
        rests_on="the lane's id, and every id that this client ever saw for this lane and number",
        meaning="Two operations under one number. The vault cannot do that; a lying endpoint, a rewritten chain or a "
        "second request after a `failed` one can look so. Stop, and ask the others what they see.",
        judge=_doubled,
    ),
)
