"""What the founding of a vault leaves to its people: the operations that bring the rest of the file.

The constructor takes founders, tiers, and assets, counterparties and rules that are the same on every chain. What is
different from chain to chain would make another address of it; duties, strategies and the terms of break-glass are kept
by the companions, which listen to the vault alone; and a group proves its key with the vault's address. They are those
that lead from the vault as it is founded to the vault of the file, and in the order of any other change.
"""

from __future__ import annotations

from typing import Final

from verifier.assess.changing.change import Keeper
from verifier.assess.changing.order import operations_between
from verifier.assess.changing.wanted import arrangement_of, founding_of
from verifier.model.address import Address
from verifier.model.companions import Companions
from verifier.model.plan import FollowUp
from verifier.model.text import Shown
from verifier.model.units import ChainId
from verifier.model.vault_file import VaultFile

# What an operation does, by whom it calls.
_WHAT: Final = {
    Keeper.VAULT: "lists what is on this chain only",
    Keeper.DUTIES: "says who has which custody duty",
    Keeper.LEDGER: "sets the terms of break-glass",
    Keeper.STRATEGIES: "sets the limits of strategies",
}
_UNSIGNED: Final = "group-unsigned"


def follow_ups(
    file: VaultFile, *, chain_id: ChainId, vault: Address, companions: Companions
) -> tuple[FollowUp, ...]:
    """Return the operations that the vault needs on a chain after its founding, in the order to propose them."""
    transition = operations_between(
        founding_of(file, companions=companions),
        arrangement_of(file, chain_id=chain_id, companions=companions),
        vault=vault,
        companions=companions,
    )
    several = len(transition.operations) > 1
    settings = tuple(
        FollowUp(
            key=f"settings-{number}" if several else "settings",
            title=_title([change.keeper for change in operation.changes]),
            calls=operation.calls,
        )
        for number, operation in enumerate(transition.operations, 1)
    )
    # What the vault would refuse is a refusal of the plan's.
    later = [each for each in transition.obstacles if each.rule == _UNSIGNED]
    names = {str(member.address): member.name for member in file.groups}
    groups = tuple(
        FollowUp(
            key="group",
            title=Shown(f"Adds the group {names[each.subject]}, {each.subject}"),
            calls=(),
            awaits=Shown("its registration, signed by its holders for this vault on this chain"),
        )
        for each in later
    )
    return (*settings, *groups)


def _title(keepers: list[Keeper]) -> Shown:
    parts = [_WHAT[keeper] for keeper in dict.fromkeys(keepers)]
    said = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
    return Shown(said[0].upper() + said[1:])
