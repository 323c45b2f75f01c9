"""What stands on a chain where a file lists something, and whether it can be what the file takes it for."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.planning.remarks import warned
from verifier.deploy.view import ChainView
from verifier.model.asset import Use
from verifier.model.plan import PlanRemark
from verifier.model.units import ChainId
from verifier.model.vault_file import VaultFile


def remarks_of_lists(view: ChainView, file: VaultFile, chain_id: ChainId) -> Iterator[PlanRemark]:
    """Yield which spender, or which rule's target, is nothing yet where money is: whoever has the key of such an
    address, or knows how to bring code there, decides later what it does.

    :raises EndpointError: the chain does not answer.
    """
    network = file.network_of(chain_id)
    if network is None or not network.is_production:
        return
    for party in file.counterparties:
        is_here = not party.only_on or chain_id in party.only_on
        account = party.counterparty.account
        if is_here and party.counterparty.uses & Use.SPENDER and not view.code(account):
            yield warned(
                "spender-codeless",
                party.name,
                f"{account} has no code on chain {chain_id}, and only contracts need allowances: with a key it takes "
                "what it is allowed at any time. Give the contract's address, or the `networks` that it is on.",
            )
    for rule in file.rules:
        is_here = not rule.only_on or chain_id in rule.only_on
        if is_here and not view.code(rule.ruling.target):
            yield warned(
                "rule-codeless",
                rule.function,
                f"{rule.ruling.target} has no code on chain {chain_id}: what its calls do is decided by whoever brings "
                "some there. Give the contract's address, or the `networks` that it is on.",
            )
