"""EIP-712 for the vault: the operation's id, the domain, and the digest that an approver signs.

The vault knows no other message yet. Each is computed from the whole operation; nothing here takes a hash on trust but
`approve_digest`, which takes the id that `id_of` gave.
"""

from __future__ import annotations

from typing import Any, Final

from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.operation import Call, Operation, Publication
from verifier.model.units import ChainId, OperationId

NAME: Final = "Fourth Signer"
VERSION: Final = "1"

_CALL: Final = "Call(address target,uint256 value,bytes data)"
_OPERATION: Final = "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
_APPROVE: Final = "Approve(Operation operation,uint64 publication)"
_DOMAIN: Final = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"

# A type's own description first, then those it refers to, by name.
CALL_TYPEHASH: Final = keccak(_CALL.encode("ascii"))
OPERATION_TYPEHASH: Final = keccak((_OPERATION + _CALL).encode("ascii"))
APPROVE_TYPEHASH: Final = keccak((_APPROVE + _CALL + _OPERATION).encode("ascii"))
DOMAIN_TYPEHASH: Final = keccak(_DOMAIN.encode("ascii"))


def id_of(operation: Operation) -> OperationId:
    """Return the EIP-712 struct hash of an operation."""
    calls = keccak(b"".join(_hash_of_call(call) for call in operation.calls))
    return OperationId(
        keccak(
            OPERATION_TYPEHASH
            + calls
            + _word(operation.lane)
            + _word(operation.sequence)
            + _word(operation.approve_by)
        )
    )


def domain_separator(chain_id: ChainId, vault: Address) -> bytes:
    """Return the hash that binds a signature to one vault on one chain."""
    return keccak(
        DOMAIN_TYPEHASH
        + keccak(NAME.encode("ascii"))
        + keccak(VERSION.encode("ascii"))
        + _word(chain_id)
        + vault.rjust(32, b"\0")
    )


def approve_hash(operation_id: OperationId, publication: Publication) -> bytes:
    """Return the struct hash of `Approve(operation, publication)`: what some devices show beside the domain."""
    return keccak(APPROVE_TYPEHASH + operation_id + _word(publication.pack()))


def approve_digest(
    operation_id: OperationId, publication: Publication, *, chain_id: ChainId, vault: Address
) -> bytes:
    """Return the 32 bytes that an approver signs."""
    return keccak(b"\x19\x01" + domain_separator(chain_id, vault) + approve_hash(operation_id, publication))


def typed_approval(
    operation: Operation, publication: Publication, *, chain_id: ChainId, vault: Address
) -> dict[str, Any]:
    """Return the typed data of an approval as wallets take it (`eth_signTypedData_v4`).

    Numbers beyond 2^53 are text, since some wallets read JSON numbers as floating point.
    """
    return {
        "types": {
            "EIP712Domain": _members(_DOMAIN),
            "Approve": _members(_APPROVE),
            "Operation": _members(_OPERATION),
            "Call": _members(_CALL),
        },
        "primaryType": "Approve",
        "domain": {
            "name": NAME,
            "version": VERSION,
            "chainId": int(chain_id),
            "verifyingContract": str(vault),
        },
        "message": {
            "operation": {
                "calls": [
                    {"target": str(c.target), "value": str(c.value), "data": "0x" + c.data.hex()}
                    for c in operation.calls
                ],
                "lane": int(operation.lane),
                "sequence": int(operation.sequence),
                "approveBy": int(operation.approve_by),
            },
            "publication": str(publication.pack()),
        },
    }


def _hash_of_call(call: Call) -> bytes:
    return keccak(CALL_TYPEHASH + call.target.rjust(32, b"\0") + _word(call.value) + keccak(call.data))


def _members(description: str) -> list[dict[str, str]]:
    """Return the members of a type from its description, so that there is one source for both."""
    inner = description[description.index("(") + 1 : -1]
    return [dict(zip(("type", "name"), member.split(" "), strict=True)) for member in inner.split(",")]


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
