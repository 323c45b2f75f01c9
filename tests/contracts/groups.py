"""Groups as the vault takes them: their holders in three words, and the proof that they have their key.

    scene.must_change("addGroup", *addition(scene, Group.new("owls"), [7, 8, 9]))

Digests are made by eth-abi from the types that `contracts/interfaces/IVault.sol` names: none of our own code stands
between a test and the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID
from tests.frost.group import Group
from tests.stage import Approval, Stage, as_words
from verifier.model.member import Role

DOMAIN: Final = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
REGISTER_GROUP: Final = b"RegisterGroup(address group,uint256 roles,uint256[3] holders)"


def holder_words(persons: Iterable[int]) -> list[int]:
    """Return persons as the vault takes them: growing, eight to a word, the lowest bits first."""
    growing = sorted(persons)
    return [sum(p << 32 * i for i, p in enumerate(growing[n : n + 8])) for n in (0, 8, 16)]


def typed_digest(
    vault: bytes, name: bytes, types: Sequence[str], values: Sequence[Any], *, chain_id: int = CHAIN_ID
) -> bytes:
    """Return the EIP-712 digest of a message of words, for a vault on the tests' chain if no other is named."""
    domain = encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [keccak(DOMAIN), keccak(b"Fourth Signer"), keccak(b"1"), chain_id, vault],
    )
    message = encode(["bytes32", *types], [keccak(name), *values])
    return keccak(b"\x19\x01" + keccak(domain) + keccak(message))


def registration(vault: bytes, group: bytes, roles: int, holders: Sequence[int]) -> bytes:
    """Return what a group's holders sign to be a member."""
    members = keccak(encode(["uint256[3]"], [holders]))
    return typed_digest(vault, REGISTER_GROUP, ["address", "uint256", "bytes32"], [group, roles, members])


def addition(
    stage: Stage, group: Group, persons: Iterable[int], roles: Role = Role.APPROVER
) -> tuple[Any, ...]:
    """Return the arguments of `addGroup`, with the holders' proof."""
    holders = holder_words(persons)
    proof: Approval = (0, 0, group.sign(registration(stage.vault, group.account, int(roles), holders)))
    return (group.account, group.x, group.y, int(roles), holders, as_words(proof))
