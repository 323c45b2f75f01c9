"""The coordinator of a dealing: collects what all must hear in a round, and passes it on whole.

    OFFERS -> SUB_SHARES -> CONFIRMATIONS -> TRIAL --certify--> DONE
       |----------'---------------'--- a lie, or views that differ --> FAILED
       '--- a member declines, instead of its OFFER -----------------> FAILED

It needs no trust: what it passes on is signed by whoever says it, and what it changes or swaps ends in no key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from verifier.frost.assembly import Assembly, assemble, fault_of_offer, fault_of_sub_shares, key_of
from verifier.frost.calling_off import declined_in
from verifier.frost.charter import Index, Pen
from verifier.frost.complaints import verdict_of_complaint
from verifier.frost.curve import is_signed as is_envelope_signed
from verifier.frost.dealing_messages import Call, Certificate
from verifier.frost.envelope import (
    NOTHING,
    Envelope,
    Fault,
    Place,
    hash_of_list,
    seal,
)
from verifier.frost.hearing import blame, hear, refuse
from verifier.frost.judge import Verdict
from verifier.frost.messages import Kind
from verifier.frost.rfc9591 import is_signed
from verifier.frost.shares import GroupKey, trial_digest
from verifier.frost.signing import Exclusion
from verifier.frost.turn import Outgoing, Turn


class Stage(Enum):
    OFFERS = "offers"
    SUB_SHARES = "sub-shares"
    CONFIRMATIONS = "confirmations"
    # All have confirmed: the trial is to be signed (`coordinator.start_signing` of `key`), and `certify` called.
    TRIAL = "trial"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    assembly: Assembly
    pen: Pen
    stage: Stage
    offers: Mapping[Index, Envelope] = field(default_factory=dict)
    sub_shares: Mapping[Index, Envelope] = field(default_factory=dict)
    confirmations: Mapping[Index, Envelope] = field(default_factory=dict)
    # The key that is made, once all offers are there.
    key: GroupKey | None = None
    # Once FAILED, where a lie is proven, or a member declined.
    verdict: Verdict | None = None
    declined: Exclusion | None = None

    @property
    def awaited(self) -> tuple[Index, ...]:
        """Return whom this stage still waits for."""
        members, dealers = self.assembly.members, self.assembly.dealers
        match self.stage:
            case Stage.OFFERS:
                return tuple(index for index in members if index not in self.offers)
            case Stage.SUB_SHARES:
                return tuple(index for index in dealers if index not in self.sub_shares)
            case Stage.CONFIRMATIONS:
                return tuple(index for index in members if index not in self.confirmations)
            case Stage.TRIAL | Stage.DONE | Stage.FAILED:
                return ()


def start_dealing(call: Call, pen: Pen, *, session: bytes, known: GroupKey | None) -> Turn[Relay]:
    """Send a CALL to all members. The session is named by 32 bytes of dice, never used before.

    The coordinator of the key as it is sends it, even where the new charter names another.

    :param known: the key as it is; None where a new one is made
    :raises ValueError: the call is one that no member would take.
    """
    charter = call.charter
    place = Place(
        group=charter.group, epoch=charter.epoch, session=session, keys={}, is_signed=is_envelope_signed
    )
    raw = seal(pen, place, Kind.CALL, call, digest=NOTHING)
    coordinator = known.charter.coordinator if known else charter.coordinator
    # What members have confirmed, only they know.
    above = charter.epoch - 1
    assembly = assemble(raw, group=charter.group, coordinator=coordinator, known=known, above=above)
    if isinstance(assembly, Assembly):
        relay = Relay(assembly=assembly, pen=pen, stage=Stage.OFFERS)
        return Turn(state=relay, sent=(Outgoing(to=assembly.members, raw=raw),))
    raise ValueError(f"no member would take this call: {assembly.fault}")


def receive(relay: Relay, raw: bytes) -> Turn[Relay]:
    """Take an envelope of a member. When a round is whole, it goes to all; what proves a lie goes to all at once."""
    is_over = relay.stage in (Stage.DONE, Stage.FAILED)
    return hear(relay, raw, is_over=is_over, said=_said, take=_take, fail=_fail)


def _take(relay: Relay, envelope: Envelope) -> Turn[Relay]:
    match envelope.kind, relay.stage:
        case Kind.OFFER, Stage.OFFERS:
            return _offered(relay, envelope)
        case Kind.DECLINE, Stage.OFFERS if envelope.sender not in relay.offers:
            return _declined(relay, envelope)
        case Kind.SUB_SHARES, Stage.SUB_SHARES:
            return _dealt(relay, envelope)
        case Kind.CONFIRMATION, Stage.CONFIRMATIONS:
            return _confirmed(relay, envelope)
        case Kind.COMPLAINT, Stage.CONFIRMATIONS:
            return _complained(relay, envelope)
        case _:
            return refuse(relay, envelope, Fault.ORDER)


def certify(relay: Relay, signature: bytes) -> Turn[Relay]:
    """Send the certificate to all, with the trial's signature: R and z, 65 bytes.

    :raises ValueError: it is not time for it, or this is not the group's signature of the trial.
    """
    key, assembly = relay.key, relay.assembly
    if (
        relay.stage is not Stage.TRIAL
        or key is None
        or not is_signed(key.point, trial_digest(key), signature)
    ):
        raise ValueError("there is no trial to certify, or its signature is not the group's")
    confirmations = tuple(relay.confirmations[index].raw for index in assembly.members)
    body = Certificate(signature=signature, confirmations=confirmations)
    seen = _transcript(relay)
    raw = seal(relay.pen, assembly.place, Kind.CERTIFICATE, body, digest=assembly.matter, seen=seen)
    state = replace(relay, stage=Stage.DONE)
    return Turn(state=state, sent=(Outgoing(to=assembly.members, raw=raw),))


def _offered(relay: Relay, envelope: Envelope) -> Turn[Relay]:
    fault = fault_of_offer(relay.assembly, envelope)
    if fault is not None:
        return _fail_by(relay, envelope, fault)
    relay = replace(relay, offers={**relay.offers, envelope.sender: envelope})
    if relay.awaited:
        return Turn(state=relay)
    key = key_of(relay.assembly, relay.offers)
    if key is None:
        return _fail(Turn(state=relay), None)
    return _pass_on(replace(relay, stage=Stage.SUB_SHARES, key=key), relay.offers)


def _declined(relay: Relay, envelope: Envelope) -> Turn[Relay]:
    """End it: all have to take part."""
    found = declined_in(envelope, relay.assembly)
    if isinstance(found, Fault):
        return refuse(relay, envelope, found)
    return _fail(Turn(state=replace(relay, declined=found)), None)


def _dealt(relay: Relay, envelope: Envelope) -> Turn[Relay]:
    fault = fault_of_sub_shares(relay.assembly, relay.offers, envelope)
    if fault is not None:
        return _fail_by(relay, envelope, fault)
    relay = replace(relay, sub_shares={**relay.sub_shares, envelope.sender: envelope})
    if relay.awaited:
        return Turn(state=relay)
    return _pass_on(replace(relay, stage=Stage.CONFIRMATIONS), relay.sub_shares)


def _confirmed(relay: Relay, envelope: Envelope) -> Turn[Relay]:
    if envelope.digest != relay.assembly.matter:
        return refuse(relay, envelope, Fault.DIGEST)
    if envelope.seen != _transcript(relay):
        return _fail(refuse(relay, envelope, Fault.SEEN), None)
    relay = replace(relay, confirmations={**relay.confirmations, envelope.sender: envelope})
    return Turn(state=relay if relay.awaited else replace(relay, stage=Stage.TRIAL))


def _complained(relay: Relay, envelope: Envelope) -> Turn[Relay]:
    verdict = verdict_of_complaint(relay.assembly, relay.offers, relay.sub_shares, envelope)
    if isinstance(verdict, Fault):
        return _fail(refuse(relay, envelope, verdict), None)
    turn = _pass_on(relay, {envelope.sender: envelope})
    return _fail(turn, verdict)


def _pass_on(relay: Relay, envelopes: Mapping[Index, Envelope]) -> Turn[Relay]:
    """Send a round to all, each message to all but its sender."""
    members = relay.assembly.members
    sent = tuple(
        Outgoing(to=tuple(one for one in members if one != index), raw=envelope.raw)
        for index, envelope in sorted(envelopes.items())
    )
    return Turn(state=relay, sent=sent)


def _fail_by(relay: Relay, envelope: Envelope, fault: Fault) -> Turn[Relay]:
    """End by what a dealer said: all are shown it where it proves a lie, and not where views differ."""
    verdict = blame(relay.assembly, envelope, fault)
    shown = _pass_on(relay, {envelope.sender: envelope}).sent if verdict else ()
    return _fail(replace(refuse(relay, envelope, fault), sent=shown), verdict)


def _fail(turn: Turn[Relay], verdict: Verdict | None) -> Turn[Relay]:
    state = replace(turn.state, stage=Stage.FAILED, verdict=verdict)
    return replace(turn, state=state, verdicts=(verdict,) if verdict else ())


def _said(relay: Relay, envelope: Envelope) -> Envelope | None:
    found = {
        Kind.OFFER: relay.offers,
        Kind.SUB_SHARES: relay.sub_shares,
        Kind.CONFIRMATION: relay.confirmations,
    }
    return found.get(envelope.kind, {}).get(envelope.sender)


def _transcript(relay: Relay) -> bytes:
    return hash_of_list([*relay.offers.values(), *relay.sub_shares.values()])
