"""Decimals: the vault's own words about an asset decide how amounts are shown, and may be wrong."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.case import Case, Site
from verifier.assess.rules.changes_vault import own_function
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.effect import Allowance, Move
from verifier.model.finding import Severity


def _judge(case: Case) -> Iterator[Remark]:
    seen = set()
    for site, asset, decimals in _measured(case):
        account = case.accounts.get(asset)
        token = account.token if account else None
        if asset in seen or token is None or token.decimals in (None, decimals):
            continue
        seen.add(asset)
        said = (
            f"{site.name}: the vault counts {case.name(asset)} with {decimals} decimals, and the token says that it "
            f"has {token.decimals}. Amounts are shown, and limits are kept, by the vault's: they may look far smaller "
            "than they are. Go by the raw numbers, and find out which is right."
        )
        yield Remark(said=said, evidence=min(case.evidence, token.evidence), site=site)


def _measured(case: Case) -> Iterator[tuple[Site, Address, int]]:
    """Yield each asset that moves and that the vault lists, and what it is about to list, with the decimals."""
    for site in case.sites():
        for effect in site.call.effects:
            if isinstance(effect, Move | Allowance) and (fact := case.policy.assets.get(effect.token)):
                yield site, effect.token, fact.value.decimals
        if own_function(site, case.vault) == "setAsset":
            arguments = {argument.name: argument.value for argument in site.call.arguments}
            asset, word = arguments.get("asset"), arguments.get("terms")
            terms = AssetTerms.unpack(word) if isinstance(word, int) else None
            if isinstance(asset, Address) and terms is not None:
                yield site, asset, terms.decimals


RULES = (
    FindingRule(
        id="decimals-differ",
        severity=Severity.WARNING,
        rests_on="the vault's list of assets, or the call that changes it, and the token's own word",
        meaning="The vault counts an asset with other decimals than the token says that it has. A listing with too "
        "many makes forty millions look like a few cents, and lets them pass below every limit. Go by the raw numbers.",
        judge=_judge,
    ),
)
