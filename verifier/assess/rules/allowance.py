"""Allowances: a way out for assets that needs no further operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.gains import allowances_of
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.account import TokenReading
from verifier.model.asset import Use
from verifier.model.effect import Allowance
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity

UNLIMITED: Final = 1 << 112
"""No token has so many base units to give: whoever writes this means no limit."""
_UNLIMITED_96: Final = (1 << 96) - 1
"""What stands for no limit in tokens that keep amounts in 96 bits."""

_FOR_ALL: Final = frozenset(
    {
        "setApprovalForAll",
        "setOperator",
        "setOperators",
        "authorizeOperator",
        "allow",
        "setAuthorization",
        "hope",
    }
    | {"setRelayerApproval", "toggleOperator", "setAccountOperator", "enableController"}
)
"""Functions that let an operator act for somebody in everything that a contract keeps."""

_RENEWED: Final = "setAllowance(address,address,uint96,"
_FLOWS: Final = ("createFlow(", "updateFlow(", "setFlowrate")
"""What functions begin with that pay somebody by the second."""


def _for_all(case: Case) -> Iterator[Remark]:
    for site, allowance in allowances_of(case):
        if allowance.amount is None and _is_of_collection(site):
            said = (
                f"{site.name}: {case.name(allowance.spender)} may take everything that "
                f"{case.name(allowance.owner)} holds of {case.name(allowance.token)}, now and later, without another "
                "operation. Veto it unless that is meant, and take it back as soon as it was used."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=allowance.where)


def _unlimited(case: Case) -> Iterator[Remark]:
    for site, allowance in allowances_of(case):
        amount, token = allowance.amount, _token(case, allowance)
        evidence = case.evidence
        if amount is None or amount >= UNLIMITED or amount == _UNLIMITED_96:
            if amount is None and _is_of_collection(site):
                continue
            # What a Safe's delegate has spent comes back to it after a time.
            is_renewed = site.call.function.startswith(_RENEWED) and amount is None
            measure = "as much as the call says, again and again" if is_renewed else "without any limit"
        elif token and token.supply and amount >= token.supply:
            measure = f"{amount} base units, as much as there is of it ({token.supply})"
            evidence = min(evidence, token.evidence)
        else:
            continue
        said = (
            f"{site.name}: {case.name(allowance.spender)} may spend the token {case.name(allowance.token)} of "
            f"{case.name(allowance.owner)}, {measure}, at any time and without another operation. Ask for an allowance "
            "of what is needed."
        )
        if site.call.function.startswith(_FLOWS):
            said = (
                f"{site.name}: {case.name(allowance.spender)} is paid the token {case.name(allowance.token)} of "
                f"{case.name(allowance.owner)} by the second, for as long as there is any of it and no operation ends "
                "it. Ask who will end it, and when."
            )
        yield Remark(said=said, evidence=evidence, site=site, where=allowance.where)


def _to_stranger(case: Case) -> Iterator[Remark]:
    for site, allowance in allowances_of(case):
        spender, evidence = allowance.spender, _opens_all(case, allowance)
        is_known = spender in case.labels or case.is_allowed(spender, Use.SPENDER)
        if evidence is None or is_known or spender in (case.vault, allowance.token):
            continue
        said = (
            f"{site.name}: {spender}, whom neither the vault nor your own labels know, may take all that "
            f"{case.name(allowance.owner)} has of {case.name(allowance.token)}, and nobody is asked again. That is how "
            "most wallets are emptied. Veto it."
        )
        yield Remark(said=said, evidence=evidence, site=site, where=allowance.where)


def _opens_all(case: Case, allowance: Allowance) -> Evidence | None:
    """Return why an allowance is believed to be for all there is; None where it is not."""
    amount, token = allowance.amount, _token(case, allowance)
    if amount is None or amount >= UNLIMITED or amount == _UNLIMITED_96:
        return case.evidence
    # As much as is there now is all of it.
    has_token = allowance.owner == case.vault and allowance.token_id is None and token is not None
    if has_token and token is not None and token.balance and amount >= token.balance:
        return min(case.evidence, token.evidence)
    return None


def _above_balance(case: Case) -> Iterator[Remark]:
    for site, allowance in allowances_of(case):
        amount, token = allowance.amount, _token(case, allowance)
        if amount is None or allowance.owner != case.vault or token is None or token.balance is None:
            continue
        if amount > token.balance:
            said = (
                f"{site.name}: {case.name(allowance.spender)} may spend {amount} base units of "
                f"{case.name(allowance.token)}, and the vault holds {token.balance}: what comes in later is at its "
                "disposal, too. Ask why it is so much."
            )
            evidence = min(case.evidence, token.evidence)
            yield Remark(said=said, evidence=evidence, site=site, where=allowance.where)


def _without_code(case: Case) -> Iterator[Remark]:
    for site, allowance in allowances_of(case):
        account = case.accounts.get(allowance.spender)
        # Who is paid by the second needs no code for that.
        if account is None or account.is_contract or site.call.function.startswith(_FLOWS):
            continue
        runs = f", though it runs the code of {account.delegate} for now," if account.delegate else ""
        said = (
            f"{site.name}: {case.name(allowance.spender)} may spend the token {case.name(allowance.token)}, and it is "
            f"no contract: whoever has its key{runs} can take that at any time. Contracts ask for allowances; people "
            "are sent what is due. Veto it."
        )
        yield Remark(
            said=said,
            evidence=min(case.evidence, account.evidence),
            site=site,
            where=allowance.where,
            is_labelled=allowance.spender in case.labels,
        )


def _to_recipient(case: Case) -> Iterator[Remark]:
    for site, allowance in allowances_of(case):
        fact = case.policy.counterparties.get(allowance.spender)
        if fact is not None and fact.value & Use.RECIPIENT and not fact.value & Use.SPENDER:
            said = (
                f"{site.name}: {case.name(allowance.spender)} may spend from then on, and the vault knows it as a "
                "recipient only. Who is sent payments has no use for an allowance: ask why it gets one."
            )
            evidence = min(case.evidence, fact.evidence)
            yield Remark(said=said, evidence=evidence, site=site, where=allowance.where)


def _is_of_collection(site: Site) -> bool:
    """Whether it is about all that somebody has at a contract, and not about all units of a token."""
    return site.call.function.partition("(")[0] in _FOR_ALL


def _token(case: Case, allowance: Allowance) -> TokenReading | None:
    account = case.accounts.get(allowance.token)
    return account.token if account else None


RULES = (
    FindingRule(
        id="allowance-to-stranger",
        severity=Severity.DANGER,
        rests_on="the call's bytes, the vault's balance, its list of counterparties, and your own labels",
        meaning="An account that neither the vault allows to spend nor you have a label for may take everything of a "
        "kind, now or for ever, without another operation. Most wallets that were emptied were emptied by such a "
        "call, whatever page asked for it. Veto it; if it is meant, label the account first, and allow what is needed.",
        judge=_to_stranger,
        needs=frozenset({Source.TOKEN}),
    ),
    FindingRule(
        id="allowance-for-all",
        severity=Severity.WARNING,
        rests_on="the call's bytes",
        meaning="An account may move every single item of a collection, or act in everything that a contract keeps for "
        "somebody, now and later. It is what drains wallets most often. Veto it unless that account is a contract that "
        "you know and that needs it; take it back afterwards.",
        judge=_for_all,
    ),
    FindingRule(
        id="allowance-unlimited",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and the token's supply",
        meaning="An allowance with no limit that could ever bind. It stays after its purpose is gone, and a hole in "
        "the spender's contract empties the vault then. Ask for an allowance of what is needed.",
        judge=_unlimited,
        needs=frozenset({Source.TOKEN}),
    ),
    FindingRule(
        id="allowance-above-balance",
        severity=Severity.NOTICE,
        rests_on="the call's bytes, and the vault's balance as the token tells it",
        meaning="More than the vault holds may be spent, so that what comes in later can leave without an operation.",
        judge=_above_balance,
        needs=frozenset({Source.TOKEN}),
    ),
    FindingRule(
        id="allowance-without-code",
        severity=Severity.DANGER,
        labelled=Severity.WARNING,
        rests_on="the call's bytes, and the code of the spender's account",
        meaning="The spender is no contract: somebody's key decides alone when the assets leave. Honest use of an "
        "allowance is by contracts whose code says what they do with it. Veto it.",
        judge=_without_code,
        needs=frozenset({Source.CODE}),
    ),
    FindingRule(
        id="allowance-to-recipient",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and the vault's list of counterparties",
        meaning="The vault allows this account to receive assets, and not to spend them. Who is sent payments has no "
        "use for an allowance.",
        judge=_to_recipient,
    ),
)
