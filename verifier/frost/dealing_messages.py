"""What is said while shares are made: the bodies of `messages.Kind`, 16 to 21."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from verifier.errors.frost import BodyMalformed
from verifier.frost.charter import MOST_HOLDERS, Charter, Index
from verifier.frost.codec import Reader, counted
from verifier.frost.lists import (
    Pair,
    pairs,
    read_index,
    read_point,
    read_raw,
    require_growing,
    write_pairs,
    write_raws,
)

MOST_MEMBERS: Final = 2 * MOST_HOLDERS
"""Of a dealing: the old holders and the new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """For whom shares are to be made, and by whom.

    A new key: `old` is None and all holders deal. New shares of the same key (refresh, another threshold, other
    holders): at least a threshold of the old holders deal. A holder that stays keeps its index and its transport key.
    """

    charter: Charter
    # By growing index.
    dealers: tuple[Index, ...]
    # The charter and the key as they are: its polynomial's commitments, 33 bytes each.
    old: tuple[Charter, tuple[bytes, ...]] | None

    def encode(self) -> bytes:
        old = b"\0"
        if self.old is not None:
            charter, commitments = self.old
            old = b"\1" + charter.encode() + bytes([len(commitments)]) + b"".join(commitments)
        return self.charter.encode() + bytes([len(self.dealers), *self.dealers]) + old

    @classmethod
    def read(cls, reader: Reader) -> Self:
        charter = Charter.read(reader)
        dealers = counted(reader, MOST_HOLDERS, read_index)
        require_growing([*dealers])
        flag = reader.number(1)
        if flag > 1:
            raise BodyMalformed(why="a flag is neither 0 nor 1")
        old = (Charter.read(reader), counted(reader, MOST_HOLDERS, read_point)) if flag else None
        return cls(charter=charter, dealers=dealers, old=old)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The first word of each member of a dealing.

    A dealer commits to its polynomial and proves that it knows the constant term. Everyone gives each counterpart a key
    of its own, for this session and this counterpart alone: to open what went between two is to open nothing else.
    """

    # Of a dealer as many as the new threshold, else none; 33 bytes each.
    commitments: tuple[bytes, ...]
    # R, 33 bytes, and the answer, 32; empty where there are no commitments.
    proof: bytes
    # For whom each key is, and the key: 33 bytes.
    pair_keys: tuple[Pair, ...]

    def encode(self) -> bytes:
        count = bytes([len(self.commitments)])
        return count + b"".join(self.commitments) + self.proof + write_pairs(self.pair_keys)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        commitments = counted(reader, MOST_HOLDERS, read_point)
        return cls(
            commitments=commitments,
            proof=reader.take(65) if commitments else b"",
            pair_keys=pairs(33, MOST_MEMBERS)(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubShares:
    """A dealer's values for the others, 32 bytes each, sealed for each: `sealing.py`. Also of parts of a repair."""

    sealed: tuple[Pair, ...]

    def encode(self) -> bytes:
        return write_pairs(self.sealed)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(sealed=pairs(32, MOST_HOLDERS)(reader))


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Nothing but its envelope, whose `seen` is the hash of the whole transcript."""

    def encode(self) -> bytes:
        return b""

    @classmethod
    def read(cls, _reader: Reader) -> Self:
        return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What somebody sealed for me is wrong; here is the key with which everybody can see it: 32 bytes."""

    accused: Index
    opened: bytes

    def encode(self) -> bytes:
        return bytes([self.accused]) + self.opened

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(accused=read_index(reader), opened=reader.take(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What shows to anybody that the new shares are kept by all, and sign."""

    # R and z over the trial's message.
    signature: bytes
    # The CONFIRMATION envelopes of all members, by growing index.
    confirmations: tuple[bytes, ...]

    def encode(self) -> bytes:
        return self.signature + write_raws(self.confirmations)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(signature=reader.take(65), confirmations=counted(reader, MOST_MEMBERS, read_raw))
