"""Happenings and deliveries to tell people about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, LaneIndex, OperationId, Timestamp
from verifier.model.watching import Delivery, Happening, Kept, Kind, Parcel, Standing

NOW = Timestamp(1_796_000_000)
"""Mon 2026-11-30 00:53:20 UTC."""
MAINNET = ChainId(1)
VAULT = Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3")
OTHER_VAULT = Address.parse("0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512")
OPERATION = OperationId(bytes(range(32)))
NAMES = {(MAINNET, VAULT): Shown("treasury")}


def happening(**changes: Any) -> Happening:
    """Return an operation that was queued, with a warning."""
    usual = Happening(
        chain_id=MAINNET,
        vault=VAULT,
        kind=Kind.QUEUED,
        subject=f"operation/0x{OPERATION.hex()}",
        occasion="1796172800",
        severity=Severity.WARNING,
        sentence=Shown("An operation has its quorum: it sends 3,000,000 USDC. Veto it unless you know why."),
        lines=(Shown("Approved by seats 1, 2 and 4."),),
        findings=(
            Finding(
                rule="counterparty-first-time",
                severity=Severity.WARNING,
                sentence=Shown("Nobody was ever paid here."),
                evidence=Evidence.PROVEN,
            ),
        ),
        evidence=Evidence.PROVEN,
        block=BlockNumber(19_000_000),
        block_hash=b"\xab" * 32,
        at=Timestamp(NOW - 12),
        lane=LaneIndex(12),
        operation_id=OPERATION,
        ready_at=Timestamp(NOW + 172_800),
    )
    return replace(usual, **changes)


def delivery(parcel: Parcel = Parcel.ALERT, channel: str = "ops", **changes: Any) -> Delivery:
    """Return a delivery of a happening; changes that it has no field for are those of the happening."""
    fields = {key: changes.pop(key) for key in list(changes) if key in Delivery.__slots__}
    one = happening(**changes)
    usual = Delivery(
        key=f"{channel}:{one.key}:{Parcel.ALERT if parcel is Parcel.UPDATE else parcel}",
        channel=channel,
        parcel=parcel,
        happening=one,
        created_at=NOW,
        due_at=NOW,
        number=17,
    )
    return replace(usual, **fields)


def digest(*lines: str, parcel: Parcel = Parcel.DIGEST, channel: str = "ops") -> Delivery:
    return Delivery(
        key=f"{channel}:{parcel}:2026-11-30",
        channel=channel,
        parcel=parcel,
        happening=None,
        standing=Standing.CONFIRMED,
        text=tuple(Shown(line) for line in lines),
        created_at=NOW,
        due_at=NOW,
    )


def kept(number: int = 17, first_seen: int = NOW, **changes: Any) -> Kept:
    return Kept(
        happening=happening(**changes),
        standing=Standing.UNCONFIRMED,
        number=number,
        first_seen=Timestamp(first_seen),
    )
