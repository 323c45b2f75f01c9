"""One transaction, as whoever stands beside the vault sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.lifecycle.slots import Words
from tests.lifecycle.state import Block, State
from tests.lifecycle.vocabulary import id_of
from verifier.errors.tree import VaultError
from verifier.model.address import Address
from verifier.model.lane import Lane
from verifier.model.operation import Operation
from verifier.model.units import LaneIndex, OperationId, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Wealth:
    """What the vault has, read from the chain."""

    native: int
    # By token.
    tokens: dict[Address, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One transaction, and what it did."""

    block: Block
    sender: Address
    function: str
    arguments: tuple[Any, ...]
    refused: VaultError | None
    before: State
    after: State
    wealth_before: Wealth
    wealth_after: Wealth
    # Every word that storage has after it, as the chain gave them.
    stored: Words

    @property
    def now(self) -> Timestamp:
        return self.block.time

    @property
    def operation(self) -> Operation | None:
        """The operation that it brought along."""
        first = self.arguments[0] if self.arguments else None
        return first if isinstance(first, Operation) else None

    @property
    def lane(self) -> LaneIndex | None:
        """The lane that it was about."""
        if self.operation is not None:
            return self.operation.lane
        return self.arguments[0] if self.function in ("veto", "cancel") else None

    def did(self, function: str) -> bool:
        return self.function == function and self.refused is None


def executed(act: Act) -> tuple[OperationId, Operation, Lane] | None:
    """Return the operation that an act executed, with its lane as it was before."""
    if not act.did("execute") or act.operation is None:
        return None
    return id_of(act.operation), act.operation, act.before.lane(act.operation.lane).state
