"""What a member signs: one thing said to one vault, with every hash that a device may show for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from verifier.model.address import Address
from verifier.model.units import ChainId


class MessageKind(StrEnum):
    """What is said, by the name of its EIP-712 type. An ECDSA member signs the first two; a group signs them all."""

    APPROVE = "Approve"
    EXPEDITE = "Expedite"
    VETO = "Veto"
    WITHDRAW = "Withdraw"
    SUSPEND_SELF = "SuspendSelf"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedMessage:
    """A message and its hashes, 32 bytes each. `verifier.sign.messages` makes it, so that they belong together."""

    kind: MessageKind
    chain_id: ChainId
    vault: Address
    # The domain separator: binds it to this vault on this chain.
    domain_hash: bytes
    # Of what is said.
    struct_hash: bytes
    # What the key signs.
    digest: bytes
    # The whole message as `eth_signTypedData_v4` takes it.
    typed_data: Mapping[str, Any] = field(repr=False)
