"""What is said while a lost share is made anew: the bodies of `messages.Kind`, 32 to 35."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from verifier.errors.frost import BodyMalformed
from verifier.frost.charter import LEAST_THRESHOLD, MOST_HOLDERS, Index
from verifier.frost.codec import Reader, counted
from verifier.frost.dealing_messages import MOST_MEMBERS
from verifier.frost.lists import Pair, pairs, read_index, require_growing, write_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairCall:
    """Whose share is lost, and who makes it anew: as many as the threshold, by growing index."""

    lost: Index
    helpers: tuple[Index, ...]

    def encode(self) -> bytes:
        return bytes([self.lost, len(self.helpers), *self.helpers])

    @classmethod
    def read(cls, reader: Reader) -> Self:
        lost = read_index(reader)
        helpers = counted(reader, MOST_HOLDERS, read_index)
        require_growing([*helpers])
        if lost in helpers or lost == 0 or len(helpers) < LEAST_THRESHOLD:
            raise BodyMalformed(why="whose share is lost cannot help, and two help at the least")
        return cls(lost=lost, helpers=helpers)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairOffer:
    """A helper's parts for each helper, committed to, and keys for what is for one only."""

    # For whom each part is, and its point: 33 bytes. Of the one who lost its share: none.
    commitments: tuple[Pair, ...]
    pair_keys: tuple[Pair, ...]

    def encode(self) -> bytes:
        return write_pairs(self.commitments) + write_pairs(self.pair_keys)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        commitments = pairs(33, MOST_HOLDERS)(reader)
        return cls(commitments=commitments, pair_keys=pairs(33, MOST_MEMBERS)(reader))


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSum:
    """The sum of the parts that a helper got, sealed for the one who lost its share: 32 bytes."""

    sealed: bytes

    def encode(self) -> bytes:
        return self.sealed

    @classmethod
    def read(cls, reader: Reader) -> Self:
        return cls(sealed=reader.take(32))
