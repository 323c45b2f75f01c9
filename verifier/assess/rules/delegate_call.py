"""An account runs foreign code as its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import Address
from verifier.model.effect import Delegation
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity

BATCHERS: Final = frozenset(
    map(
        bytes.fromhex,
        (
            "0208282bd262360d0320862c5ac70f375f5ed3b9d89a83a615b4d398415bdc83",  # MultiSend 1.3.0
            "81db0e4afdf5178583537b58c5ad403bd47a4ac7f9bde2442ef3e341d433126a",  # the same, made with EIP-155
            "a9865ac2d9c7a1591619b188c4d88167b50df6cc0c5327fcbd1c8c75f7c066ad",  # MultiSendCallOnly 1.3.0
            "0e4f7fc66550a322d1e7688e181b75e217e662a4f3f4d6a29b22bc61217c4b77",  # MultiSend 1.4.1
            "ecd5bd14a08c5d2122379900b2f272bdf107a7e92423c10dd5fe3254386c9939",  # MultiSendCallOnly 1.4.1
        ),
    )
)
"""Hashes of Safe's batchers (https://github.com/safe-global/safe-deployments, `codeHash`): code that is meant to be run
in this way, and that does nothing but make the calls of its list, which are shown one by one."""


def _judge(case: Case) -> Iterator[Remark]:
    seen = set()
    for site, account, code in _delegations(case):
        key = site.index, account, code
        if key in seen or _is_batcher(case, site, code):
            continue
        seen.add(key)
        who = case.name(account) if account else "an account that the bytes do not name"
        said = (
            f"{site.name}: {who} runs the code of {case.name(code)} as its own, which can then do anything that the "
            "account can, whatever the function is called. Veto it unless that very code was read."
        )
        yield Remark(said=said, evidence=case.evidence, site=site)


def _delegations(case: Case) -> Iterator[tuple[Site, Address | None, Address]]:
    for site in case.sites():
        if site.call.is_delegate:
            yield site, site.call.caller, site.call.call.target
        for effect in site.call.effects:
            if isinstance(effect, Delegation):
                yield site, effect.account, effect.code


def _is_batcher(case: Case, site: Site, code: Address) -> bool:
    """Whether the code is proven to be a batcher, and its list could be opened."""
    account = case.accounts.get(code)
    if account is None or account.evidence is not Evidence.PROVEN or account.code_hash not in BATCHERS:
        return False
    batches = (site.call, *site.call.children)
    return any(each.is_delegate and each.call.target == code and each.children for each in batches)


RULES = (
    FindingRule(
        id="delegate-call",
        severity=Severity.DANGER,
        rests_on="the call's bytes, and the code's hash",
        meaning="A smart account is told to run another contract's code as its own (DELEGATECALL). A harmless name, "
        "such as `transfer`, says nothing then: the code can change the account itself. Batchers of Safe are left "
        "alone where their code is proven and their calls could be opened. Veto anything else unless it was read.",
        judge=_judge,
    ),
)
