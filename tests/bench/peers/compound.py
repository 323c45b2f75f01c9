"""A Safe that is the admin of Compound's Timelock, which holds the assets.

The timelock has the bytecode that Uniswap publishes on npm and runs: Compound's contract, unchanged. Only the admin
queues, and only the admin executes, so owners sign twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tests.anvil import Anvil
from tests.bench.artifact import Artifact
from tests.bench.outcomes import done
from tests.bench.peers.safe import Safe, deploy_safe
from tests.stage import MINUTE, Actor, Call

TIMELOCK: Final = "@uniswap/governance/build/Timelock.json"
# Who queues names the moment of execution, and signs before the block that takes it in has a time.
SLACK: Final = 10 * MINUTE


@cache
def _timelock() -> Artifact:
    return Artifact.read(TIMELOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeAndCompound:
    """A Safe with its owners, and the timelock that obeys it alone."""

    chain: Anvil
    delay: int
    safe: Safe
    holder: bytes
    name: str = "Compound"

    def move(self, calls: Sequence[Call]) -> list[int]:
        ((target, value, data),) = calls
        moment = self.chain.now() + self.delay + SLACK
        # Without a signature in words the data is the whole calldata, which is the cheapest.
        terms = (target, value, "", data, moment)
        queued = done(self.safe.transact(self.holder, _timelock().data_of("queueTransaction", *terms)))
        self.chain.set_time(moment)
        executed = done(self.safe.transact(self.holder, _timelock().data_of("executeTransaction", *terms)))
        return [queued.gas_used, executed.gas_used]


def deploy_compound(chain: Anvil, owners: Sequence[Actor], threshold: int, *, delay: int) -> SafeAndCompound:
    safe = deploy_safe(chain, [owner.address for owner in owners], threshold)
    return SafeAndCompound(
        chain=chain,
        delay=delay,
        safe=Safe(chain=chain, owners=owners, threshold=threshold, address=safe),
        holder=chain.deploy(_timelock().creation_with(safe, delay)),
    )
