"""What one endpoint says would happen if an operation were executed. A claim, always: nothing proves the future."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.text import Foreign, Shown
from verifier.model.units import Amount, BlockNumber, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What an account has more or less of an asset afterwards."""

    # The native coin is the zero address.
    token: Address
    account: Address
    # In base units, negative for a loss.
    amount: int
    # Of an ERC-721 or ERC-1155 token.
    token_id: int | None = None
    # Whether balances before and after say so. Else only events do, and a contract may write what it likes into these.
    is_measured: bool = False
    # What the events said, where the balances say otherwise.
    said: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceChange:
    """What a spender may move of an owner's token afterwards."""

    token: Address
    owner: Address
    spender: Address
    # In base units; None where it is all there is.
    amount: Amount | None
    token_id: int | None = None
    # The contract that keeps the allowance where it is not the token itself, such as Permit2.
    through: Address | None = None
    # None where it does not end.
    until: Timestamp | None = None
    # Whether the keeper of the allowance was asked before and after. Else only an event says so.
    is_measured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageChange:
    """A word of a contract that would change."""

    contract: Address
    slot: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """An account that takes part, and whose code it runs. What is another one tomorrow may do another thing."""

    address: Address
    code_hash: bytes
    implementation: Address | None = None
    # Of the code hash and the implementation; that it takes part is never more than a claim. No part of a comparison:
    # the same code is the same code, whoever says so.
    evidence: Evidence = field(default=Evidence.CLAIMED, compare=False)


class Outcome(Enum):
    """How it ends."""

    DONE = "done"
    REVERTED = "reverted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The execution of an operation, played by one endpoint at the moment at which it would be executable."""

    outcome: Outcome
    # Why it reverts, or why it is unknown; empty where it is done.
    why: Shown
    # Which endpoint played it, on top of which block, at which time, and by which method.
    endpoint: Foreign
    block: BlockNumber
    at: Timestamp
    method: str
    # Whether the vault was told that the operation is approved and ready, since it is not yet.
    is_assumed: bool = False
    gas_used: int | None = None
    # Whether balances and allowances were asked for before and after. Else their changes are what events say.
    is_measured: bool = False
    # None where the endpoint cannot tell.
    deltas: tuple[Delta, ...] | None = None
    allowances: tuple[AllowanceChange, ...] | None = None
    storage: tuple[StorageChange, ...] | None = None
    touched: tuple[Touched, ...] | None = None
    # How many changes of balances and allowances, none of them the vault's own, are left out: there are too many.
    omitted: int = 0
    # Endpoints that played it as well, and say that something else would happen.
    disagreeing: tuple[Foreign, ...] = ()
    # What else a reader of this has to know: what the endpoint could not tell, and whose events are not true.
    remarks: tuple[Shown, ...] = ()
