"""What the vault is measured against: others that hold assets, want several people, and wait.

One file a peer. Each has the same people as the vault, and the same delay. Those whose makers publish bytecode on npm
run with that, since it is what runs on the public chains; the rest are compiled with the vault's own settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from tests.stage import Call

# All that is compiled for them and for what they move; the longest first, so that none is waited for.
COMPILED: Final = (
    "Council.sol",
    "@openzeppelin/contracts/access/manager/AccessManager.sol",
    "@openzeppelin/contracts/governance/TimelockController.sol",
    "Vote.sol",
    "Token.sol",
    "Treasury.sol",
)


class Peer(Protocol):
    """Holds assets, and moves them when its people agreed and its delay passed."""

    @property
    def name(self) -> str:
        """What a row calls it."""

    @property
    def holder(self) -> bytes:
        """The account that the assets lie in."""

    def move(self, calls: Sequence[Call]) -> list[int]:
        """Make calls, and return the gas of each transaction from publication to execution."""
