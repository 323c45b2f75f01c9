"""The companions: contracts that stand once on each chain, for all vaults of a release."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """Where they are, as the vaults of a release have it in their code."""

    # Asserts what a batch takes for granted; changes nothing.
    checks: Address
    # Who has which custody duty.
    duty_registry: Address
    strategy_limits: Address
    # The record of break-glass.
    bypass_ledger: Address
    # A part of the vault that would not fit into its code.
    validation: Address

    @property
    def keepers(self) -> frozenset[Address]:
        """Those that keep something for the vault, so that a call to them is CUSTODY."""
        return frozenset({self.duty_registry, self.strategy_limits, self.bypass_ledger})
