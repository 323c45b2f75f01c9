"""What is signed beside approvals, hashed as EIP-712 says; `test_messages.py` asks the vault about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.units import ChainId, OperationId
from verifier.sign.typed import domain_separator

_CALL: Final = "Call(address target,uint256 value,bytes data)"
_OPERATION: Final = "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
_APPROVE: Final = keccak(f"Approve(Operation operation,uint64 publication){_CALL}{_OPERATION}".encode())
_EXPEDITE: Final = keccak(
    f"Expedite(Operation operation,uint64 publication,uint40 readyAt){_CALL}{_OPERATION}".encode()
)
_VETO: Final = keccak(b"Veto(bytes32 id)")
_WITHDRAW: Final = keccak(b"Withdraw(bytes32 id,uint64 publication)")
_SUSPEND: Final = keccak(b"SuspendSelf(uint8 seat,uint32 epoch)")
_REGISTER: Final = keccak(b"RegisterGroup(address group,uint256 roles,uint256[3] holders)")


@dataclass(frozen=True, slots=True)
class Message:
    """A typed message: its purpose, and its words as they are hashed."""

    purpose: bytes
    words: tuple[bytes, ...]

    def digest(self, chain_id: ChainId, vault: Address) -> bytes:
        """Return the 32 bytes that are signed for one vault on one chain."""
        message = keccak(self.purpose + b"".join(self.words))
        return keccak(b"\x19\x01" + domain_separator(chain_id, vault) + message)


def approval(operation_id: OperationId, publication: int) -> Message:
    return Message(_APPROVE, (operation_id, _word(publication)))


def expedite(operation_id: OperationId, publication: int, ready_at: int) -> Message:
    return Message(_EXPEDITE, (operation_id, _word(publication), _word(ready_at)))


def veto(operation_id: OperationId) -> Message:
    return Message(_VETO, (operation_id,))


def withdrawal(operation_id: OperationId, publication: int) -> Message:
    return Message(_WITHDRAW, (operation_id, _word(publication)))


def suspension(seat: int, epoch: int) -> Message:
    return Message(_SUSPEND, (_word(seat), _word(epoch)))


def registration(group: Address, roles: int, holders: Sequence[int]) -> Message:
    members = keccak(b"".join(_word(word) for word in holders))
    return Message(_REGISTER, (group.rjust(32, b"\0"), _word(roles), members))


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
