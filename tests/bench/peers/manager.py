"""A Safe that schedules on an OpenZeppelin AccessManager what a managed treasury does.

A manager restricts functions of contracts and holds nothing, so the assets lie in a treasury of a few lines that makes
any call. Only who scheduled executes, so owners sign twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from tests.anvil import FUNDED, Anvil
from tests.bench.artifact import Artifact
from tests.bench.outcomes import done
from tests.bench.peers.safe import Safe, deploy_safe
from tests.stage import Actor, Call

MANAGER: Final = "@openzeppelin/contracts/access/manager/AccessManager.sol"
TREASURY: Final = "Treasury.sol"
ADMIN_ROLE: Final = 0
SPENDER_ROLE: Final = 1
# As soon as it may be.
SOONEST: Final = 0


@cache
def _manager() -> Artifact:
    return Artifact.compile(MANAGER)


@cache
def _treasury() -> Artifact:
    return Artifact.compile(TREASURY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeAndManager:
    """A Safe with its owners, the manager that makes it wait, and the treasury that asks the manager."""

    chain: Anvil
    delay: int
    safe: Safe
    manager: bytes
    holder: bytes
    name: str = "AccessManager"

    def move(self, calls: Sequence[Call]) -> list[int]:
        (one,) = calls
        spending = _treasury().data_of("perform", *one)
        scheduling = _manager().data_of("schedule", self.holder, spending, SOONEST)
        scheduled = done(self.safe.transact(self.manager, scheduling))
        self.chain.set_time(self.chain.now() + self.delay)
        # The treasury asks the manager, which is a little cheaper than to let the manager ask the treasury.
        executed = done(self.safe.transact(self.holder, spending))
        return [scheduled.gas_used, executed.gas_used]


def deploy_manager(chain: Anvil, owners: Sequence[Actor], threshold: int, *, delay: int) -> SafeAndManager:
    safe = deploy_safe(chain, [owner.address for owner in owners], threshold)
    admin = FUNDED[0]
    manager = chain.deploy(_manager().creation_with(admin))
    treasury = chain.deploy(_treasury().creation_with(manager))

    def as_admin(function: str, *arguments: Any) -> None:
        done(chain.send(admin, manager, _manager().data_of(function, *arguments)))

    perform = _treasury().data_of("perform", bytes(20), 0, b"")[:4]
    as_admin("setTargetFunctionRole", treasury, [perform], SPENDER_ROLE)
    as_admin("grantRole", SPENDER_ROLE, safe, delay)
    as_admin("renounceRole", ADMIN_ROLE, admin)
    return SafeAndManager(
        chain=chain,
        delay=delay,
        safe=Safe(chain=chain, owners=owners, threshold=threshold, address=safe),
        manager=manager,
        holder=treasury,
    )
