"""Changes of the vault itself, or of what it relies on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity

_PARTS: Final[Mapping[str, str]] = {
    "addMember": "its members: who decides",
    "addGroup": "its members: who decides",
    "setHolders": "its members: who holds a group's key",
    "removeMember": "its members: who decides",
    "replaceMember": "its members: who decides",
    "reinstateMember": "its members: who decides",
    "confirmSuspension": "its members: who can still stop something",
    "setRoles": "its members: what one of them may do",
    "setAttributes": "its members: what is claimed of one, which decides who is segregated from whom",
    "setTiers": "its tiers: what it takes to decide, and how long it waits",
    "setAsset": "its policy: how much may move in which tier",
    "setCounterparty": "its policy: to whom assets may go below HIGH_VALUE",
    "setRule": "its policy: how calls of a function are judged",
    "setRegistry": "its policy: who is asked about custody duties",
}


def own_function(call_site: Site, vault: Address) -> str:
    """Return the name of the vault's own function that a call of the vault by itself is of; empty for any other."""
    call = call_site.call
    return call.function.partition("(")[0] if call.call.target == vault and not call_site.path else ""


def governed_by(case: Case) -> frozenset[Address]:
    """Return what the vault relies on: its companions, and the register that it asks."""
    return frozenset({*case.reading.companions.keepers, case.reading.registry.value}) - {NOBODY}


def _vault(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        if site.call.call.target != case.vault:
            continue
        part = _PARTS.get(own_function(site, case.vault))
        said = f"{site.name} changes the vault itself: "
        said += f"{part}." if part else "who decides, or what it takes to decide."
        if site.path:
            said = f"{site.name} calls the vault from inside of another call."
        said += " Compare it with what was agreed on over another channel."
        yield Remark(said=said, evidence=case.evidence, site=site)


def _governed(case: Case) -> Iterator[Remark]:
    companions, governed = case.reading.companions, governed_by(case)
    parts = {
        companions.duty_registry: "custody duties: who may do what together",
        companions.strategy_limits: "the limits of trading strategies",
        companions.bypass_ledger: "the terms of break-glass, and what is forgiven",
    }
    for site in case.sites():
        target = site.call.call.target
        if target in governed and target != case.vault:
            part = parts.get(target, "the register of duties that it asks")
            said = f"{site.name} changes what the vault relies on: {part}. Ask who wants it, and why."
            yield Remark(said=said, evidence=case.evidence, site=site)


RULES = (
    FindingRule(
        id="changes-vault",
        severity=Severity.WARNING,
        rests_on="the call's target and bytes",
        meaning="The operation changes the vault's own members, tiers or policy. That is how a vault is taken over, "
        "slowly. Compare it with what was agreed on over another channel, word by word.",
        judge=_vault,
    ),
    FindingRule(
        id="changes-governed",
        severity=Severity.WARNING,
        rests_on="the call's target",
        meaning="The operation changes what the vault relies on: duties, limits of strategies, or the terms of "
        "break-glass.",
        judge=_governed,
    ),
)
