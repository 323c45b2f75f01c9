"""What every vault needs on Ape's chain before it can be founded there, as a deployer would send it."""

from __future__ import annotations

from ape.api import AccountAPI
from ape.managers.chain import ChainManager

from tests.stage import companion, companions


def deploy_companions(account: AccountAPI, chain: ChainManager) -> None:
    """Let an account have the common deployer deploy the companions. Each test of Ape's begins without them."""
    for name, facts in companions().items():
        transaction = chain.provider.network.ecosystem.create_transaction(
            receiver=facts["deployer"], data=bytes(32) + bytes.fromhex(facts["creation_code"][2:])
        )
        account.call(transaction)
        assert chain.provider.get_code(facts["address"]), f"{name} is not at 0x{companion(name).hex()}"
