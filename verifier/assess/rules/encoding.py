"""Bytes that an honest encoder would not have written; one rule for each kind of fault."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.call import Fault, FaultKind
from verifier.model.finding import ByteRange, Severity


def _judge(kind: FaultKind, case: Case) -> Iterator[Remark]:
    for site in case.sites():
        for fault in site.call.faults:
            if fault.kind is kind:
                said = f"{site.name}: {kind.value}."
                if fault.severity is Severity.DANGER:
                    said += (
                        " No honest encoder writes this, and other programs may show something else; veto it."
                    )
                yield Remark(said=said, evidence=case.evidence, site=site, where=fault.where)


def _rule(kind: FaultKind) -> FindingRule:
    severity = Fault(kind=kind, where=ByteRange(start=0, stop=0)).severity
    advice = (
        "No honest encoder writes this, and decoders disagree on what it means: what a colleague's screen shows may be "
        "another thing. Veto it, and ask how these bytes came to be."
        if severity is Severity.DANGER
        else "Honest calldata has this at times. Look at the bytes, and at who put them there."
    )
    return FindingRule(
        id=f"encoding-{kind.name.lower()}",
        severity=severity,
        rests_on="the call's bytes",
        meaning=f"{kind.value[0].upper()}{kind.value[1:]}. {advice}",
        judge=partial(_judge, kind),
    )


RULES = tuple(_rule(kind) for kind in FaultKind)
