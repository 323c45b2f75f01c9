"""What the vault alone may change, in the model: tiers, assets, counterparties, rules, the registry of duties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.lifecycle.seating import Seating
from tests.lifecycle.state import COMPANIONS
from verifier.assess.floors import require_full_floor
from verifier.assess.terms import (
    are_valid_asset_terms,
    require_supermajority,
    require_valid_rule,
    require_valid_tiers,
)
from verifier.errors.settings import AssetTermsInvalid, CounterpartyInvalid, RegistryInvalid
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.rule import Rule
from verifier.model.tier import Tier, TierTerms


def set_tiers(seating: Seating, words: Sequence[int], supermajority: int) -> None:
    state = seating.state
    routine, standard, high, custody = (TierTerms.unpack(word) for word in words)
    tiers = (routine, standard, high, custody)
    require_valid_tiers(tiers)
    require_supermajority(supermajority, custody=custody, approvers=len(state.roster.approvers))
    require_full_floor(state.roster, state.group_seats, custody)
    state.tiers = tiers
    windows = frozenset(tier for tier in Tier if tiers[tier].has_window)
    state.roster = replace(state.roster, supermajority=supermajority, windows=windows)
    seating.count_epoch()


def set_asset(seating: Seating, asset: Address, terms: int) -> None:
    """List an asset, or with terms of zero take it off the list. The bucket stays.

    A token has code, no seat, and keeps nothing for the vault.
    """
    is_governed = asset == seating.state.registry or asset in COMPANIONS.keepers
    is_token = asset in seating.coded and asset not in seating.state.records and not is_governed
    if terms and not (are_valid_asset_terms(terms) and (asset == NATIVE or is_token)):
        raise AssetTermsInvalid(asset=asset, terms=terms)
    listed = AssetTerms.unpack(terms)
    former = seating.state.assets.get(asset)
    seating.state.assets[asset] = listed.with_bucket_of(former) if listed else None


def set_counterparty(seating: Seating, account: Address, uses: int) -> None:
    if account == seating.vault or uses > sum(Use) or account in seating.state.records:
        raise CounterpartyInvalid(account=account, uses=uses)
    seating.state.counterparties[account] = Use(uses)


def set_rule(seating: Seating, target: Address, selector: int, rule: int) -> None:
    require_valid_rule(target, selector, rule, vault=seating.vault)
    seating.state.rules[target, selector] = Rule.unpack(rule)


def set_registry(seating: Seating, registry: Address) -> None:
    if registry != NOBODY and (registry not in seating.coded or seating.state.assets.get(registry)):
        raise RegistryInvalid(registry=registry)
    seating.state.registry = registry
