"""A Safe that queues on Zodiac's Delay modifier, which is the only way into a second Safe that holds the assets.

Modifier and factory have the bytecode that their makers publish on npm, and the modifier stands behind a proxy of that
factory, as on the public chains. The second Safe's only owner is the modifier, which cannot sign, so that nobody gets
around it; the modifier's owner is that second Safe, so that its terms change under the delay only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_abi.abi import decode, encode

from tests.anvil import FUNDED, Anvil
from tests.bench.artifact import Artifact
from tests.bench.outcomes import done
from tests.bench.peers.safe import Safe, deploy_safe, safe_artifact, transact_alone
from tests.stage import Actor, Call

BUILD: Final = "@gnosis.pm/zodiac/dist/cjs"
# A plain call, and no DELEGATECALL.
CALL: Final = 0
# Where a Safe's list of owners begins.
SENTINEL: Final = (1).to_bytes(20, "big")


@cache
def _delay() -> Artifact:
    return Artifact.read_published(f"{BUILD}/abi/Delay.json", f"{BUILD}/initData/Delay.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeAndDelay:
    """The Safe of the owners, the modifier that it queues on, and the Safe behind that."""

    chain: Anvil
    wait: int
    safe: Safe
    delay: bytes
    holder: bytes
    name: str = "Zodiac Delay"

    def move(self, calls: Sequence[Call]) -> list[int]:
        (one,) = calls
        queued = done(self.safe.transact(self.delay, _queueing("execTransactionFromModule", one)))
        self.chain.set_time(self.chain.now() + self.wait)
        executed = done(self.chain.send(FUNDED[0], self.delay, _queueing("executeNextTx", one)))
        return [queued.gas_used, executed.gas_used]


def _queueing(function: str, one: Call) -> bytes:
    return _delay().data_of(function, *one, CALL)


def deploy_delay(
    chain: Anvil, owners: Sequence[Actor], threshold: int, *, delay: int, grace: int
) -> SafeAndDelay:
    addresses = [owner.address for owner in owners]
    safe = deploy_safe(chain, addresses, threshold)
    # An owner of both for as long as it takes to put them behind each other.
    admin = FUNDED[0]
    holder = deploy_safe(chain, [admin], 1)
    factory = Artifact.read_published(
        f"{BUILD}/abi/ModuleProxyFactory.json", f"{BUILD}/initData/ModuleProxyFactory.js"
    )
    terms = encode(
        ["address", "address", "address", "uint256", "uint256"], [admin, holder, holder, delay, grace]
    )
    # What is published brings its constructor's arguments along.
    making = factory.data_of(
        "deployModule", chain.deploy(_delay().creation), _delay().data_of("setUp", terms), 0
    )
    maker = chain.deploy(factory.creation)
    modifier = bytes.fromhex(decode(["address"], chain.call(maker, making).data)[0][2:])
    done(chain.send(admin, maker, making))

    def as_admin(function: str, *arguments: Any) -> None:
        done(chain.send(admin, modifier, _delay().data_of(function, *arguments)))

    def as_holder(function: str, *arguments: Any) -> None:
        done(transact_alone(chain, holder, admin, safe_artifact().data_of(function, *arguments)))

    as_admin("enableModule", safe)
    as_admin("transferOwnership", holder)
    as_holder("enableModule", modifier)
    as_holder("swapOwner", SENTINEL, admin, modifier)
    return SafeAndDelay(
        chain=chain,
        wait=delay,
        safe=Safe(chain=chain, owners=owners, threshold=threshold, address=safe),
        delay=modifier,
        holder=holder,
    )
