"""EIP-712 for the vault: the operation's id, the domain, and whatever a member signs.

Approvals and consents to hurry carry the whole operation. A group says the rest by signatures, since it sends no
transactions: a veto, taking back its approval, suspending itself, and that it is to be registered. Nothing here takes a
hash on trust but the functions that take an id: the one that `id_of` gave.
"""

from __future__ import annotations

from typing import Any, Final

from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.operation import Call, Operation, Publication
from verifier.model.units import ChainId, Epoch, MemberIndex, OperationId, Timestamp

Holders = tuple[int, int, int]
"""The persons who hold a group's key, as three words: see `pack_holders`."""

NAME: Final = "Fourth Signer"
VERSION: Final = "1"

_CALL: Final = "Call(address target,uint256 value,bytes data)"
_OPERATION: Final = "Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
_APPROVE: Final = "Approve(Operation operation,uint64 publication)"
_EXPEDITE: Final = "Expedite(Operation operation,uint64 publication,uint40 readyAt)"
_VETO: Final = "Veto(bytes32 id)"
_WITHDRAW: Final = "Withdraw(bytes32 id,uint64 publication)"
_SUSPEND_SELF: Final = "SuspendSelf(uint8 seat,uint32 epoch)"
_REGISTER_GROUP: Final = "RegisterGroup(address group,uint256 roles,uint256[3] holders)"
_DOMAIN: Final = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"

# A type's own description first, then those it refers to, by name.
CALL_TYPEHASH: Final = keccak(_CALL.encode("ascii"))
OPERATION_TYPEHASH: Final = keccak((_OPERATION + _CALL).encode("ascii"))
APPROVE_TYPEHASH: Final = keccak((_APPROVE + _CALL + _OPERATION).encode("ascii"))
EXPEDITE_TYPEHASH: Final = keccak((_EXPEDITE + _CALL + _OPERATION).encode("ascii"))
VETO_TYPEHASH: Final = keccak(_VETO.encode("ascii"))
WITHDRAW_TYPEHASH: Final = keccak(_WITHDRAW.encode("ascii"))
SUSPEND_SELF_TYPEHASH: Final = keccak(_SUSPEND_SELF.encode("ascii"))
REGISTER_GROUP_TYPEHASH: Final = keccak(_REGISTER_GROUP.encode("ascii"))
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


def digest_of(struct: bytes, *, chain_id: ChainId, vault: Address) -> bytes:
    """Return the 32 bytes that are signed of a message, given its struct hash."""
    return keccak(b"\x19\x01" + domain_separator(chain_id, vault) + struct)


# -------------------------------------------------------------------------------------------- struct hashes
# What some devices show beside the domain.


def approve_hash(operation_id: OperationId, publication: Publication) -> bytes:
    """Return the struct hash of `Approve(operation, publication)`."""
    return keccak(APPROVE_TYPEHASH + operation_id + _word(publication.pack()))


def expedite_hash(operation_id: OperationId, publication: Publication, ready_at: Timestamp) -> bytes:
    """Return the struct hash of a consent to hurry what would be ready then."""
    return keccak(EXPEDITE_TYPEHASH + operation_id + _word(publication.pack()) + _word(ready_at))


def veto_hash(operation_id: OperationId) -> bytes:
    """Return the struct hash of a group's veto; of a seat operation, of its objection."""
    return keccak(VETO_TYPEHASH + operation_id)


def withdraw_hash(operation_id: OperationId, publication: Publication) -> bytes:
    """Return the struct hash by which a group takes its approval back."""
    return keccak(WITHDRAW_TYPEHASH + operation_id + _word(publication.pack()))


def suspend_self_hash(seat: MemberIndex, epoch: Epoch) -> bytes:
    """Return the struct hash by which a group suspends itself. The next change of the roster makes it worthless."""
    return keccak(SUSPEND_SELF_TYPEHASH + _word(seat) + _word(epoch))


def register_group_hash(group: Address, roles: int, holders: Holders) -> bytes:
    """Return the struct hash by which a new group shows that it has its key, and what it is to be."""
    packed = keccak(b"".join(map(_word, holders)))
    return keccak(REGISTER_GROUP_TYPEHASH + group.rjust(32, b"\0") + _word(roles) + packed)


def approve_digest(
    operation_id: OperationId, publication: Publication, *, chain_id: ChainId, vault: Address
) -> bytes:
    """Return the 32 bytes that an approver signs."""
    return digest_of(approve_hash(operation_id, publication), chain_id=chain_id, vault=vault)


def expedite_digest(
    operation_id: OperationId,
    publication: Publication,
    ready_at: Timestamp,
    *,
    chain_id: ChainId,
    vault: Address,
) -> bytes:
    """Return the 32 bytes that are signed to bring a present `readyAt` nearer."""
    return digest_of(expedite_hash(operation_id, publication, ready_at), chain_id=chain_id, vault=vault)


# ----------------------------------------------------------------------------------------------- typed data
# As wallets take it (`eth_signTypedData_v4`). Numbers beyond 2^53 are text, since some wallets read JSON numbers as
# floating point.


def typed_approval(
    operation: Operation, publication: Publication, *, chain_id: ChainId, vault: Address
) -> dict[str, Any]:
    """Return the typed data of an approval."""
    message = {"operation": _operation(operation), "publication": str(publication.pack())}
    return _typed((_APPROVE, _OPERATION, _CALL), message, chain_id, vault)


def typed_expedite(
    operation: Operation,
    publication: Publication,
    ready_at: Timestamp,
    *,
    chain_id: ChainId,
    vault: Address,
) -> dict[str, Any]:
    """Return the typed data of a consent to hurry."""
    message = {
        "operation": _operation(operation),
        "publication": str(publication.pack()),
        "readyAt": int(ready_at),
    }
    return _typed((_EXPEDITE, _OPERATION, _CALL), message, chain_id, vault)


def typed_veto(operation_id: OperationId, *, chain_id: ChainId, vault: Address) -> dict[str, Any]:
    """Return the typed data of a group's veto or objection."""
    return _typed((_VETO,), {"id": "0x" + operation_id.hex()}, chain_id, vault)


def typed_withdraw(
    operation_id: OperationId, publication: Publication, *, chain_id: ChainId, vault: Address
) -> dict[str, Any]:
    """Return the typed data by which a group takes its approval back."""
    message = {"id": "0x" + operation_id.hex(), "publication": str(publication.pack())}
    return _typed((_WITHDRAW,), message, chain_id, vault)


def typed_suspend_self(
    seat: MemberIndex, epoch: Epoch, *, chain_id: ChainId, vault: Address
) -> dict[str, Any]:
    """Return the typed data by which a group suspends itself."""
    return _typed((_SUSPEND_SELF,), {"seat": int(seat), "epoch": int(epoch)}, chain_id, vault)


def typed_register_group(
    group: Address, roles: int, holders: Holders, *, chain_id: ChainId, vault: Address
) -> dict[str, Any]:
    """Return the typed data of a group's proof."""
    message = {"group": str(group), "roles": str(int(roles)), "holders": [str(word) for word in holders]}
    return _typed((_REGISTER_GROUP,), message, chain_id, vault)


def _typed(
    descriptions: tuple[str, ...], message: dict[str, Any], chain_id: ChainId, vault: Address
) -> dict[str, Any]:
    """Return typed data of the first of these types, which refers to the others."""
    named = {description.partition("(")[0]: description for description in descriptions}
    return {
        "types": {
            "EIP712Domain": _members(_DOMAIN),
            **{name: _members(description) for name, description in named.items()},
        },
        "primaryType": next(iter(named)),
        "domain": {
            "name": NAME,
            "version": VERSION,
            "chainId": int(chain_id),
            "verifyingContract": str(vault),
        },
        "message": message,
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "calls": [
            {"target": str(c.target), "value": str(c.value), "data": "0x" + c.data.hex()}
            for c in operation.calls
        ],
        "lane": int(operation.lane),
        "sequence": int(operation.sequence),
        "approveBy": int(operation.approve_by),
    }


def _hash_of_call(call: Call) -> bytes:
    return keccak(CALL_TYPEHASH + call.target.rjust(32, b"\0") + _word(call.value) + keccak(call.data))


def _members(description: str) -> list[dict[str, str]]:
    """Return the members of a type from its description, so that there is one source for both."""
    inner = description[description.index("(") + 1 : -1]
    return [dict(zip(("type", "name"), member.split(" "), strict=True)) for member in inner.split(",")]


def _word(number: int) -> bytes:
    return number.to_bytes(32, "big")
