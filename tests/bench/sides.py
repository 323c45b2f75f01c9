"""A vault and its peer on one chain, doing the same work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.anvil import Anvil
from tests.bench.ours import (
    AMOUNTS,
    GUARDIAN,
    PEOPLE,
    RECIPIENT,
    WAIT,
    Ours,
    endow,
    every_control,
    found_ours,
    token,
    transfer,
)
from tests.bench.peers.timelock import SafeAndTimelock, deploy_timelock
from tests.stage import ETHER, Actor, Call, call
from verifier.model.member import Role
from verifier.model.tier import Tier


@dataclass(slots=True, kw_only=True)
class Sides:
    """Both of them, with the same people, assets, recipient and delay."""

    chain: Anvil
    name: str
    ours: Ours
    peer: SafeAndTimelock
    token: bytes
    made: int = 0

    def amount(self, tier: Tier) -> int:
        """Return an amount of this tier that was not used before: a timelock takes the same calls only once."""
        self.made += 1
        return AMOUNTS[tier] + self.made * ETHER // 1000

    def eth(self, amount: int) -> list[Call]:
        return [call(to=RECIPIENT, value=amount)]

    def erc20(self, amount: int) -> list[Call]:
        return [transfer(self.token, amount)]

    def here(self, calls: Sequence[Call], tier: Tier) -> list[int]:
        """Return the gas of each transaction from publication to execution."""
        return [step.gas_used for step in self.ours.move(calls, tier)]


def open_sides(chain: Anvil, quorum: int, owners: int) -> Sides:
    """Found a vault with every control, and its peer, and give both, and the recipient, plenty of each asset."""
    coin = chain.deploy(token().creation)
    ours = found_ours(chain, quorum, coin, every_control(chain, coin))
    peer = deploy_timelock(
        chain,
        [Actor.new(name, Role.APPROVER) for name in PEOPLE[:owners]],
        quorum,
        delay=WAIT,
        canceller=ours.stage.address(GUARDIAN),
    )
    for holder in (peer.holder, RECIPIENT):
        endow(chain, coin, holder)
    return Sides(chain=chain, name=f"{quorum}-of-{owners}", ours=ours, peer=peer, token=coin)


def held(chain: Anvil, coin: bytes, holder: bytes) -> tuple[int, int]:
    """Return what an account holds of each asset, in base units."""
    return chain.balance(holder), int.from_bytes(chain.call(coin, token().data_of("balanceOf", holder)).data)
