"""Records that somebody makes up who has the keys of a coordinator and of some holders: each envelope is signed.

book = Book(pens, group=..., at=...)
asked = book.says(0, Kind.INVITATION, session, epoch=1, body=..., digest=...)
book.sent(asked, to=[1, 2]); book.received(other)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.holders.auditing import Pens, Record
from verifier.frost.messages import Kind
from verifier.frost.scalar import SecretScalar

NOTHING = bytes(32)


def secret(words: str) -> SecretScalar:
    return SecretScalar(hashlib.sha256(words.encode()).digest())


def nonces(words: str) -> bytes:
    """Return the body of a COMMITMENT, the same for the same words."""
    return b"".join(secret(f"{words} {which}").point() for which in ("hiding", "binding"))


def name(words: str) -> bytes:
    """Return the name of a session."""
    return hashlib.sha256(words.encode()).digest()


def hash_of(raw: bytes) -> bytes:
    return hashlib.sha256(raw[:-64]).digest()


@dataclass(slots=True, kw_only=True)
class Book:
    """Envelopes of one group, and the records of one party that are made of them."""

    pens: Pens
    group: bytes
    at: int
    records: list[Record] = field(default_factory=list)

    def says(
        self,
        sender: int,
        kind: Kind,
        session: bytes,
        *,
        epoch: int = 1,
        body: bytes = b"",
        digest: bytes = NOTHING,
        seen: bytes = NOTHING,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> bytes:
        """Return an envelope, signed by its sender's own key, or by another."""
        head = b"4SF\1" + self.group + epoch.to_bytes(4, "big") + session + bytes([sender, kind])
        said = head + digest + seen + len(body).to_bytes(4, "big") + body
        return (sign or self.pens.sign)(said)

    def answers(self, sender: int, kind: Kind, asked: bytes, body: bytes = b"") -> bytes:
        """Return an envelope of the session of another, about the same, which says that it saw that one."""
        epoch = int.from_bytes(asked[36:40], "big")
        return self.says(
            sender,
            kind,
            asked[40:72],
            epoch=epoch,
            body=body,
            digest=asked[74:106],
            seen=hash_of(asked),
        )

    def note(self, kind: str, **body: Any) -> None:
        self.records.append({"number": len(self.records) + 1, "at": self.at, "kind": kind, "body": body})

    def sent(self, raw: bytes, to: Sequence[int] | None = None) -> None:
        more = {} if to is None else {"to": list(to)}
        self.note("sent", raw="0x" + raw.hex(), session="0x" + raw[40:72].hex(), **more)

    def received(self, raw: bytes, **more: Any) -> None:
        self.note("received", raw="0x" + raw.hex(), session="0x" + raw[40:72].hex(), **more)

    def decided(self, raw: bytes) -> None:
        self.note("decided", session="0x" + raw[40:72].hex(), answer="yes", because="so")
