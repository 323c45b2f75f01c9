"""What the holders of a group's key are asked to sign: whole, so that each of them can make the digest itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.model.address import Address
from verifier.model.member import Role
from verifier.model.operation import Operation, Publication
from verifier.model.units import ChainId, Epoch, MemberIndex, Person, Timestamp


class Purpose(StrEnum):
    """What a group's signature would say, by the name of its EIP-712 type."""

    APPROVE = "Approve"
    EXPEDITE = "Expedite"
    VETO = "Veto"
    WITHDRAW = "Withdraw"
    SUSPEND_SELF = "SuspendSelf"
    REGISTER = "RegisterGroup"


ABOUT_OPERATION = frozenset({Purpose.APPROVE, Purpose.EXPEDITE, Purpose.VETO, Purpose.WITHDRAW})
"""These carry an operation and where it was published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRequest:
    """Asked of each holder. Which fields there are follows from the purpose; the others are None."""

    purpose: Purpose
    chain_id: ChainId
    vault: Address
    # Of whatever is about an operation.
    operation: Operation | None = None
    publication: Publication | None = None
    # Of EXPEDITE: the moment that is to be brought nearer.
    ready_at: Timestamp | None = None
    # Of SUSPEND_SELF: the group's seat, and the roster's epoch.
    seat: MemberIndex | None = None
    roster_epoch: Epoch | None = None
    # Of REGISTER: what the group is to be, and who holds its key, growing.
    roles: Role | None = None
    persons: tuple[Person, ...] | None = None
