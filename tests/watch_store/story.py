"""Made-up steps of a watcher: chains, blocks, facts, happenings, and deliveries about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange, Finding, Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, LaneIndex, OperationId, Timestamp
from verifier.model.watching import (
    BlockRef,
    Checkpoint,
    Delivery,
    Happening,
    Kind,
    LogEvent,
    Parcel,
    WatchedFact,
    WatchStep,
)

CHAIN: Final = ChainId(31_337)
OTHER: Final = ChainId(1 << 63)
VAULT: Final = Address(b"\x11" * 20)
START: Final = 1_772_442_000


def at(seconds: int) -> Timestamp:
    """Return a moment, in seconds after the story's beginning."""
    return Timestamp(START + seconds)


def hash_of(number: int, fork: int = 0) -> bytes:
    return bytes([fork]) + number.to_bytes(31, "big")


def block(number: int, fork: int = 0) -> BlockRef:
    return BlockRef(
        number=BlockNumber(number),
        hash=hash_of(number, fork),
        parent=hash_of(number - 1, fork),
        timestamp=at(number),
    )


def happening(
    number: int,
    height: int,
    *,
    said: str = "Something happened.",
    fork: int = 0,
    **more: Any,
) -> Happening:
    """Return what happened to the operation of this number, in the block of this height."""
    told: dict[str, Any] = {
        "chain_id": CHAIN,
        "vault": VAULT,
        "kind": Kind.QUEUED,
        "subject": f"operation/{number}",
        "occasion": "1",
        "severity": Severity.WARNING,
        "sentence": Shown(said),
        "evidence": Evidence.PROVEN,
        "block": BlockNumber(height),
        "block_hash": hash_of(height, fork),
        "at": at(height),
    }
    return Happening(**{**told, **more})


def rich_happening() -> Happening:
    """Return one that has everything that a happening may have."""
    finding = Finding(
        rule="unlimited-approval",
        severity=Severity.DANGER,
        sentence=Shown('It allows "everything".'),
        evidence=Evidence.AGREED,
        call=2,
        where=ByteRange(start=4, stop=36),
        path=(0, 1),
    )
    return happening(
        7,
        70,
        lines=(Shown("One line."), Shown("Another.")),
        findings=(finding, finding),
        lane=LaneIndex(0),
        operation_id=OperationId(b"\x07" * 32),
        ready_at=at(7_000),
        pages=False,
    )


def alert(told: Happening, channel: str = "pager", *, due: int = 0, **more: Any) -> Delivery:
    given: dict[str, Any] = {
        "key": f"{channel}:{told.key}:{Parcel.ALERT}",
        "channel": channel,
        "parcel": Parcel.ALERT,
        "happening": told,
        "created_at": at(due),
        "due_at": at(due),
    }
    return Delivery(**{**given, **more})


def fact(subject: str, value: str, height: int, *, vault: Address = VAULT, fork: int = 0) -> WatchedFact:
    return WatchedFact(
        chain_id=CHAIN,
        vault=vault,
        subject=subject,
        value=value,
        block=BlockNumber(height),
        block_hash=hash_of(height, fork),
    )


def log(height: int, index: int = 0, *, fork: int = 0, topics: int = 2) -> LogEvent:
    return LogEvent(
        emitter=VAULT,
        topics=tuple(bytes([i]) * 32 for i in range(topics)),
        data=b"\x00\xff",
        block=BlockNumber(height),
        block_hash=hash_of(height, fork),
        index=index,
        transaction=b"\x0a" * 32,
    )


def look(
    height: int,
    *told: Happening,
    channels: Iterable[str] = ("pager",),
    fork: int = 0,
    **more: Any,
) -> WatchStep:
    """Return what one look up to a height brings: its block, happenings, and an alert of each to each channel."""
    given: dict[str, Any] = {
        "chain_id": CHAIN,
        "checkpoint": Checkpoint(chain_id=CHAIN, number=BlockNumber(height), hash=hash_of(height, fork)),
        "blocks": (block(height, fork),),
        "happenings": told,
        "deliveries": tuple(alert(each, channel) for each in told for channel in channels),
    }
    return WatchStep(**{**given, **more})
