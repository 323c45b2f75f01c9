"""What a reader may call things: its own labels and interfaces, and the decimals that the vault itself knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Protocol

from eth_hash.auto import keccak

from verifier.decode.signatures import Function, Interface
from verifier.model.account import AccountReading
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms
from verifier.model.companions import Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.text import Foreign, Shown, sanitise, show_address
from verifier.model.units import Units

# More decimals than any honest token has: a number of them would only hide the amount.
_MOST_DECIMALS: Final = 36


SOMEBODY: Final = Address(keccak(b"whoever makes the call")[12:])
"""Stands for who makes a call, where nothing says who that is. Nobody has a key of it: it is nobody else."""

SOMEWHERE: Final = Address(keccak(b"the contract that is called")[12:])
"""Stands for the target of a call in the same way."""

_PLACEHOLDERS: Final = {
    SOMEBODY: Shown("whoever makes the call"),
    SOMEWHERE: Shown("the contract that is called"),
}


class DescriptorSource(Protocol):
    """Descriptors that are bound to contracts, and name their functions."""

    def function_of(self, address: Address, selector: bytes) -> Function | None:
        """Return the function that a descriptor bound to this address names; None where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The facts beside the bytes that a sentence may use."""

    # None where there is none, as for calldata that nobody said whose it is.
    vault: Address | None
    # Where the companions of its release are; None where that does not matter.
    companions: Companions | None = None
    # The vault's own words about assets; an asset that is not in here is not listed.
    assets: Mapping[Address, Fact[AssetTerms]] = field(default_factory=dict)
    # What this signer calls addresses. Nobody else's names stand here.
    labels: Mapping[Address, Foreign] = field(default_factory=dict)
    # What this signer calls the chain's native coin.
    coin: str = "ETH"
    # What was read of the accounts that the calls name.
    accounts: Mapping[Address, AccountReading] = field(default_factory=dict)
    # The interfaces that this signer trusts, by address; those at None may be of any address.
    books: Mapping[Address | None, Interface] = field(default_factory=dict)
    descriptors: DescriptorSource | None = None

    @property
    def actor(self) -> Address:
        """Who makes a call that nothing is around."""
        return SOMEBODY if self.vault is None else self.vault

    def without_limits(self) -> Lexicon:
        """Return the same words. Of assets, they need whether they are listed, their decimals, and why these are
        believed: not the limits, nor what has moved, which is something else after each operation.
        """
        assets = {asset: fact.map(_only_decimals) for asset, fact in self.assets.items()}
        return replace(self, assets=assets)

    @staticmethod
    def is_known(address: Address) -> bool:
        """Whether it is an address, and does not stand for one that nobody told."""
        return address not in _PLACEHOLDERS

    def name(self, address: Address) -> Shown:
        """Return an address whole, with this signer's label for it."""
        if address in _PLACEHOLDERS:
            return _PLACEHOLDERS[address]
        shown = _show_address(address)
        if address == self.vault:
            return Shown(f"{shown} (this vault)")
        if companion := self.companions and self.companions.name_of(address):
            return Shown(f"{shown} ({companion} of this release)")
        label = self.labels.get(address)
        return Shown(f"{shown} ({sanitise(label, most=60)})" if label else shown)

    def amount(self, asset: Address, amount: int) -> Shown:
        """Return an amount with its asset, the raw integer always.

        In whole ones too where the vault knows the decimals, or where the token says them, which is said then.
        """
        listed = self.assets.get(asset)
        if listed is None:
            unit = "wei" if asset == NATIVE else f"base units of {self.name(asset)}"
            decimals = self._claimed_decimals(asset)
            if decimals is None:
                return Shown(f"{amount} {unit}")
            return Shown(f"{amount} {unit} ({show_amount(amount, decimals)} by the decimals that it claims)")
        label = self.coin if asset == NATIVE else self.labels.get(asset)
        unit = sanitise(label, most=60) if label else f"of the token {asset}"
        return Shown(f"{show_amount(amount, listed.value.decimals)} {unit} ({amount})")

    def decimals(self, asset: Address) -> int | None:
        """Return the decimals that an asset has by the vault's list, or says that it has; None where nothing tells."""
        listed = self.assets.get(asset)
        return listed.value.decimals if listed else self._claimed_decimals(asset)

    def evidence(self, asset: Address) -> Evidence:
        """Return why an asset's decimals are believed. Without any, nothing but bytes is used."""
        if listed := self.assets.get(asset):
            return listed.evidence
        if self._claimed_decimals(asset) is None:
            return Evidence.PROVEN
        return self.accounts[asset].token.evidence  # type: ignore[union-attr]  # it claims decimals

    def _claimed_decimals(self, asset: Address) -> int | None:
        """Return what a token that is not listed says of itself."""
        account = self.accounts.get(asset)
        decimals = account.token.decimals if account and account.token else None
        return decimals if decimals is not None and 0 < decimals <= _MOST_DECIMALS else None


def _only_decimals(terms: AssetTerms) -> AssetTerms:
    return AssetTerms(routine_limit=Units(0), high_value_from=Units(0), decimals=terms.decimals)


# The checksum is a hash, and a list of transfers names the same accounts over and over.
_show_address: Final = lru_cache(maxsize=4096)(show_address)


def show_amount(amount: int, decimals: int) -> Shown:
    """Return base units as whole ones, every decimal shown: 40,000,000.000000."""
    whole, rest = divmod(amount, 10**decimals)
    return Shown(f"{whole:,}.{rest:0{decimals}}" if decimals else f"{whole:,}")
