"""Findings that are missing since nobody could look: their silence is no all-clear for a guard either."""

from __future__ import annotations

from typing import Final

from verifier.assess.rules.rule import Source
from verifier.assess.rules.table import RULES
from verifier.desk.review import Review
from verifier.model.guarding import FindingClause
from verifier.model.text import Shown

_NOT_JUDGED: Final = "not-judged"
# What a guard cannot act on, found or not: it plays nothing, and what was never seen is one client's word.
_NEVER: Final = frozenset({Source.SIMULATION, Source.MEMORY})
_LOOKED_FOR: Final = {rule.id: rule for rule in RULES if not rule.needs & _NEVER}


def say_unjudged(clause: FindingClause, review: Review) -> Shown | None:
    """Return why findings that a clause asks for may be missing; None where all of them were looked for."""
    for finding in review.findings:
        if finding.rule != _NOT_JUDGED:
            continue
        # Its sentence ends with the rules that are silent.
        silent = finding.sentence.rpartition(": ")[2].rstrip(".").split(", ")
        rules = [_LOOKED_FOR[name] for name in silent if name in _LOOKED_FOR]
        asked = [
            rule.id
            for rule in rules
            if (rule.id in clause.rules if clause.rules else rule.severity >= clause.least)
        ]
        if asked:
            return Shown(f"nobody could look for {', '.join(asked)}")
    return None
