"""An account that could be taken for another one that is known."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case, Site
from verifier.assess.gains import accounts_of, gains_of
from verifier.assess.likeness import EQUAL_ENDS, Likenesses, mark_differences
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.assess.words import addresses_in, numbers_like_addresses
from verifier.model.address import NOBODY, Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity


def _judge(case: Case) -> Iterator[Remark]:
    familiar = _familiar(case)
    likenesses = Likenesses(_known(case, familiar))
    for site, account in _accounts(case):
        if account in familiar:
            continue
        for known in likenesses.of(account):
            said = (
                f"{site.name}: {mark_differences(account, known)} is not {case.name(known)}, and looks like it at "
                "both ends; the digits in brackets differ. Addresses are made up to be taken for another. Veto it, "
                "unless you know both."
            )
            yield Remark(said=said, evidence=case.evidence, site=site)


def _familiar(case: Case) -> frozenset[Address]:
    """Return whom this signer, or the vault by proof, knows: nobody of them is an impostor."""
    policy, members, companions = case.policy, case.reading.members, case.reading.companions
    allowed = (
        account for account, fact in policy.counterparties.items() if case.is_allowed(account, fact.value)
    )
    listed = (asset for asset, fact in policy.assets.items() if fact.evidence is Evidence.PROVEN)
    seated = (each.address for each in members.value.values() if members.evidence is Evidence.PROVEN)
    own = {case.vault, *companions.keepers, companions.checks, companions.validation}
    return frozenset({*case.labels, *allowed, *listed, *seated, *own}) - {NOBODY}


def _known(case: Case, familiar: frozenset[Address]) -> Iterator[Address]:
    """Yield whom an impostor could be taken for: whoever was heard of. More of these only find more."""
    yield from familiar
    yield from case.history.counterparties
    yield from (member.address for member in case.reading.members.value.values())
    yield from (account for account, fact in case.policy.counterparties.items() if fact.value)
    yield from (asset for asset in case.policy.assets if asset != NOBODY)
    if case.reading.registry.value != NOBODY:
        yield case.reading.registry.value


def _accounts(case: Case) -> Iterator[tuple[Site, Address]]:
    found = (*accounts_of(case), *_gainers(case), *_named(case))
    yield from {account: (site, account) for site, account in found}.values()


def _gainers(case: Case) -> Iterator[tuple[Site, Address]]:
    return ((gain.site, gain.account) for gain in gains_of(case))


def _named(case: Case) -> Iterator[tuple[Site, Address]]:
    """Yield whatever the arguments name: what a function does with an account, nothing here may know."""
    for site in case.sites():
        for account in (*addresses_in(site.call), *numbers_like_addresses(site.call)):
            yield site, account


RULES = (
    FindingRule(
        id="counterparty-look-alike",
        severity=Severity.DANGER,
        rests_on="the call's bytes; your labels, the vault's members, counterparties and assets, and the memory",
        meaning=f"The first and the last {EQUAL_ENDS} digits of this address are those of one that you know, and it is "
        "another one. By chance that does not happen; programs make such addresses, and send dust from them, so that "
        "they are copied from a history by mistake. Veto it, and find out where the address was copied from.",
        judge=_judge,
    ),
)
