"""Several envelopes in one piece, as they travel: the body of a request and of its answer, and a file.

"4SFP" | version 1 | count 2 | (length 4 | envelope) for each
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.errors import InputError, ParcelMalformed
from verifier.frost.codec import Reader
from verifier.frost.envelope import MOST_ENVELOPE

MAGIC: Final = b"4SFP"
VERSION: Final = 1
MOST_ENVELOPES: Final = 256
MOST_BYTES: Final = 4 * 1024 * 1024


def pack_parcel(envelopes: Sequence[bytes]) -> bytes:
    """Return envelopes as one piece; there are at most MOST_ENVELOPES."""
    if len(envelopes) > MOST_ENVELOPES:
        raise ValueError("too many envelopes for one parcel")
    return b"".join(
        (
            MAGIC,
            bytes([VERSION]),
            len(envelopes).to_bytes(2, "big"),
            *(len(raw).to_bytes(4, "big") + raw for raw in envelopes),
        )
    )


def unpack_parcel(parcel: bytes, *, origin: str) -> tuple[bytes, ...]:
    """Return the envelopes in a parcel; what they are is not looked at.

    :param origin: who sent it, for the error
    :raises ParcelMalformed: it is none, of another version, or too large.
    """

    def malformed(why: str) -> ParcelMalformed:
        return ParcelMalformed(origin=origin, why=why)

    if len(parcel) > MOST_BYTES:
        raise malformed(f"it has more than {MOST_BYTES} bytes")
    if parcel[:4] != MAGIC:
        raise malformed("it does not begin as one")
    if parcel[4:5] != bytes([VERSION]):
        raise malformed(f"it has another version than {VERSION}, which this release reads")
    reader = Reader(parcel, 5)
    envelopes = []
    try:
        count = reader.number(2)
        if count > MOST_ENVELOPES:
            raise malformed(f"it has more than {MOST_ENVELOPES} messages")
        for _ in range(count):
            length = reader.number(4)
            if length > MOST_ENVELOPE:
                raise malformed(f"one of its messages has {length} bytes")
            envelopes.append(reader.take(length))
        reader.end()
    except InputError as exc:
        if isinstance(exc, ParcelMalformed):
            raise
        raise malformed("its lengths do not fit") from exc
    return tuple(envelopes)
