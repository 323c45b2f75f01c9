"""What a vault and its companions would make of changes, one after the other: what holds, and what they refuse.

A course begins with an arrangement. A change that is refused leaves it as it was. What only a chain can tell, such as
whether a token has code, is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from verifier.assess.bypasses import require_valid_bypass_terms
from verifier.assess.changing.change import Change, Keeper
from verifier.assess.changing.registers import apply_to_duties, apply_to_strategies
from verifier.assess.changing.roster import Sitters
from verifier.assess.terms import are_valid_asset_terms, require_valid_rule
from verifier.errors.settings import AssetTermsInvalid, CounterpartyInvalid
from verifier.errors.tree import VaultError
from verifier.model.address import Address
from verifier.model.arrangement import Arrangement
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.companions import Companions
from verifier.model.rule import Rule
from verifier.model.units import Hours
from verifier.model.vault_file import BypassProcess


class Course:
    """An arrangement that changes."""

    def __init__(self, start: Arrangement, *, vault: Address, companions: Companions) -> None:
        self.now = start
        self._vault = vault
        self._companions = companions

    def copy(self) -> Course:
        return Course(self.now, vault=self._vault, companions=self._companions)

    def refusal(self, change: Change) -> VaultError | None:
        """Make a change, or return why it is refused."""
        try:
            self.now = self._after(change)
        except VaultError as refused:
            return refused
        return None

    def _after(self, change: Change) -> Arrangement:
        match change.keeper:
            case Keeper.VAULT if change.is_about_a_seat or change.function in ("setTiers", "setRegistry"):
                sitters = Sitters(self.now, vault=self._vault, companions=self._companions)
                acts: dict[str, Callable[..., None]] = {
                    "addMember": sitters.add,
                    "addGroup": sitters.add_group,
                    "setHolders": sitters.set_holders,
                    "removeMember": sitters.remove,
                    "replaceMember": sitters.replace,
                    "reinstateMember": sitters.reinstate,
                    "setRoles": sitters.set_roles,
                    "setAttributes": sitters.set_attributes,
                    "setTiers": sitters.set_tiers,
                    "setRegistry": sitters.set_registry,
                }
                acts[change.function](*change.arguments)
                return sitters.arrangement
            case Keeper.VAULT:
                return self._after_setting(change.function, change.arguments)
            case Keeper.DUTIES:
                return apply_to_duties(self.now, change.function, change.arguments)
            case Keeper.STRATEGIES:
                return apply_to_strategies(self.now, change.function, change.arguments)
            case Keeper.LEDGER:
                limit, hours = change.arguments
                require_valid_bypass_terms(limit, hours)
                return replace(self.now, bypass=BypassProcess(limit=limit, review_hours=Hours(hours)))

    def _after_setting(self, function: str, arguments: tuple[Any, ...]) -> Arrangement:
        now = self.now
        match function, arguments:
            case "setAsset", (asset, word):
                terms = AssetTerms.unpack(word)
                governed = {self._vault, now.registry, *self._companions.keepers}
                is_token = asset not in governed and not self._is_known(asset)
                if terms and not (are_valid_asset_terms(word) and (asset == NATIVE or is_token)):
                    raise AssetTermsInvalid(asset=asset, terms=word)
                return replace(now, assets=_with(now.assets, asset, terms))
            case "setCounterparty", (account, uses):
                if account == self._vault or uses > sum(Use) or self._is_known(account):
                    raise CounterpartyInvalid(account=account, uses=uses)
                return replace(now, counterparties=_with(now.counterparties, account, Use(uses) or None))
            case "setRule", (target, selector, word):
                require_valid_rule(target, selector, word, vault=self._vault)
                key = (target, selector.to_bytes(4, "big"))
                return replace(now, rules=_with(now.rules, key, Rule.unpack(word)))
            case _:
                raise NotImplementedError(function)

    def _is_known(self, account: Address) -> bool:
        return account in self.now.members or account in self.now.departed


def _with(mapping: Any, key: Any, value: Any) -> dict[Any, Any]:
    """Return a mapping with another value; None takes the key away."""
    rest = {each: kept for each, kept in mapping.items() if each != key}
    return rest if value is None else {**rest, key: value}
