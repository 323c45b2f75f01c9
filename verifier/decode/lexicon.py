"""What a reader may call things: its own labels, and the decimals that the vault itself knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms
from verifier.model.companions import Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.text import Shown, sanitise


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The facts beside the bytes that a sentence may use."""

    vault: Address
    # Where the companions of its release are; None where that does not matter.
    companions: Companions | None = None
    # The vault's own words about assets; an asset that is not in here is not listed.
    assets: Mapping[Address, Fact[AssetTerms]] = field(default_factory=dict)
    # What this signer calls addresses. Nobody else's names stand here.
    labels: Mapping[Address, str] = field(default_factory=dict)
    # What this signer calls the chain's native coin.
    coin: str = "ETH"

    def name(self, address: Address) -> Shown:
        """Return an address whole, with this signer's label for it."""
        if address == self.vault:
            return Shown(f"{address} (this vault)")
        if companion := self.companions and self.companions.name_of(address):
            return Shown(f"{address} ({companion} of this release)")
        label = self.labels.get(address)
        return Shown(f"{address} ({sanitise(label, most=60)})" if label else str(address))

    def amount(self, asset: Address, amount: int) -> Shown:
        """Return an amount with its asset: in whole ones where the vault knows decimals, and the raw integer always."""
        listed = self.assets.get(asset)
        if listed is None:
            unit = "wei" if asset == NATIVE else f"base units of {self.name(asset)}"
            return Shown(f"{amount} {unit}")
        label = self.coin if asset == NATIVE else self.labels.get(asset)
        unit = sanitise(label, most=60) if label else f"of the token {asset}"
        return Shown(f"{show_amount(amount, listed.value.decimals)} {unit} ({amount})")

    def evidence(self, asset: Address) -> Evidence:
        """Return why an asset's decimals are believed. Without any, nothing but bytes is used."""
        listed = self.assets.get(asset)
        return Evidence.PROVEN if listed is None else listed.evidence


def show_amount(amount: int, decimals: int) -> Shown:
    """Return base units as whole ones, every decimal shown: 40,000,000.000000."""
    whole, rest = divmod(amount, 10**decimals)
    return Shown(f"{whole:,}.{rest:0{decimals}}" if decimals else f"{whole:,}")
