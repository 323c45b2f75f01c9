"""One call by which a vault changes itself, or what a companion keeps for it, before it is bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.companions import Companions
from verifier.model.operation import Call
from verifier.model.units import Wei

_NO_VALUE: Final = Wei(0)


class Keeper(Enum):
    """Who is called."""

    VAULT = "vault"
    DUTIES = "duty_registry"
    LEDGER = "bypass_ledger"
    STRATEGIES = "strategy_limits"


# As the interfaces have them; a test holds them to the release's.
TYPES: Final = {
    (Keeper.VAULT, "addMember"): ("address", "uint256", "uint256", "uint256"),
    (Keeper.VAULT, "addGroup"): (
        "address",
        "uint256",
        "uint256",
        "uint256",
        "uint256[3]",
        "(uint256,bytes32,bytes32)",
    ),
    (Keeper.VAULT, "setHolders"): ("address", "uint256[3]"),
    (Keeper.VAULT, "removeMember"): ("address",),
    (Keeper.VAULT, "replaceMember"): ("address", "address", "uint256", "uint256"),
    (Keeper.VAULT, "reinstateMember"): ("address",),
    (Keeper.VAULT, "setRoles"): ("address", "uint256"),
    (Keeper.VAULT, "setAttributes"): ("address", "uint256"),
    (Keeper.VAULT, "setTiers"): ("uint256[4]", "uint256"),
    (Keeper.VAULT, "setAsset"): ("address", "uint256"),
    (Keeper.VAULT, "setCounterparty"): ("address", "uint256"),
    (Keeper.VAULT, "setRule"): ("address", "uint256", "uint256"),
    (Keeper.VAULT, "setRegistry"): ("address",),
    (Keeper.DUTIES, "grant"): ("uint256", "uint256"),
    (Keeper.DUTIES, "revoke"): ("address", "uint256", "uint256"),
    (Keeper.DUTIES, "setConflicts"): ("uint256", "uint256"),
    (Keeper.LEDGER, "setTerms"): ("uint256", "uint256"),
    (Keeper.STRATEGIES, "setTerms"): ("bytes32", "(uint128,uint128,uint32)"),
    (Keeper.STRATEGIES, "setVenue"): ("bytes32", "bytes32", "bool"),
    (Keeper.STRATEGIES, "setGuard"): ("bytes32", "address", "bool"),
    (Keeper.STRATEGIES, "resume"): ("bytes32",),
}

SEAT_FUNCTIONS: Final = frozenset(
    {
        "addMember",
        "addGroup",
        "setHolders",
        "removeMember",
        "replaceMember",
        "reinstateMember",
        "setRoles",
        "setAttributes",
    }
)
"""Alone in an operation each of them is a seat operation: no veto stops it, and newcomers count for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A call, with packed words for arguments. `revoke` leaves out the vault."""

    keeper: Keeper
    # Of `TYPES`.
    function: str
    arguments: tuple[Any, ...]

    @property
    def is_about_a_seat(self) -> bool:
        return self.keeper is Keeper.VAULT and self.function in SEAT_FUNCTIONS

    @property
    def subject(self) -> Address | None:
        """Whom a seat operation is about."""
        return self.arguments[0] if self.is_about_a_seat else None

    def encode(self, *, vault: Address, companions: Companions) -> Call:
        """Return the call as an operation has it."""
        from eth_abi.abi import encode

        types = TYPES[self.keeper, self.function]
        selector = keccak(f"{self.function}({','.join(types)})".encode("ascii"))[:4]
        arguments = (vault, *self.arguments) if self.function == "revoke" else self.arguments
        target = vault if self.keeper is Keeper.VAULT else getattr(companions, self.keeper.value)
        return Call(target=target, value=_NO_VALUE, data=selector + encode(types, arguments))
