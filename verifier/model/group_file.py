"""Who holds a group's key: what everyone of them has a copy of, and compares."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from verifier.model.member import Attributes
from verifier.model.text import Shown
from verifier.model.units import Person

BY_FILES: Final = Shown("files")
"""In place of a holder's address: it has no network, and its messages are carried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderEntry:
    """One who holds a share, or is to get one."""

    # Within the group, 1 to 255: it stays with the holder for life.
    index: int
    name: Shown
    person: Person
    employer: Shown
    attributes: Attributes
    # In degrees, as written; the vector in `attributes` is made of them.
    latitude: Decimal
    longitude: Decimal
    # By which its envelopes are known: 32 bytes.
    transport_key: bytes
    # By which its connections are known: X.509, DER.
    certificate: bytes
    # https://HOST:PORT, or BY_FILES.
    address: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFile:
    """A group in one epoch. Its key is not there before it was made."""

    name: Shown
    # Names it for ever, 32 bytes.
    group: bytes
    epoch: int
    # How many sign.
    threshold: int
    # Of whoever brings ceremonies about: it has no share.
    coordinator_key: bytes
    coordinator_certificate: bytes
    # By growing index.
    holders: tuple[HolderEntry, ...]
    # The points of the key's polynomial, 33 bytes each; the first is the key. Empty before there is one.
    commitments: tuple[bytes, ...] = ()

    @property
    def point(self) -> bytes | None:
        """Return the group's key, 33 bytes compressed; None before there is one."""
        return self.commitments[0] if self.commitments else None

    def holder(self, index: int) -> HolderEntry | None:
        return next((holder for holder in self.holders if holder.index == index), None)
