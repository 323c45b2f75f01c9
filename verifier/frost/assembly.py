"""A dealing as all its members see it: who deals to whom, and what each may say. Nothing in here is secret."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.errors.frost import CharterMalformed, PointMalformed
from verifier.frost import curve
from verifier.frost.charter import COORDINATOR, Index, TransportKey
from verifier.frost.curve import Point, add, add_products, is_point
from verifier.frost.dealing_messages import Call, Offer, SubShares
from verifier.frost.envelope import (
    NOTHING,
    Envelope,
    Fault,
    IsSigned,
    Place,
    Rejected,
    claimed_epoch,
    hash_of_list,
    open_envelope,
)
from verifier.frost.messages import Kind
from verifier.frost.polynomial import is_proven, weight
from verifier.frost.shares import GroupKey

MOST_SKIPPED: Final = 1 << 20
"""Epochs that a call may leave out: each try of a dealing uses one up. Without an end to it, one call would use up all
that there are, and no share could ever be refreshed again."""

VIEWS: Final = (Fault.DIGEST, Fault.SEEN)
"""Faults that show that somebody said two things, and not who: it takes the transcripts of two to know that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Who takes part in a dealing."""

    call: Call
    envelope: Envelope
    place: Place
    # The key as it is; None where a new one is made.
    old: GroupKey | None

    @property
    def dealers(self) -> tuple[Index, ...]:
        return self.call.dealers

    @property
    def receivers(self) -> tuple[Index, ...]:
        return self.call.charter.indexes

    @property
    def members(self) -> tuple[Index, ...]:
        return tuple(sorted({*self.dealers, *self.receivers}))

    @property
    def matter(self) -> bytes:
        """Return what all envelopes of the dealing are about: 32 bytes."""
        return matter_of(self.envelope)

    @property
    def unshown(self) -> tuple[Index, ...]:
        """Return who stays and does not deal: it gets a new share, and shows by nothing that it has one already."""
        stays = set(self.old.charter.indexes) if self.old else set()
        return tuple(index for index in self.receivers if index in stays and index not in self.dealers)

    def counterparts(self, index: Index) -> tuple[Index, ...]:
        """Return with whom a member exchanges what is for one only."""
        found = {*self.receivers} if index in self.dealers else set()
        found |= {*self.dealers} if index in self.receivers else set()
        return tuple(sorted(found - {index}))

    def dealt(self, index: Index) -> Point | None:
        """Return the point of what a dealer must deal: its counted share; None where it chooses that itself."""
        if self.old is None:
            return None
        return add_products([(weight(index, self.dealers), self.old.verifying_share(index))])


def matter_of(call: Envelope) -> bytes:
    """Return what all envelopes that follow a call are about: the hash of its body, 32 bytes."""
    return hashlib.sha256(b"fourth-signer/matter\0" + call.body.encode()).digest()


def assemble(
    raw: bytes,
    *,
    group: bytes,
    coordinator: TransportKey,
    known: GroupKey | None,
    above: int = 0,
    is_signed: IsSigned = curve.is_signed,
) -> Assembly | Rejected:
    """Return who takes part, from a CALL, or what is wrong with it.

    :param known: the key as it is, from the group's own file; None where it has none yet
    :param above: the highest epoch that this member has confirmed shares of, whether they came into use or not: no two
        dealings make shares of one epoch
    """
    epoch = claimed_epoch(raw)
    gate = Place(group=group, epoch=epoch, session=None, keys={COORDINATOR: coordinator}, is_signed=is_signed)
    envelope = open_envelope(raw, gate)
    if isinstance(envelope, Rejected):
        return envelope
    call = envelope.body
    present = max(above, known.charter.epoch if known else 0)
    if not present < epoch <= present + MOST_SKIPPED:
        return Rejected(sender=COORDINATOR, fault=Fault.EPOCH, is_proven=True)
    fault = Fault.KIND if not isinstance(call, Call) else _fault_of_call(call, gate, known)
    if not isinstance(call, Call) or fault is not None:
        return Rejected(sender=COORDINATOR, fault=fault or Fault.KIND, is_proven=True)
    if (envelope.digest, envelope.seen) != (NOTHING, NOTHING):
        return Rejected(sender=COORDINATOR, fault=Fault.DIGEST, is_proven=True)
    keys = {**(known.charter.keys if known else {}), **call.charter.keys, COORDINATOR: coordinator}
    members = {COORDINATOR, *call.dealers, *call.charter.indexes}
    place = Place(
        group=group,
        epoch=epoch,
        session=envelope.session,
        keys={index: key for index, key in keys.items() if index in members},
        is_signed=is_signed,
    )
    return Assembly(call=call, envelope=envelope, place=place, old=known)


def _fault_of_call(call: Call, gate: Place, known: GroupKey | None) -> Fault | None:
    charter, old = call.charter, call.old
    if (charter.group, charter.epoch) != (gate.group, gate.epoch):
        return Fault.EPOCH
    if known is None:
        return Fault.COUNT if old is not None or call.dealers != charter.indexes else None
    if old != (known.charter, known.commitments):
        return Fault.SEEN
    if not {*call.dealers} <= {*known.charter.indexes} or len(call.dealers) < known.charter.threshold:
        return Fault.COUNT
    # A holder that stays keeps its index and its key; nobody is two members.
    pairs = {(one.index, one.transport_key) for one in (*known.charter.holders, *charter.holders)}
    if len({index for index, _ in pairs}) < len(pairs) or len({key for _, key in pairs}) < len(pairs):
        return Fault.SENDER
    return None


def fault_of_offer(assembly: Assembly, envelope: Envelope) -> Fault | None:
    """Return what is wrong with an OFFER."""
    offer, index = envelope.body, envelope.sender
    if envelope.kind is not Kind.OFFER or not isinstance(offer, Offer):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    if envelope.seen != assembly.envelope.hash:
        return Fault.SEEN
    is_dealer = index in assembly.dealers
    if len(offer.commitments) != (assembly.call.charter.threshold if is_dealer else 0):
        return Fault.COUNT
    if tuple(one for one, _ in offer.pair_keys) != assembly.counterparts(index):
        return Fault.COUNT
    if not all(is_point(point) for point in (*offer.commitments, *(key for _, key in offer.pair_keys))):
        return Fault.POINTS
    if is_dealer and not is_proven(index, Point(offer.commitments[0]), offer.proof):
        return Fault.PROOF
    if is_dealer and assembly.dealt(index) not in (None, offer.commitments[0]):
        return Fault.DEALT
    return None


def fault_of_sub_shares(
    assembly: Assembly, offers: Mapping[Index, Envelope], envelope: Envelope
) -> Fault | None:
    """Return what is wrong with SUB_SHARES, as far as all can see."""
    body, index = envelope.body, envelope.sender
    if envelope.kind is not Kind.SUB_SHARES or not isinstance(body, SubShares):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    if index not in assembly.dealers:
        return Fault.SENDER
    if tuple(one for one, _ in body.sealed) != tuple(one for one in assembly.receivers if one != index):
        return Fault.COUNT
    return None if envelope.seen == hash_of_list([*offers.values()]) else Fault.SEEN


def commitments_of(envelope: Envelope) -> tuple[Point, ...]:
    """Return what a dealer committed to in its OFFER."""
    return tuple(map(Point, envelope.body.commitments)) if isinstance(envelope.body, Offer) else ()


def pair_key_of(envelope: Envelope, counterpart: Index) -> Point:
    """Return the key that a member made for a counterpart.

    :raises PointMalformed: it made none.
    """
    for index, key in getattr(envelope.body, "pair_keys", ()):
        if index == counterpart:
            return Point(key)
    raise PointMalformed(what="A key that should be in an offer")


def key_of(assembly: Assembly, offers: Mapping[Index, Envelope]) -> GroupKey | None:
    """Return the key that a dealing makes, from all its offers; None where chance made none that a vault could take."""
    columns = zip(*(commitments_of(offers[index]) for index in assembly.dealers), strict=True)
    points = [add(column) for column in columns]
    whole = tuple(point for point in points if point is not None)
    try:
        return GroupKey(charter=assembly.call.charter, commitments=whole)
    except (CharterMalformed, PointMalformed):
        return None
