"""What a person carries to another device to have it signed there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.model.address import Address
from verifier.model.message import TypedMessage

QrCode = tuple[tuple[bool, ...], ...]
"""The modules of a QR code, row by row, without a margin; a dark one is True."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A message in the two forms in which a device without a connection takes it."""

    message: TypedMessage
    # Whose signature is to be brought back.
    member: Address
    # The typed data as `eth_signTypedData_v4` takes it: one line of ASCII.
    text: str = field(repr=False)
    # The same, in their order; none where it would take too many of them.
    codes: tuple[QrCode, ...] = field(repr=False)


Exchange = Callable[[Errand], str | None]
"""Shows a person what to carry over, and returns what they brought back: pasted text or a file's; None for nothing."""
