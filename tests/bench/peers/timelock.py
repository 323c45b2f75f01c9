"""A Safe that schedules on an OpenZeppelin TimelockController: the peer that bounds are set against.

The assets lie in the timelock. Owners sign one Safe transaction that schedules an operation, one of them sends it, the
delay passes, and anyone executes. The timelock is compiled with the vault's own settings, with which it is cheaper than
with its makers'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_hash.auto import keccak

from tests.anvil import FUNDED, Anvil, Outcome
from tests.bench.artifact import Artifact
from tests.bench.outcomes import done
from tests.bench.peers.safe import NO_WORD, NOBODY, Safe, deploy_safe
from tests.stage import Actor, Call

TIMELOCK: Final = "@openzeppelin/contracts/governance/TimelockController.sol"
CANCELLER_ROLE: Final = keccak(b"CANCELLER_ROLE")


@cache
def timelock_artifact() -> Artifact:
    return Artifact.compile(TIMELOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeAndTimelock:
    """A Safe with its owners, and the timelock that it schedules on."""

    chain: Anvil
    delay: int
    safe: Safe
    timelock: bytes
    name: str = "TimelockController"

    @property
    def holder(self) -> bytes:
        return self.timelock

    def move(
        self, calls: Sequence[Call], *, is_salted: bool = False, sender_counts: bool = False
    ) -> list[int]:
        scheduled = done(self.schedule(calls, is_salted=is_salted, sender_counts=sender_counts))
        self.chain.set_time(self.chain.now() + self.delay)
        executing = _scheduling("execute", calls, is_salted=is_salted)
        executed = done(self.chain.send(FUNDED[0], self.timelock, executing))
        return [scheduled.gas_used, executed.gas_used]

    def schedule(
        self, calls: Sequence[Call], *, is_salted: bool = False, sender_counts: bool = False
    ) -> Outcome:
        """Let the Safe schedule on the timelock what it may not do at once."""
        data = _scheduling("schedule", calls, self.delay, is_salted=is_salted)
        return self.safe.transact(self.timelock, data, sender_counts=sender_counts)

    def cancel(self, calls: Sequence[Call], *, sender: bytes) -> Outcome:
        """Let an account with the canceller's role, no Safe, stop what is scheduled."""
        return self.chain.send(sender, self.timelock, self._cancelling(calls))

    def cancel_by_safe(self, calls: Sequence[Call]) -> Outcome:
        return self.safe.transact(self.timelock, self._cancelling(calls))

    def approve(self, calls: Sequence[Call], owner: Actor) -> Outcome:
        """Let an owner approve, in a transaction of its own, that the Safe schedules."""
        return self.safe.approve(self.timelock, _scheduling("schedule", calls, self.delay), owner)

    def _cancelling(self, calls: Sequence[Call]) -> bytes:
        hashing = _scheduling("hashOperation", calls)
        return timelock_artifact().data_of("cancel", self.chain.call(self.timelock, hashing).data)


def _scheduling(function: str, calls: Sequence[Call], *more: Any, is_salted: bool = False) -> bytes:
    """Return calldata for the timelock: of the plain function for one call, of its batch twin for several.

    There is no predecessor. Without a salt, which is the cheapest, the same calls can be scheduled only once.
    """
    salt = keccak(b"salt") if is_salted else NO_WORD
    if len(calls) == 1:
        ((target, value, data),) = calls
        return timelock_artifact().data_of(function, target, value, data, NO_WORD, salt, *more)
    targets, values, payloads = zip(*calls, strict=True)
    return timelock_artifact().data_of(f"{function}Batch", targets, values, payloads, NO_WORD, salt, *more)


def deploy_timelock(
    chain: Anvil, owners: Sequence[Actor], threshold: int, *, delay: int, canceller: bytes
) -> SafeAndTimelock:
    """Deploy a Safe, and a timelock with an open executor and no admin."""
    addresses = [owner.address for owner in owners]
    safe = deploy_safe(chain, addresses, threshold)
    # An admin for two transactions, so that somebody who cannot propose may cancel.
    admin = addresses[0]
    timelock = chain.deploy(timelock_artifact().creation_with(delay, [safe], [NOBODY], admin))
    done(chain.send(admin, timelock, timelock_artifact().data_of("grantRole", CANCELLER_ROLE, canceller)))
    done(chain.send(admin, timelock, timelock_artifact().data_of("renounceRole", NO_WORD, admin)))
    return SafeAndTimelock(
        chain=chain,
        delay=delay,
        safe=Safe(chain=chain, owners=owners, threshold=threshold, address=safe),
        timelock=timelock,
    )
