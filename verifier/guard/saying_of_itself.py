"""What a guard tells people of itself, as happenings: that it has stopped, and what keeps it from its work."""

from __future__ import annotations

from typing import Final

from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Happening, Kind

_UNSEEN: Final = BlockNumber(0)


def say_stopped(chain_id: ChainId, vault: Address, now: Timestamp, why: Shown) -> Happening:
    """Return that the guard vetoes nothing more until somebody says so."""
    return Happening(
        chain_id=chain_id,
        vault=vault,
        kind=Kind.GUARD_STOPPED,
        subject="guard/limit",
        occasion=str(int(now)),
        severity=Severity.DANGER,
        sentence=Shown(f"The guard has stopped and only rings: {why}"),
        lines=(
            Shown("A guard that vetoes much is wrong, or somebody makes it veto: find out which."),
            Shown("Until then veto by hand what is wrong. `fourth-signer guard resume` lets it go on."),
        ),
        evidence=Evidence.CLAIMED,
        block=_UNSEEN,
        block_hash=b"",
        at=now,
        pages=True,
    )


def say_state(
    chain_id: ChainId,
    vault: Address | None,
    kind: Kind,
    subject: str,
    occasion: str,
    now: Timestamp,
    said: Shown,
    severity: Severity,
) -> Happening:
    """Return how the guard itself is."""
    return Happening(
        chain_id=chain_id,
        vault=vault,
        kind=kind,
        subject=subject,
        occasion=occasion,
        severity=severity,
        sentence=said,
        evidence=Evidence.CLAIMED,
        block=_UNSEEN,
        block_hash=b"",
        at=now,
        pages=severity >= Severity.WARNING,
    )
