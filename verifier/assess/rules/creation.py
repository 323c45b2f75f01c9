"""Contracts that the operation makes, of code that is in its bytes and that nobody here reads."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.effect import Creation
from verifier.model.finding import Severity
from verifier.model.text import show_bytes


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        for effect in site.call.effects:
            if not isinstance(effect, Creation):
                continue
            at = f" at {case.name(effect.account)}" if effect.account else ""
            runs = f" that runs the code of {case.name(effect.runs)}" if effect.runs else ""
            code = (
                f"; the hash of the code that makes it is {show_bytes(effect.code_hash)}"
                if effect.code_hash
                else ""
            )
            said = (
                f"{site.name}: it makes a contract{at}{runs}, of code that nobody here reads{code}. Compare that with "
                "what those who wrote the contract publish, before anything is sent there."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=effect.where)


RULES = (
    FindingRule(
        id="contract-made",
        severity=Severity.WARNING,
        rests_on="the call's bytes",
        meaning="A contract is made of code that stands in the operation. Nothing here reads what that code does, or "
        "whom it obeys, and from then on it stands there under the eyes of everybody as the vault's. Compare the hash "
        "of the code, and the address, with what those who wrote it publish, before anything is sent there.",
        judge=_judge,
    ),
)
