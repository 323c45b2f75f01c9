"""What a block's header says of its logs: a bloom that rules most of them out, and a root that proves them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import rlp
from eth_hash.auto import keccak
from trie import HexaryTrie

from verifier.chain.answer import Answer
from verifier.chain.header import Header
from verifier.errors import ProofInvalid
from verifier.model.address import Address
from verifier.model.units import BlockNumber
from verifier.model.watching import LogEvent

_BITS: Final = 2048
# Receipts of deposits on chains of the OP stack carry these as well.
_DEPOSIT: Final = 0x7E
_DEPOSIT_FIELDS: Final = ("depositNonce", "depositReceiptVersion")


def may_contain(bloom: bytes, item: bytes) -> bool:
    """Whether a log of this account, or with this topic, may be in a block. False is certain."""
    hashed = keccak(item)
    bits = (int.from_bytes(hashed[i : i + 2], "big") % _BITS for i in (0, 2, 4))
    return all(bloom[-1 - bit // 8] >> (bit % 8) & 1 for bit in bits)


def may_have(header: Header, log: LogEvent) -> bool:
    """Whether a block may have a log. False is certain: somebody made it up."""
    return all(may_contain(header.bloom, item) for item in (log.emitter, *log.topics))


def prove_logs(answer: Answer, header: Header) -> tuple[LogEvent, ...]:
    """Return all logs of a block from its receipts, which hash to the header's root.

    :raises EndpointAnswerMalformed: they are no receipts.
    :raises ProofInvalid: they are not those of the block.
    """
    receipts = answer.items()
    trie = HexaryTrie({}, prune=True)
    for i, receipt in enumerate(receipts):
        trie[rlp.encode(i)] = _encoded(receipt)
    if trie.root_hash != header.receipts_root:
        raise ProofInvalid(endpoint=answer.endpoint, what=f"the logs of block {header.number}")
    # Their places follow from the order; what the endpoint says of them is not looked at.
    found: list[LogEvent] = []
    for receipt in receipts:
        transaction = receipt.at("transactionHash").data(32)
        for log in receipt.at("logs").items():
            emitter, topics, data = _parts(log)
            found.append(
                LogEvent(
                    emitter=Address(emitter),
                    topics=tuple(topics),
                    data=data,
                    block=header.number,
                    block_hash=header.hash,
                    index=len(found),
                    transaction=transaction,
                )
            )
    return tuple(found)


def read_logs(answer: Answer) -> tuple[LogEvent, ...]:
    """Return logs as an endpoint gives them, in order.

    :raises EndpointAnswerMalformed: they are no logs, or two have one place.
    """
    found = sorted((_read_log(log) for log in answer.items()), key=_place)
    if len({_place(log) for log in found}) < len(found):
        raise answer.malformed("two logs have one place")
    return tuple(found)


def is_asked_for(log: LogEvent, emitters: frozenset[Address], topics: Iterable[Iterable[bytes]]) -> bool:
    """Whether a filter takes a log."""
    if log.emitter not in emitters:
        return False
    for i, wanted in enumerate(topics):
        alternatives = tuple(wanted)
        if alternatives and (i >= len(log.topics) or log.topics[i] not in alternatives):
            return False
    return True


def _place(log: LogEvent) -> tuple[BlockNumber, int]:
    return log.block, log.index


def _read_log(log: Answer) -> LogEvent:
    if log.at("removed").value is True:
        raise log.malformed("it gives a log that it says is removed")
    emitter, topics, data = _parts(log)
    return LogEvent(
        emitter=Address(emitter),
        topics=tuple(topics),
        data=data,
        block=BlockNumber(log.at("blockNumber").quantity()),
        block_hash=log.at("blockHash").data(32),
        index=log.at("logIndex").quantity(),
        transaction=log.at("transactionHash").data(32),
    )


def _parts(log: Answer) -> tuple[bytes, list[bytes], bytes]:
    topics = [topic.data(32) for topic in log.at("topics").items()]
    return log.at("address").data(20), topics, log.at("data").data()


def _encoded(receipt: Answer) -> bytes:
    """Return a receipt as it is hashed."""
    kind = receipt.at("type")
    number = 0 if kind.is_null else kind.quantity()
    fields: list[Any] = [
        *_outcome(receipt),
        receipt.at("cumulativeGasUsed").quantity(),
        receipt.at("logsBloom").data(256),
        [list(_parts(log)) for log in receipt.at("logs").items()],
    ]
    if number == _DEPOSIT:
        more = (receipt.at(name) for name in _DEPOSIT_FIELDS)
        fields += [field.quantity() for field in more if not field.is_null]
    encoded: bytes = rlp.encode(fields)
    # A type is one byte; larger ones hash to nothing that is in a header.
    return (number % 256).to_bytes(1, "big") + encoded if number else encoded


def _outcome(receipt: Answer) -> Iterator[int | bytes]:
    status = receipt.at("status")
    yield receipt.at("root").data(32) if status.is_null else status.quantity()
