"""Who holds shares of a group's key, how many of them sign, and by which keys they are known on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NewType

from verifier.errors.frost import CharterMalformed
from verifier.frost.codec import Reader, counted

Index = NewType("Index", int)
"""Of a holder within its group, 1 to 255: where its polynomial is evaluated. It stays with the holder for life."""

COORDINATOR: Final = Index(0)
"""What the coordinator is called in envelopes. It has a key for the way, and no share."""

MOST_HOLDERS: Final = 20
LEAST_THRESHOLD: Final = 2

TransportKey = NewType("TransportKey", bytes)
"""The abscissa of a point, 32 bytes: envelopes are signed by BIP-340."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One who holds a share."""

    index: Index
    transport_key: TransportKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """A group in one epoch.

    :raises CharterMalformed: no group may be so.
    """

    # Names the group for ever, 32 bytes; its key is not known before it is made.
    group: bytes
    # Of the shares that these holders have, or are to get: 1 for the first.
    epoch: int
    # How many sign.
    threshold: int
    coordinator: TransportKey
    # By growing index.
    holders: tuple[Holder, ...]

    def __post_init__(self) -> None:
        indexes, keys = self.indexes, [holder.transport_key for holder in self.holders]
        for is_wrong, why in (
            (len(self.group) != 32, "the group's name is not 32 bytes"),
            (not 1 <= self.epoch < 1 << 32, "its epoch is out of range"),
            (len(self.holders) > MOST_HOLDERS, f"it has more than {MOST_HOLDERS} holders"),
            (
                not LEAST_THRESHOLD <= self.threshold <= len(self.holders),
                f"its threshold is not between {LEAST_THRESHOLD} and the number of its holders",
            ),
            (list(indexes) != sorted(set(indexes)), "its holders do not stand by growing index"),
            (any(not 1 <= index <= 255 for index in indexes), "an index is not between 1 and 255"),
            (any(len(key) != 32 for key in [*keys, self.coordinator]), "a transport key is not 32 bytes"),
            (len({*keys, self.coordinator}) <= len(keys), "two of it have one transport key"),
        ):
            if is_wrong:
                raise CharterMalformed(why=why)

    @property
    def indexes(self) -> tuple[Index, ...]:
        return tuple(holder.index for holder in self.holders)

    @property
    def keys(self) -> Mapping[Index, TransportKey]:
        """Return by which key each is known, the coordinator included."""
        return {COORDINATOR: self.coordinator, **{one.index: one.transport_key for one in self.holders}}

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(b"fourth-signer/charter\0" + self.encode()).digest()

    def encode(self) -> bytes:
        """Return the one way in which it is written: group, epoch, threshold, coordinator, holders."""
        return b"".join(
            (
                self.group,
                self.epoch.to_bytes(4, "big"),
                bytes([self.threshold]),
                self.coordinator,
                bytes([len(self.holders)]),
                *(bytes([one.index]) + one.transport_key for one in self.holders),
            )
        )

    @classmethod
    def read(cls, reader: Reader) -> Charter:
        """:raises BodyMalformed: no charter stands there. :raises CharterMalformed: it may not be so."""
        return cls(
            group=reader.take(32),
            epoch=reader.number(4),
            threshold=reader.number(1),
            coordinator=TransportKey(reader.take(32)),
            holders=counted(reader, MOST_HOLDERS, _read_holder),
        )


def _read_holder(reader: Reader) -> Holder:
    return Holder(index=Index(reader.number(1)), transport_key=TransportKey(reader.take(32)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """With what one of a group signs its envelopes: a function, so that the key may be anywhere."""

    index: Index
    # Of a digest of 32 bytes; returns 64 bytes by BIP-340. `SecretScalar.sign` is one.
    sign: Callable[[bytes], bytes]
