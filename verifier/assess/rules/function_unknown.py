"""Functions that nothing here knows by name, and calls that nobody looked into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.assess.words import addresses_in
from verifier.model.call import Naming
from verifier.model.finding import Severity

_MOST_NAMES: Final = 4


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        call = site.call
        if not call.call.data:
            continue
        if call.naming is Naming.NONE or not call.function:
            said = (
                f"{site.name}: nothing here knows this function, so what it does is unknown. Approve only if you can "
                "find out from its contract."
            )
        elif call.naming is Naming.RECOVERED:
            said = (
                f"{site.name}: nothing here knows this function; its contract's code gives away the types of its "
                "arguments, as a guess, and not what it does. Approve only if you can find out."
            )
        else:
            continue
        yield Remark(said=said + _strangers(case, site), evidence=case.evidence, site=site)


def _strangers(case: Case, site: Site) -> str:
    """Return whom the arguments of an unknown function name, where nobody knows them: they may gain by it."""
    found = [
        account
        for account in dict.fromkeys(addresses_in(site.call))
        if account not in case.labels and account not in (case.vault, site.call.call.target)
    ]
    if not found:
        return ""
    more = f" and {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
    shown = ", ".join(map(str, found[:_MOST_NAMES]))
    return f" Its data names accounts that you have no label for, who may get something by it: {shown}{more}."


def _unopened(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        if site.call.unopened:
            said = (
                f"{site.name}: {site.call.unopened} calls or steps inside of it were not opened: too many, too deep, "
                "too long, or of a kind that nothing here reads. Nothing is known of what they do. Veto it, and ask "
                "for it in parts or in another way."
            )
            yield Remark(said=said, evidence=case.evidence, site=site)


RULES = (
    FindingRule(
        id="calls-unopened",
        severity=Severity.DANGER,
        rests_on="the call's bytes",
        meaning="Not all calls inside were looked into: they are nested too deep, are too many, or are of a kind that "
        "nothing here reads, such as some commands of Uniswap's Universal Router. What hides behind is unknown. Veto "
        "it, and ask for it in parts or in another way.",
        judge=_unopened,
    ),
    FindingRule(
        id="function-unknown",
        severity=Severity.WARNING,
        rests_on="the call's selector",
        meaning="Neither this release, nor your own ABIs and descriptors, nor a standard names this function. Nobody "
        "can say from the bytes what it does. Find the contract's source and add its ABI, or do not approve.",
        judge=_judge,
    ),
)
