"""Block headers, hashed here: a header that does not hash to its name is no header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import rlp
from eth_hash.auto import keccak

from verifier.chain.answer import Answer
from verifier.errors import HeaderUnproven
from verifier.model.units import BlockNumber, Timestamp

# Every header has these, in this order; None stands for a number.
_FIELDS: Final[tuple[tuple[str, int | None], ...]] = (
    ("parentHash", 32),
    ("sha3Uncles", 32),
    ("miner", 20),
    ("stateRoot", 32),
    ("transactionsRoot", 32),
    ("receiptsRoot", 32),
    ("logsBloom", 256),
    ("difficulty", None),
    ("number", None),
    ("gasLimit", None),
    ("gasUsed", None),
    ("timestamp", None),
    ("extraData", -1),
    ("mixHash", 32),
    ("nonce", 8),
)
# Forks added some behind these: London, Shanghai, Cancun (three), Prague, and Amsterdam as it is drafted (two: EIP-7928
# and EIP-7843). Osaka added none. A header has them up to its fork; a draft that comes out otherwise does not hash.
_LATER_FIELDS: Final[tuple[tuple[str, int | None], ...]] = (
    ("baseFeePerGas", None),
    ("withdrawalsRoot", 32),
    ("blobGasUsed", None),
    ("excessBlobGas", None),
    ("parentBeaconBlockRoot", 32),
    ("requestsHash", 32),
    ("blockAccessListHash", 32),
    ("slotNumber", None),
)
# What a node says of a block besides its header.
_ABOUT: Final = frozenset({"hash", "size", "totalDifficulty", "transactions", "uncles", "withdrawals"})
_KNOWN: Final = _ABOUT | {name for name, _ in (*_FIELDS, *_LATER_FIELDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is used of a header."""

    number: BlockNumber
    hash: bytes
    parent_hash: bytes
    state_root: bytes
    timestamp: Timestamp
    receipts_root: bytes
    # Which accounts and topics its logs may have.
    bloom: bytes


def read_header(block: Answer) -> Header:
    """Return a block's header.

    :raises EndpointAnswerMalformed: it is no header.
    :raises HeaderUnproven: it does not hash to what it is called. Fields that no known fork has are named: a later fork
        may have added them.
    """
    parts = [_part(block.at(name), size) for name, size in _FIELDS]
    for name, size in _LATER_FIELDS:
        field = block.at(name)
        if field.is_null:
            break
        parts.append(_part(field, size))
    named, hashed = block.at("hash").data(32), keccak(rlp.encode(parts))
    if named != hashed:
        unknown = tuple(sorted(block.names() - _KNOWN))
        raise HeaderUnproven(endpoint=block.endpoint, expected=named, actual=hashed, unknown=unknown)
    return Header(
        number=BlockNumber(block.at("number").quantity()),
        hash=hashed,
        parent_hash=block.at("parentHash").data(32),
        state_root=block.at("stateRoot").data(32),
        timestamp=Timestamp(block.at("timestamp").quantity()),
        receipts_root=block.at("receiptsRoot").data(32),
        bloom=block.at("logsBloom").data(256),
    )


def _part(field: Answer, size: int | None) -> bytes | int:
    """Return a field as it is hashed: a number, or bytes of a size (-1: of any)."""
    if size is None:
        return field.quantity()
    return field.data(None if size == -1 else size)
