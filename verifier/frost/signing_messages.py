"""What is said while a group signs: the bodies of `messages.Kind`, 1 to 6."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from verifier.errors.frost import BodyMalformed
from verifier.errors.text import Foreign
from verifier.frost.charter import MOST_HOLDERS
from verifier.frost.codec import Reader, counted
from verifier.frost.lists import read_raw, write_raws

MOST_REQUEST: Final = 1 << 16
"""Bytes of what is asked: an operation has at most 24 KiB."""
MOST_REASON: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What is asked: bytes that only the doors understand. The envelope's digest is what would be signed."""

    request: bytes

    def encode(self) -> bytes:
        return self.request

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(request=reader.rest(MOST_REQUEST))


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """The two points of a holder's nonces, 33 bytes each."""

    hiding: bytes
    binding: bytes

    def encode(self) -> bytes:
        return self.hiding + self.binding

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(hiding=reader.take(33), binding=reader.take(33))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Why a holder does not sign, in its own words."""

    declined_because: Foreign

    def encode(self) -> bytes:
        whole = self.declined_because.encode("utf-8", "replace")
        return whole[:MOST_REASON].decode("utf-8", "ignore").encode("utf-8")

    @classmethod
    def read(cls, reader: Reader) -> Self:
        try:
            return cls(declined_because=reader.rest(MOST_REASON).decode("utf-8"))
        except UnicodeDecodeError as exc:
            raise BodyMalformed(why="its reason is no text") from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Who signs: their COMMITMENT envelopes as they wrote them, by growing index, so that nobody can be misquoted."""

    commitments: tuple[bytes, ...]

    def encode(self) -> bytes:
        return write_raws(self.commitments)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(commitments=counted(reader, MOST_HOLDERS, read_raw))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureShare:
    """z of one holder, 32 bytes."""

    z: bytes

    def encode(self) -> bytes:
        return self.z

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(z=reader.take(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSignature:
    """R, 33 bytes, and z, 32: the group's signature as RFC 9591 writes it."""

    signature: bytes

    def encode(self) -> bytes:
        return self.signature

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(signature=reader.take(65))
