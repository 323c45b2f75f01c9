"""What the desk needs from outside, as the desk sees it. Adapters provide it; tests have fakes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from verifier.model.address import Address
from verifier.model.reading import (
    BypassReading,
    LaneReading,
    OperationReading,
    PolicyReading,
    Receipt,
    TransactionTerms,
    VaultReading,
)
from verifier.model.units import Timestamp, Wei


class Clock(Protocol):
    """The time of this machine; the chain's own comes with each block."""

    def now(self) -> Timestamp: ...


class ChainReader(Protocol):
    """One vault on one chain. Every method raises EvidenceError or PinError where it cannot answer."""

    def read_vault(self) -> VaultReading:
        """Return the vault at a block that is agreed on now."""
        ...

    def read_policy(
        self,
        reading: VaultReading,
        *,
        assets: Iterable[Address] = (),
        accounts: Iterable[Address] = (),
        functions: Iterable[tuple[Address, bytes]] = (),
    ) -> PolicyReading:
        """Return the vault's words about assets, accounts and functions (targets and selectors), at its block."""
        ...

    def read_bypasses(self, reading: VaultReading) -> BypassReading:
        """Return what the ledger of bypasses says about the vault, at the block of a reading."""
        ...

    def find_operation(self, reading: VaultReading, lane: LaneReading) -> OperationReading:
        """Return the bytes of a lane's operation. That they cannot be found is a finding, not an error."""
        ...


class ChainWriter(Protocol):
    """Sending what was signed elsewhere."""

    def terms(self, *, sender: Address, to: Address | None, data: bytes, value: Wei) -> TransactionTerms:
        """Return what a transaction needs.

        :raises VaultError: it would be refused.
        """
        ...

    def send(self, transaction: bytes) -> Receipt:
        """Send a signed transaction and wait until a block took it in.

        :raises VaultError: it was refused on the chain.
        :raises TransactionRejected: no endpoint took it.
        :raises TransactionUnmined: it is in no block yet.
        """
        ...
