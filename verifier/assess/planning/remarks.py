"""Making remarks about a plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from verifier.model.finding import Severity
from verifier.model.plan import PlanRemark
from verifier.model.text import Shown

_FEW: Final = 6


def refused(rule: str, subject: str, sentence: str) -> PlanRemark:
    """What the contract would refuse, or what would never work."""
    return _remark(rule, Severity.DANGER, subject, sentence)


def warned(rule: str, subject: str, sentence: str) -> PlanRemark:
    return _remark(rule, Severity.WARNING, subject, sentence)


def noted(rule: str, subject: str, sentence: str) -> PlanRemark:
    return _remark(rule, Severity.NOTICE, subject, sentence)


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: the first few, and how many there are besides."""
    each = list(names)
    rest = len(each) - _FEW
    if rest > 1:
        return f"{', '.join(each[:_FEW])} and {rest} others"
    return " and ".join(filter(None, (", ".join(each[:-1]), each[-1]))) if each else "nobody"


def _remark(rule: str, severity: Severity, subject: str, sentence: str) -> PlanRemark:
    # Made of this program's words, numbers, and names that were sanitised when the file was read.
    return PlanRemark(rule=rule, severity=severity, subject=Shown(subject), sentence=Shown(sentence))
