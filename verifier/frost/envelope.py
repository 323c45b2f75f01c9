"""The form in which everything travels: signed, bounded, and with one way to be written.

    "4SF" | version 1 | group 32 | epoch 4 | session 32 | sender 1 | kind 1 | digest 32 | seen 32
          | length 4 | body | signature 64

The signature is by BIP-340 over a hash of all that stands before it. Whatever comes in is hostile. What is wrong with
it is a `Rejected`, which names the sender and the fault, and changes nothing; it is only *proven* against the sender if
the signature is the sender's, since anybody can write anybody's index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from verifier.errors.frost import BodyMalformed, CharterMalformed
from verifier.errors.text import Shown
from verifier.frost.charter import COORDINATOR, Index, Pen, TransportKey
from verifier.frost.codec import Reader
from verifier.frost.messages import FROM_COORDINATOR, MOST_BODY, Body, Kind, read_body

VERSION: Final = 1
NOTHING: Final = bytes(32)
"""In the place of a digest or of what was seen, where there is none."""

_MAGIC: Final = b"4SF"
_HEAD: Final = 3 + 1 + 32 + 4 + 32 + 1 + 1 + 32 + 32 + 4
_SIGNATURE: Final = 64
_KINDS: Final = {kind.value: kind for kind in Kind}
MOST_ENVELOPE: Final = _HEAD + max(MOST_BODY.values()) + _SIGNATURE
"""Bytes; a transport need not take more."""


class Fault(StrEnum):
    """What is wrong with an envelope."""

    SIZE = "it is too long or too short"
    FORM = "it is no envelope"
    VERSION = "its version is another"
    GROUP = "it is of another group"
    EPOCH = "it is of another epoch"
    SESSION = "it is of another session"
    SENDER = "its sender has no part in this"
    KIND = "what it says is not its sender's to say"
    SIGNATURE = "its signature is not its sender's"
    BODY = "its body is malformed"
    ORDER = "it comes at the wrong time"
    DUPLICATE = "it has come before"
    CONFLICT = "its sender has said something else in the same place"
    DIGEST = "it is about something else"
    SEEN = "its sender saw other messages than came here"
    POINTS = "a point in it is none that may stand there"
    COUNT = "a list in it has the wrong length or the wrong holders"
    PROOF = "its proof of knowledge is wrong"
    DEALT = "what it deals is not its own share"
    SHARE = "its signature share is wrong"
    COMMITMENT = "its commitment has been used before, or is another's"
    BUSY = "too many sessions are open"
    OVER = "its session is over"
    WAITING = "too many new shares wait for their certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One that is whole, and signed by its sender."""

    group: bytes
    epoch: int
    session: bytes
    sender: Index
    kind: Kind
    # What would be signed, or what the ceremony is about: the digest of its CALL.
    digest: bytes
    # The hash of the messages before it that its sender saw, where that counts.
    seen: bytes
    body: Body
    # As it came.
    raw: bytes

    @property
    def said(self) -> bytes:
        """Return all but the signature, of which the same words may have several."""
        return self.raw[:-_SIGNATURE]

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.said).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Bytes that changed nothing, and why."""

    # As they claim; None where they claim none.
    sender: Index | None
    fault: Fault
    # Whether the sender signed them, so that the fault is really its own.
    is_proven: bool = False
    # What to do about it, as a sentence, where whoever refuses knows.
    advice: Shown | None = None

    def sentence(self) -> Shown:
        name = "nobody knows whom" if self.sender is None else show_index(self.sender)
        doubt = "" if self.is_proven or self.sender is None else ", or of somebody who says so,"
        advice = f" {self.advice}" if self.advice else ""
        return Shown(f"A message of {name}{doubt} is refused: {self.fault}.{advice}")


def show_index(index: Index) -> Shown:
    return Shown("the coordinator" if index == COORDINATOR else f"holder {index}")


IsSigned = Callable[[TransportKey, bytes, bytes], bool]
"""Whether a key signed a digest of 32 bytes; `curve.is_signed` is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where envelopes are taken, and of whom."""

    group: bytes
    epoch: int
    # None where any may come, as the first of one.
    session: bytes | None
    keys: Mapping[Index, TransportKey]
    is_signed: IsSigned


def seal(pen: Pen, place: Place, kind: Kind, body: Body, *, digest: bytes, seen: bytes = NOTHING) -> bytes:
    """Return an envelope, signed. The place says the session."""
    session, written = place.session, body.encode()
    if session is None or len(written) > MOST_BODY[kind]:
        raise ValueError("an envelope needs a session, and a body that is not too long")
    head = b"".join(
        (
            _MAGIC,
            bytes([VERSION]),
            place.group,
            place.epoch.to_bytes(4, "big"),
            session,
            bytes([pen.index, kind]),
            digest,
            seen,
            len(written).to_bytes(4, "big"),
            written,
        )
    )
    return head + pen.sign(_to_sign(head))


def open_envelope(raw: bytes, place: Place) -> Envelope | Rejected:
    """Return what came, or what is wrong with it; nothing raises. The body is read only if the sender signed it."""
    if not _HEAD + _SIGNATURE <= len(raw) <= MOST_ENVELOPE:
        return Rejected(sender=None, fault=Fault.SIZE)
    reader = Reader(raw)
    if reader.take(3) != _MAGIC:
        return Rejected(sender=None, fault=Fault.FORM)
    version, group, epoch, session = reader.number(1), reader.take(32), reader.number(4), reader.take(32)
    sender, number = Index(reader.number(1)), reader.number(1)
    digest, seen, length = reader.take(32), reader.take(32), reader.number(4)
    kind, key = _KINDS.get(number), place.keys.get(sender)
    fault = None
    for is_wrong, found in (
        (version != VERSION, Fault.VERSION),
        (group != place.group, Fault.GROUP),
        (key is None, Fault.SENDER),
        (epoch != place.epoch, Fault.EPOCH),
        (place.session not in (None, session), Fault.SESSION),
        (kind is None or (kind in FROM_COORDINATOR) != (sender == COORDINATOR), Fault.KIND),
        (len(raw) != _HEAD + length + _SIGNATURE, Fault.SIZE),
        (kind is not None and length > MOST_BODY[kind], Fault.SIZE),
    ):
        if is_wrong and fault is None:
            fault = found
    if fault is not None or key is None or kind is None:
        return Rejected(sender=sender, fault=fault or Fault.FORM)
    if not place.is_signed(key, _to_sign(raw[:-_SIGNATURE]), raw[-_SIGNATURE:]):
        return Rejected(sender=sender, fault=Fault.SIGNATURE)
    try:
        body = read_body(kind, raw[_HEAD:-_SIGNATURE])
    except (BodyMalformed, CharterMalformed):
        return Rejected(sender=sender, fault=Fault.BODY, is_proven=True)
    return Envelope(
        group=group,
        epoch=epoch,
        session=session,
        sender=sender,
        kind=kind,
        digest=digest,
        seen=seen,
        body=body,
        raw=raw,
    )


def claimed_epoch(raw: bytes) -> int:
    """Return of what epoch some bytes say they are; nothing of it is checked."""
    return int.from_bytes(raw[36:40], "big")


def claimed_session(raw: bytes) -> bytes:
    """Return of what session some bytes say they are; nothing of it is checked."""
    return raw[40:72]


def show_kind(raw: bytes) -> Shown:
    """Return what kind of message some bytes say they are, as words; nothing of it is checked."""
    kind = _KINDS.get(raw[73]) if len(raw) > 73 else None
    return Shown("something" if kind is None else kind.name.lower().replace("_", " "))


def is_call_off(raw: bytes) -> bool:
    """Whether some bytes say that they call something off; nothing of it is checked."""
    return len(raw) > 73 and raw[73] == Kind.CALL_OFF


def hash_of_list(envelopes: Sequence[Envelope]) -> bytes:
    """Return the hash of envelopes by growing sender: what `seen` says."""
    ordered = sorted(envelopes, key=lambda one: (one.kind, one.sender))
    return hashlib.sha256(b"fourth-signer/seen\0" + b"".join(one.hash for one in ordered)).digest()


def _to_sign(head: bytes) -> bytes:
    return hashlib.sha256(b"fourth-signer/envelope\0" + head).digest()
