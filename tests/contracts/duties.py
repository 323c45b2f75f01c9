"""What the register of duties would refuse by its own rules, written into its storage: as a register could that lies.

Whoever sits as an approver is granted nothing that excludes it, and a vault that is not there yet cannot be asked who
approves. A vault asks all the same, whenever somebody takes a seat.
"""

from __future__ import annotations

from typing import Final

from tests.companions import Companion
from tests.contracts.bypasses import slot_in

KEY: Final = 1
SERVER: Final = 4
APPROVAL: Final = 8
TRADING: Final = 16
# By the layout in `verifier/release/duty_registry.json`: slot 0 maps vaults to books, whose fourth word maps persons.
_DUTIES: Final = 3


def bar(registry: Companion, vault: bytes, person: int) -> None:
    """Let a person have the key, which the vault said excludes approving."""
    slot = slot_in(slot_in(0, int.from_bytes(vault, "big")) + _DUTIES, person)
    texts = [f"0x{registry.address.hex()}", f"0x{slot:064x}", f"0x{KEY:064x}"]
    registry.chain.rpc("anvil_setStorageAt", texts)
    assert registry.read("conflictsWith", vault, person, APPROVAL) == KEY
