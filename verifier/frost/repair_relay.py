"""The coordinator of a repair: collects what all must hear in a round, and passes it on whole.

OFFERS -> PARTS -> SUMS -> CONFIRMATION -> DONE
   |---------'-------'----------'--- a lie, or views that differ --> FAILED
   '--- a member declines, instead of its REPAIR_OFFER ------------> FAILED
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from verifier.frost.calling_off import declined_in
from verifier.frost.charter import Index, Pen
from verifier.frost.curve import is_signed as is_envelope_signed
from verifier.frost.envelope import NOTHING, Envelope, Fault, seal
from verifier.frost.hearing import blame, hear, refuse
from verifier.frost.judge import Verdict
from verifier.frost.messages import Kind
from verifier.frost.repair import Heard, awaited_in, fault_in, hash_of_all, nothing_heard
from verifier.frost.repair_assembly import RepairAssembly, assemble_repair, verdict_of_repair_complaint
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey
from verifier.frost.signing import Exclusion, place_of
from verifier.frost.turn import Outgoing, Turn


class Stage(Enum):
    OFFERS = "offers"
    PARTS = "parts"
    SUMS = "sums"
    CONFIRMATION = "confirmation"
    DONE = "done"
    FAILED = "failed"


_ROUNDS: Final[Mapping[Stage, Kind]] = {
    Stage.OFFERS: Kind.REPAIR_OFFER,
    Stage.PARTS: Kind.REPAIR_PARTS,
    Stage.SUMS: Kind.REPAIR_SUM,
}
_NEXT: Final[Mapping[Stage, Stage]] = {
    Stage.OFFERS: Stage.PARTS,
    Stage.PARTS: Stage.SUMS,
    Stage.SUMS: Stage.CONFIRMATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRelay:
    assembly: RepairAssembly
    pen: Pen
    stage: Stage
    heard: Heard = field(default_factory=nothing_heard)
    # Once FAILED, where a lie is proven, or a member declined.
    verdict: Verdict | None = None
    declined: Exclusion | None = None

    @property
    def awaited(self) -> tuple[Index, ...]:
        """Return whom this stage still waits for."""
        if self.stage is Stage.CONFIRMATION:
            return (self.assembly.call.lost,)
        return awaited_in(self.assembly, self.heard, _ROUNDS.get(self.stage))


def start_repair(call: RepairCall, key: GroupKey, pen: Pen, *, session: bytes) -> Turn[RepairRelay]:
    """Send a REPAIR_CALL to all members. The session is named by 32 bytes of dice, never used before.

    :raises ValueError: the call is one that no member would take.
    """
    place = place_of(key, session, is_envelope_signed)
    raw = seal(pen, place, Kind.REPAIR_CALL, call, digest=NOTHING)
    assembly = assemble_repair(raw, key)
    if isinstance(assembly, RepairAssembly):
        relay = RepairRelay(assembly=assembly, pen=pen, stage=Stage.OFFERS)
        return Turn(state=relay, sent=(Outgoing(to=assembly.members, raw=raw),))
    raise ValueError(f"no member would take this call: {assembly.fault}")


def receive(relay: RepairRelay, raw: bytes) -> Turn[RepairRelay]:
    """Take an envelope of a member. When a round is whole, it goes to whoever must hear it."""
    is_over = relay.stage in (Stage.DONE, Stage.FAILED)
    return hear(relay, raw, is_over=is_over, said=_said, take=_take, fail=_fail)


def _take(relay: RepairRelay, envelope: Envelope) -> Turn[RepairRelay]:
    match envelope.kind:
        case Kind.COMPLAINT:
            return _complained(relay, envelope)
        case Kind.CONFIRMATION:
            return _confirmed(relay, envelope)
        case Kind.DECLINE:
            return _declined(relay, envelope)
        case Kind.REPAIR_OFFER | Kind.REPAIR_PARTS | Kind.REPAIR_SUM:
            return _took_part(relay, envelope)
        case _:
            return refuse(relay, envelope, Fault.KIND)


def _said(relay: RepairRelay, envelope: Envelope) -> Envelope | None:
    return relay.heard.get(envelope.kind, {}).get(envelope.sender)


def _took_part(relay: RepairRelay, envelope: Envelope) -> Turn[RepairRelay]:
    if envelope.kind is not _ROUNDS.get(relay.stage):
        return refuse(relay, envelope, Fault.ORDER)
    fault = fault_in(relay.assembly, relay.heard, envelope)
    if fault is not None:
        verdict = blame(relay.assembly, envelope, fault)
        members = tuple(one for one in relay.assembly.members if one != envelope.sender)
        shown = (Outgoing(to=members, raw=envelope.raw),) if verdict else ()
        return _fail(replace(refuse(relay, envelope, fault), sent=shown), verdict)
    said = {**relay.heard[envelope.kind], envelope.sender: envelope}
    relay = replace(relay, heard={**relay.heard, envelope.kind: said})
    if relay.awaited:
        return Turn(state=relay)
    # A sum is for the one who lost its share, and all else for all.
    call = relay.assembly.call
    to = (call.lost,) if relay.stage is Stage.SUMS else relay.assembly.members
    sent = tuple(
        Outgoing(to=tuple(one for one in to if one != index), raw=one_said.raw)
        for index, one_said in sorted(said.items())
    )
    return Turn(state=replace(relay, stage=_NEXT[relay.stage]), sent=sent)


def _declined(relay: RepairRelay, envelope: Envelope) -> Turn[RepairRelay]:
    """End it: these helpers were chosen, and others are asked by another call."""
    if relay.stage is not Stage.OFFERS or envelope.sender in relay.heard[Kind.REPAIR_OFFER]:
        return refuse(relay, envelope, Fault.ORDER)
    found = declined_in(envelope, relay.assembly)
    if isinstance(found, Fault):
        return refuse(relay, envelope, found)
    return _fail(Turn(state=replace(relay, declined=found)), None)


def _confirmed(relay: RepairRelay, envelope: Envelope) -> Turn[RepairRelay]:
    if relay.stage is not Stage.CONFIRMATION or envelope.sender != relay.assembly.call.lost:
        return refuse(relay, envelope, Fault.ORDER)
    if envelope.digest != relay.assembly.matter or envelope.seen != hash_of_all(relay.heard):
        return _fail(refuse(relay, envelope, Fault.SEEN), None)
    return Turn(state=replace(relay, stage=Stage.DONE))


def _complained(relay: RepairRelay, envelope: Envelope) -> Turn[RepairRelay]:
    if relay.stage not in (Stage.SUMS, Stage.CONFIRMATION):
        return refuse(relay, envelope, Fault.ORDER)
    # Helpers complain of parts, whatever sums have come by now.
    verdict = verdict_of_repair_complaint(relay.assembly, relay.heard, envelope)
    if isinstance(verdict, Fault):
        return _fail(refuse(relay, envelope, verdict), None)
    members = tuple(one for one in relay.assembly.members if one != envelope.sender)
    return _fail(Turn(state=relay, sent=(Outgoing(to=members, raw=envelope.raw),)), verdict)


def _fail(turn: Turn[RepairRelay], verdict: Verdict | None) -> Turn[RepairRelay]:
    state = replace(turn.state, stage=Stage.FAILED, verdict=verdict)
    return replace(turn, state=state, verdicts=(verdict,) if verdict else ())
