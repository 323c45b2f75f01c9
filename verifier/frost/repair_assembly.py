"""A repair as all its members see it: who helps whom, and what each may say. Nothing in here is secret.

Each helper splits what its share counts at the lost index into parts, one for each helper, and commits to each. Every
helper adds up the parts that it got, and the one who lost its share adds up these sums. Nobody sees anything but sums
of what at least one other made up (Stinson and Wei, as in the Zcash Foundation's repairable shares); the commitments
let everybody see who did not do so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.errors.frost import PointMalformed
from verifier.frost import curve
from verifier.frost.assembly import matter_of, pair_key_of
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.curve import Point, add, add_products, is_point
from verifier.frost.dealing_messages import Complaint, SubShares
from verifier.frost.envelope import (
    NOTHING,
    Envelope,
    Fault,
    IsSigned,
    Place,
    Rejected,
    hash_of_list,
    open_envelope,
)
from verifier.frost.judge import Opening, Verdict
from verifier.frost.messages import Kind
from verifier.frost.polynomial import weight
from verifier.frost.repair_messages import RepairCall, RepairOffer, RepairSum
from verifier.frost.sealing import Way
from verifier.frost.shares import GroupKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairAssembly:
    """Who takes part in a repair."""

    call: RepairCall
    envelope: Envelope
    place: Place
    key: GroupKey

    @property
    def members(self) -> tuple[Index, ...]:
        return tuple(sorted((*self.call.helpers, self.call.lost)))

    @property
    def matter(self) -> bytes:
        return matter_of(self.envelope)

    def counterparts(self, index: Index) -> tuple[Index, ...]:
        return tuple(one for one in self.members if one != index)

    def counted(self, index: Index) -> Point | None:
        """Return the point of what a helper's share counts at the lost index."""
        counts = weight(index, self.call.helpers, at=self.call.lost)
        return add_products([(counts, self.key.verifying_share(index))])


def assemble_repair(
    raw: bytes, key: GroupKey, *, is_signed: IsSigned = curve.is_signed
) -> RepairAssembly | Rejected:
    """Return who takes part, from a REPAIR_CALL, or what is wrong with it."""
    charter = key.charter
    place = Place(
        group=charter.group, epoch=charter.epoch, session=None, keys=charter.keys, is_signed=is_signed
    )
    envelope = open_envelope(raw, place)
    if isinstance(envelope, Rejected):
        return envelope
    call = envelope.body
    if not isinstance(call, RepairCall):
        return Rejected(sender=COORDINATOR, fault=Fault.KIND, is_proven=True)
    members = {*call.helpers, call.lost}
    if not members <= {*charter.indexes} or len(call.helpers) != charter.threshold:
        return Rejected(sender=COORDINATOR, fault=Fault.COUNT, is_proven=True)
    if (envelope.digest, envelope.seen) != (NOTHING, NOTHING):
        return Rejected(sender=COORDINATOR, fault=Fault.DIGEST, is_proven=True)
    keys = {index: known for index, known in charter.keys.items() if index in {COORDINATOR, *members}}
    place = Place(
        group=charter.group,
        epoch=charter.epoch,
        session=envelope.session,
        keys=keys,
        is_signed=is_signed,
    )
    return RepairAssembly(call=call, envelope=envelope, place=place, key=key)


def fault_of_repair_offer(assembly: RepairAssembly, envelope: Envelope) -> Fault | None:
    """Return what is wrong with a REPAIR_OFFER."""
    offer, index = envelope.body, envelope.sender
    if envelope.kind is not Kind.REPAIR_OFFER or not isinstance(offer, RepairOffer):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    if envelope.seen != assembly.envelope.hash:
        return Fault.SEEN
    helpers = assembly.call.helpers
    wanted = helpers if index in helpers else ()
    if tuple(one for one, _ in offer.commitments) != wanted:
        return Fault.COUNT
    if tuple(one for one, _ in offer.pair_keys) != assembly.counterparts(index):
        return Fault.COUNT
    if not all(is_point(point) for _, point in (*offer.commitments, *offer.pair_keys)):
        return Fault.POINTS
    if wanted and add([Point(point) for _, point in offer.commitments]) != assembly.counted(index):
        return Fault.DEALT
    return None


def fault_of_repair_parts(
    assembly: RepairAssembly, offers: Mapping[Index, Envelope], envelope: Envelope
) -> Fault | None:
    """Return what is wrong with REPAIR_PARTS, as far as all can see."""
    body, index, helpers = envelope.body, envelope.sender, assembly.call.helpers
    if envelope.kind is not Kind.REPAIR_PARTS or not isinstance(body, SubShares):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    if index not in helpers:
        return Fault.SENDER
    if tuple(one for one, _ in body.sealed) != tuple(one for one in helpers if one != index):
        return Fault.COUNT
    return None if envelope.seen == hash_of_list([*offers.values()]) else Fault.SEEN


def fault_of_repair_sum(assembly: RepairAssembly, transcript: bytes, envelope: Envelope) -> Fault | None:
    """Return what is wrong with a REPAIR_SUM, as far as all can see.

    :param transcript: the hash of all offers and parts
    """
    if envelope.kind is not Kind.REPAIR_SUM or not isinstance(envelope.body, RepairSum):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    if envelope.sender not in assembly.call.helpers:
        return Fault.SENDER
    return None if envelope.seen == transcript else Fault.SEEN


def part_point(offers: Mapping[Index, Envelope], helper: Index, receiver: Index) -> Point:
    """Return what a helper committed to for another.

    :raises PointMalformed: it did not.
    """
    body = offers[helper].body
    for index, point in body.commitments if isinstance(body, RepairOffer) else ():
        if index == receiver:
            return Point(point)
    raise PointMalformed(what="A part that should be committed to")


def sum_point(assembly: RepairAssembly, offers: Mapping[Index, Envelope], helper: Index) -> Point | None:
    """Return what a helper's sum must be, times the generator."""
    return add([part_point(offers, one, helper) for one in assembly.call.helpers])


def verdict_of_repair_complaint(
    assembly: RepairAssembly, heard: Mapping[Kind, Mapping[Index, Envelope]], envelope: Envelope
) -> Verdict | Fault:
    """Return who lied, or why this cannot be decided. The loser complains of sums, a helper of parts."""
    body, accuser = envelope.body, envelope.sender
    offers = heard[Kind.REPAIR_OFFER]
    kind = Kind.REPAIR_SUM if accuser == assembly.call.lost else Kind.REPAIR_PARTS
    if envelope.kind is not Kind.COMPLAINT or not isinstance(body, Complaint):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    shown = [*offers.values(), *heard[Kind.REPAIR_PARTS].values()]
    shown += [*heard[Kind.REPAIR_SUM].values()] if kind is Kind.REPAIR_SUM else []
    if envelope.seen != hash_of_list(shown):
        return Fault.SEEN
    accused = body.accused
    said = heard[kind][accused].body if accused in heard[kind] else None
    sealed = said.sealed if isinstance(said, RepairSum) else None
    if isinstance(said, SubShares):
        sealed = dict(said.sealed).get(accuser)
    if sealed is None:
        return Fault.COUNT
    is_sum = kind is Kind.REPAIR_SUM
    expected = sum_point(assembly, offers, accused) if is_sum else part_point(offers, accused, accuser)
    opening = Opening(
        way=Way.of(assembly.envelope, kind, accused, accuser),
        sealed=sealed,
        opened=body.opened,
        sender_key=pair_key_of(offers[accused], accuser),
        receiver_key=pair_key_of(offers[accuser], accused),
        expected=expected,
    )
    culprit, crime = opening.culprit()
    evidence = (assembly.envelope.raw, *(one.raw for one in shown), envelope.raw)
    return Verdict(culprit=culprit, crime=crime, evidence=evidence)
