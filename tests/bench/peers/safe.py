"""A Safe 1.4.1 with the bytecode that its makers publish on npm, behind a proxy of its factory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_abi.abi import decode

from tests.anvil import Anvil, Outcome
from tests.bench.artifact import Artifact
from tests.bench.outcomes import done
from tests.stage import Actor

BUILD: Final = "@safe-global/safe-contracts/build/artifacts/contracts"
NOBODY: Final = bytes(20)
NO_WORD: Final = bytes(32)
# Where a Safe keeps the number of its next transaction.
NONCE_SLOT: Final = 5


@cache
def safe_artifact() -> Artifact:
    return Artifact.read(f"{BUILD}/Safe.sol/Safe.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    """A Safe whose owners sign with their keys; the first ones of them do, as many as it wants."""

    chain: Anvil
    owners: Sequence[Actor]
    threshold: int
    address: bytes

    def transact(self, to: bytes, data: bytes, *, sender_counts: bool = False) -> Outcome:
        """Let the first owner send what the first owners of a threshold signed.

        Where the sender counts, its own signature is left away: that it sends is enough for a Safe.
        """
        terms, digest = self._next(to, data)
        sender = self.owners[0]
        signatures = b""
        # In the order of their addresses, as the Safe wants them.
        for owner in sorted(self.owners[: self.threshold], key=lambda one: one.address):
            if sender_counts and owner is sender:
                signatures += vouched(owner.address)
            else:
                r, s, v = owner.sign(digest)
                signatures += r + s + v[-1:]
        sending = safe_artifact().data_of("execTransaction", *terms, signatures)
        return self.chain.send(sender.address, self.address, sending)

    def approve(self, to: bytes, data: bytes, owner: Actor) -> Outcome:
        """Let an owner approve the next transaction in one of its own."""
        _, digest = self._next(to, data)
        return self.chain.send(owner.address, self.address, safe_artifact().data_of("approveHash", digest))

    def _next(self, to: bytes, data: bytes) -> tuple[tuple[Any, ...], bytes]:
        """Return the terms and the hash of the next transaction: a plain call, refunding no gas."""
        terms = _terms(to, data)
        nonce = self.chain.storage(self.address, NONCE_SLOT)
        return terms, self.chain.call(
            self.address, safe_artifact().data_of("getTransactionHash", *terms, nonce)
        ).data


def vouched(owner: bytes) -> bytes:
    """Return the signature of an owner that sends the transaction itself."""
    return owner.rjust(32, b"\0") + NO_WORD + b"\1"


def transact_alone(chain: Anvil, safe: bytes, owner: bytes, data: bytes) -> Outcome:
    """Let the only owner of a Safe have it call itself."""
    sending = safe_artifact().data_of("execTransaction", *_terms(safe, data), vouched(owner))
    return chain.send(owner, safe, sending)


def deploy_safe(chain: Anvil, owners: Sequence[bytes], threshold: int) -> bytes:
    factory = Artifact.read(f"{BUILD}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json")
    setup = safe_artifact().data_of("setup", owners, threshold, NOBODY, b"", NOBODY, NOBODY, 0, NOBODY)
    making = factory.data_of("createProxyWithNonce", chain.deploy(safe_artifact().creation), setup, 0)
    maker = chain.deploy(factory.creation)
    safe = bytes.fromhex(decode(["address"], chain.call(maker, making).data)[0][2:])
    done(chain.send(owners[0], maker, making))
    return safe


def _terms(to: bytes, data: bytes) -> tuple[Any, ...]:
    return (to, 0, data, 0, 0, 0, 0, NOBODY, NOBODY)
