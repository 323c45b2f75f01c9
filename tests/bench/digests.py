"""What members sign beside approvals, as the vault hashes it (EIP-712)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID
from verifier.model.address import Address
from verifier.model.units import ChainId
from verifier.sign.typed import domain_separator

EXPEDITE: Final = (
    "Expedite(Operation operation,uint64 publication,uint40 readyAt)"
    "Call(address target,uint256 value,bytes data)"
    "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
)
VETO: Final = "Veto(bytes32 id)"
REGISTER_GROUP: Final = "RegisterGroup(address group,uint256 roles,uint256[3] holders)"


def expedite_digest(vault: bytes, operation_id: bytes, publication: int, ready_at: int) -> bytes:
    return _digest(vault, EXPEDITE, ["bytes32", "uint64", "uint40"], [operation_id, publication, ready_at])


def veto_digest(vault: bytes, operation_id: bytes) -> bytes:
    return _digest(vault, VETO, ["bytes32"], [operation_id])


def register_digest(vault: bytes, group: bytes, roles: int, holders: Sequence[int]) -> bytes:
    members = keccak(encode(["uint256[3]"], [holders]))
    return _digest(vault, REGISTER_GROUP, ["address", "uint256", "bytes32"], [group, roles, members])


def _digest(vault: bytes, name: str, types: Sequence[str], values: Sequence[Any]) -> bytes:
    domain = domain_separator(ChainId(CHAIN_ID), Address(vault))
    return keccak(b"\x19\x01" + domain + keccak(keccak(name.encode()) + encode(types, values)))
