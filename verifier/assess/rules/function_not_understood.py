"""Functions that have a name, and of which nothing here knows what they do to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.assess.words import addresses_in, addresses_in_data
from verifier.model.address import Address
from verifier.model.call import Naming
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity

_NAMED: Final = frozenset({Naming.BOOK, Naming.DESCRIPTOR})
_HANDING: Final = (
    "transferAndCall(",
    "transferFromAndCall(",
    "approveAndCall(",
    "safeTransferFrom(",
    "safeBatchTransferFrom(",
)
_MOST_NAMES: Final = 4


def _judge(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        is_named_only = not site.call.is_understood and site.call.naming in _NAMED
        found = _accounts(case, site) if is_named_only else _in_data(site)
        strangers = [account for account in found if not _is_known(case, account)]
        if not strangers:
            continue
        shown = ", ".join(map(str, strangers[:_MOST_NAMES]))
        more = f" and {len(strangers) - _MOST_NAMES} more" if len(strangers) > _MOST_NAMES else ""
        what = "what this function does" if is_named_only else "what the recipient's code does with the data"
        said = (
            f"{site.name}: nothing here knows {what}, which names accounts that neither the vault nor your own labels "
            f"know: {shown}{more}. Somebody of them may gain by it. Ask whose they are."
        )
        yield Remark(said=said, evidence=case.evidence, site=site)


def _accounts(case: Case, site: Site) -> Iterator[Address]:
    """Yield each account once: where the call goes, unless a rule of the vault is about that, and who is named."""
    call = site.call.call
    has_rule = (call.target, call.data[:4]) in case.policy.rules
    yield from dict.fromkeys([*([] if has_rule else [call.target]), *addresses_in(site.call)])


def _in_data(site: Site) -> Iterator[Address]:
    """Yield whom the data names that a token's function hands to the recipient's code, as bridges ask for it."""
    if site.call.function.startswith(_HANDING) and not site.call.children:
        yield from dict.fromkeys(addresses_in_data(site.call))


def _is_known(case: Case, account: Address) -> bool:
    companions = case.reading.companions
    asset = case.policy.assets.get(account)
    fact = case.policy.counterparties.get(account)
    return (
        account in case.labels
        or account in (case.vault, *companions.keepers, companions.checks)
        or (asset is not None and asset.evidence is Evidence.PROVEN)
        or (fact is not None and case.is_allowed(account, fact.value))
    )


RULES = (
    FindingRule(
        id="function-not-understood",
        severity=Severity.WARNING,
        rests_on="the call's bytes, the vault's lists, and your own labels",
        meaning="Your own ABIs or a descriptor name this function, and nothing here knows more of it than that: a "
        "bridge, a deposit, a claim for somebody. It goes to an account, or has one in its arguments, that neither the "
        "vault nor you know. Ask over another channel whose it is; label it then.",
        judge=_judge,
    ),
)
