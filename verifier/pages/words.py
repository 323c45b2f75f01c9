"""Small phrases that several pages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.desk.briefing import Briefing
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.lane import Lane
from verifier.model.life import FINAL, Status
from verifier.model.reading import Head
from verifier.model.text import Foreign, Shown, sanitise, show_moment
from verifier.model.units import Timestamp

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def short_duration(seconds: int) -> str:
    """Return a length of time in its two largest units, such as `1d 23h`."""
    parts: list[str] = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


def clock_of(lane: Lane, status: Status, now: Timestamp) -> str:
    """Return what the clock will do next to a lane's operation, such as `ready in 1d 23h`."""
    if status in FINAL or status is Status.UNKNOWN:
        return "final"
    if status is Status.WAITING:
        return f"ready in {short_duration(lane.moment - now)}"
    return f"expires in {short_duration(lane.expires_at - now)}"


def named(briefing: Briefing, address: Address) -> str:
    """Return an address with the signer's label for it."""
    label = briefing.signer.labels.get(address)
    return f"{address} ({sanitise(label, most=60)})" if label else str(address)


def block_of(head: Head) -> str:
    """Return which block was read."""
    return f"{head.number} of {show_moment(head.timestamp)}"


def endpoints_of(head: Head) -> Shown:
    """Return on whose word a block is believed, and who did not agree."""
    names = ", ".join(map(sanitise, head.agreeing))
    if head.vouched:
        said = f"vouched for by you; given by {names}"
    elif head.evidence is Evidence.CLAIMED:
        said = f"claimed by {names} alone"
    else:
        said = f"agreed by {names}"
    if head.dissenting:
        said += f"; another block from {', '.join(map(sanitise, head.dissenting))}"
    if head.silent:
        said += f"; nothing from {', '.join(map(sanitise, head.silent))}"
    for pair in head.shared:
        said += f"; {show_shared(pair)}"
    return Shown(said)


def show_shared(names: Sequence[Foreign]) -> Shown:
    """Return that endpoints may be one source."""
    return Shown(f"{' and '.join(map(sanitise, names))} have one address, and may be one source")


def completeness_of(briefing: Briefing) -> str:
    """Return whether an operation may be missing from the queue."""
    return _COMPLETE[briefing.completeness]


_COMPLETE: Final = {
    Evidence.PROVEN: (
        "Complete: proven. Every place in storage where an open operation can be was proven against that block, so "
        "none is hidden."
    ),
    Evidence.AGREED: (
        "Complete: agreed, not proven. The endpoints agree on every place in storage where an open operation can be."
    ),
    Evidence.CLAIMED: (
        "Complete: claimed, not proven. It fits the block that one endpoint gives, but nobody confirms that block: an "
        "operation may be hidden."
    ),
}
