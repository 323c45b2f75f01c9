"""A member's key in another device, which sees the message as a file or as QR codes, and whose answer is brought back.

Nothing connects the two but a person, so whatever comes back is read strictly, and believed only where it is the
member's signature of our own digest.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from verifier.errors import KeyAnswerMalformed, KeyRefused, MessageUnwritable
from verifier.keys.answers import MOST_CHARACTERS, read_pasted
from verifier.model.address import Address
from verifier.model.errand import Errand, Exchange, QrCode
from verifier.model.message import TypedMessage
from verifier.model.operation import Signature
from verifier.model.reading import TransactionTerms
from verifier.model.text import Shown
from verifier.model.units import Wei
from verifier.sign.messages import require_signed_by

MOST_CODES: Final = 16
"""So many QR codes can belong together (structured append); what does not fit goes by file."""

_PARTS: Final = (440, 1_000)
"""Bytes in one QR code: so many fit into 80 columns, and so many a camera still reads from a screen."""

_HOLDER: Final = Shown("the other device")


class DeviceElsewhere:
    """The port KeyHolder over a device that only a person can reach."""

    def __init__(self, member: Address, exchange: Exchange) -> None:
        self._address = member
        self._exchange = exchange

    @property
    def address(self) -> Address:
        return self._address

    def describe(self) -> Shown:
        return _HOLDER

    def __repr__(self) -> str:
        return f"DeviceElsewhere({self._address})"

    def sign(self, message: TypedMessage) -> Signature:
        """As the port says.

        :raises KeyRefused: nothing was brought back.
        :raises KeyAnswerMalformed: what was brought back is no signature.
        """
        brought = self._exchange(errand_of(message, self._address))
        if brought is None or not brought.strip():
            raise KeyRefused(holder=_HOLDER, why="no signature was brought back")
        signature = read_pasted(brought, _HOLDER)
        require_signed_by(self._address, signature, message.digest)
        return signature

    def sign_transaction(
        self,
        terms: TransactionTerms,  # noqa: ARG002 - the port's
        *,
        to: Address | None,  # noqa: ARG002
        data: bytes,  # noqa: ARG002
        value: Wei,  # noqa: ARG002
    ) -> bytes:
        """:raises KeyRefused: always: what a transaction needs is old before it was carried there and back."""
        raise KeyRefused(
            holder=_HOLDER,
            why="it signs messages only; send the transaction with the wallet that it belongs to, or let another "
            "member send the approval",
        )


def errand_of(message: TypedMessage, member: Address) -> Errand:
    """Return what is to be carried to the device of a member."""
    text = json.dumps(dict(message.typed_data), separators=(",", ":"), ensure_ascii=True)
    return Errand(message=message, member=member, text=text, codes=codes_of(text.encode("ascii")))


def codes_of(content: bytes) -> tuple[QrCode, ...]:
    """Return bytes as QR codes that belong together, small ones if possible; none where `MOST_CODES` are too few."""
    import segno

    counts = [-(-len(content) // part) for part in _PARTS]
    count = next((count for count in counts if count <= MOST_CODES), None)
    if count is None:
        return ()
    if count < 2:
        codes = [segno.make_qr(content, error="l", mode="byte")]
    else:
        # One mask for all: readers take any, and looking for the best of eight takes most of the time.
        codes = list(segno.make_sequence(content, symbol_count=count, error="l", mode="byte", mask=0))
    return tuple(tuple(tuple(map(bool, row)) for row in code.matrix) for code in codes)


def write_errand(errand: Errand, path: Path) -> None:
    """Write the text of an errand into a new file, for its owner alone.

    :raises MessageUnwritable: there is such a file already, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(errand.text + "\n")
    except (OSError, ValueError) as exc:
        raise MessageUnwritable(path=str(path), why=_why(exc)) from exc


def read_brought(path: Path) -> str:
    """Return what the other device wrote, to be handed to `sign` by an exchange.

    :raises KeyAnswerMalformed: it cannot be read as text, or is too long for a signature.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            content = file.read(MOST_CHARACTERS + 1) or b""
        return content.decode("utf-8")
    except (OSError, ValueError) as exc:
        raise KeyAnswerMalformed(holder=_HOLDER, why=f"{path} cannot be read: {_why(exc)}") from exc


def _why(exc: OSError | ValueError) -> str:
    if isinstance(exc, OSError):
        return exc.strerror or "it cannot be opened"
    return "it is no text" if isinstance(exc, UnicodeDecodeError) else "this is no path"
