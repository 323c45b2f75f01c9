"""The companions: contracts that stand once on each chain, for all vaults of a release."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from verifier.model.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """One of them, as a release has it."""

    # Of its files in the release, such as `duty_registry`.
    name: str
    address: Address
    # Of its runtime code.
    code_hash: bytes


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

    def name_of(self, address: Address) -> str:
        """Return what stands at an address, such as `duty registry`; empty for any other."""
        fields = (field.name for field in dataclasses.fields(self))
        found = (name for name in fields if getattr(self, name) == address)
        return next(found, "").replace("_", " ")

    @property
    def keepers(self) -> frozenset[Address]:
        """Those that keep something for the vault, so that a call to them is CUSTODY."""
        return frozenset({self.duty_registry, self.strategy_limits, self.bypass_ledger})
