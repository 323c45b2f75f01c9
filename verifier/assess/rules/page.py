"""The list of findings, for people who look one up."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.rules.elsewhere import ELSEWHERE
from verifier.assess.rules.rule import FindingRule
from verifier.assess.rules.table import RULES

_HEAD = """# Findings

What `fourth-signer` tells a signer, by the name in front of it. Danger is rare, and means: stop. A warning means: find
out first. Notices and information are to be known. Nothing but your own label for an account makes a finding weigh
less, and only where a second severity stands here.
"""


def findings_page() -> str:
    """Return the list as Markdown. A test holds the file in the repository to be this."""
    about = ("## About an operation", *_rows(RULES), "", "## About everything else", *_rows(ELSEWHERE))
    return "\n".join((_HEAD, *about, ""))


def _rows(rules: tuple[FindingRule, ...]) -> Iterator[str]:
    yield ""
    yield "| finding | severity | rests on | meaning |"
    yield "|---|---|---|---|"
    for rule in rules:
        severity = rule.severity.name.lower()
        if rule.labelled is not None:
            severity += f"; {rule.labelled.name.lower()} where you have a label"
        yield f"| `{rule.id}` | {severity} | {rule.rests_on} | {rule.meaning} |"
