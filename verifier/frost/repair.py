"""A lost share is made anew from the others, for its holder alone: same key, same epoch, nobody else's share changes.

    REPAIR_CALL -> OFFERING --all REPAIR_OFFERs--> PARTING --all REPAIR_PARTS--> SUMMING --all REPAIR_SUMs--> DONE
                       '---------------- something is wrong: a COMPLAINT, a verdict ----------> FAILED

Only the one who lost its share goes through SUMMING: `share` is there when it is DONE, and a CONFIRMATION says so. A
helper is DONE when its sum is sent. Whoever calls must have stored the session's name before the REPAIR_OFFER leaves,
and joins no session twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from verifier.frost.assembly import pair_key_of
from verifier.frost.charter import COORDINATOR, Index, Pen
from verifier.frost.dealer_secrets import make_pairs
from verifier.frost.dealing_messages import Complaint, Confirmation, SubShares
from verifier.frost.envelope import Envelope, Fault, Rejected, hash_of_list, open_envelope, seal
from verifier.frost.hearing import blame, hear, refuse
from verifier.frost.judge import Verdict
from verifier.frost.messages import Body, Kind
from verifier.frost.polynomial import weight
from verifier.frost.repair_assembly import (
    RepairAssembly,
    fault_of_repair_offer,
    fault_of_repair_parts,
    fault_of_repair_sum,
    part_point,
    sum_point,
    verdict_of_repair_complaint,
)
from verifier.frost.repair_messages import RepairOffer, RepairSum
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, seal_value, unseal_value
from verifier.frost.seed import Seed, seed_for
from verifier.frost.shares import Share
from verifier.frost.turn import Outgoing, Turn


class Stage(Enum):
    OFFERING = "offering"
    PARTING = "parting"
    SUMMING = "summing"
    DONE = "done"
    FAILED = "failed"


_ROUNDS = {
    Stage.OFFERING: Kind.REPAIR_OFFER,
    Stage.PARTING: Kind.REPAIR_PARTS,
    Stage.SUMMING: Kind.REPAIR_SUM,
}

Heard = Mapping[Kind, Mapping[Index, Envelope]]


def nothing_heard() -> Heard:
    return {kind: {} for kind in _ROUNDS.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    assembly: RepairAssembly
    pen: Pen
    stage: Stage
    # A helper's parts for each helper, and keys for each counterpart; all print as `<secret>`.
    parts: Mapping[Index, SecretScalar]
    pairs: Mapping[Index, SecretScalar]
    # What all have said, by kind.
    heard: Heard = field(default_factory=nothing_heard)
    # Of the one who lost it, once DONE.
    share: Share | None = None
    verdict: Verdict | None = None

    @property
    def awaited(self) -> tuple[Index, ...]:
        """Return whom this stage still waits for."""
        return awaited_in(self.assembly, self.heard, _ROUNDS.get(self.stage))


def awaited_in(assembly: RepairAssembly, heard: Heard, kind: Kind | None) -> tuple[Index, ...]:
    """Return who has not been heard in a round; all speak in the first, helpers only in the others."""
    if kind is None:
        return ()
    wanted = assembly.members if kind is Kind.REPAIR_OFFER else assembly.call.helpers
    return tuple(index for index in wanted if index not in heard[kind])


def fault_in(assembly: RepairAssembly, heard: Heard, envelope: Envelope) -> Fault | None:
    """Return what is wrong with a message of one of the three rounds."""
    offers = heard[Kind.REPAIR_OFFER]
    match envelope.kind:
        case Kind.REPAIR_OFFER:
            return fault_of_repair_offer(assembly, envelope)
        case Kind.REPAIR_PARTS:
            return fault_of_repair_parts(assembly, offers, envelope)
        case Kind.REPAIR_SUM:
            return fault_of_repair_sum(assembly, transcript_of(heard), envelope)
        case _:
            return Fault.KIND


def transcript_of(heard: Heard) -> bytes:
    """Return the hash of all offers and parts."""
    return hash_of_list([*heard[Kind.REPAIR_OFFER].values(), *heard[Kind.REPAIR_PARTS].values()])


def hash_of_all(heard: Heard) -> bytes:
    """Return the hash of all that was said."""
    return hash_of_list([one for said in heard.values() for one in said.values()])


def join_repair(assembly: RepairAssembly, pen: Pen, *, held: Share | None, dice: bytes) -> Turn[Repair]:
    """Answer a REPAIR_CALL, once a person agreed to it.

    :param assembly: what `repair_assembly.assemble_repair` made of the REPAIR_CALL
    :param held: the share of a helper
    :param dice: 32 bytes
    """
    index = pen.index
    if index not in assembly.members or (index in assembly.call.helpers and held is None):
        raise ValueError("the pen is not a member's, or a helper has no share")
    seed = seed_for(pen, assembly.envelope.said, dice=dice, share=held.secret if held else None)
    parts = _split(seed, assembly, held) if held and index in assembly.call.helpers else {}
    pairs = make_pairs(seed, assembly.counterparts(index))
    repair = Repair(assembly=assembly, pen=pen, stage=Stage.OFFERING, parts=parts, pairs=pairs)
    offer = RepairOffer(
        commitments=tuple((one, part.point()) for one, part in parts.items()),
        pair_keys=tuple((one, pair.point()) for one, pair in pairs.items()),
    )
    return _say(repair, Kind.REPAIR_OFFER, offer, seen=assembly.envelope.hash)


def receive(repair: Repair, raw: bytes) -> Turn[Repair]:
    """Take an envelope of another member, as the coordinator passed it on."""
    is_over = repair.stage in (Stage.DONE, Stage.FAILED)
    return hear(repair, raw, is_over=is_over, said=_said, take=_take, fail=_fail)


def _said(repair: Repair, envelope: Envelope) -> Envelope | None:
    return repair.heard.get(envelope.kind, {}).get(envelope.sender)


def _take(repair: Repair, envelope: Envelope) -> Turn[Repair]:
    if envelope.kind is Kind.COMPLAINT:
        return _complained(repair, envelope)
    if envelope.kind not in repair.heard:
        return refuse(repair, envelope, Fault.KIND)
    if envelope.kind is not _ROUNDS[repair.stage]:
        return refuse(repair, envelope, Fault.ORDER)
    fault = fault_in(repair.assembly, repair.heard, envelope)
    if fault is not None:
        return _fail(refuse(repair, envelope, fault), blame(repair.assembly, envelope, fault))
    said = {**repair.heard[envelope.kind], envelope.sender: envelope}
    repair = replace(repair, heard={**repair.heard, envelope.kind: said})
    return Turn(state=repair) if repair.awaited else _next_round(repair)


def _next_round(repair: Repair) -> Turn[Repair]:
    """Say what follows once all were heard."""
    is_helper = repair.pen.index in repair.assembly.call.helpers
    match repair.stage:
        case Stage.OFFERING:
            repair = replace(repair, stage=Stage.PARTING)
            return _send_parts(repair) if is_helper else Turn(state=repair)
        case Stage.PARTING if is_helper:
            return _send_sum(repair)
        case Stage.PARTING:
            return Turn(state=replace(repair, stage=Stage.SUMMING))
        case _:
            return _add_up(repair)


def _send_parts(repair: Repair) -> Turn[Repair]:
    me, sealed = repair.pen.index, []
    for index in repair.assembly.call.helpers:
        if index != me:
            theirs = pair_key_of(repair.heard[Kind.REPAIR_OFFER][index], me)
            way = Way.of(repair.assembly.envelope, Kind.REPAIR_PARTS, me, index)
            sealed.append((index, seal_value(repair.parts[index], way, repair.pairs[index], theirs)))
    seen = hash_of_list([*repair.heard[Kind.REPAIR_OFFER].values()])
    return _say(repair, Kind.REPAIR_PARTS, SubShares(sealed=tuple(sealed)), seen=seen)


def _send_sum(repair: Repair) -> Turn[Repair]:
    """Add the parts up for the one who lost its share; complain of the first that is wrong."""
    me, lost = repair.pen.index, repair.assembly.call.lost
    offers, total = repair.heard[Kind.REPAIR_OFFER], repair.parts[me]
    for index, envelope in repair.heard[Kind.REPAIR_PARTS].items():
        if index != me:
            sealed = dict(envelope.body.sealed)[me] if isinstance(envelope.body, SubShares) else b""
            part = _unsealed(repair, Kind.REPAIR_PARTS, index, sealed)
            if part is None or part.point() != part_point(offers, index, me):
                return _complain(repair, index, transcript_of(repair.heard))
            total = total.plus(part)
    way = Way.of(repair.assembly.envelope, Kind.REPAIR_SUM, me, lost)
    sealed = seal_value(total, way, repair.pairs[lost], pair_key_of(offers[lost], me))
    turn = _say(repair, Kind.REPAIR_SUM, RepairSum(sealed=sealed), seen=transcript_of(repair.heard))
    forget(repair)
    return replace(turn, state=replace(turn.state, stage=Stage.DONE))


def _add_up(repair: Repair) -> Turn[Repair]:
    """Open the sums; complain of the first that is wrong."""
    assembly, total = repair.assembly, None
    offers, sums = repair.heard[Kind.REPAIR_OFFER], repair.heard[Kind.REPAIR_SUM]
    for index in assembly.call.helpers:
        body = sums[index].body
        value = _unsealed(repair, Kind.REPAIR_SUM, index, body.sealed if isinstance(body, RepairSum) else b"")
        if value is None or value.point() != sum_point(assembly, offers, index):
            return _complain(repair, index, hash_of_all(repair.heard))
        total = value if total is None else total.plus(value)
    if total is None:
        raise ValueError("nobody helped")
    share = Share(key=assembly.key, index=repair.pen.index, secret=total)
    forget(repair)
    raw = _seal(repair, Kind.CONFIRMATION, Confirmation(), seen=hash_of_all(repair.heard))
    done = replace(repair, stage=Stage.DONE, share=share)
    return Turn(state=done, sent=(Outgoing(to=(COORDINATOR,), raw=raw),))


def _unsealed(repair: Repair, kind: Kind, sender: Index, sealed: bytes) -> SecretScalar | None:
    me = repair.pen.index
    theirs = pair_key_of(repair.heard[Kind.REPAIR_OFFER][sender], me)
    return unseal_value(
        sealed, Way.of(repair.assembly.envelope, kind, sender, me), repair.pairs[sender], theirs
    )


def _split(seed: Seed, assembly: RepairAssembly, held: Share) -> Mapping[Index, SecretScalar]:
    """Return parts for all helpers that add up to what this share counts at the lost index."""
    *others, last = assembly.call.helpers
    counted = weight(held.index, assembly.call.helpers, at=assembly.call.lost)
    parts = {index: seed.number("part", index) for index in others}
    rest = held.secret.times(counted)
    for part in parts.values():
        rest = rest.plus(part.negated())
    return {**parts, last: rest}


def _complain(repair: Repair, accused: Index, seen: bytes) -> Turn[Repair]:
    body = Complaint(accused=accused, opened=repair.pairs[accused].reveal())
    raw = _seal(repair, Kind.COMPLAINT, body, seen=seen)
    turn = receive(repair, raw)
    return replace(turn, sent=(Outgoing(to=(COORDINATOR,), raw=raw),))


def _complained(repair: Repair, envelope: Envelope) -> Turn[Repair]:
    verdict = verdict_of_repair_complaint(repair.assembly, repair.heard, envelope)
    if isinstance(verdict, Fault):
        return refuse(repair, envelope, verdict)
    return _fail(Turn(state=repair), verdict)


def _say(repair: Repair, kind: Kind, body: Body, *, seen: bytes) -> Turn[Repair]:
    """Send one's own message of a round, and count it."""
    raw = _seal(repair, kind, body, seen=seen)
    own = open_envelope(raw, repair.assembly.place)
    if isinstance(own, Rejected):
        raise ValueError("the pen is not this member's")  # noqa: TRY004 - it is a value that is wrong
    said = {**repair.heard[kind], repair.pen.index: own}
    state = replace(repair, heard={**repair.heard, kind: said})
    return Turn(state=state, sent=(Outgoing(to=(COORDINATOR,), raw=raw),))


def _seal(repair: Repair, kind: Kind, body: Body, *, seen: bytes) -> bytes:
    assembly = repair.assembly
    return seal(repair.pen, assembly.place, kind, body, digest=assembly.matter, seen=seen)


def _fail(turn: Turn[Repair], verdict: Verdict | None) -> Turn[Repair]:
    forget(turn.state)
    state = replace(turn.state, stage=Stage.FAILED, verdict=verdict)
    return replace(turn, state=state, verdicts=(verdict,) if verdict else ())


def forget(repair: Repair) -> None:
    """Overwrite what is secret of a repair that is over."""
    for secret in (*repair.parts.values(), *repair.pairs.values()):
        secret.wipe()
