"""What the vault is measured against: a Safe 1.4.1 that schedules on an OpenZeppelin TimelockController.

The assets lie in the timelock. Owners sign one Safe transaction that schedules an operation, one of them sends it, the
delay passes, and anyone executes. The Safe has the bytecode that its makers publish on npm, which is what runs on the
public chains; the timelock is compiled with the vault's own settings, with which it is cheaper than with its makers'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_abi.abi import decode
from eth_hash.auto import keccak

from tests.anvil import Anvil, Outcome
from tests.bench.artifact import Artifact
from tests.bench.report import BenchError
from tests.stage import Actor, Call

SAFE: Final = "@safe-global/safe-contracts/build/artifacts/contracts"
TIMELOCK: Final = "@openzeppelin/contracts/governance/TimelockController.sol"
NOBODY: Final = bytes(20)
NO_WORD: Final = bytes(32)
CANCELLER_ROLE: Final = keccak(b"CANCELLER_ROLE")
# Where a Safe keeps the number of its next transaction.
SAFE_NONCE_SLOT: Final = 5


@cache
def _safe() -> Artifact:
    return Artifact.read(f"{SAFE}/Safe.sol/Safe.json")


@cache
def _timelock() -> Artifact:
    return Artifact.compile(TIMELOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A Safe with its owners, and the timelock that it schedules on."""

    chain: Anvil
    owners: Sequence[Actor]
    threshold: int
    delay: int
    safe: bytes
    timelock: bytes

    def schedule(
        self, calls: Sequence[Call], *, is_salted: bool = False, sender_counts: bool = False
    ) -> Outcome:
        """Let the Safe schedule on the timelock what it may not do at once."""
        data = _scheduling("schedule", calls, self.delay, is_salted=is_salted)
        return self._transact(data, sender_counts=sender_counts)

    def execute(self, calls: Sequence[Call], *, sender: bytes, is_salted: bool = False) -> Outcome:
        return self.chain.send(sender, self.timelock, _scheduling("execute", calls, is_salted=is_salted))

    def cancel(self, calls: Sequence[Call], *, sender: bytes) -> Outcome:
        """Let an account with the canceller's role, no Safe, stop what is scheduled."""
        return self.chain.send(sender, self.timelock, self._cancelling(calls))

    def cancel_by_safe(self, calls: Sequence[Call]) -> Outcome:
        return self._transact(self._cancelling(calls))

    def approve(self, calls: Sequence[Call], owner: Actor) -> Outcome:
        """Let an owner approve, in a transaction of its own, that the Safe schedules."""
        _, digest = self._next(_scheduling("schedule", calls, self.delay))
        return self.chain.send(owner.address, self.safe, _safe().data_of("approveHash", digest))

    def _cancelling(self, calls: Sequence[Call]) -> bytes:
        hashing = _scheduling("hashOperation", calls)
        return _timelock().data_of("cancel", self.chain.call(self.timelock, hashing).data)

    def _next(self, data: bytes) -> tuple[tuple[Any, ...], bytes]:
        """Return the terms and the hash of the Safe's next transaction: a call of the timelock, refunding no gas."""
        terms = (self.timelock, 0, data, 0, 0, 0, 0, NOBODY, NOBODY)
        nonce = self.chain.storage(self.safe, SAFE_NONCE_SLOT)
        return terms, self.chain.call(self.safe, _safe().data_of("getTransactionHash", *terms, nonce)).data

    def _transact(self, data: bytes, *, sender_counts: bool = False) -> Outcome:
        """Let the first owner send what the first owners of a threshold signed.

        Where the sender counts, its own signature is left away: that it sends is enough for a Safe.
        """
        terms, digest = self._next(data)
        sender = self.owners[0]
        signatures = b""
        # In the order of their addresses, as the Safe wants them.
        for owner in sorted(self.owners[: self.threshold], key=lambda one: one.address):
            if sender_counts and owner is sender:
                signatures += owner.address.rjust(32, b"\0") + NO_WORD + b"\1"
            else:
                r, s, v = owner.sign(digest)
                signatures += r + s + v[-1:]
        sending = _safe().data_of("execTransaction", *terms, signatures)
        return self.chain.send(sender.address, self.safe, sending)


def _scheduling(function: str, calls: Sequence[Call], *more: Any, is_salted: bool = False) -> bytes:
    """Return calldata for the timelock: of the plain function for one call, of its batch twin for several.

    There is no predecessor. Without a salt, which is the cheapest, the same calls can be scheduled only once.
    """
    salt = keccak(b"salt") if is_salted else NO_WORD
    if len(calls) == 1:
        ((target, value, data),) = calls
        return _timelock().data_of(function, target, value, data, NO_WORD, salt, *more)
    targets, values, payloads = zip(*calls, strict=True)
    return _timelock().data_of(f"{function}Batch", targets, values, payloads, NO_WORD, salt, *more)


def deploy_peer(
    chain: Anvil, owners: Sequence[Actor], threshold: int, *, delay: int, canceller: bytes
) -> Peer:
    """Deploy a Safe behind a proxy of its factory, and a timelock with an open executor and no admin."""
    factory = Artifact.read(f"{SAFE}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json")
    addresses = [owner.address for owner in owners]
    setup = _safe().data_of("setup", addresses, threshold, NOBODY, b"", NOBODY, NOBODY, 0, NOBODY)
    making = factory.data_of("createProxyWithNonce", chain.deploy(_safe().creation), setup, 0)
    maker = chain.deploy(factory.creation)
    safe = bytes.fromhex(decode(["address"], chain.call(maker, making).data)[0][2:])
    _must(chain.send(addresses[0], maker, making))
    # An admin for two transactions, so that somebody who cannot propose may cancel.
    admin = addresses[0]
    timelock = chain.deploy(_timelock().creation_with(delay, [safe], [NOBODY], admin))
    _must(chain.send(admin, timelock, _timelock().data_of("grantRole", CANCELLER_ROLE, canceller)))
    _must(chain.send(admin, timelock, _timelock().data_of("renounceRole", NO_WORD, admin)))
    return Peer(chain=chain, owners=owners, threshold=threshold, delay=delay, safe=safe, timelock=timelock)


def _must(outcome: Outcome) -> None:
    if not outcome.succeeded:
        raise BenchError(f"the peer could not be set up: 0x{outcome.revert_data.hex()}")
