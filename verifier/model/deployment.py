"""What is deployed for a vault, where, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.model.address import Address
from verifier.model.plan import PlanRemark
from verifier.model.text import Shown
from verifier.model.units import ChainId, Wei


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedCode:
    """A contract of the release, as the common deployer makes it."""

    # Of its files in the release, such as `duty_registry`.
    name: str
    creation_code: bytes
    # Of its runtime code.
    code_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One contract that has to be on a chain."""

    name: Shown
    address: Address
    # What the common deployer is given, and what it makes the contract of.
    salt: bytes
    init_code: bytes
    code_hash: bytes

    @property
    def calldata(self) -> bytes:
        """What is sent to the common deployer."""
        return self.salt + self.init_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """A vault with all that it needs: companions first, the vault last."""

    pieces: tuple[Piece, ...]
    # Hash of the founding configuration, which the vault keeps and signers pin.
    founding_hash: bytes

    @property
    def vault(self) -> Piece:
        return self.pieces[-1]


class PieceState(StrEnum):
    """How it stands with one of them."""

    # Nothing is at its address.
    ABSENT = "absent"
    # It was there before.
    PRESENT = "present"
    # It was sent by this run.
    DEPLOYED = "deployed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """How far a founding is on one chain."""

    chain_id: ChainId
    # By the number of the piece.
    states: tuple[PieceState, ...]
    # What of the file does not fit to this chain.
    remarks: tuple[PlanRemark, ...]

    @property
    def is_complete(self) -> bool:
        return PieceState.ABSENT not in self.states


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What a unit of gas may cost (EIP-1559)."""

    base: Wei
    priority: Wei
    most: Wei


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One transaction to be sent."""

    piece: Piece
    # Units that it may use.
    gas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What is still to be sent, and what it may cost."""

    account: Address
    balance: Wei
    fees: Fees
    steps: tuple[Step, ...]

    def cost(self, step: Step) -> Wei:
        """Return the most that a step may cost."""
        return Wei(step.gas * self.fees.most)

    @property
    def total(self) -> Wei:
        return Wei(sum(self.cost(step) for step in self.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A transaction that a block took in, and what it deployed."""

    piece: Shown
    transaction: bytes
    block: int
    gas_used: int
    paid: Wei
